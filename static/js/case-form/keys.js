// The keyboard of the case form. Keys of radio groups (codes, Backspace) are in segmented.js, for every page.

import { likes } from "./choices.js";
import { clearRow, isReason, pills, readRow, rove, rowOf } from "./rows.js";

const KINDS = { KeyU: "not_documented", KeyN: "not_applicable", KeyK: "unknown" };
const YES_NO = { y: "1", n: "0" };

const isTyped = (target) =>
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement ||
  (target instanceof HTMLInputElement && !["radio", "checkbox"].includes(target.type));

// `page` is what main.js can do: commit(row), moving, say(row), complete(how), save(), ask(), help, openSheet(), problems().
export const startKeys = (form, page) => {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented && !isChosenByKey(event)) return;
    if (document.querySelector("dialog[open]") || event.getModifierState("AltGraph") || event.isComposing) return;
    const act = withControl(event, page) ?? withAlt(event, page) ?? alone(event, form, page);
    if (act === null || act === undefined) return;
    if (act() !== false) event.preventDefault();
  });
};

// A code that segmented.js has just taken.
const isChosenByKey = (event) => event.defaultPrevented && event.key.length === 1 && event.target.closest?.("[data-segmented]");

const withControl = (event, page) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  if (event.key === "Enter") return () => page.complete(event.shiftKey ? "complete-new" : "complete");
  if (event.code === "KeyS" && !event.shiftKey) return () => page.save();
  return () => false;
};

const withAlt = (event, page) => {
  if (!event.altKey || event.metaKey) return null;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  if (digit) return () => page.moving.goToSection(Number(digit[1]));
  if (event.code in KINDS) return () => toggleKind(page, KINDS[event.code]);
  const acts = {
    ArrowDown: () => page.commitHere() || page.moving.nextUnanswered(),
    KeyE: () => page.commitHere() || page.moving.nextProblem(page.problems()),
    KeyD: () => page.help.toggle(),
    KeyQ: () => page.ask(),
  };
  return acts[event.code] ?? (() => false);
};

const toggleKind = (page, kind) => {
  const row = rowOf(document.activeElement);
  const pill = row && pills(row).find(({ value }) => value === kind);
  if (pill) pill.click();
};

const alone = (event, form, page) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  if (event.key === "F1") return () => page.help.toggle();
  if (event.key === "Escape") return () => page.help.close();
  const row = form.contains(event.target) ? rowOf(event.target) : null;
  if (row) return inQuestion(event, row, page);
  return isTyped(event.target) ? null : single(event, form, page);
};

const inQuestion = (event, row, page) => {
  const { target, key } = event;
  if (isChosenByKey(event)) return likes("move-on") && /[^ ]/.test(key) ? () => page.next(target, 1) : null;
  if (key === "Tab") return () => page.next(target, event.shiftKey ? -1 : 1);
  if (key === "Enter") return enter(event, page);
  if (["Backspace", "Delete"].includes(key)) return erase(event, row, page);
  if (isTyped(target)) return key === "ArrowDown" && !isReason(target) ? downToPills(target, row) : null;
  if (target.closest(".pills")) return arrowsInPills(event, row, page);
  if (target.closest("[data-many]")) return inBoxes(event, row);
  if (key.toLowerCase() in YES_NO && chooseCode(row, YES_NO[key.toLowerCase()], true)) return () => moveOn(page, target);
  return single(event, null, page);
};

const enter = (event, page) => {
  const { target, shiftKey } = event;
  if (target instanceof HTMLTextAreaElement && shiftKey) return null;
  if (target.closest("summary, a, button")) return null;
  if (likes("enter")) return () => page.next(target, shiftKey ? -1 : 1);
  return target instanceof HTMLTextAreaElement ? null : () => true;
};

// In a text box Backspace is the box's own, unless the box is empty and a kind is chosen.
const erase = (event, row, page) => {
  const { target } = event;
  if (isReason(target) || (isTyped(target) && !(target instanceof HTMLSelectElement) && target.value)) return null;
  if (!readRow(row)) return null;
  return () => {
    clearRow(row);
    page.commit(row);
  };
};

const downToPills = (target, row) => {
  if (target.tagName !== "INPUT" || pills(row).length === 0) return null;
  return () => pills(row)[0].focus();
};

const arrowsInPills = ({ key, target }, row, page) => {
  const all = pills(row);
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1 }[key];
  if (key === "ArrowUp") return () => page.moving.focus(page.moving.stops().find((stop) => rowOf(stop) === row));
  if (step) return () => all[(all.indexOf(target) + step + all.length) % all.length].focus();
  return null;
};

const inBoxes = ({ key, target }, row) => {
  const boxes = [...row.querySelectorAll("[data-many] input")];
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key];
  if (step) {
    return () => {
      const to = boxes[(boxes.indexOf(target) + step + boxes.length) % boxes.length];
      rove(row, to);
      to.focus();
    };
  }
  const box = boxes.find(({ dataset }) => dataset.key === key);
  return box ? () => box.click() : null;
};

const chooseCode = (row, code, isYesNo) => {
  const inputs = [...row.querySelectorAll(".seg input")];
  if (isYesNo && (inputs.length !== 2 || !inputs.every(({ value }) => ["0", "1"].includes(value)))) return false;
  const input = inputs.find(({ value }) => value === code);
  input.click();
  input.focus();
  return true;
};

const moveOn = (page, target) => {
  if (likes("move-on")) page.next(target, 1);
};

// Keys without a modifier can be switched off in the menu.
const single = ({ key }, form, page) => {
  if (document.documentElement.dataset.keys === "off") return null;
  if (key === "?") return () => page.openSheet();
  if (key === "n" && form) return () => page.begin();
  return null;
};
