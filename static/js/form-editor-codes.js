// Codes as rows with buttons to move and remove them; the text box behind them is what is sent.

const SEPARATOR = /\s*[,|=\t]\s*/;

const read = (text) =>
  text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => {
    const found = SEPARATOR.exec(line);
    return found ? [line.slice(0, found.index), line.slice(found.index + found[0].length)] : [line, ""];
  });

const button = (text, label, act) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn small";
  made.textContent = text;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
};

class Codes {
  constructor(area) {
    this.area = area;
    this.list = document.createElement("ol");
    this.list.className = "codes";
    this.said = document.createElement("span");
    this.said.className = "visually-hidden";
    this.said.setAttribute("role", "status");
    area.hidden = true;
    const add = button("Add a code", "Add a code", () => this.add());
    add.classList.add("add");
    area.after(this.list, add, this.said);
    const hint = document.getElementById(`${area.id}_helptext`);
    if (hint) hint.textContent = "In the order they are offered. Enter adds one; Alt with the arrows moves it.";
    read(area.value).forEach(([value, label]) => this.append(value, label));
    if (!this.list.children.length) this.append("", "");
    // The label of the hidden box leads to the first code instead.
    document.querySelector(`label[for="${area.id}"]`)?.setAttribute("for", this.list.querySelector("input").id);
  }

  append(value, label) {
    const row = document.createElement("li");
    row.append(
      this.input(value, "Code", "short"), this.input(label, "Label", ""),
      button("↑", "Move up", () => this.move(row, -1)), button("↓", "Move down", () => this.move(row, 1)),
      button("×", "Remove", () => this.remove(row)),
    );
    this.list.append(row);
    this.name();
    return row;
  }

  input(value, label, size) {
    const input = document.createElement("input");
    Object.assign(input, { value, className: `input ${size}`, autocomplete: "off", id: `${this.area.id}-${label}-${this.made = (this.made ?? 0) + 1}` });
    input.dataset.part = label;
    input.addEventListener("input", () => this.write());
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        this.add();
      } else if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
        event.preventDefault();
        this.move(input.closest("li"), event.key === "ArrowUp" ? -1 : 1, input);
      }
    });
    return input;
  }

  name() {
    [...this.list.children].forEach((row, place) => {
      for (const input of row.querySelectorAll("input")) input.setAttribute("aria-label", `${input.dataset.part} ${place + 1}`);
    });
    this.write();
  }

  add() {
    this.append("", "").querySelector("input").focus();
  }

  move(row, step, focus) {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (step < 0) other.before(row);
    else other.after(row);
    (focus ?? row.querySelectorAll("button")[step < 0 ? 0 : 1]).focus();
    this.name();
    this.said.textContent = `Now ${[...this.list.children].indexOf(row) + 1} of ${this.list.children.length}`;
  }

  remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    if (next) next.querySelector("input").focus();
    else this.add();
    this.name();
  }

  write() {
    this.area.value = [...this.list.children]
      .map((row) => [...row.querySelectorAll("input")].map((input) => input.value.trim()))
      .filter(([value, label]) => value || label)
      .map(([value, label]) => `${value}, ${label}`)
      .join("\n");
  }
}

export function startCodes(form) {
  const area = form.querySelector("textarea[name=codes]");
  if (area) new Codes(area);
}
