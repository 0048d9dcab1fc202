// From question to question. One stop each; a reason that is wanted is a stop of its own.

import { isAsked, nameOf, reasonsOf, rowOf, stopOf } from "./rows.js";

export class Moving {
  constructor(form, state) {
    Object.assign(this, { form, state });
    this.rows = [...form.querySelectorAll("[data-field]")];
    this.lastRow = null;
  }

  asked() {
    return this.rows.filter(isAsked);
  }

  stops() {
    return this.rows.flatMap((row) => {
      if (row.hidden) return [];
      return isAsked(row) ? [stopOf(row), ...reasonsOf(row)] : reasonsOf(row);
    });
  }

  // Where the focus is, or was before it went to a panel or a dialog.
  row() {
    return rowOf(document.activeElement) ?? this.lastRow;
  }

  focus(stop) {
    stop.focus();
    if (stop instanceof HTMLInputElement && !["radio", "checkbox"].includes(stop.type)) stop.select();
  }

  // The stop before or after the one where `element` is; null at the ends.
  neighbour(element, step) {
    const stops = this.stops();
    let at = stops.indexOf(element);
    if (at < 0) at = stops.indexOf(stopOf(rowOf(element)));
    return at < 0 ? null : (stops[at + step] ?? null);
  }

  go(element, step) {
    const stop = this.neighbour(element, step);
    if (stop) this.focus(stop);
    return stop !== null;
  }

  // The first question after the current one, around the end, that `wanted` says yes to.
  nextRow(wanted) {
    const rows = this.asked();
    const at = rows.indexOf(this.row());
    const row = [...rows.slice(at + 1), ...rows.slice(0, at + 1)].find(wanted);
    if (row) this.focus(stopOf(row));
    return row !== undefined;
  }

  nextUnanswered() {
    return this.nextRow((row) => !this.state.answer(nameOf(row)) && !this.state.unread.has(nameOf(row)));
  }

  // A warning leads to its reason, an error to its answer.
  nextProblem(problems) {
    const names = new Map(problems.filter(({ variable }) => variable).map((each) => [each.variable, each.severity]));
    const found = this.nextRow((row) => names.has(nameOf(row)));
    const row = rowOf(document.activeElement);
    const reason = found && names.get(nameOf(row)) === "warning" && reasonsOf(row).find(({ value }) => !value.trim());
    if (reason) this.focus(reason);
    return found;
  }

  goToSection(number) {
    const section = this.form.querySelectorAll("[data-section]")[number - 1];
    const row = section && [...section.querySelectorAll("[data-field]")].find(isAsked);
    if (!row) return false;
    section.scrollIntoView({ block: "start" });
    this.focus(stopOf(row));
    return true;
  }
}
