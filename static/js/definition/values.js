// From what a person typed to the value of a variable: the twin of measures/definition/values.py, word for word.

import { decimal, isWhole } from "./decimal.js";
import { grouped } from "./display.js";
import { parseDate, parseDatetime, parseTime } from "./moments.js";
import { ValueProblem } from "./problem.js";
import { casefold, characters, nearest, oneOf, shortened, singleSpaced, strip } from "./words.js";

export { formatValue, inputText } from "./display.js";

const MAXIMUM_DIGITS = 15;
const MAXIMUM_DECIMALS = 10;
const MAXIMUM_TEXT = 4000;
const MISSING_WORDS = {
  not_applicable: [".", "n/a", "na", "not applicable", "not_applicable"],
  not_documented: ["not documented", "nd", "not_documented"],
  unknown: ["unknown", "unk", "not available", "too few to report"],
};
const MISSING = new Map(Object.entries(MISSING_WORDS).flatMap(([kind, words]) => words.map((word) => [word, kind])));
const YES_NO = new Map([
  ...["1", "1.0", "y", "yes", "true"].map((word) => [word, true]),
  ...["0", "0.0", "n", "no", "false"].map((word) => [word, false]),
]);
const NUMBER = /^(?:[-+]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]*)?|[-+]?\.[0-9]+)$/;
const DECIMAL_COMMA = /^[-+]?[0-9]+,[0-9]+$/;
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]/u;
const EXPECTED = {
  integer: ["a whole number"],
  decimal: ["a number, such as 36.5"],
  text: ["text"],
  date: ["a date, such as 2026-01-05"],
  time: ["a time, such as 08:41"],
  datetime: ["a date and a time, such as 2026-01-05 08:41"],
  yes_no: ["1 for yes", "0 for no"],
};

export const missingLabel = (kind) => kind[0].toUpperCase() + kind.slice(1).replaceAll("_", " ");

const codeNames = (codes) => codes.map(({ value, label }) => (value === label ? value : `${value} ${label}`));
const ways = (variable) => (variable.codes.length ? codeNames(variable.codes) : EXPECTED[variable.type]);

// What a value looks like, as the object of "Enter".
export const expected = (variable) => oneOf(ways(variable));

// All that answers the variable, the missing kinds it allows among them.
export const answersTo = (variable) =>
  oneOf([...ways(variable), ...variable.missing.map((kind) => `"${missingLabel(kind)}"`)]);

export const choices = (codes) => oneOf(codeNames(codes));

// {value} or {missing} or {problem: {message, remedy}}; {} where the text is empty, which is no answer.
// With `today` dates may be written `t`, `t-3` and `5 jan`; `order` is the collaborative's: mdy, dmy or ymd.
export const parseValue = (variable, text, { order = "ymd", today = null } = {}) => {
  try {
    return parsed(variable, text, order, today);
  } catch (problem) {
    if (!(problem instanceof ValueProblem)) throw problem;
    return { problem: { message: problem.message, remedy: problem.remedy } };
  }
};

const parsed = (variable, text, order, today) => {
  const words = variable.type === "text" ? strip(text) : singleSpaced(text);
  if (!words) return {};
  const kind = MISSING.get(casefold(words));
  if (kind && !sameCodes(variable, words).length) return { missing: allowed(variable, words, kind) };
  return { value: PARSERS[variable.type](variable, words, order, today) };
};

const sameCodes = (variable, words) => {
  const folded = casefold(words);
  return variable.codes.filter(({ value, label }) => folded === casefold(value) || folded === casefold(label));
};

const allowed = (variable, words, kind) => {
  if (variable.missing.includes(kind)) return kind;
  const message = `"${words}" means ${missingLabel(kind).toLowerCase()}, which is not an answer to ${variable.label}.`;
  const otherwise = variable.missing.length ? "" : ", or leave it empty until it is known";
  throw new ValueProblem(message, `Enter ${answersTo(variable)}${otherwise}.`);
};

const parseInteger = (variable, words) => {
  const number = parseNumber(variable, words);
  if (!isWhole(decimal(number))) {
    throw new ValueProblem(`${words} is not a whole number.`, `Enter ${variable.label} without decimals.`);
  }
  return number;
};

const parseNumber = (variable, words) => {
  // A minus sign from a word processor; a unit written after the number.
  let plain = words.replaceAll("\u2212", "-");
  if (variable.units && casefold(plain).endsWith(casefold(variable.units))) {
    plain = strip(characters(plain).slice(0, -characters(variable.units).length).join(""));
  }
  if (!NUMBER.test(plain)) {
    const hasComma = DECIMAL_COMMA.test(plain);
    const remedy = hasComma ? "Write decimals with a point, such as 36.5." : `Enter ${expected(variable)}.`;
    throw new ValueProblem(`"${words}" is not a number.`, remedy);
  }
  return storable(plain.replaceAll(",", ""));
};

// At most 15 digits: what a JSON number keeps without loss on every side.
const storable = (plain) => {
  const [first, second = ""] = plain.replace(/^[-+]+/, "").split(".");
  const [whole, decimals] = [first.replace(/^0+/, ""), second.replace(/0+$/, "")];
  if (whole.length + decimals.length > MAXIMUM_DIGITS || decimals.length > MAXIMUM_DECIMALS) {
    const remedy = `Enter at most ${MAXIMUM_DIGITS} digits, ${MAXIMUM_DECIMALS} of them decimals.`;
    throw new ValueProblem(`${plain.slice(0, 40)} has too many digits.`, remedy);
  }
  return whole || decimals ? Number(plain) : 0;
};

const parseText = (_variable, words) => {
  if (FORBIDDEN.test(words)) {
    const remedy = "Type it again without control characters.";
    throw new ValueProblem("The text has a character that cannot be kept.", remedy);
  }
  if (words[0] === "=" || words[0] === "@") {
    const message = `"${shortened(words, 40)}" would run as a formula in a spreadsheet.`;
    throw new ValueProblem(message, `Remove the ${words[0]} at its start.`);
  }
  const { length } = characters(words);
  if (length > MAXIMUM_TEXT) {
    throw new ValueProblem(`The text has ${thousands(length)} characters.`, `Shorten it to ${thousands(MAXIMUM_TEXT)}.`);
  }
  return words;
};

const thousands = (number) => grouped(decimal(number));

const parseYesNo = (variable, words) => {
  const value = YES_NO.get(casefold(words));
  if (value === undefined) {
    throw new ValueProblem(`"${words}" is neither yes nor no.`, `Enter ${expected(variable)}.`);
  }
  return value;
};

const parseCode = (variable, words) => {
  const code = findCode(variable, words);
  if (code === null) throw notACode(variable, words);
  return code;
};

const notACode = (variable, words) => {
  const labels = new Map(variable.codes.map(({ value, label }) => [label, value]));
  const guess = nearest(words, [...labels.keys()]);
  const suggestion =
    guess !== null && characters(words).length > 2 ? `Did you mean ${labels.get(guess)} "${guess}"? ` : "";
  const remedy = `${suggestion}Use ${choices(variable.codes)}.`;
  return new ValueProblem(`"${words}" is not a code of ${variable.label}.`, remedy);
};

const parseCodes = (variable, words) => {
  const parts = words.split(/[;|]/).map(strip).filter(Boolean);
  const found = new Set(parts.map((part) => parseCode(variable, part)));
  return variable.codes.map(({ value }) => value).filter((code) => found.has(code));
};

// The code written as itself, as a number that a spreadsheet made of it, or as its label.
export const findCode = (variable, words) => {
  if (variable.codes.some(({ value }) => value === words)) return words;
  const [same] = sameCodes(variable, words);
  if (!same && /^[0-9]+\.0+$/.test(words)) return findCode(variable, words.split(".")[0]);
  return same?.value ?? null;
};

const PARSERS = {
  integer: parseInteger,
  decimal: parseNumber,
  text: parseText,
  yes_no: parseYesNo,
  one_of: parseCode,
  many_of: parseCodes,
  date: (_variable, words, order, today) => parseDate(words, order, today),
  time: (_variable, words) => parseTime(words),
  datetime: (_variable, words, order, today) => parseDatetime(words, order, today),
};
