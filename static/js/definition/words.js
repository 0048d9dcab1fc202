// Texts as Python has them, where JavaScript differs: blanks, letters without case, characters counted, near names.

// What str.isspace says of one character; JavaScript's \s is another set.
const BLANK = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const BLANKS = new RegExp(`[${BLANK}]+`, "g");
const EDGES = new RegExp(`^[${BLANK}]+|[${BLANK}]+$`, "g");

export const strip = (text) => text.replace(EDGES, "");
export const singleSpaced = (text) => strip(text.replace(BLANKS, " "));

// Through capitals, which makes "ß" into "ss" as str.casefold does; two letters would become others on the way.
export const casefold = (text) =>
  text
    .replace(/[^\x00-\x7f]/g, (letter) => (letter === "\u0131" ? letter : letter.toLowerCase().toUpperCase()))
    .toLowerCase()
    .replaceAll("\u03c2", "\u03c3");

// Characters, not halves of them.
export const characters = (text) => [...text];
export const shortened = (text, most) => characters(text).slice(0, most).join("");

// "a, b or c"
export const oneOf = (words) =>
  words.length === 1 ? words[0] : `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`;

// Python's difflib.get_close_matches(…, n=1, cutoff=0.6) ----------------------------------------------------------------

const CUTOFF = 0.6;

// Where each character of `b` stands; in long texts without those that stand everywhere (difflib's "autojunk").
const placesOf = (b) => {
  const places = new Map();
  b.forEach((character, place) => places.set(character, [...(places.get(character) ?? []), place]));
  if (b.length < 200) return places;
  const most = Math.floor(b.length / 100) + 1;
  return new Map([...places].filter(([, found]) => found.length <= most));
};

const longestMatch = (a, b, places, [aFrom, aTo, bFrom, bTo]) => {
  let [bestA, bestB, size] = [aFrom, bFrom, 0];
  let lengths = new Map();
  for (let i = aFrom; i < aTo; i += 1) {
    const next = new Map();
    for (const j of places.get(a[i]) ?? []) {
      if (j < bFrom) continue;
      if (j >= bTo) break;
      const length = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, length);
      if (length > size) [bestA, bestB, size] = [i - length + 1, j - length + 1, length];
    }
    lengths = next;
  }
  while (bestA > aFrom && bestB > bFrom && a[bestA - 1] === b[bestB - 1]) [bestA, bestB, size] = [bestA - 1, bestB - 1, size + 1];
  while (bestA + size < aTo && bestB + size < bTo && a[bestA + size] === b[bestB + size]) size += 1;
  return [bestA, bestB, size];
};

// How alike two texts are, from 0 to 1.
const ratio = (a, b, places) => {
  const open = [[0, a.length, 0, b.length]];
  let matches = 0;
  while (open.length) {
    const part = open.pop();
    const [atA, atB, size] = longestMatch(a, b, places, part);
    if (size === 0) continue;
    matches += size;
    open.push([part[0], atA, part[2], atB], [atA + size, part[1], atB + size, part[3]]);
  }
  return a.length + b.length ? (2 * matches) / (a.length + b.length) : 1;
};

// Whether one text comes after another by the numbers of their characters, as Python sorts.
const comesAfter = (one, other) => {
  const [first, second] = [characters(one), characters(other)];
  const at = first.findIndex((character, place) => character !== second[place]);
  return at >= 0 && (at >= second.length || first[at].codePointAt(0) > second[at].codePointAt(0));
};

// The known name that `name` was most likely meant to be, or null.
export const nearest = (name, known) => {
  const wanted = characters(casefold(name));
  const places = placesOf(wanted);
  const byFold = new Map(known.map((candidate) => [casefold(candidate), candidate]));
  let [best, score] = [null, CUTOFF];
  for (const fold of byFold.keys()) {
    const found = ratio(characters(fold), wanted, places);
    if (found > score || (found === score && (best === null || comesAfter(fold, best)))) [best, score] = [fold, found];
  }
  return best === null ? null : byFold.get(best);
};
