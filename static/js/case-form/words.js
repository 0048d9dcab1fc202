// What is said beside an answer: its date in words, errors, warnings that want a reason, notes.

import { formatValue } from "../definition/values.js";
import { nameOf, rowOf, stopOf } from "./rows.js";
import { answerIn } from "./state.js";

const element = (tag, attributes = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...children);
  return made;
};

const sentence = ({ message, remedy }) => element("p", {}, element("b", { textContent: message }), ` ${remedy}`);

const MOMENTS = new Set(["date", "datetime"]);

export class Words {
  constructor(form, state) {
    this.state = state;
    this.rows = new Map([...form.querySelectorAll("[data-field]")].map((row) => [nameOf(row), row]));
    this.drawn = new Map();
  }

  draw(facts) {
    const byName = Map.groupBy(facts.findings, ({ variable }) => variable);
    for (const [name, row] of this.rows) {
      row.hidden = facts.hidden.has(name);
      if (!row.hidden) this.drawRow(name, row, facts, byName.get(name) ?? []);
    }
  }

  drawRow(name, row, facts, findings) {
    const variable = this.state.variables.get(name);
    const answer = answerIn(facts.derived, name);
    const value = answer && "value" in answer ? formatValue(variable, answer.value) : "";
    const parts = {
      echo: MOMENTS.has(variable.type) && !this.state.unread.has(name) ? value : "",
      errors: this.errors(name, findings),
      cautions: findings.filter(({ severity }) => severity === "warning"),
      notes: findings.filter(({ severity }) => severity === "note"),
    };
    const seen = JSON.stringify([value, parts]);
    if (this.drawn.get(name) === seen) return;
    this.drawn.set(name, seen);
    const output = row.querySelector("output");
    if (output) output.textContent = value;
    this.drawParts(row, parts);
  }

  errors(name, findings) {
    if (this.state.unread.has(name)) return [this.state.unread.get(name)];
    return findings.filter(({ severity, rule }) => severity === "error" && (this.state.completing || rule !== "required"));
  }

  drawParts(row, { echo, errors, cautions, notes }) {
    const id = `field-${nameOf(row)}`;
    place(row, `${id}-echo`, echo && element("p", { className: "echo", textContent: echo }));
    place(row, `${id}-error`, errors.length && element("div", { className: "note bad" }, ...errors.map(sentence)));
    this.drawCautions(row, id, cautions);
    place(row, `${id}-notes`, notes.length && element("div", { className: "note" }, ...notes.map(sentence)));
    row.classList.toggle("has-warning", cautions.length > 0);
    describe(row, id, errors.length > 0);
  }

  // A reason somebody is writing stays as it is; only the words above it change.
  drawCautions(row, id, cautions) {
    const before = row.querySelector(`#${CSS.escape(id)}-caution`);
    const keys = cautions.map(({ key }) => `reason:${key}`);
    const kept = [...(before?.querySelectorAll("input") ?? [])];
    if (before && kept.length && String(kept.map(({ name }) => name)) === String(keys)) {
      [...before.querySelectorAll("p")].forEach((words, at) => words.replaceWith(sentence(cautions[at])));
      return;
    }
    const note = element("div", { className: "note warn" });
    cautions.forEach((caution, at) => note.append(sentence(caution), ...this.reason(caution, `${id}-reason-${at + 1}`)));
    place(row, `${id}-caution`, cautions.length && note);
  }

  reason({ key }, id) {
    const label = element("label", { className: "visually-hidden", htmlFor: id, textContent: "Reason, if it is right" });
    const input = element("input", { className: "input", id, name: `reason:${key}`, value: this.state.reasons[key] ?? "" });
    return [label, Object.assign(input, { maxLength: 500, autocomplete: "off", placeholder: "Reason, if it is right" })];
  }
}

const ORDER = ["echo", "error", "caution", "notes"];

// Puts a part where it belongs among the others, or takes it away.
const place = (row, id, part) => {
  const control = row.querySelector(".control");
  document.getElementById(id)?.remove();
  if (!part) return;
  part.id = id;
  const rank = ORDER.indexOf(id.split("-").at(-1));
  const after = [...control.children].find((each) => ORDER.indexOf(each.id.split("-").at(-1)) > rank);
  control.insertBefore(part, after ?? null);
};

const describe = (row, id, isWrong) => {
  const target = row.querySelector(":is(.seg, [data-many])") ?? stopOf(row) ?? row.querySelector("output");
  const present = ["error", "caution", "notes", "echo", "hint"].map((part) => `${id}-${part}`).filter((each) => document.getElementById(each));
  if (present.length) target.setAttribute("aria-describedby", present.join(" "));
  else target.removeAttribute("aria-describedby");
  if (isWrong) target.setAttribute("aria-invalid", "true");
  else target.removeAttribute("aria-invalid");
};

// What has just become wrong with the question somebody leaves, for those who hear the page.
export const announce = (row) => {
  const words = [...row.querySelectorAll(".control > .note p")].map((each) => each.textContent).join(" ");
  const place = document.getElementById("case-say");
  if (rowOf(row) && place.textContent !== words) place.textContent = words;
};
