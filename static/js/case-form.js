// The case form works without this. With it, answers save themselves on leaving a question, skip logic and findings
// follow at once, and a lost connection loses nothing. No answer is ever kept in the browser's storage.

const form = document.querySelector("[data-case-form]");
const saved = document.getElementById("case-saved");
const offline = document.getElementById("case-offline");
const RETRY = 3000;

const hidden = (name) => form.querySelector(`#case-${name}`);
const fieldOf = (element) => element.closest("[data-field]");
const waiting = new Set(); // questions whose answers are not on the server yet
let sending = false;
let leaving = false;
let pressed = null; // the button that waits until everything before it is saved

// What one question holds, as the form would send it.
const entriesOf = (name) => {
  const row = form.querySelector(`[data-field="${name}"]`);
  return row ? [...new FormData(form)].filter(([key]) => row.querySelector(`[name="${CSS.escape(key)}"]`)) : [];
};

const body = (names) => {
  const data = new FormData();
  data.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  data.append("revision", hidden("revision").value);
  data.append("base", hidden("base").value);
  data.append("shown", names.join(" "));
  data.append("do", "field");
  for (const name of names) for (const [key, value] of entriesOf(name)) data.append(key, value);
  return data;
};

// Everything is drawn again but the question somebody is in, which must keep the focus, and questions that wait.
const refreshSection = (shown, section) => {
  const focused = shown.contains(document.activeElement) ? fieldOf(document.activeElement) : null;
  const old = new Map([...shown.querySelectorAll("[data-field]")].map((row) => [row.dataset.field, row]));
  const nodes = [...section.childNodes].map((node) => {
    const before = old.get(node.dataset?.field);
    if (!before || (before !== focused && !waiting.has(node.dataset.field))) return node;
    refreshWords(before, node);
    return before;
  });
  const at = nodes.indexOf(focused);
  if (at < 0) {
    shown.replaceChildren(...nodes);
    return;
  }
  for (const node of [...shown.childNodes]) if (node !== focused) node.remove();
  focused.before(...nodes.slice(0, at));
  focused.after(...nodes.slice(at + 1));
};

// What is said about an answer, where the control itself stays; never while somebody writes a reason there.
const refreshWords = (row, fresh) => {
  const words = ".control > :is(.note, .echo)";
  if (row.querySelector(".note :focus")) return;
  for (const part of row.querySelectorAll(words)) part.remove();
  row.querySelector(".control").append(...fresh.querySelectorAll(words));
};

const refreshFields = (fresh) => {
  for (const section of fresh.querySelectorAll("[data-section]")) {
    refreshSection(document.getElementById(section.id), section);
  }
};

const show = (text) => {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const name of ["revision", "base", "shown"]) hidden(name).value = fresh.getElementById(`case-${name}`).value;
  document.getElementById("case-rail").replaceChildren(...fresh.getElementById("case-rail").childNodes);
  refreshFields(fresh);
  saved.textContent = fresh.getElementById("case-saved").textContent;
};

const showConflict = (text) => {
  leaving = true;
  const fresh = new DOMParser().parseFromString(text, "text/html");
  document.title = fresh.title;
  document.getElementById("main").replaceChildren(...fresh.getElementById("main").childNodes);
  document.querySelector("#case-conflict input[type=radio], #case-conflict a")?.focus();
};

const send = async () => {
  if (sending || waiting.size === 0 || leaving) return;
  sending = true;
  const names = [...waiting];
  const request = body(names);
  waiting.clear();
  try {
    const answer = await fetch(location.pathname, { method: "POST", body: request, credentials: "same-origin" });
    if (answer.status === 409) showConflict(await answer.text());
    else if (answer.ok && !answer.redirected) show(await answer.text());
    else if (answer.redirected) location.assign(answer.url);
    else throw new Error(`the server answered ${answer.status}`);
    offline.hidden = true;
  } catch (problem) {
    console.info(`Not saved: ${problem.message}`);
    for (const name of names) waiting.add(name);
    offline.hidden = false;
    saved.textContent = "Not saved";
    setTimeout(send, RETRY);
  }
  sending = false;
  if (waiting.size && offline.hidden) send();
  else if (waiting.size === 0 && pressed && !leaving) form.requestSubmit(pressed);
};

const untick = (row, except) => {
  for (const box of row.querySelectorAll(".pills input:checked")) if (box !== except) box.checked = false;
};

// "Not documented" and a value exclude each other, and so do the kinds among themselves.
const exclude = (input) => {
  const row = fieldOf(input);
  const empty = ["radio", "checkbox"].includes(input.type) ? !input.checked : !input.value.trim();
  if (empty || input.name.startsWith("reason:")) return;
  if (!input.closest(".pills")) {
    untick(row, null);
    return;
  }
  untick(row, input);
  for (const other of row.querySelectorAll(".control > .input, .with-units .input")) other.value = "";
  for (const other of row.querySelectorAll(".seg input, .check input")) other.checked = false;
};

const start = () => {
  form.addEventListener("change", (event) => {
    const row = fieldOf(event.target);
    if (!row) return;
    exclude(event.target);
    waiting.add(row.dataset.field);
    send();
  });
  // An answer on its way to the server must arrive first: sent together, the two would look like two people.
  form.addEventListener("submit", (event) => {
    pressed = sending || waiting.size ? event.submitter : null;
    if (pressed) event.preventDefault();
    else leaving = true;
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey)) return;
    if (event.key === "Enter") document.getElementById("case-complete")?.click();
    else if (event.key === "s") document.activeElement?.blur();
    else return;
    event.preventDefault();
  });
  // A link to a group of choices goes to its first choice.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest(".summary a[href^='#']");
    const row = link && document.querySelector(link.getAttribute("href"))?.closest("[data-field]");
    if (row) setTimeout(() => row.querySelector("input, select, textarea")?.focus());
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && (waiting.size || sending)) event.preventDefault();
  });
};

if (form) start();
