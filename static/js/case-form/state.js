// The answers of the case in memory, and what follows from them. Nothing of this is ever kept by the browser.

import { check, derive } from "../definition/check.js";
import { parseValue } from "../definition/values.js";

const copy = ({ values = {}, missing = {}, answers }) => ({ values: { ...(answers ?? values) }, missing: { ...missing } });

export const answerIn = (answers, name) => {
  if (Object.hasOwn(answers.missing, name)) return { missing: answers.missing[name] };
  return Object.hasOwn(answers.values, name) ? { value: answers.values[name] } : null;
};

const put = (answers, name, answer) => {
  delete answers.values[name];
  delete answers.missing[name];
  if (answer?.missing) answers.missing[name] = answer.missing;
  else if (answer) answers.values[name] = answer.value;
};

export const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

export class State {
  constructor(program, { base, reasons, order, today, completing }) {
    Object.assign(this, { program, reasons, order, today, completing });
    this.saved = copy(base); // as the server has them, as far as this page knows
    this.answers = copy(base);
    this.variables = new Map(program.variables.map((variable) => [variable.name, variable]));
    this.rules = new Set(program.rules.map(({ name }) => name));
    this.unread = new Map(); // question → what is wrong with the text that stands there
  }

  // The answer that a text is; a text that cannot be read leaves the answer before in its place.
  read(name, raw) {
    const variable = this.variables.get(name);
    const found = typeof raw === "string" ? parseValue(variable, raw, this) : raw;
    this.unread.delete(name);
    if (found.problem) {
      this.unread.set(name, found.problem);
      return undefined;
    }
    const answer = found.missing || "value" in found ? found : null;
    put(this.answers, name, answer);
    return answer;
  }

  answer(name) {
    return answerIn(this.answers, name);
  }

  put(name, answer) {
    put(this.answers, name, answer);
    this.unread.delete(name);
  }

  keepAsSaved(name, answer) {
    put(this.saved, name, answer);
  }

  keyOf(finding) {
    return this.rules.has(finding.rule) ? finding.rule : `${finding.rule}:${finding.variable}`;
  }

  // What skip logic hides, what is calculated, and all that is to be said about the answers.
  facts() {
    const { hidden, answers } = derive(this.program, this.answers);
    const findings = check(this.program, this.answers, { today: this.today });
    for (const finding of findings) finding.key = this.keyOf(finding);
    return { hidden, derived: answers, findings };
  }

  // What stands in the way of completion; unanswered questions only count once somebody tried to complete.
  isOpen(finding) {
    if (finding.severity === "warning") return !this.reasons[finding.key]?.trim();
    return finding.severity === "error" && !this.unread.has(finding.variable);
  }

  // Away from its question a message about a value says which question it is about.
  named({ rule, variable, message }) {
    const isOfValue = rule === "hard_range" || rule === "soft_range";
    return isOfValue ? `${this.variables.get(variable).label}: ${message}` : message;
  }

  problems({ hidden, findings }) {
    const unread = [...this.unread]
      .filter(([name]) => !hidden.has(name))
      .map(([name, { message, remedy }]) => ({ variable: name, remedy, message: `${this.variables.get(name).label}: ${message}` }));
    const open = findings.filter((finding) => this.isOpen(finding) && (this.completing || finding.rule !== "required"));
    return [...unread, ...open.map((finding) => ({ ...finding, message: this.named(finding) }))];
  }
}
