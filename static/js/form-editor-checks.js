// Says what is wrong with an expression as soon as its writer pauses, in the words of the whole check.

const PAUSE = 350;

const ask = async (form, input, signal) => {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
  data.set("text", input.value.replace(/\s+/g, " ").trim());
  // A measure has no answer type: its value is a number.
  if (input.dataset.expression === "calculation") data.set("type", form.elements.namedItem("type")?.value ?? "decimal");
  const answer = await fetch(form.dataset.check, { method: "POST", body: data, signal });
  return answer.ok ? (await answer.json()).problem : null;
};

const element = (name, text) => {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
};

// The status exists from the start, so that a reader hears it change.
function statusOf(input) {
  document.querySelectorAll(`[data-problem="${input.id}"]`).forEach((each) => each.remove());
  const status = document.createElement("div");
  status.id = `${input.id}_problem`;
  status.setAttribute("role", "status");
  (input.closest(".field") ?? input.parentElement).append(status);
  input.setAttribute("aria-describedby", [input.getAttribute("aria-describedby"), status.id].filter(Boolean).join(" "));
  return status;
}

function show(input, status, problem) {
  status.replaceChildren();
  input.toggleAttribute("aria-invalid", false);
  status.className = problem ? "note bad" : "";
  if (!problem) return;
  input.setAttribute("aria-invalid", "true");
  const said = document.createElement("p");
  said.append(element("b", problem.message), ` ${problem.remedy} `, element("small", `At character ${problem.position}.`));
  status.append(said);
  if (problem.suggestion) status.append(useIt(input, problem));
}

function useIt(input, problem) {
  const button = element("button", `Use “${problem.suggestion}”`);
  button.type = "button";
  button.className = "btn small";
  button.addEventListener("click", () => {
    const wrong = problem.wrong.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    input.value = input.value.replace(new RegExp(`\\[\\s*${wrong}\\s*(?=[\\](])`, "g"), `[${problem.suggestion}`);
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  return button;
}

// Somebody who is offered completions is in the middle of a word: that it is not finished is no news.
const isChoosing = (input) => input.hasAttribute("aria-activedescendant");

function watch(form, input) {
  const status = statusOf(input);
  let pause, asking;
  const check = async () => {
    asking?.abort();
    if (isChoosing(input)) return show(input, status, null);
    asking = new AbortController();
    try {
      show(input, status, input.value.trim() ? await ask(form, input, asking.signal) : null);
    } catch (error) {
      if (error.name !== "AbortError") show(input, status, null);
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(check, PAUSE);
  });
  input.addEventListener("blur", () => setTimeout(check));
  form.elements.namedItem("type")?.addEventListener("change", check);
  if (input.value.trim()) check();
}

export function startExpressionChecks(form) {
  for (const input of form.querySelectorAll("textarea[data-expression]")) watch(form, input);
}
