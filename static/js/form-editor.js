// The pane of a question or check: completes and checks expressions while they are typed, keeps codes in rows, and
// shows only what fits the type. Everything works without it: the server checks on saving.
import { startCodes } from "./form-editor-codes.js";
import { startCompletion } from "./form-editor-completion.js";
import { startExpressionChecks } from "./form-editor-checks.js";

const field = (element) => element.closest(".field") ?? element;

function startTypes(form) {
  const type = form.elements.namedItem("type");
  if (!type) return;
  const show = () => {
    for (const part of form.querySelectorAll("[data-for]")) {
      field(part).hidden = !part.dataset.for.split(" ").includes(type.value);
    }
  };
  type.addEventListener("change", show);
  show();
}

// A covariate of a risk model shows only the boxes of its coding.
function startKinds(form) {
  for (const part of form.querySelectorAll("[data-kinds]")) {
    const kind = part.querySelector("[data-kind]");
    const show = () => {
      for (const box of part.querySelectorAll("[data-for]")) {
        (box.closest("[data-box]") ?? field(box)).hidden = !box.dataset.for.split(" ").includes(kind.value);
      }
    };
    kind.addEventListener("change", show);
    show();
  }
}

function startSaving(form) {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[name=save]"));
    }
  });
}

// After a move the focus is on the button that was pressed, at its new place.
function startMoves() {
  const step = new URLSearchParams(location.search).get("step");
  const moved = step && document.getElementById(location.hash.slice(1));
  const buttons = [...(moved?.querySelector(".mover")?.querySelectorAll("button:not([disabled])") ?? [])];
  (buttons.find((each) => each.value === step) ?? buttons[0])?.focus();
}

const words = async (form) => {
  const answer = await fetch(form.dataset.vocabulary, { headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : { variables: [], functions: [] };
};

// Going to the place in the address takes the focus away, so that is awaited.
addEventListener("load", () => setTimeout(startMoves));
for (const form of document.querySelectorAll("form[data-form-editor]")) {
  startTypes(form);
  startKinds(form);
  startSaving(form);
  startCodes(form);
  startExpressionChecks(form);
  if (form.dataset.vocabulary) startCompletion(form, words(form));
}
