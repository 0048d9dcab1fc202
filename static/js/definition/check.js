// Skip logic, calculations and findings of a case: the twin of measures/definition/check.py, word for word, over a
// program of measures/definition/program.py. The server checks again whatever is sent; this is for the person typing.

import { compare, decimal, isWhole, round, stored, toDigits } from "./decimal.js";
import { formatValue, isNumeric, plainValue } from "./display.js";
import { compile, missingOf, moment, valueOf } from "./expression.js";
import { answersTo, choices, expected, missingLabel } from "./values.js";

const MAXIMUM_DIGITS = 15;
const MAXIMUM_DECIMALS = 10;
const MOMENTS = new Set(["date", "time", "datetime"]);
const PLACEHOLDER = /\{([a-z][a-z0-9_]*)\}/g;

const isText = (value) => typeof value === "string";
const matches = (pattern) => (value) => isText(value) && pattern.test(value);
const IS_OF_TYPE = {
  integer: (value) => decimal(value) !== null && isWhole(decimal(value)),
  decimal: (value) => decimal(value) !== null,
  text: isText,
  date: matches(/^\d{4}-\d\d-\d\d$/),
  time: matches(/^\d\d:\d\d(:\d\d)?$/),
  datetime: matches(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?$/),
  yes_no: (value) => typeof value === "boolean",
  one_of: isText,
  many_of: Array.isArray,
};

// Programs ready to run -------------------------------------------------------------------------------------------------

const prepared = new WeakMap();

const compiledAll = (nodes) => new Map(Object.entries(nodes).map(([name, node]) => [name, compile(node)]));

const prepare = (program) => {
  let known = prepared.get(program);
  if (known === undefined) {
    known = {
      variables: new Map(program.variables.map((variable) => [variable.name, variable])),
      showIf: compiledAll(program.show_if),
      requiredIf: compiledAll(program.required_if),
      calculations: compiledAll(program.calculations),
      rules: program.rules.map((rule) => ({ rule, applies: compile(rule.when) })),
      identifiers: program.identifiers.patterns.map(({ words, pattern, ignore_case: ignoreCase }) => ({
        words,
        pattern: new RegExp(pattern, ignoreCase ? "i" : ""),
      })),
      remedy: program.identifiers.remedy,
    };
    prepared.set(program, known);
  }
  return known;
};

// Skip logic and calculations ---------------------------------------------------------------------------------------------

// The answers with calculations done and hidden variables emptied, and what is hidden: all whose condition is not true.
export const derive = (program, answers) => {
  const { variables, showIf, calculations } = prepare(program);
  const current = { values: { ...answers.values }, missing: { ...answers.missing } };
  const hidden = new Set();
  for (const name of program.order) {
    const isShown = !showIf.has(name) || showIf.get(name)(current) === true;
    const formula = calculations.get(name);
    if (!isShown || formula) {
      delete current.values[name];
      delete current.missing[name];
    }
    if (!isShown) hidden.add(name);
    else if (formula) setCalculated(current, variables.get(name), formula(current));
  }
  return { answers: current, hidden };
};

const setCalculated = (current, variable, result) => {
  if (result !== null) current.values[variable.name] = isNumeric(variable.type) ? storedNumber(variable, result) : result;
};

const storedNumber = (variable, number) =>
  stored(variable.type === "integer" ? round(number, 0) : toDigits(round(number, MAXIMUM_DECIMALS), MAXIMUM_DIGITS));

// Findings ----------------------------------------------------------------------------------------------------------------

// All findings, in the order of the form, then those of its rules. With `today`, an event after it is an error.
// A finding is {severity, rule, variable, message, remedy, variables}.
export const check = (program, answers, { today = null } = {}) => {
  const ready = prepare(program);
  const derived = derive(program, answers);
  const findings = program.variables.flatMap((variable) => ofVariable(ready, variable, answers, derived));
  if (today) findings.push(...future(ready.variables.get(program.event_date), derived.answers, today));
  for (const { rule, applies } of ready.rules) {
    if (applies(derived.answers) === true) findings.push(ofRule(ready, rule, derived.answers));
  }
  return findings;
};

const ofVariable = (ready, variable, answers, derived) => {
  const { name } = variable;
  const value = valueOf(derived.answers, name);
  const kind = missingOf(derived.answers, name);
  if (derived.hidden.has(name)) return ofHidden(variable, answers);
  if (value !== null) return ofValue(ready, variable, value);
  if (kind !== null) return ofMissing(variable, kind);
  const isRequired = variable.required || ready.requiredIf.get(name)?.(derived.answers);
  return isRequired && !variable.calculated ? [unanswered(variable)] : [];
};

const finding = (variable, rule, message, remedy, severity = "error") => ({
  severity,
  rule,
  variable: variable.name,
  message,
  remedy,
  variables: [variable.name],
});

const ofHidden = (variable, answers) => {
  const value = valueOf(answers, variable.name);
  const kind = missingOf(answers, variable.name);
  if (variable.calculated || (value === null && kind === null)) return [];
  const given = kind === null ? formatValue(variable, value) : missingLabel(kind);
  const message = `${variable.label} is not asked in this case; its answer (${given}) will be cleared.`;
  return [finding(variable, "skip_logic", message, "Check the answers before it if it should be asked.", "note")];
};

const unanswered = (variable) =>
  finding(variable, "required", `${variable.label} is not answered.`, `Enter ${answersTo(variable)}.`);

const ofMissing = (variable, kind) =>
  variable.missing.includes(kind)
    ? []
    : [
        finding(
          variable,
          "missing_kind",
          `"${missingLabel(kind)}" is not an answer to ${variable.label}.`,
          `Enter ${answersTo(variable)}.`,
        ),
      ];

// A value of the wrong type, as Python writes it.
const raw = (value) => (typeof value === "boolean" ? (value ? "True" : "False") : String(value));

const ofValue = (ready, variable, value) => {
  if (!IS_OF_TYPE[variable.type](value)) {
    return [finding(variable, "type", `${raw(value)} is no ${variable.type}.`, `Enter ${expected(variable)}.`)];
  }
  const wrong = wrongCode(variable, value);
  if (wrong !== undefined) {
    const message = `"${wrong}" is not a code of ${variable.label}.`;
    return [finding(variable, "codes", message, `Use ${choices(variable.codes)}.`)];
  }
  return variable.type === "text" ? ofText(ready, variable, value) : ofRange(variable, value);
};

// One warning for the first identifier a text seems to hold; a local reference is there to hold one.
const ofText = ({ identifiers, remedy }, variable, value) => {
  const found = variable.identifier === "none" && identifiers.find(({ pattern }) => pattern.test(value));
  return found
    ? [finding(variable, "identifier", `${variable.label} seems to hold ${found.words}.`, remedy, "warning")]
    : [];
};

const wrongCode = (variable, value) => {
  const chosen = variable.type === "many_of" ? value : variable.type === "one_of" ? [value] : [];
  return chosen.find((code) => !variable.codes.some((known) => known.value === code));
};

const ofRange = (variable, value) => {
  const { hard_min: hardMin, hard_max: hardMax, soft_min: softMin, soft_max: softMax } = variable.range;
  const impossible = passed(variable, value, hardMin, hardMax);
  if (impossible) {
    const way = variable.calculated ? "Check what it is computed from." : `Enter ${allowed(variable)}.`;
    return [finding(variable, "hard_range", `${plainValue(variable.type, value)} is ${impossible}.`, way)];
  }
  const unusual = passed(variable, value, softMin, softMax);
  if (!unusual) return [];
  const message = `${formatValue(variable, value)} is unusual: ${unusual}.`;
  return [finding(variable, "soft_range", message, "Check the chart. If it is right, give the reason.", "warning")];
};

const isBefore = (type, one, other) =>
  isNumeric(type) ? compare(decimal(one), decimal(other)) < 0 : moment(one) < moment(other);

// Which bound the value passed, and how; empty where none.
const passed = ({ type }, value, least, most) => {
  const [below, above] = MOMENTS.has(type) ? ["before", "after"] : ["less than", "more than"];
  if (least !== null && isBefore(type, value, least)) return `${below} ${plainValue(type, least)}`;
  if (most !== null && isBefore(type, most, value)) return `${above} ${plainValue(type, most)}`;
  return "";
};

const allowed = ({ type, units, range }) => {
  const [least, most] = [range.hard_min, range.hard_max].map((bound) => bound !== null && plainValue(type, bound));
  const behind = units ? ` ${units}` : "";
  if (least !== false && most !== false) return `${least} to ${most}${behind}`;
  return most === false ? `at least ${least}${behind}` : `at most ${most}${behind}`;
};

const future = (variable, answers, today) => {
  const day = valueOf(answers, variable.name);
  if (!isText(day) || day <= today) return [];
  const message = `${variable.label} (${plainValue("date", day)}) is in the future.`;
  return [finding(variable, "future", message, `Enter a date up to today, ${plainValue("date", today)}.`)];
};

const ofRule = (ready, rule, answers) => {
  const shown = (_found, name) => {
    const value = valueOf(answers, name);
    return value === null ? "not answered" : formatValue(ready.variables.get(name), value);
  };
  return {
    severity: rule.severity,
    rule: rule.name,
    variable: rule.variables[0] ?? null,
    message: rule.message.replace(PLACEHOLDER, shown),
    remedy: rule.remedy.replace(PLACEHOLDER, shown),
    variables: rule.variables,
  };
};
