// The form that a page runs, asked for once and kept by the browser under its digest.

// The FORMAT of measures/definition/program.py that the files beside this one understand.
const FORMAT = 1;

// How long to wait before asking again, in milliseconds: a moment without a network must not leave a form without rules.
const AGAIN_AFTER = [200, 1000, 3000];

// What a browser kept from before an update of the server is of another format: ask again, past what it kept.
export const loadProgram = async (url) => {
  const kept = await read(url, "default");
  return kept.format === FORMAT ? kept : read(url, "reload");
};

const read = async (url, cache) => {
  const response = await ask(url, cache, AGAIN_AFTER);
  if (!response.ok) throw new Error(`expected the form's program at ${url}, but got ${response.status}`);
  return response.json();
};

const ask = async (url, cache, [wait, ...later]) => {
  const response = await fetch(url, { cache, headers: { Accept: "application/json" } }).catch(() => null);
  if (wait === undefined || (response && response.status < 500)) {
    if (response) return response;
    throw new Error(`expected the form's program at ${url}, but nothing answered`);
  }
  await new Promise((resolve) => setTimeout(resolve, wait));
  return ask(url, cache, later);
};
