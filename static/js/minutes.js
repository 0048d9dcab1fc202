// Minutes save themselves: <form data-minutes> with text and revision; [data-saved] says when.
// What is typed stays in the field when the server is away; leaving the page then asks.

const form = document.querySelector("[data-minutes]");
const said = document.querySelector("[data-saved]");
const WAIT = 1500;
let timer = 0;
let running = false;
let dirty = false;

const say = (words) => {
  said.textContent = words;
};

const save = async () => {
  if (running || !dirty) return;
  running = true;
  dirty = false;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    });
    const told = await answer.json();
    if (answer.ok) {
      form.elements.revision.value = told.revision;
      say(`Saved ${told.saved}`);
    } else {
      say(told.problem);
    }
  } catch {
    dirty = true;
    say("Not saved: no connection. It is tried again.");
  }
  running = false;
  if (dirty) timer = setTimeout(save, WAIT);
};

form?.elements.text.addEventListener("input", () => {
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(save, WAIT);
});
form?.elements.text.addEventListener("blur", save);
form?.addEventListener("submit", () => {
  dirty = false;
});
window.addEventListener("beforeunload", (event) => {
  if (dirty || running) event.preventDefault();
});
