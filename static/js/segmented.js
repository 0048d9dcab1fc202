// Choices of few: the code of an answer chooses it, Backspace clears. A change is told like any other,
// so that saving and skip logic notice it.

const tell = (input) => {
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
};

const choose = (group, key) => {
  const input = [...group.querySelectorAll("input[data-key]")].find((each) => each.dataset.key === key);
  if (!input) return false;
  input.focus();
  if (!input.checked) {
    input.checked = true;
    tell(input);
  }
  return true;
};

const clear = (group) => {
  const chosen = group.querySelector("input:checked");
  if (!chosen) return;
  chosen.checked = false;
  tell(chosen);
};

export function startSegmented(document) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const group = event.target instanceof Element && event.target.closest("[data-segmented]");
    if (!group) return;
    if (event.key === "Backspace" || event.key === "Delete") {
      clear(group);
      event.preventDefault();
    } else if (choose(group, event.key)) {
      event.preventDefault();
    }
  });
}
