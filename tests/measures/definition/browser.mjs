// Runs jobs through static/js/definition/ for browser.py: JSON in on stdin, JSON out on stdout.

import { readFileSync } from "node:fs";

const [, , folder] = process.argv;
const from = (name) => import(`${folder}/${name}.js`);
const [{ text }, { evaluate }, values, { check, derive }, words, display] = await Promise.all(
  ["decimal", "expression", "values", "check", "words", "display"].map(from),
);

const plain = (value) => (typeof value?.digits === "bigint" ? text(value) : value);

// The middle of so many times, in milliseconds: other programs take turns on the same machine.
const timed = ({ program, answers, today, times }) => {
  const taken = [];
  for (let time = 0; time < times; time += 1) {
    const began = performance.now();
    derive(program, answers);
    check(program, answers, { today });
    taken.push(performance.now() - began);
  }
  return taken.sort((one, other) => one - other)[Math.floor(times / 2)];
};

const JOBS = {
  evaluate: ({ node, cases }) => cases.map((answers) => plain(evaluate(node, answers))),
  parse: ({ variable, text, order, today }) => values.parseValue(variable, text, { order, today }),
  show: ({ variable, value }) => [values.formatValue(variable, value), values.inputText(variable, value)],
  plain: ({ type, value }) => display.plainValue(type, value),
  check: ({ program, cases, today }) =>
    cases.map((answers) => {
      const { answers: derived, hidden } = derive(program, answers);
      return { findings: check(program, answers, { today }), derived, hidden: [...hidden].sort() };
    }),
  time: timed,
  casefold: ({ texts }) => texts.map(words.casefold),
  nearest: ({ name, known }) => words.nearest(name, known),
};

const jobs = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(jobs.map((job) => JOBS[job.do](job))));
