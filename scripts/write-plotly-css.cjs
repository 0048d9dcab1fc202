// Writes the base rules of the installed plotly.js to node_modules/.colloquy/plotly.css.
//
// plotly.js puts these rules into a <style> element when it loads, which our Content-Security-Policy forbids. It leaves
// that out when the page has <link id="plotly.js-style-global" class="no-inline-styles"> already. So the bundle is loaded
// once here, in a page that is not there, and what it would have written is kept.
"use strict";
const { mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const vm = require("node:vm");

const modules = join(__dirname, "..", "node_modules");
const bundle = join(modules, "plotly.js-cartesian-dist-min", "plotly-cartesian.min.js");

const rules = [];
const sheet = { insertRule: (rule) => rules.unshift(rule) };  // plotly.js inserts each before the others
const nothing = function () {};
const special = { sheet, matches: () => false, length: 0, prototype: {}, [Symbol.toPrimitive]: () => "", [Symbol.iterator]: undefined };
const anything = new Proxy(nothing, {
  get: (_, name) => (name in special ? special[name] : anything),
  apply: () => anything,
  construct: () => ({}),
  set: () => true,
});

const page = { console, URL, TextDecoder, TextEncoder, performance, document: anything, navigator: anything };
for (const name of ["CSSStyleDeclaration", "DOMParser", "Element", "HTMLElement", "Node"]) page[name] = class {};
for (const name of ["addEventListener", "clearTimeout", "requestAnimationFrame", "setTimeout"]) page[name] = nothing;
page.window = page.self = page.globalThis = page;
vm.runInNewContext(readFileSync(bundle, "utf8"), page, { filename: bundle });

if (rules.length < 30 || !rules.some((rule) => rule.startsWith(".js-plotly-plot .plotly"))) {
  throw new Error(`plotly.js wrote ${rules.length} base rules, but about 60 were expected. Has it changed how it writes them?`);
}
mkdirSync(join(modules, ".colloquy"), { recursive: true });
writeFileSync(join(modules, ".colloquy", "plotly.css"), `${rules.join("\n")}\n`);
