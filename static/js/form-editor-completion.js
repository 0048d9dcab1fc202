// Completes variables, codes and functions while an expression is typed: a list that belongs to the text box.
// Arrows choose, Enter or Tab takes, Escape closes. Variables begin with [, codes follow a comparison.

const MOST = 8;
const VARIABLE = /\[([A-Za-z0-9_]*)$/;
const CODE_OF_MANY = /\[([A-Za-z0-9_]+)\(([A-Za-z0-9_.+-]*)$/;
const CODE = /\[([A-Za-z0-9_]+)\]\s*(?:=|<>|!=|<=?|>=?)\s*["']?([A-Za-z0-9_.+-]*)$/;
const FUNCTION = /(?:^|[\s(,])([a-z_]{2,})$/;

const matches = (text, typed) => text.toLowerCase().includes(typed.toLowerCase());
const first = (typed) => (one, other) =>
  Number(other.sort.startsWith(typed.toLowerCase())) - Number(one.sort.startsWith(typed.toLowerCase()));

function codes(variable, typed, wrap) {
  return (variable?.codes ?? [])
    .filter((code) => matches(`${code.value} ${code.label}`, typed))
    .map((code) => ({ text: wrap(code.value), label: `${code.value} ${code.label}`, sort: code.value.toLowerCase() }));
}

function variables(vocabulary, typed) {
  return vocabulary.variables
    .filter((each) => matches(`${each.name} ${each.label}`, typed))
    .map((each) => ({
      text: each.many ? `[${each.name}(` : `[${each.name}]`,
      label: each.name,
      note: `${each.label}, ${each.type}`,
      sort: each.name.toLowerCase(),
    }));
}

// What can follow the text before the caret, and how much of it an option replaces.
export function optionsFor(vocabulary, before) {
  const known = new Map(vocabulary.variables.map((each) => [each.name, each]));
  let found;
  if ((found = CODE_OF_MANY.exec(before))) {
    return { typed: found[2], options: codes(known.get(found[1]), found[2], (value) => `${value})]`) };
  }
  if ((found = VARIABLE.exec(before))) return { typed: `[${found[1]}`, options: variables(vocabulary, found[1]) };
  if ((found = CODE.exec(before))) {
    const quoted = /["'][A-Za-z0-9_.+-]*$/.exec(before)?.[0] ?? found[2];
    return { typed: quoted, options: codes(known.get(found[1]), found[2], (value) => `"${value}"`) };
  }
  if ((found = FUNCTION.exec(before))) {
    const options = vocabulary.functions
      .filter((each) => each.name.startsWith(found[1]))
      .map((each) => ({ text: `${each.name}(`, label: each.name, note: each.example, sort: each.name }));
    return { typed: found[1], options };
  }
  return { typed: "", options: [] };
}

class Completion {
  constructor(input, vocabulary) {
    this.input = input;
    this.vocabulary = vocabulary;
    this.options = [];
    this.chosen = 0;
    this.list = document.createElement("ul");
    this.list.id = `${input.id}_list`;
    this.list.className = "completions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Completions");
    this.list.hidden = true;
    const place = document.createElement("div");
    place.className = "completing";
    input.replaceWith(place);
    place.append(input, this.list);
    // A text area may not be a combobox by ARIA's rules; as a text box with a list it is read the same.
    this.combobox = input.localName === "input";
    const said = { "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": this.list.id };
    if (this.combobox) Object.assign(said, { role: "combobox", "aria-expanded": "false" });
    for (const [name, value] of Object.entries(said)) input.setAttribute(name, value);
    input.addEventListener("input", () => this.offer());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // keep the caret
      const item = event.target.closest("[role=option]");
      if (item) this.take(Number(item.dataset.place));
    });
  }

  learn(vocabulary) {
    this.vocabulary = vocabulary;
    if (document.activeElement === this.input) this.offer();
  }

  get before() {
    return this.input.value.slice(0, this.input.selectionStart);
  }

  offer() {
    const { typed, options } = optionsFor(this.vocabulary, this.before);
    this.typed = typed;
    this.options = options.sort(first(typed.replace(/[["']/g, ""))).slice(0, MOST);
    if (this.options.length === 1 && this.options[0].text === typed) this.options = [];
    this.chosen = 0;
    this.draw();
  }

  draw() {
    this.list.replaceChildren(...this.options.map((option, place) => this.item(option, place)));
    const open = this.options.length > 0;
    this.list.hidden = !open;
    if (this.combobox) this.input.setAttribute("aria-expanded", String(open));
    if (open) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.chosen}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  item(option, place) {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${place}`;
    item.dataset.place = String(place);
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(place === this.chosen));
    const name = document.createElement("b");
    name.textContent = option.label;
    item.append(name);
    if (option.note) {
      const note = document.createElement("small");
      note.textContent = option.note;
      item.append(" ", note);
    }
    return item;
  }

  key(event) {
    if (this.list.hidden || event.ctrlKey || event.altKey || event.metaKey) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      this.chosen = (this.chosen + steps[event.key] + this.options.length) % this.options.length;
      this.draw();
    } else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) {
      this.take(this.chosen);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return;
    }
    event.preventDefault();
  }

  take(place) {
    const { input } = this;
    const end = input.selectionStart;
    input.setRangeText(this.options[place].text, end - this.typed.length, end, "end");
    this.close();
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  close() {
    this.options = [];
    this.draw();
  }
}

// The questions of a check: names with commas between.
const namesFor = (vocabulary, before) => {
  const typed = /([A-Za-z0-9_]*)$/.exec(before)[1];
  return { typed, options: typed ? variables(vocabulary, typed).map((each) => ({ ...each, text: each.label })) : [] };
};

class Names extends Completion {
  offer() {
    const { typed, options } = namesFor(this.vocabulary, this.before);
    this.typed = typed;
    this.options = options.some((each) => each.text === typed) ? [] : options.sort(first(typed)).slice(0, MOST);
    this.chosen = 0;
    this.draw();
  }
}

// The boxes are ready at once, so that nobody loses the focus; the words follow.
export function startCompletion(form, words) {
  const empty = { variables: [], functions: [] };
  const all = [
    ...[...form.querySelectorAll("textarea[data-expression]")].map((input) => new Completion(input, empty)),
    ...[...form.querySelectorAll("input[data-names]")].map((input) => new Names(input, empty)),
  ];
  words.then((vocabulary) => {
    for (const each of all) each.learn(vocabulary);
  });
}
