// Every answer goes to the server as it is left. What has not arrived waits in memory and is sent again, under the
// same key, so that a request whose answer was lost does nothing twice.

import { sentText } from "./rows.js";
import { answerIn } from "./state.js";

const RETRY = 2500;
const PATIENCE = 4500; // then the connection counts as lost; the banner must be there within 5 seconds
const LOST = "Your answers stay on this page and are sent as soon as it is back. Do not close the page.";
const SIGNED_OUT = "You are signed out. Sign in again in another tab; your answers stay here and are sent after that.";

export class Saving {
  constructor(form, state, page) {
    Object.assign(this, { form, state, page });
    this.revision = Number(form.querySelector("#case-revision").value);
    this.waiting = new Set(); // questions
    this.reasons = new Set(); // keys of reasons
    this.request = null; // what was sent and has no answer yet
    this.isSending = false;
    this.isHeld = false; // somebody has to decide first
    this.isOver = false; // the page is being left
    this.banner = document.getElementById("case-offline");
    this.saved = document.getElementById("case-saved");
    addEventListener("offline", () => this.isIdle() || this.lost(LOST));
    addEventListener("online", () => this.send());
  }

  isIdle() {
    return !this.waiting.size && !this.reasons.size && !this.request && !this.isHeld;
  }

  add(name) {
    this.waiting.add(name);
    this.mark();
    setTimeout(() => this.send()); // first the focus moves, so that the request says where to
  }

  addReason(key) {
    this.reasons.add(key);
    this.mark();
    setTimeout(() => this.send());
  }

  // The page can tell whether all of it has arrived.
  mark() {
    this.form.toggleAttribute("data-unsaved", !this.isIdle());
  }

  async send() {
    if (this.isSending || this.isIdle() || this.isHeld || this.isOver) return;
    this.isSending = true;
    this.request ??= this.compose();
    let wait = 0;
    try {
      await this.deliver();
    } catch (problem) {
      console.info(`Not saved: ${problem.message}`);
      this.lost(LOST);
      wait = RETRY;
    }
    this.isSending = false;
    this.mark();
    if (!this.isIdle() && !this.isOver) setTimeout(() => this.send(), wait);
    this.settle?.();
  }

  compose() {
    const { state } = this;
    const names = [...this.waiting];
    const given = Object.fromEntries(names.map((name) => [name, state.answer(name)]));
    const texts = names.map((name) => [name, sentText(state.variables.get(name), given[name])]);
    const base = { answers: {}, missing: {} };
    for (const name of names) {
      const before = answerIn(state.saved, name);
      if (before?.missing) base.missing[name] = before.missing;
      else if (before) base.answers[name] = before.value;
    }
    const reasons = Object.fromEntries([...this.reasons].map((key) => [key, state.reasons[key] ?? ""]));
    this.waiting.clear();
    this.reasons.clear();
    const body = { key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, revision: this.revision, at: this.page.here() };
    return { given, body: { ...body, answers: Object.fromEntries(texts), base, reasons } };
  }

  async deliver() {
    const response = await fetch(this.form.dataset.answers, {
      method: "POST",
      body: JSON.stringify(this.request.body),
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token() },
      credentials: "same-origin",
      keepalive: true,
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.type === "opaqueredirect" || response.status === 403) return this.refused(SIGNED_OUT);
    if (response.status === 409) return this.clash((await response.json()).conflict);
    if (response.status >= 400 && response.status < 500) return this.refused(`The server refused them (${response.status}). Copy what you typed, and reload the page.`);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return this.arrived(await response.json());
  }

  token() {
    return this.form.querySelector("[name=csrfmiddlewaretoken]").value;
  }

  lost(why) {
    this.banner.querySelector("[data-why]").textContent = why;
    this.banner.hidden = false;
    this.saved.textContent = "Not saved";
  }

  refused(why) {
    this.lost(why);
    throw new Error(why);
  }

  arrived(answer) {
    if (answer.leave) return this.leave(answer.leave);
    const { given } = this.request;
    this.request = null;
    this.banner.hidden = true;
    this.revision = answer.revision;
    for (const [name, value] of Object.entries(given)) {
      if (!answer.problems[name]) this.state.keepAsSaved(name, value);
    }
    this.saved.textContent = answer.saved;
    this.page.arrived(answer);
    if (answer.rebound) this.reload();
    return undefined;
  }

  // The case has other questions now: draw it anew, with what is still on its way saved first.
  async reload() {
    await this.flush();
    this.leave(location.pathname);
  }

  leave(url) {
    this.isOver = true;
    location.assign(url);
  }

  async clash(conflict) {
    const { given, body } = this.request;
    this.request = null;
    this.isHeld = true;
    const kept = await this.page.decide(conflict);
    for (const { name, answer } of conflict.fields) this.state.keepAsSaved(name, answer);
    for (const name of Object.keys(given)) if (kept(name)) this.waiting.add(name);
    for (const key of Object.keys(body.reasons)) this.reasons.add(key);
    this.revision = conflict.revision;
    this.isHeld = false;
  }

  // Whether everything has arrived, as soon as that is known.
  async flush() {
    while (!this.isIdle() && !this.isOver) {
      const settled = new Promise((resolve) => (this.settle = resolve));
      this.send();
      await settled;
      if (!this.banner.hidden) break;
    }
    return this.isIdle();
  }
}
