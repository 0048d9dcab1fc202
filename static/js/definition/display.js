// Values as people read them and as a text box holds them: the twin of measures/definition/display.py.

import { decimal, text } from "./decimal.js";
import { moment } from "./expression.js";

export const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
export const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export const isNumeric = (type) => type === "integer" || type === "decimal";

// 22000.5 as 22,000.5
export const grouped = (number) => {
  const [whole, decimals] = text(number).split(".");
  return whole.replace(/\B(?=(?:\d{3})+$)/g, ",") + (decimals ? `.${decimals}` : "");
};

const day = (date) => {
  const [year, month, number] = date.split("-").map(Number);
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, number);
  return `${WEEKDAYS[midnight.getUTCDay()]} ${number} ${MONTHS[month - 1]} ${year}`;
};

const dayAndTime = (value) => {
  const [date, time = "00:00"] = moment(value).split("T");
  return `${day(date)} ${time}`;
};

const WORDS = {
  integer: (value) => grouped(decimal(value)),
  decimal: (value) => grouped(decimal(value)),
  yes_no: (value) => (value ? "Yes" : "No"),
  date: day,
  time: moment,
  datetime: dayAndTime,
  many_of: (value) => value.join("; "),
};

// A value in words, without its units or labels.
export const plainValue = (type, value) => (WORDS[type] ?? String)(value);

const label = (variable, code) => variable.codes.find((known) => known.value === code)?.label ?? code;

// For reading: `22,000 mL`, `Mon 5 Jan 2026`, `Laparoscopic`.
export const formatValue = (variable, value) => {
  if (variable.type === "many_of") return value.map((code) => label(variable, code)).join("; ") || "None of these";
  if (variable.type === "one_of") return label(variable, value);
  const words = plainValue(variable.type, value);
  return variable.units && (isNumeric(variable.type) || variable.type === "yes_no") ? `${words} ${variable.units}` : words;
};

const TYPED = {
  integer: (value) => text(decimal(value)),
  decimal: (value) => text(decimal(value)),
  yes_no: (value) => (value ? "1" : "0"),
  time: moment,
  datetime: (value) => moment(value).replace("T", " "),
  many_of: (value) => value.join(";"),
};

// For a text box: what parseValue reads back as the same value.
export const inputText = (variable, value) => (TYPED[variable.type] ?? String)(value);
