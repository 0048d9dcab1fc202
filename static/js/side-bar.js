// The side bar scrolls by itself: the entry of this page is to be in sight.

export function startSideBar(document) {
  const bar = document.querySelector(".side-in");
  const here = bar?.querySelector("[aria-current]");
  if (here && here.offsetTop + here.offsetHeight > bar.clientHeight) {
    bar.scrollTop = here.offsetTop - bar.clientHeight / 2;
  }
}
