// Beside the questions: how far each section is, the list of problems, and what skip logic hides in one line.

import { formatValue } from "../definition/values.js";
import { nameOf, stopOf } from "./rows.js";
import { answerIn } from "./state.js";

const LOOKS = {
  waiting: ["", "not started"],
  now: ["warn", "in progress"],
  done: ["good", "complete"],
  problem: ["bad", "has problems"],
};

export class Overview {
  constructor(form, state) {
    this.state = state;
    this.sections = [...form.querySelectorAll("[data-section]")].map((section) => ({
      section,
      name: section.dataset.section,
      link: form.querySelector(`.rail a[href="#${CSS.escape(section.id)}"]`),
      notes: section.querySelector("[data-hidden-notes]"),
      rows: [...section.querySelectorAll("[data-field]")],
    }));
    this.list = document.getElementById("case-list");
    this.list.append(document.createElement("ul"));
    this.list.hidden = false;
    this.sections.forEach(({ link }, at) => link.setAttribute("aria-keyshortcuts", `Alt+${at + 1}`));
  }

  draw(facts) {
    const problems = this.state.problems(facts);
    let answered = 0;
    let questions = 0;
    for (const each of this.sections) {
      const [done, asked] = this.drawSection(each, facts, problems);
      answered += done;
      questions += asked;
      this.drawHidden(each, facts);
    }
    this.drawProgress(answered, questions);
    this.drawProblems(problems);
  }

  drawSection({ name, link }, { hidden, findings }, problems) {
    const own = this.state.program.variables.filter((each) => each.section === name && !each.calculated && !hidden.has(each.name));
    const names = new Set(this.state.program.variables.filter((each) => each.section === name).map((each) => each.name));
    const done = own.filter((each) => this.state.answer(each.name)).length;
    const wrong = problems.filter(({ rule, variable }) => rule !== "required" && names.has(variable)).length;
    const lacking = findings.some(({ rule, variable }) => rule === "required" && names.has(variable));
    const look = wrong ? "problem" : !done ? "waiting" : lacking ? "now" : "done";
    drawStep(link, look, wrong ? `${wrong} to check` : look === "now" ? `${done}/${own.length}` : "");
    return [done, own.length];
  }

  // One line for each reason: "3 questions hidden (Operation done: No)".
  drawHidden({ rows, notes }, { hidden, derived }) {
    const reasons = new Map();
    for (const row of rows) {
      if (!hidden.has(nameOf(row))) continue;
      const reason = this.reason(row.dataset.shownBy, derived);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    const words = [...reasons].map(([reason, count]) => `${count} question${count > 1 ? "s" : ""} hidden (${reason})`);
    if (notes.dataset.drawn === words.join("\n")) return;
    notes.dataset.drawn = words.join("\n");
    notes.replaceChildren(...words.map((text) => Object.assign(document.createElement("p"), { className: "hidden-note", textContent: text })));
  }

  reason(name, derived) {
    if (!name) return "not asked here";
    const variable = this.state.variables.get(name);
    const answer = answerIn(derived, name);
    if (!answer) return `${variable.label}: not answered`;
    if (answer.missing) return `${variable.label}: ${answer.missing[0].toUpperCase()}${answer.missing.slice(1).replaceAll("_", " ")}`;
    return `${variable.label}: ${formatValue(variable, answer.value)}`;
  }

  drawProgress(answered, questions) {
    const [words, bar] = document.querySelector("#case-rail .progress").children;
    words.textContent = `${answered} of ${questions} answered`;
    bar.setAttribute("aria-label", words.textContent);
    bar.value = answered;
    bar.max = questions;
  }

  drawProblems(problems) {
    const items = problems.map(({ variable, message, severity }) => [variable, message, severity]);
    const seen = JSON.stringify(items);
    if (this.seen === seen) return;
    this.seen = seen;
    const count = problems.length;
    this.list.querySelector("[data-count]").textContent = count ? `${count} problem${count > 1 ? "s" : ""}` : "No problems";
    this.list.classList.toggle("has-problems", count > 0);
    this.list.querySelector("ul").replaceChildren(...items.map((each) => item(...each)));
  }
}

const drawStep = (link, look, note) => {
  const [kind, words] = LOOKS[look];
  link.querySelector(".visually-hidden").textContent = `, ${words}`;
  link.querySelector(".dot").className = `dot ${kind}`.trim();
  let place = link.querySelector(".n");
  if (!place) {
    place = Object.assign(document.createElement("span"), { className: "n" });
    link.querySelector(".dot").before(place);
  }
  place.textContent = note;
};

export const targetOf = (name) => {
  const row = document.getElementById(`field-${name}-field`);
  return row?.querySelector(".seg, [data-many]") ? `field-${name}-label` : `field-${name}`;
};

const item = (name, message, severity) => {
  const made = Object.assign(document.createElement("li"), { className: severity === "warning" ? "warn" : "" });
  if (!name) {
    made.textContent = message;
    return made;
  }
  made.append(Object.assign(document.createElement("a"), { href: `#${targetOf(name)}`, textContent: message }));
  return made;
};

// Links to a question go to the place where it is answered.
export const goTo = (name, focus) => {
  const row = document.getElementById(`field-${name}-field`);
  const stop = row && !row.hidden ? stopOf(row) : null;
  if (stop) focus(stop);
  return stop !== null;
};
