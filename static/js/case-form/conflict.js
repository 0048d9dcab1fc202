// Two people answered one question: both answers side by side, to choose from.

const row = ({ name, label, before, mine, theirs }, by) => {
  const made = document.createElement("fieldset");
  made.className = "clash";
  const legend = Object.assign(document.createElement("legend"), { className: "label", textContent: label });
  const side = (value, who, words) => {
    const choice = Object.assign(document.createElement("label"), { className: "check" });
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: `clash-${name}`, value, required: true });
    const text = document.createElement("span");
    text.append(Object.assign(document.createElement("b"), { textContent: `${who}: ` }), words);
    choice.append(radio, text);
    return choice;
  };
  const small = Object.assign(document.createElement("small"), { textContent: `Before: ${before}` });
  made.append(legend, side("mine", "Yours", mine), side("theirs", by, theirs), small);
  return made;
};

// Resolves to what says whether my answer to a question is kept.
export const decide = ({ by, at, fields }, back) =>
  new Promise((resolve) => {
    const dialog = document.getElementById("case-clash");
    const form = dialog.querySelector("form");
    const heading = fields.length === 1 ? "one question" : `${fields.length} questions`;
    dialog.querySelector("h2").textContent = `${by} answered ${heading} otherwise at ${at}`;
    dialog.querySelector("[data-choices]").replaceChildren(...fields.map((each) => row(each, by)));
    const closed = () => {
      const chosen = new FormData(form);
      const theirs = fields.filter(({ name }) => chosen.get(`clash-${name}`) === "theirs").map(({ name }) => name);
      back?.focus();
      resolve((name) => !theirs.includes(name));
    };
    // Nothing may be lost, so one of the two has to be chosen.
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("close", closed, { once: true });
    dialog.showModal();
    dialog.querySelector("input[type=radio]")?.focus();
  });
