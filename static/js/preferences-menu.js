// The buttons at the foot of the menu: theme, folding the side bar away, and keys that work without a modifier.

const keep = (key, value) => {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    // The choice then lasts for this page only.
  }
};

const systemIsDark = () => matchMedia("(prefers-color-scheme: dark)").matches;

export function startPreferences(document) {
  const root = document.documentElement;
  const holder = document.querySelector("[data-preferences]");
  if (!holder) return;
  const themeButton = holder.querySelector("[data-theme-toggle]");
  const foldButton = holder.querySelector("[data-navigation-toggle]");
  const keysButton = holder.querySelector("[data-keys-toggle]");

  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : systemIsDark());
  const say = () => {
    themeButton.textContent = isDark() ? "Light theme" : "Dark theme";
    foldButton.textContent = root.dataset.nav === "closed" ? "Keep menu open" : "Fold menu";
    keysButton.textContent = root.dataset.keys === "off" ? "Switch single keys on" : "Switch single keys off";
  };

  keysButton.addEventListener("click", () => {
    const off = root.dataset.keys !== "off";
    if (off) root.dataset.keys = "off";
    else delete root.dataset.keys;
    keep("colloquy-keys", off ? "off" : "");
    for (const hint of document.querySelectorAll("[data-key-hint], [data-key-help]")) hint.hidden = off;
    say();
  });

  themeButton.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    root.dataset.theme = theme;
    keep("colloquy-theme", theme);
    say();
  });

  foldButton.addEventListener("click", () => {
    const closed = root.dataset.nav !== "closed";
    if (closed) root.dataset.nav = "closed";
    else delete root.dataset.nav;
    keep("colloquy-nav", closed ? "closed" : "");
    say();
    if (closed) document.querySelector(".menu-button")?.focus();
  });

  holder.hidden = false;
  say();
}
