"""UX.md section 6 on the pages of every role: R1 to R6, R10, R24."""

import re
from itertools import pairwise

import pytest

from tests.browser.cast import PAGES


VISITS = [pytest.param(role, page, id=f"{role}-{page.name}") for role, pages in PAGES.items() for page in pages]
HEADINGS = "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter((h) => h.checkVisibility()).map((h) => +h.tagName[1])"
FOCUSED = "document.activeElement.textContent.trim()"
TO_THE_TOP = """() => {
  document.body.tabIndex = -1;
  document.body.focus({preventScroll: true});
  document.body.removeAttribute("tabindex");
}"""


@pytest.mark.parametrize(("role", "page"), VISITS)
def test_page_is_sound(resident, role, page):
    visitor = resident(role)
    tab = visitor.tab
    tab.emulate_media(color_scheme="light")
    tab.set_viewport_size({"width": 1280, "height": 900})
    assert visitor.open_page(page) == 200
    assert re.fullmatch(r"\S.* - Great Lakes Surgical", tab.title())
    headings = tab.evaluate(HEADINGS)
    assert headings.count(1) == 1, "exactly one h1"
    assert all(after <= before + 1 for before, after in pairwise(headings)), headings
    # A case puts the focus where it was left; the first stop is asked from the top of the page.
    if tab.locator("[data-case-form]").count():
        tab.wait_for_selector("[data-ready]")
    tab.evaluate(TO_THE_TOP)
    tab.keyboard.press("Tab")
    assert tab.evaluate(FOCUSED) == "Skip to the content"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"

    assert visitor.axe() == [], "axe, light, 1280 px"
    tab.emulate_media(color_scheme="dark")
    assert visitor.axe("color-contrast") == [], "axe, dark"
    tab.set_viewport_size({"width": 320, "height": 700})
    assert visitor.overflow() == 0, "the page scrolls sideways at 320 px"
    tab.set_viewport_size({"width": 360, "height": 740})
    assert visitor.axe() == [], "axe, dark, 360 px"

    assert visitor.outside == [], "requests to other hosts"
    assert visitor.violations() == [], "Content-Security-Policy"
    assert visitor.console == [], "console"


def test_titles_tell_pages_apart(resident):
    for role, pages in PAGES.items():
        visitor = resident(role)
        titles = {}
        for page in pages:
            visitor.open_page(page)
            titles.setdefault(visitor.tab.title(), []).append(page.name)
        twice = [names for names in titles.values() if len(names) > 1]
        assert all("measure" in name for names in twice for name in names), twice
