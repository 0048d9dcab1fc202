// A list of rows by keyboard, on any page: <form data-list-keys>, rows [data-row], in each a link [data-open] and a
// check box [name=case] or [data-pick]. j and k go, Enter opens, x selects, / searches [data-search], n follows [data-new].
// Single keys rest while a field has the focus, with any modifier, and for whoever switched them off (WCAG 2.1.4).

const FIELDS = "input:not([type=checkbox], [type=radio], [type=submit]), select, textarea, [contenteditable]";
const list = document.querySelector("[data-list-keys]");
const rows = list ? [...list.querySelectorAll("[data-row]")] : [];
const link = (row) => row.querySelector("[data-open]");
const box = (row) => row.querySelector("input[type=checkbox]");
let current = rows.findIndex((row) => row.querySelector("[aria-current]"));

export const keysAreOff = () => document.documentElement.dataset.keys === "off";

const here = () => {
  const focused = rows.findIndex((row) => row.contains(document.activeElement));
  return focused < 0 ? current : focused;
};

const go = (step) => {
  if (!rows.length) return;
  const at = here();
  current = Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step));
  link(rows[current]).focus();
};

const countPicked = () => {
  const picked = rows.filter((row) => box(row)?.checked).length;
  const all = list.querySelector("[data-pick-all]");
  if (all) {
    all.checked = picked > 0 && picked === rows.length;
    all.indeterminate = picked > 0 && picked < rows.length;
  }
  for (const words of list.querySelectorAll("[data-picked-count]")) words.textContent = ` ${picked}`;
  return picked;
};

const pick = () => {
  const row = rows[here()];
  if (!row || !box(row)) return;
  box(row).checked = !box(row).checked;
  choseSome();
};

const choseSome = () => {
  countPicked();
  const selected = list.querySelector("[data-which][value=selected]");
  if (selected) selected.checked = true;
};

const actions = {
  j: () => go(1),
  k: () => go(-1),
  x: pick,
  "/": () => document.querySelector("[data-search]")?.focus(),
  n: () => document.querySelector("[data-new]")?.click(),
};

const onKey = (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.key === "Enter" && target.matches("[data-row] input[type=checkbox]")) {
    // In a form Enter would press its first button.
    event.preventDefault();
    link(target.closest("[data-row]")).click();
    return;
  }
  if (keysAreOff() || target.closest(FIELDS) || !actions[event.key]) return;
  event.preventDefault();
  actions[event.key]();
};

const start = () => {
  document.addEventListener("keydown", onKey);
  for (const hint of document.querySelectorAll("[data-key-hint], [data-key-help]")) hint.hidden = keysAreOff();
  if (!list) return;
  const all = list.querySelector("[data-pick-all]");
  if (all) {
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const row of rows) box(row).checked = all.checked;
      choseSome();
    });
  }
  list.addEventListener("change", (event) => {
    if (event.target.closest("[data-row]")) choseSome();
  });
  countPicked();
};

start();
