// What belongs to the question somebody is at: its definition, scenarios, formula, and earlier answers.
// F1 opens it and goes there, Esc closes it and goes back. Where there is room it is open from the beginning.

import { isAsked, nameOf, rowOf, stopOf } from "./rows.js";

const ROOMY = "(width >= 94rem)";

export class Help {
  constructor(form, moving) {
    this.moving = moving;
    this.history = form.dataset.history;
    this.panel = document.getElementById("case-help");
    this.words = this.panel.querySelector("[data-words]");
    this.earlier = this.panel.querySelector("[data-earlier]");
    this.panel.querySelector("[data-close]").addEventListener("click", () => this.close());
    form.addEventListener("focusin", ({ target }) => rowOf(target) && this.follow(rowOf(target)));
    form.addEventListener("click", (event) => this.clicked(event));
    if (matchMedia(ROOMY).matches) this.show();
  }

  show() {
    this.place(true);
    if (this.moving.row()) this.follow(this.moving.row());
  }

  // Opening and closing change the width of all questions; the current one stays where the eye is.
  place(isOpen) {
    const row = this.moving.row();
    const before = row?.getBoundingClientRect().top;
    this.panel.hidden = !isOpen;
    document.getElementById("case-body").classList.toggle("has-help", isOpen);
    if (row) scrollBy({ top: row.getBoundingClientRect().top - before, behavior: "instant" });
  }

  toggle() {
    const row = this.moving.row();
    if (!this.panel.hidden && this.panel.contains(document.activeElement)) return this.close();
    if (!row) return false;
    this.show();
    this.panel.focus({ preventScroll: true });
    return true;
  }

  close() {
    if (this.panel.hidden) return false;
    const back = this.panel.contains(document.activeElement) || document.activeElement === document.body;
    this.place(false);
    const row = this.moving.row();
    if (back && row) (isAsked(row) ? stopOf(row) : row.querySelector("input"))?.focus();
    return true;
  }

  // The definition's own link opens the panel: there it has room.
  clicked(event) {
    const summary = event.target.closest?.(".definition > summary");
    const row = summary && rowOf(summary);
    if (!row) return;
    event.preventDefault();
    this.moving.lastRow = row;
    this.show();
    this.follow(row);
    this.panel.focus();
  }

  follow(row) {
    this.moving.lastRow = row;
    if (this.panel.hidden || this.shown === row) return;
    this.shown = row;
    const hint = row.querySelector(".hint");
    this.panel.querySelector("h2").textContent = row.querySelector(".label").firstChild.textContent.trim();
    this.words.replaceChildren(...parts(hint));
    this.earlier.replaceChildren();
    clearTimeout(this.later);
    this.later = setTimeout(() => this.recall(row), 250);
  }

  async recall(row) {
    const url = `${this.history}?part=question&question=${encodeURIComponent(nameOf(row))}`;
    const answer = await fetch(url, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || this.shown !== row) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.earlier.replaceChildren(...fresh.body.childNodes);
  }

  // After a save the panel's earlier answers are no longer all.
  refresh() {
    if (!this.panel.hidden && this.shown) this.recall(this.shown);
  }
}

const parts = (hint) => {
  if (!hint) return [Object.assign(document.createElement("p"), { className: "small", textContent: "The dictionary says nothing more." })];
  const all = [...hint.querySelectorAll(":scope > p, .definition > div > *")];
  // The short words beside the question are the beginning of the long ones.
  const told = all.filter((part, at) => !all.slice(at + 1).some((later) => later.textContent.startsWith(part.textContent.trim())));
  const copies = told.map((part) => part.cloneNode(true));
  for (const copy of copies) {
    copy.removeAttribute("id");
    for (const link of copy.querySelectorAll("a")) link.removeAttribute("tabindex");
  }
  return copies;
};
