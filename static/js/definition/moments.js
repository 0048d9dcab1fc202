// Dates and times as people type them: the twin of measures/definition/moments.py, sentence by sentence.
// Dates are "2026-01-05", times "08:41" or "08:41:30", both together "2026-01-05T08:41"; all are hospital time.

import { MONTHS } from "./display.js";
import { ValueProblem } from "./problem.js";
import { casefold, strip } from "./words.js";

const MONTH_NAMES = [
  "january", "february", "march", "april", "may", "june",
  "july", "august", "september", "october", "november", "december",
];
const CENTURY_TURNS = 69;
const [FIRST_YEAR, LAST_YEAR] = [1890, 2199];
const ISO = /^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})$/;
const NUMBERS = /^([0-9]{1,4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{1,2})$/;
const DAY_MONTH = /^([0-9]{1,2})(?:st|nd|rd|th)?[-/. ]*([a-z]{3,9})\.?(?:[-/., ]*([0-9]{4}|[0-9]{2}))?$/i;
const MONTH_DAY = /^([a-z]{3,9})\.?[-/. ]*([0-9]{1,2})(?:st|nd|rd|th)?(?:[-/., ]+([0-9]{4}|[0-9]{2}))?$/i;
const WEEKDAY = /(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +/i;
const SHORTHAND = /^t(?: *([-+]) *([0-9]{1,4}))?$/i;
const CLOCK =
  "(?:([0-9]{1,2})[:.h]([0-9]{2})(?:[:.]([0-9]{2})(?:\\.0+)?)?|([0-9]{1,2}?)([0-9]{2})|([0-9]{1,2})(?= ?[ap]))";
const TIME = new RegExp(`^${CLOCK} ?(?:([ap])\\.?m?\\.?)?$`, "i");
const ZONE = /[0-9](?:z|[-+][0-9]{2}:?[0-9]{2})$/i;
const FORMATS = { mdy: "month/day/year", dmy: "day/month/year", ymd: "year/month/day" };
const MIDNIGHT = "00:00";

const two = (number) => String(number).padStart(2, "0");
const isoDate = (year, month, day) => `${year}-${two(month)}-${two(day)}`;

const yearOf = (digits) => {
  const year = Number(digits);
  return digits.length > 2 ? year : year + (year >= CENTURY_TURNS ? 1900 : 2000);
};

const monthOf = (word) => MONTH_NAMES.findIndex((name) => name.startsWith(casefold(word))) + 1;

// Written alone, `5 jan` is the latest 5 January up to today.
const worded = (day, month, year, today) => {
  if (year) return [yearOf(year), month, day];
  if (!today) return null;
  const [thisYear, thisMonth, thisDay] = today.split("-").map(Number);
  const isLater = month > thisMonth || (month === thisMonth && day > thisDay);
  return [thisYear - Number(isLater), month, day];
};

// Year, month and day that the text names, possible or not; null where it is no date.
const reading = (text, order, today) => {
  let found = ISO.exec(text);
  if (found) return found.slice(1).map(Number);
  found = NUMBERS.exec(text);
  if (found) {
    const part = (letter) => found[1 + order.indexOf(letter)];
    if (part("d").length > 2 || part("m").length > 2) return null;
    return [yearOf(part("y")), Number(part("m")), Number(part("d"))];
  }
  found = DAY_MONTH.exec(text);
  if (found && monthOf(found[2])) return worded(Number(found[1]), monthOf(found[2]), found[3], today);
  found = MONTH_DAY.exec(text);
  if (found && monthOf(found[1])) return worded(Number(found[2]), monthOf(found[1]), found[3], today);
  return null;
};

const realDate = (text, [year, month, day]) => {
  if (month < 1 || month > 12) {
    throw new ValueProblem(`"${text}" is not a date: there is no month ${month}.`, "Check the order of day and month.");
  }
  if (year < FIRST_YEAR || year > LAST_YEAR) {
    throw new ValueProblem(`"${text}" is not a possible date: the year is ${year}.`, "Check the year.");
  }
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (day < 1 || day > last) {
    const problem = `"${text}" is not a date: ${MONTHS[month - 1]} ${year} has ${last} days.`;
    throw new ValueProblem(problem, `Enter a day from 1 to ${last}.`);
  }
  return isoDate(year, month, day);
};

const shifted = (today, sign, days) => {
  const [year, month, day] = today.split("-").map(Number);
  const steps = Number(`${sign ?? ""}${days ?? 0}`);
  return new Date(Date.UTC(year, month - 1, day + steps)).toISOString().slice(0, 10);
};

const example = (order) => `the date as 2026-01-05, 5 Jan 2026 or ${FORMATS[order]}`;

// Shorthands such as `t-3` and `5 jan` count only where `today` is given.
export const parseDate = (text, order, today) => {
  const words = text.replace(WEEKDAY, "");
  const shorthand = today ? SHORTHAND.exec(words) : null;
  if (shorthand) return shifted(today, shorthand[1], shorthand[2]);
  const parts = reading(words, order, today);
  if (parts) return realDate(text, parts);
  const moment = withClock(words);
  if (moment?.time === MIDNIGHT) return parseDate(moment.date, order, today);
  if (/^[0-9]{6,8}$/.test(words)) {
    throw new ValueProblem(`"${text}" can be read as more than one date.`, `Write ${example(order)}.`);
  }
  throw new ValueProblem(`"${text}" is not a date.`, `Write ${example(order)}.`);
};

export const parseTime = (text) => {
  const time = clock(text);
  if (time === null) {
    throw new ValueProblem(`"${text}" is not a time of day.`, "Write the time as 08:41, 0841 or 8:41 pm.");
  }
  return time;
};

const clock = (text) => {
  const found = TIME.exec(text);
  if (!found) return null;
  let hour = Number(found[1] || found[4] || found[6]);
  const [minute, second, half] = [Number(found[2] || found[5] || 0), Number(found[3] || 0), found[7]];
  if (half) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0);
  }
  if (hour === 24 && minute === 0 && second === 0) {
    const remedy = "Midnight is 00:00, and belongs to the day it begins.";
    throw new ValueProblem(`"${text}" is not a time of day.`, remedy);
  }
  if (hour >= 24 || minute >= 60 || second >= 60) return null;
  return `${two(hour)}:${two(minute)}${second ? `:${two(second)}` : ""}`;
};

export const parseDatetime = (text, order, today) => {
  if (text.includes(":") && ZONE.test(text)) {
    throw new ValueProblem(`"${text}" names a time zone.`, "Write hospital time without a zone: 2026-01-05 08:41.");
  }
  const isOnlyDate = reading(text, order, today) !== null;
  const moment = isOnlyDate ? null : withClock(text);
  if (!moment) {
    const lacking = isOnlyDate ? "has no time of day" : "is not a date and a time";
    throw new ValueProblem(`"${text}" ${lacking}.`, `Write ${example(order)}, a space, and the time as 08:41.`);
  }
  return `${parseDate(moment.date, order, today)}T${moment.time}`;
};

// The text cut into its date and its time, where it has both.
const withClock = (text) => {
  const spaced = text.replace(/(?<=[0-9])[tT](?=[0-9])/g, " ");
  for (let space = spaced.indexOf(" "); space >= 0; space = spaced.indexOf(" ", space + 1)) {
    const time = clock(strip(spaced.slice(space + 1)));
    if (time !== null) return { date: spaced.slice(0, space).replace(/[ ,]+$/, ""), time };
  }
  return null;
};
