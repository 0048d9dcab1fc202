// One question of the form in the page: what its controls hold, and putting an answer into them.

import { inputText } from "../definition/values.js";

const NONE = ";"; // the value of "None of these": looked, and found none

export const rowOf = (element) => (element instanceof Element ? element.closest("[data-field]") : null);
export const nameOf = (row) => row.dataset.field;
export const isReason = (element) => element.name?.startsWith("reason:") ?? false;

const boxes = (row, what = "input") => [...row.querySelectorAll(`:is(.seg, [data-many]) ${what}`)];
export const pills = (row) => [...row.querySelectorAll(".pills input")];
const single = (row) => row.querySelector(".control > :is(input, select, textarea).input");

export const isAsked = (row) => !row.hidden && row.querySelector("output") === null;

// The one place where Tab stops at a question.
export const stopOf = (row) =>
  single(row) ?? boxes(row).find((box) => box.checked) ?? boxes(row).find((box) => box.tabIndex === 0) ?? boxes(row)[0] ?? null;

export const reasonsOf = (row) => [...row.querySelectorAll('.note input[name^="reason:"]')];

// Whether somebody answered since the server wrote the page.
export const isTouched = (row) =>
  [...row.querySelectorAll("input, select, textarea")].some((each) => {
    if (isReason(each) || each.type === "hidden") return false;
    if (each.type === "radio" || each.type === "checkbox") return each.checked !== each.defaultChecked;
    if (each.options) return [...each.options].some((option) => option.selected !== option.defaultSelected && option.value);
    return each.value !== each.defaultValue;
  });

// A text as the server's form would read it, or {missing: kind}.
export const readRow = (row) => {
  const kind = pills(row).find((pill) => pill.checked)?.value;
  if (kind) return { missing: kind };
  const control = single(row);
  if (control) return control.value;
  return boxes(row)
    .filter((box) => box.checked)
    .map((box) => box.value)
    .join(";");
};

// `answer` is {value}, {missing} or null.
export const writeRow = (row, variable, answer) => {
  for (const pill of pills(row)) pill.checked = pill.value === answer?.missing;
  const value = answer && "value" in answer ? answer.value : null;
  const control = single(row);
  if (control) {
    const text = value === null ? "" : inputText(variable, value);
    if (control.value !== text) control.value = text;
    return;
  }
  const chosen = chosenOf(variable, value);
  for (const box of boxes(row)) box.checked = chosen.includes(box.value);
};

const chosenOf = (variable, value) => {
  if (value === null) return [];
  if (Array.isArray(value)) return value.length ? value : [NONE];
  return [variable.type === "yes_no" ? (value ? "1" : "0") : value];
};

// What an answer is as text, which the server reads back as the same answer.
export const sentText = (variable, answer) => {
  if (!answer || answer.missing) return answer;
  return Array.isArray(answer.value) && answer.value.length === 0 ? NONE : inputText(variable, answer.value);
};

const saysNone = (box) => box.value === NONE || /^\S*\s*none\b/i.test(box.parentElement.textContent.trim());

// A value and "not documented" exclude each other, so do the kinds among themselves, and "none" and any other code.
export const exclude = (input) => {
  const row = rowOf(input);
  const isEmpty = ["radio", "checkbox"].includes(input.type) ? !input.checked : !input.value.trim();
  if (isEmpty || isReason(input)) return;
  for (const pill of pills(row)) if (pill !== input) pill.checked = false;
  if (input.closest(".pills")) {
    if (single(row)) single(row).value = "";
    for (const box of boxes(row)) box.checked = false;
  } else if (input.closest("[data-many]")) {
    for (const box of boxes(row)) if (box !== input && (saysNone(input) || saysNone(box))) box.checked = false;
  }
};

export const clearRow = (row) => {
  for (const box of [...pills(row), ...boxes(row)]) box.checked = false;
  if (single(row)) single(row).value = "";
};

// One Tab stop for a group of boxes: the arrows move inside it.
export const rove = (row, to) => {
  for (const box of boxes(row, 'input[type="checkbox"]')) box.tabIndex = box === to ? 0 : -1;
};

// Without scripts every control is a Tab stop; with them a question is one, and definitions open with a key.
export const prepareRow = (row) => {
  for (const pill of pills(row)) pill.tabIndex = -1;
  for (const summary of row.querySelectorAll(".definition > summary, .definition a")) summary.tabIndex = -1;
  rove(row, boxes(row).find((box) => box.checked) ?? boxes(row)[0]);
};
