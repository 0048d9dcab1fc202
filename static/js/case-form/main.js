// The case form works without any of this. With it the page knows its own rules: skip logic, calculations and checks
// follow every answer at once, answers save themselves, and the keyboard does everything.

import { loadProgram } from "../definition/program.js";
import { startSheet } from "./choices.js";
import { showSummary, submit } from "./completing.js";
import { decide } from "./conflict.js";
import { Help } from "./help.js";
import { startKeys } from "./keys.js";
import { Moving } from "./moving.js";
import { goTo, Overview } from "./overview.js";
import { exclude, isAsked, isReason, isTouched, nameOf, prepareRow, readRow, rowOf, stopOf, writeRow } from "./rows.js";
import { Saving } from "./saving.js";
import { same, State } from "./state.js";
import { announce, Words } from "./words.js";

const HEARTBEAT = 60_000;
const WRITTEN_OUT = new Set(["date", "datetime", "time"]); // `t-3` means another day tomorrow

class Page {
  constructor(form, program) {
    this.form = form;
    const { order, today, reasons } = form.dataset;
    const base = JSON.parse(form.querySelector("#case-base").value);
    const completing = document.querySelector("#case-problems .summary") !== null;
    this.state = new State(program, { base, reasons: JSON.parse(reasons), order, today, completing });
    this.rows = [...form.querySelectorAll("[data-field]")];
    this.seen = new Map();
    this.early = new Set(); // rows answered before this script had come
    this.words = new Words(form, this.state);
    this.overview = new Overview(form, this.state);
    this.moving = new Moving(form, this.state);
    this.saving = new Saving(form, this.state, this);
    this.help = new Help(form, this.moving);
    this.openSheet = startSheet(form.querySelector("[data-sheet]"));
    for (const row of this.rows) this.prepare(row);
    this.draw();
    this.listen();
    startKeys(form, this);
    for (const row of this.rows) if (this.early.has(row)) this.saving.add(nameOf(row));
  }

  prepare(row) {
    prepareRow(row);
    const name = nameOf(row);
    if (!isAsked(row) && !row.hidden) return;
    const raw = readRow(row);
    this.seen.set(name, JSON.stringify(raw));
    const saved = this.state.answer(name);
    if (isTouched(row) && !same(this.state.read(name, raw) ?? saved, saved)) this.early.add(row);
    // A text that the server could not read stands there again, with what is wrong with it.
    else if (typeof raw === "string" && raw.trim() && !saved) this.state.read(name, raw);
  }

  // Reading an answer, and everything that follows from it ------------------------------------------------------------

  // Whether something changed. The answer is on its way to the server then.
  commit(row) {
    const name = nameOf(row);
    const raw = row.querySelector("output") ? null : readRow(row);
    const now = JSON.stringify(raw);
    if (raw === null || this.seen.get(name) === now) return false;
    this.seen.set(name, now);
    const before = this.state.answer(name);
    const answer = this.state.read(name, raw);
    if (answer !== undefined) this.writeOut(row, name, answer);
    this.draw();
    announce(row);
    if (answer !== undefined && !same(answer, before)) this.saving.add(name);
    return true;
  }

  writeOut(row, name, answer) {
    const variable = this.state.variables.get(name);
    const typedKind = answer?.missing && typeof readRow(row) === "string";
    if (!typedKind && !(WRITTEN_OUT.has(variable.type) && answer?.value)) return;
    writeRow(row, variable, answer);
    this.seen.set(name, JSON.stringify(readRow(row)));
  }

  commitHere() {
    const row = rowOf(document.activeElement);
    if (row && !isReason(document.activeElement)) this.commit(row);
    else if (row) this.commitReason(document.activeElement);
    return false;
  }

  commitReason(input) {
    const key = input.name.slice("reason:".length);
    if ((this.state.reasons[key] ?? "") === input.value) return;
    this.state.reasons[key] = input.value;
    this.draw();
    this.saving.addReason(key);
  }

  draw() {
    this.facts = this.state.facts();
    this.words.draw(this.facts);
    this.overview.draw(this.facts);
  }

  problems() {
    return this.state.problems(this.facts);
  }

  // Moving --------------------------------------------------------------------------------------------------------------

  next(element, step) {
    this.commitHere();
    if (this.moving.go(element, step)) return true;
    const isEnter = step > 0 && document.getElementById("case-end-complete");
    isEnter?.focus();
    return Boolean(isEnter);
  }

  here() {
    return this.moving.row() ? nameOf(this.moving.row()) : "";
  }

  // To the question desk, with the question somebody is at.
  ask() {
    const { ask } = this.form.dataset;
    if (!ask) return false;
    this.commitHere();
    this.leave(() => location.assign(`${ask}?variable=${encodeURIComponent(this.here())}`));
    return true;
  }

  begin() {
    this.leave(() => location.assign(this.form.dataset.new));
  }

  // Saving --------------------------------------------------------------------------------------------------------------

  save() {
    this.commitHere();
    this.saving.flush();
  }

  arrived({ problems, others, editors }) {
    for (const [name, problem] of Object.entries(problems)) this.state.unread.set(name, problem);
    for (const [name, answer] of Object.entries(others)) this.takeOver(name, answer);
    this.sayEditors(editors);
    this.draw();
    this.help.refresh();
  }

  // A colleague's answer to a question that nobody is at here.
  takeOver(name, answer) {
    const row = this.words.rows.get(name);
    this.state.keepAsSaved(name, answer);
    if (!row || row.contains(document.activeElement) || this.saving.waiting.has(name)) return;
    this.state.put(name, answer);
    if (row.querySelector("output")) return;
    writeRow(row, this.state.variables.get(name), answer);
    this.seen.set(name, JSON.stringify(readRow(row)));
  }

  async decide(conflict) {
    const keeps = await decide(conflict, this.moving.row() && stopOf(this.moving.row()));
    for (const { name, answer } of conflict.fields) {
      if (keeps(name)) continue;
      this.state.put(name, answer);
      writeRow(this.words.rows.get(name), this.state.variables.get(name), answer);
      this.seen.set(name, JSON.stringify(readRow(this.words.rows.get(name))));
    }
    this.draw();
    return keeps;
  }

  async complete(how) {
    if (!document.getElementById("case-complete")) return;
    this.commitHere();
    this.state.completing = true;
    this.draw();
    const problems = this.problems();
    showSummary(problems);
    if (problems.length === 0) this.leave(() => submit(this.form, how));
  }

  // Leaves once everything has arrived; a text that nobody can read is kept for the person to see.
  async leave(go) {
    if (!(await this.saving.flush())) return;
    this.saving.isOver = true;
    go();
  }

  // The colleague ---------------------------------------------------------------------------------------------------------

  sayEditors(words) {
    const place = document.getElementById("case-editors");
    place.hidden = !words;
    place.querySelector("[data-who]").textContent = words ? `${words}.` : "";
  }

  async beat(fields = {}) {
    const body = new URLSearchParams({ csrfmiddlewaretoken: this.saving.token(), ...fields });
    if (fields.leaving) {
      navigator.sendBeacon(this.form.dataset.presence, body);
      return;
    }
    const answer = await fetch(this.form.dataset.presence, { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (answer?.ok) this.sayEditors((await answer.json()).editors);
  }

  listen() {
    const { form } = this;
    form.addEventListener("input", (event) => rowOf(event.target) && exclude(event.target));
    form.addEventListener("change", (event) => this.changed(event.target));
    form.addEventListener("submit", (event) => this.submitted(event));
    document.addEventListener("click", (event) => this.clicked(event));
    form.addEventListener("focusin", ({ target }) => this.mark(target));
    addEventListener("beforeunload", (event) => this.guard(event));
    addEventListener("pagehide", () => this.beat({ leaving: "1" }));
    setInterval(() => document.visibilityState === "visible" && this.beat(), HEARTBEAT);
  }

  changed(target) {
    const row = rowOf(target);
    if (!row) return;
    exclude(target);
    if (isReason(target)) this.commitReason(target);
    else this.commit(row);
  }

  submitted(event) {
    const how = event.submitter?.value ?? "save";
    if (this.saving.isOver) return; // that is our own
    event.preventDefault();
    if (how.startsWith("complete")) this.complete(how);
    else if (how === "close") this.close();
    else this.save();
  }

  close() {
    this.commitHere();
    if (this.state.unread.size) showSummary(this.problems().filter(({ variable }) => this.state.unread.has(variable)));
    else this.leave(() => submit(this.form, "close"));
  }

  clicked(event) {
    if (event.target.closest?.("[data-ask-here]") && this.ask()) event.preventDefault();
    const link = event.target.closest?.(".summary a[href^='#'], #case-list a[href^='#']");
    const row = link && document.querySelector(link.getAttribute("href"))?.closest("[data-field]");
    if (row && goTo(nameOf(row), (stop) => this.moving.focus(stop))) event.preventDefault();
  }

  // The rail shows in which section somebody is.
  mark(target) {
    const section = target.closest("[data-section]");
    if (!section || section === this.section) return;
    this.section = section;
    for (const link of this.form.querySelectorAll(".rail .nav a")) {
      if (link.hash === `#${section.id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  guard(event) {
    if (this.saving.isOver) return;
    this.commitHere();
    if (!this.saving.isIdle() || this.state.unread.size) event.preventDefault();
  }

  // The question that the address names, where this case was left, or the first question without an answer.
  resume() {
    const named = location.hash && document.getElementById(location.hash.slice(1))?.closest("[data-field]");
    if (named && isAsked(named)) this.moving.focus(stopOf(named));
    if (location.hash || this.state.completing) return;
    const row = this.words.rows.get(this.form.dataset.resume);
    if (row && isAsked(row)) this.moving.focus(stopOf(row));
    else this.moving.nextUnanswered();
  }
}

const start = async (form) => {
  const page = new Page(form, await loadProgram(form.dataset.program));
  for (const line of document.querySelectorAll("[data-keys-line]")) line.hidden = false;
  page.resume();
  form.dataset.ready = "";
};

const form = document.querySelector("[data-case-form]");
if (form) start(form);
