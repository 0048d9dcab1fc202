// Loaded before the page is painted, so that it is drawn once, in the theme and with the menu its reader chose.
// Nothing but these choices is kept in the browser.
(() => {
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem("colloquy-theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (localStorage.getItem("colloquy-nav") === "closed") root.dataset.nav = "closed";
    if (localStorage.getItem("colloquy-keys") === "off") root.dataset.keys = "off";
  } catch {
    // A browser that keeps nothing still shows everything.
  }
})();
