// A message with Undo goes away by itself, but never under somebody's pointer or focus.

const SECONDS = 10;

export function startToasts(document) {
  for (const toast of document.querySelectorAll("[data-toast]")) {
    let left = SECONDS;
    const timer = setInterval(() => {
      if (document.hidden || toast.matches(":hover, :focus-within")) return;
      left -= 1;
      if (left > 0) return;
      clearInterval(timer);
      toast.remove();
    }, 1000);
  }
}
