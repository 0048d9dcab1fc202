// A draft saves itself: <form data-news-draft>. The answer says when, how it will look, and who gets it.
// What is typed stays in the form when the server is away; leaving the page then asks.

const form = document.querySelector("[data-news-draft]");
const said = document.querySelector("[data-saved]");
const parts = { preview: document.querySelector("[data-preview]"), recipients: document.querySelector("[data-recipients]") };
const WAIT = 1200;
let timer = 0;
let running = false;
let dirty = false;

// The server made these from the draft, and cleaned the Markdown; an open list of names stays open.
const show = (place, html) => {
  const open = place.querySelector("details")?.open;
  const made = new DOMParser().parseFromString(html, "text/html");
  place.replaceChildren(...made.body.childNodes);
  const details = place.querySelector("details");
  if (details && open) details.open = true;
};

const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(save, WAIT);
};

async function save() {
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
      said.textContent = `Saved ${told.saved}`;
      for (const [name, place] of Object.entries(parts)) show(place, told[name]);
    } else {
      said.textContent = told.problem;
    }
  } catch {
    dirty = true;
    said.textContent = "Not saved: no connection. It is tried again.";
  }
  running = false;
  if (dirty) soon();
}

form?.addEventListener("input", () => {
  dirty = true;
  soon();
});
form?.addEventListener("submit", (event) => {
  // The page leaves with what is written; an answer still on its way would only bring an older revision.
  if (running) {
    event.preventDefault();
    setTimeout(() => form.requestSubmit(event.submitter), 100);
    return;
  }
  clearTimeout(timer);
  dirty = false;
});
window.addEventListener("beforeunload", (event) => {
  if (dirty || running) event.preventDefault();
});
