// The form that a page runs, asked for once and kept by the browser under its digest.

// The FORMAT of measures/definition/program.py that the files beside this one understand.
const FORMAT = 1;

// What a browser kept from before an update of the server is of another format: ask again, past what it kept.
export const loadProgram = async (url) => {
  const kept = await read(url, "default");
  return kept.format === FORMAT ? kept : read(url, "reload");
};

const read = async (url, cache) => {
  const response = await fetch(url, { cache, headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`expected the form's program at ${url}, but got ${response.status}`);
  return response.json();
};
