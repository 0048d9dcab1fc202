// j and k go down and up the list of an inbox, Enter opens what has the focus: it is a link. Idle while a field has it.

const links = () => [...document.querySelectorAll("[data-inbox] a")];

function move(by) {
  const all = links();
  const here = all.indexOf(document.activeElement);
  const current = all.findIndex((link) => link.getAttribute("aria-current"));
  const from = here >= 0 ? here : current >= 0 ? current : by > 0 ? -1 : all.length;
  const next = all[Math.min(all.length - 1, Math.max(0, from + by))];
  next?.focus();
}

document.addEventListener("keydown", (event) => {
  const busy = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (busy || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") move(1);
  if (event.key === "k") move(-1);
});
