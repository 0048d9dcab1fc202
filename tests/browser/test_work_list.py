"""The work list by keyboard: going, selecting, giving away and taking back; the grid; R7 to R10, R25, R26, R28."""

import re

import pytest


ROW = "[...document.querySelectorAll('[data-row]')].findIndex((row) => row.contains(document.activeElement))"
COLLEAGUE = "Winifred Aldous"


def _count(tab, name):
    return int(re.search(r"\(([\d,]+)\)", tab.locator(".tabs a", has_text=name).inner_text()).group(1).replace(",", ""))


def test_keys_go_select_search_and_begin(resident):
    abstractor = resident("abstractor")
    tab = abstractor.tab
    abstractor.go("cases/?tab=complete")
    rows = []
    for key in ("j", "j", "j", "k"):
        tab.keyboard.press(key)
        rows.append(tab.evaluate(ROW))
    assert rows == [0, 1, 2, 1]
    tab.keyboard.press("x")
    tab.keyboard.press("j")
    tab.keyboard.press("x")
    picked = tab.locator("[data-row] input:checked")
    assert picked.count() == 2
    assert "2" in tab.locator("[data-picked-count]").inner_text()
    tab.keyboard.press("x")
    assert picked.count() == 1
    number = tab.locator("[data-row] [data-open]").nth(2).inner_text()
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile(r"/cases/[0-9A-Z]{10}/"))
    assert number in tab.locator("h1").inner_text()

    abstractor.go_back()
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.id") == "case-search"
    tab.keyboard.type("jnx/")
    assert tab.locator("#case-search").input_value() == "jnx/", "single keys rest while a field has the focus"
    tab.locator("h1").click()
    tab.keyboard.press("n")
    tab.wait_for_url("**/cases/new/")
    assert abstractor.violations() == []


def test_single_keys_can_be_switched_off(visitor):
    abstractor = visitor("abstractor")
    tab = abstractor.tab
    abstractor.go("cases/?tab=complete")
    tab.get_by_role("button", name="Switch single keys off").click()
    tab.locator("h1").click()
    for key in ("j", "n", "/"):
        tab.keyboard.press(key)
    assert tab.evaluate(ROW) == -1
    assert tab.url.endswith("cases/?tab=complete")
    tab.reload()
    tab.keyboard.press("j")
    assert tab.evaluate(ROW) == -1, "the choice is remembered"
    tab.get_by_role("button", name="Switch single keys on").click()
    tab.keyboard.press("j")
    assert tab.evaluate(ROW) == 0


def test_cases_are_given_away_and_taken_back_without_a_mouse(visitor):
    abstractor = visitor("abstractor")
    tab = abstractor.tab
    abstractor.go("cases/?tab=drafts")
    to_do = _count(tab, "To do")
    held = tab.locator("[data-row]").first.locator("td").nth(5).inner_text()
    for key in ("j", "x", "j", "x"):
        tab.keyboard.press(key)
    tab.locator("#bulk-to").focus()
    tab.keyboard.type(COLLEAGUE)
    tab.get_by_role("button", name="Assign").focus()
    tab.keyboard.press("Enter")
    toast = tab.locator("[data-toast]")
    toast.wait_for()
    assert f"assigned to {COLLEAGUE}." in toast.inner_text()
    assert tab.locator("[data-row]").first.locator("td").nth(5).inner_text() == COLLEAGUE
    assert "tab=drafts" in tab.url
    assert abstractor.axe() == []
    toast.get_by_role("button", name="Undo").focus()
    tab.keyboard.press("Enter")
    tab.get_by_text(re.compile(r"^Undone: \d cases? (is|are) with whom they were before\.$")).wait_for()
    assert tab.locator("[data-row]").first.locator("td").nth(5).inner_text() == held
    assert _count(tab, "To do") == to_do


def test_toast_leaves_after_ten_seconds_but_not_under_the_focus(visitor):
    abstractor = visitor("abstractor")
    tab = abstractor.tab
    abstractor.go("cases/?tab=drafts")
    tab.clock.install()
    tab.keyboard.press("j")
    tab.keyboard.press("x")
    other = tab.locator("#bulk-to option", has_text=COLLEAGUE).get_attribute("value")
    tab.locator("#bulk-to").select_option(
        other if tab.locator("[data-row]").first.inner_text().count(COLLEAGUE) == 0 else "nobody"
    )
    tab.get_by_role("button", name="Assign").click()
    toast = tab.locator("[data-toast]")
    toast.wait_for()
    toast.get_by_role("button", name="Undo").focus()
    tab.clock.run_for(15_000)
    assert toast.count() == 1
    tab.locator("#case-search").focus()
    tab.mouse.move(5, 5)
    tab.clock.run_for(11_000)
    assert toast.count() == 0


def test_select_all_and_all_that_match(resident):
    abstractor = resident("abstractor")
    tab = abstractor.tab
    abstractor.go("cases/?tab=complete")
    tab.get_by_label("Select all on this page").check()
    assert tab.locator("[data-row] input:checked").count() == tab.locator("[data-row]").count() == 50
    tab.locator("[data-which][value=all]").check()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Download CSV").click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert len(lines) == 1 + _count(tab, "Completed")


@pytest.mark.parametrize("path", ["cases/?tab=drafts", "cases/?tab=drafts&view=grid", "cases/?tab=overdue&q=none"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_list_and_grid_are_sound_at_every_width(resident, path, scheme):
    abstractor = resident("abstractor")
    tab = abstractor.tab
    tab.emulate_media(color_scheme=scheme)
    for width in (1280, 360, 320):
        tab.set_viewport_size({"width": width, "height": 800})
        assert abstractor.go(path) == 200
        assert abstractor.overflow() == 0
        assert abstractor.axe() == [], (width, scheme)
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.emulate_media(color_scheme="light")


def test_grid_keeps_its_heads_and_leads_to_the_section(resident):
    abstractor = resident("abstractor")
    tab = abstractor.tab
    tab.set_viewport_size({"width": 700, "height": 600})
    abstractor.go("cases/?tab=complete&view=grid")
    region = tab.get_by_role("region", name="Cases by section")
    region.evaluate("(each) => each.scrollTo(300, 600)")
    box, head = region.bounding_box(), region.locator("thead th").first.bounding_box()
    assert abs(head["x"] - box["x"]) < 3
    assert abs(head["y"] - box["y"]) < 3
    link = region.locator("tbody a.cell").nth(2)
    target = link.get_attribute("href").partition("#")[2]
    link.click()
    tab.wait_for_url(f"**#{target}")
    assert tab.locator(f"#{target}").count() == 1
    tab.set_viewport_size({"width": 1280, "height": 900})


def test_address_holds_the_whole_state(resident):
    abstractor = resident("abstractor")
    tab = abstractor.tab
    abstractor.go("cases/?tab=complete")
    tab.locator("#case-search").fill("2026")
    tab.get_by_role("button", name="Show").click()
    tab.get_by_role("link", name="Updated").click()
    tab.get_by_role("link", name="Next").click()
    state = (tab.url, tab.locator("tbody").inner_text())
    tab.reload()
    assert (tab.url, tab.locator("tbody").inner_text()) == state
    tab.locator("[data-open]").first.click()
    abstractor.go_back()
    assert (tab.url, tab.locator("tbody").inner_text()) == state
    assert {"tab=complete", "q=2026", "sort=-updated", "page=2"} == set(tab.url.partition("?")[2].split("&"))
