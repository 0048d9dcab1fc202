// How this person likes the keys of the form. Two words in the browser's storage, never an answer.

const PREFIX = "colloquy-case-";
const USUAL = { enter: true, "move-on": false };

export const likes = (choice) => {
  try {
    const kept = localStorage.getItem(PREFIX + choice);
    return kept === null ? USUAL[choice] : kept === "on";
  } catch {
    return USUAL[choice];
  }
};

const keep = (choice, isOn) => {
  try {
    if (isOn === USUAL[choice]) localStorage.removeItem(PREFIX + choice);
    else localStorage.setItem(PREFIX + choice, isOn ? "on" : "off");
  } catch {
    // It then stays as it is.
  }
};

export const startSheet = (opener) => {
  const sheet = document.getElementById("case-keys");
  for (const box of sheet.querySelectorAll("[data-choice]")) {
    box.checked = likes(box.dataset.choice);
    box.addEventListener("change", () => keep(box.dataset.choice, box.checked));
  }
  const open = () => sheet.open || sheet.showModal();
  opener.hidden = false;
  opener.addEventListener("click", open);
  return open;
};
