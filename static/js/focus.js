// After a refused submit the reader starts at the summary of what to put right.

export function startFocus(document) {
  const show = () => document.querySelector("[data-focus]")?.focus();
  show();
  document.addEventListener("htmx:after:swap", show);
}
