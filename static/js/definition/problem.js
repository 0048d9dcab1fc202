// Text that is no answer to its variable: why, and the way out.
export class ValueProblem extends Error {
  constructor(message, remedy) {
    super(message);
    this.remedy = remedy;
  }
}
