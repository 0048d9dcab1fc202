"""Nothing is lost: lost connections, killed servers, two people at one case; and nothing is kept by the browser."""

import os
import signal
import time

import pytest
from playwright.sync_api import expect

from tests.supervisor.stage import processes


HERE = "document.activeElement.closest('[data-field]')?.dataset.field ?? ''"
KEPT = """async () => ({
  local: localStorage.length, session: sessionStorage.length,
  databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


@pytest.fixture
def number() -> str:
    return f"SAFE-{time.time_ns()}"


def begin(visitor, number: str, day: str = "t-60"):
    """An abstractor with a fresh case open."""
    abstractor = visitor("abstractor")
    tab = abstractor.tab
    abstractor.go("cases/new/")
    tab.get_by_label("Date of operation").fill(day)
    tab.get_by_label("Case number").fill(number)
    tab.keyboard.press("Enter")
    tab.wait_for_selector("[data-ready]")
    return abstractor


def answer(tab, question: str, text: str) -> None:
    tab.locator(f"#field-{question}").fill(text)
    tab.keyboard.press("Tab")


def saved(tab) -> None:
    """Wait until everything that was left has arrived."""
    tab.locator("[data-case-form]:not([data-unsaved])").wait_for()


def kill_web(address: str) -> None:
    """Kill every web process at this address as a crash would: the supervisor gives each program a session of its own."""
    port = address.rpartition(":")[2]
    (web,) = {os.getpgid(number) for number, command in processes() if "granian" in command and port in command}
    os.killpg(web, signal.SIGKILL)


def test_killed_web_process_loses_no_answer_that_was_left(visitor, number):
    abstractor = begin(visitor, number)
    tab = abstractor.tab
    answer(tab, "age", "71")
    answer(tab, "surgeon_code", "S07")
    kill_web(abstractor.address)
    tab.locator("#field-height_cm").fill("180")
    tab.keyboard.press("Tab")
    tab.locator("#case-offline").wait_for(state="visible", timeout=5000)
    tab.locator("#case-offline").wait_for(state="hidden", timeout=30_000)
    saved(tab)
    elsewhere = visitor("abstractor")
    elsewhere.tab.goto(tab.url)
    values = [elsewhere.tab.locator(f"#field-{name}").input_value() for name in ("age", "surgeon_code", "height_cm")]
    assert values == ["71", "S07", "180"]


def test_lost_connection_loses_no_answer_that_was_left(visitor, number):
    """The connection is cut while answers wait: they come through when it is back, and after a reload they are there."""
    abstractor = begin(visitor, number)
    tab = abstractor.tab
    answer(tab, "age", "71")
    saved(tab)
    abstractor.context.set_offline(True)
    began = time.monotonic()
    answer(tab, "surgeon_code", "S07")
    tab.locator("#case-offline").wait_for(state="visible", timeout=5000)
    assert time.monotonic() - began < 5
    tab.locator("#field-height_cm").fill("180")
    tab.keyboard.press("Tab")
    assert tab.evaluate(KEPT) == {"local": 0, "session": 0, "databases": 0, "caches": 0, "workers": 0}
    abstractor.context.set_offline(False)
    tab.locator("#case-offline").wait_for(state="hidden", timeout=10_000)
    saved(tab)
    tab.reload()
    tab.wait_for_selector("[data-ready]")
    values = [tab.locator(f"#field-{name}").input_value() for name in ("age", "surgeon_code", "height_cm")]
    assert values == ["71", "S07", "180"]


def test_answer_lost_on_its_way_back_is_sent_again_under_one_key(visitor, number):
    abstractor = begin(visitor, number)
    tab = abstractor.tab
    keys = []

    def lose_first(route):
        keys.append(route.request.post_data_json["key"])
        if len(keys) > 1:
            route.continue_()
            return
        route.fetch()
        route.abort()

    tab.route("**/answers/", lose_first)
    answer(tab, "age", "71")
    tab.locator("#case-offline").wait_for(state="visible")
    tab.locator("#case-offline").wait_for(state="hidden")
    assert len(keys) == 2
    assert len(set(keys)) == 1
    tab.goto(f"{tab.url}history/?question=age")
    assert tab.locator(".history > li").count() == 1


def test_closing_the_tab_in_a_question_asks_first(visitor, number):
    abstractor = begin(visitor, number)
    tab = abstractor.tab
    abstractor.context.set_offline(True)
    answer(tab, "age", "71")
    asked = []
    tab.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    tab.close(run_before_unload=True)
    tab.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    abstractor.context.set_offline(False)


def test_page_comes_back_where_it_was_left(visitor, number):
    abstractor = begin(visitor, number)
    tab = abstractor.tab
    tab.locator("#field-duration_min").fill("140")
    tab.keyboard.press("Tab")
    assert tab.evaluate(HERE) == "wound_class"
    saved(tab)
    address = tab.url
    abstractor.go("cases/")
    tab.goto(address)
    tab.wait_for_selector("[data-ready]")
    assert tab.evaluate(HERE) == "wound_class"
    assert tab.locator(".rail a[aria-current]").inner_text().startswith("Operation")


def test_two_people_at_different_questions_see_both_answers(visitor, number):
    mine = begin(visitor, number)
    theirs = visitor("abstractor")
    theirs.tab.goto(mine.tab.url)
    theirs.tab.wait_for_selector("[data-ready]")
    answer(mine.tab, "age", "71")
    saved(mine.tab)
    answer(theirs.tab, "height_cm", "180")
    expect(theirs.tab.locator("#field-age")).to_have_value("71")
    assert theirs.tab.locator("#case-clash[open]").count() == 0


@pytest.mark.parametrize(("side", "kept"), [("mine", "73"), ("theirs", "71")])
def test_two_people_at_one_question_choose(visitor, number, side, kept):
    mine = begin(visitor, number)
    theirs = visitor("abstractor")
    theirs.tab.goto(mine.tab.url)
    theirs.tab.wait_for_selector("[data-ready]")
    answer(theirs.tab, "age", "71")
    saved(theirs.tab)
    answer(mine.tab, "age", "73")
    dialog = mine.tab.locator("#case-clash[open]")
    dialog.wait_for()
    assert "Before: Not answered" in dialog.inner_text()
    assert mine.axe() == []
    dialog.locator(f"input[value={side}]").check()
    mine.tab.keyboard.press("Enter")
    dialog.wait_for(state="hidden")
    answer(mine.tab, "height_cm", "180")
    saved(mine.tab)
    expect(theirs.tab.locator("#field-age")).to_have_value("71")
    mine.tab.reload()
    mine.tab.wait_for_selector("[data-ready]")
    assert mine.tab.locator("#field-age").input_value() == kept


def test_case_pages_are_not_stored(visitor, number):
    abstractor = begin(visitor, number)
    response = abstractor.tab.reload()
    assert "no-store" in response.headers["cache-control"]
