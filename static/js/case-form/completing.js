// Check and complete. What stands in the way is known here already, so the summary comes without asking the server,
// which checks again.

import { targetOf } from "./overview.js";

const entry = ({ rule, variable, message, remedy }) => {
  const made = document.createElement("li");
  if (variable) made.append(Object.assign(document.createElement("a"), { href: `#${targetOf(variable)}`, textContent: message }));
  else made.append(message);
  if (rule !== "required") made.append(` ${remedy}`);
  return made;
};

const summary = (problems) => {
  const made = Object.assign(document.createElement("section"), { className: "summary", tabIndex: -1 });
  made.setAttribute("role", "alert");
  made.setAttribute("aria-labelledby", "error-summary");
  const count = `${problems.length} thing${problems.length > 1 ? "s" : ""} to put right`;
  const list = document.createElement("ul");
  list.append(...problems.map(entry));
  made.append(Object.assign(document.createElement("h2"), { id: "error-summary", textContent: count }), list);
  return made;
};

export const showSummary = (problems) => {
  const place = document.getElementById("case-problems");
  place.replaceChildren(...(problems.length ? [summary(problems)] : []));
  const title = document.title.replace(/^Error: /, "");
  document.title = problems.length ? `Error: ${title}` : title;
  place.firstElementChild?.focus({ preventScroll: true });
  place.firstElementChild?.scrollIntoView({ block: "start" });
};

// As the form itself does it, but with nothing left to save.
export const submit = (form, how) => {
  form.querySelector("#case-shown").value = "";
  const button = document.createElement("button");
  Object.assign(button, { type: "submit", name: "do", value: how, hidden: true });
  form.append(button);
  form.requestSubmit(button);
};
