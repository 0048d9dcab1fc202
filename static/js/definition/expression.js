// Expressions over the answers of one case, from their canonical nodes: the third back end beside Python and SQL.
// What they mean is written in measures/definition/expression/nodes.py; the same vectors run against all three.
//
// Answers are {values: {name: value as stored in JSON}, missing: {name: kind}}. A node is compiled once to nested
// functions; null is missing, and unknown where a condition is asked.

import { absolute, add, compare, decimal, divide, multiply, negate, round, subtract } from "./decimal.js";

const SECONDS = { y: 31_556_952, M: 2_630_016, d: 86_400, h: 3_600, m: 60, s: 1 };
const DAY = 86_400_000;
const ONE = decimal(1);
const ZERO = decimal(0);

// Names come from definitions, and "constructor" is one: only what an object itself holds counts.
const held = (data, name) => (Object.hasOwn(data, name) ? (data[name] ?? null) : null);

export const valueOf = (answers, name) => held(answers.values, name);
export const missingOf = (answers, name) => held(answers.missing, name);

// One text for one moment, so that moments compare as texts: minutes only where the seconds are 0, "T" before a time.
export const moment = (data) => (typeof data === "string" ? data.replace(" ", "T").replace(/(:\d\d):00$/, "$1") : null);

const plain = (type) => (data) => (typeof data === type ? data : null);

// By kind of node: how a stored value becomes one to compute with.
const READERS = {
  number: decimal,
  text: plain("string"),
  boolean: plain("boolean"),
  date: plain("string"),
  time: moment,
  datetime: moment,
};

// By kind: negative, zero or positive. Texts and booleans have no order, only sameness.
const ORDERS = {
  number: compare,
  ...Object.fromEntries(
    ["text", "boolean", "date", "time", "datetime"].map((kind) => [
      kind,
      (one, other) => (one === other ? 0 : one < other ? -1 : 1),
    ]),
  ),
};

const TESTS = {
  "=": (order) => order === 0,
  "<>": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

const OPERATIONS = { "+": add, "-": subtract, "*": multiply, "/": divide };

const flag = (value) => (value === null ? null : value ? ONE : ZERO);

// A function of one operand, missing where the operand is.
const applied = (apply, node) => {
  const operand = compile(node);
  return (answers) => {
    const value = operand(answers);
    return value === null ? null : apply(value);
  };
};

// A function of two, missing where one of them is.
const paired = (apply, left, right) => {
  const [first, second] = [compile(left), compile(right)];
  return (answers) => {
    const one = first(answers);
    const other = one === null ? null : second(answers);
    return other === null ? null : apply(one, other);
  };
};

const logic = ({ operator, operands }) => {
  const decisive = operator === "or";
  const conditions = operands.map(compile);
  return (answers) => {
    let found = !decisive;
    for (const condition of conditions) {
      const value = condition(answers);
      if (value === decisive) return decisive;
      if (value === null) found = null;
    }
    return found;
  };
};

const arithmetic = ({ operators, operands }) => {
  const [first, ...others] = operands.map(compile);
  const operations = operators.map((operator) => OPERATIONS[operator]);
  return (answers) => {
    let total = first(answers);
    for (let step = 0; step < others.length && total !== null; step += 1) {
      const value = others[step](answers);
      total = value === null ? null : operations[step](total, value);
    }
    return total;
  };
};

const choice = (node) => {
  const [condition, then, otherwise] = [node.condition, node.then, node.otherwise].map(compile);
  return (answers) => {
    const value = condition(answers);
    return value === null ? null : value ? then(answers) : otherwise(answers);
  };
};

const combination = ({ function: name, kind }) => {
  if (name === "sum") return add;
  const order = ORDERS[kind];
  return name === "min"
    ? (one, other) => (order(other, one) < 0 ? other : one)
    : (one, other) => (order(other, one) > 0 ? other : one);
};

const aggregate = (node) => {
  const combine = combination(node);
  const operands = node.operands.map(compile);
  return (answers) => {
    const found = operands.map((operand) => operand(answers)).filter((value) => value !== null);
    return found.length ? found.reduce(combine) : null;
  };
};

// Days since 1970 by the calendar, and seconds by the clock on the wall: no time zone has a say.
const days = (date) => {
  const midnight = new Date(0);
  midnight.setUTCFullYear(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10)));
  return midnight.getTime() / DAY;
};

const clock = (time) => {
  const [hours, minutes, seconds = 0] = time.split(":").map(Number);
  return hours * 3600 + minutes * 60 + seconds;
};

const INSTANTS = {
  date: (date) => days(date) * SECONDS.d,
  time: clock,
  datetime: (moment) => days(moment) * SECONDS.d + clock(moment.slice(11) || "00:00"),
};

const difference = ({ start, end, unit }) => {
  const instant = INSTANTS[start.kind];
  const length = decimal(SECONDS[unit]);
  return paired((first, last) => divide(decimal(instant(last) - instant(first)), length), start, end);
};

const COMPILERS = {
  Constant: ({ value, kind }) => {
    const constant = READERS[kind](value);
    return () => constant;
  },
  Nothing: () => () => null,
  Variable: ({ name, kind }) => {
    const read = READERS[kind];
    return (answers) => {
      const value = valueOf(answers, name);
      return value === null ? null : read(value);
    };
  },
  Selected: ({ name, code }) => (answers) => {
    const codes = valueOf(answers, name);
    return Array.isArray(codes) ? codes.includes(code) : null;
  },
  CodeNumber: ({ name, codes }) => {
    const numbers = new Map(codes.map((code) => [code, decimal(code)]));
    return (answers) => numbers.get(valueOf(answers, name)) ?? null;
  },
  FlagNumber: ({ operand }) => {
    const condition = compile(operand);
    return (answers) => flag(condition(answers));
  },
  Compare: ({ operator, left, right }) => {
    const [order, test] = [ORDERS[left.kind], TESTS[operator]];
    return paired((one, other) => test(order(one, other)), left, right);
  },
  In: ({ operand, items }) => {
    const order = ORDERS[operand.kind];
    const known = items.map((item) => READERS[item.kind](item.value));
    return applied((value) => known.some((item) => order(item, value) === 0), operand);
  },
  Logic: logic,
  Not: ({ operand }) => applied((value) => !value, operand),
  Arithmetic: arithmetic,
  Negate: ({ operand }) => applied(negate, operand),
  Absolute: ({ operand }) => applied(absolute, operand),
  Round: ({ operand, decimals }) => applied((number) => round(number, decimals), operand),
  If: choice,
  Aggregate: aggregate,
  DateDifference: difference,
  IsMissing: ({ name, reason }) =>
    reason === null
      ? (answers) => valueOf(answers, name) === null
      : (answers) => missingOf(answers, name) === reason,
};

const compiled = new WeakMap();

// The function that gives the value of `node` for the answers of a case: true, false, a text, a decimal, or null.
export function compile(node) {
  let known = compiled.get(node);
  if (known === undefined) {
    known = COMPILERS[node.node](node);
    compiled.set(node, known);
  }
  return known;
}

export const evaluate = (node, answers) => compile(node)(answers);
