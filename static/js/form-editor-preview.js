// The preview of a draft and the sheets of the training area run the case form's own engine and save nothing by themselves.
// Without it, a button asks the server.
import { Overview } from "./case-form/overview.js";
import { exclude, isAsked, isReason, isTouched, nameOf, prepareRow, readRow, rowOf, writeRow } from "./case-form/rows.js";
import { State } from "./case-form/state.js";
import { announce, Words } from "./case-form/words.js";
import { loadProgram } from "./definition/program.js";

const WRITTEN_OUT = new Set(["date", "datetime", "time"]); // `t-3`, as the case form writes it out

function start(form, program) {
  const { order, today } = form.dataset;
  const completing = document.querySelector("#case-problems .summary") !== null;
  const base = JSON.parse(form.querySelector("#case-base").value);
  const state = new State(program, { base, reasons: {}, order, today, completing });
  const words = new Words(form, state);
  const overview = new Overview(form, state);
  const rows = [...form.querySelectorAll("[data-field]")];
  const draw = () => {
    const facts = state.facts();
    words.draw(facts);
    overview.draw(facts);
    form.elements.shown.value = rows.filter(isAsked).map(nameOf).join(" "); // the server reads what it is told was asked
  };
  const answer = (row) => {
    if (row.querySelector("output")) return;
    const variable = state.variables.get(nameOf(row));
    const read = state.read(variable.name, readRow(row));
    if (WRITTEN_OUT.has(variable.type) && read?.value) writeRow(row, variable, read);
    draw();
    announce(row);
  };
  for (const row of rows) {
    prepareRow(row);
    if (isTouched(row)) state.read(nameOf(row), readRow(row)); // somebody was faster than the script
  }
  form.addEventListener("input", ({ target }) => rowOf(target) && exclude(target));
  form.addEventListener("change", ({ target }) => {
    const row = rowOf(target);
    if (row && isReason(target)) state.reasons[target.name.slice("reason:".length)] = target.value;
    else if (row) answer(row);
  });
  draw();
  form.dataset.ready = "";
}

const form = document.querySelector("form[data-preview]");
if (form) loadProgram(form.dataset.program).then((program) => start(form, program));
