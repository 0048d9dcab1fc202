// The preview follows each answer: the server derives and checks, as it does for a case, and keeps nothing.

const PARTS = ["preview-problems", "preview-body"];

async function follow(form) {
  const place = document.activeElement;
  const answer = await fetch(form.action || location.href, { method: "POST", body: new FormData(form) });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement;
  for (const id of PARTS) {
    const now = document.getElementById(id);
    const then = fresh.getElementById(id);
    if (now && then) now.replaceWith(document.importNode(then, true));
  }
  restore(focused ?? place);
}

function restore(focused) {
  const again = (focused.id && document.getElementById(focused.id)) ||
    [...document.querySelectorAll(`[name="${CSS.escape(focused.name ?? "")}"]`)].find((each) => each.value === focused.value);
  again?.focus();
}

const form = document.querySelector("form[data-preview]");
form?.addEventListener("change", () => follow(form));
