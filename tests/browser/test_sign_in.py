"""Getting in and out: with a passphrase, with a wrong one, and out again."""

from config.demo.cast import PASSPHRASE
from tests.browser.cast import PROGRAMME


EMAIL = "clinician@northgate.example"


def test_passphrase_of_the_demo_signs_in_and_out(visitor):
    stranger = visitor()
    tab = stranger.tab
    assert stranger.go("measures/")
    assert "/accounts/login/" in tab.url
    tab.get_by_label("Email").fill(EMAIL)
    tab.get_by_label("Password").fill(PASSPHRASE)
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/c/{PROGRAMME}/measures/")
    tab.get_by_role("button", name="Sign out").click()
    tab.wait_for_url("**/accounts/login/**")
    stranger.go("measures/")
    assert "/accounts/login/" in tab.url, "signed out, nothing opens"


def test_wrong_passphrase_is_told_without_telling_who_exists(visitor):
    said = []
    for email in (EMAIL, "nobody@northgate.example"):
        tab = visitor().tab
        tab.goto(f"{visitor().address}/accounts/login/")
        tab.get_by_label("Email").fill(email)
        tab.get_by_label("Password").fill("a wrong passphrase")
        tab.keyboard.press("Enter")
        tab.locator(".summary").wait_for()
        assert tab.title().startswith("Error: ")
        said.append(tab.locator(".summary").inner_text())
    assert said[0] == said[1]


def test_signing_out_leaves_an_empty_browser(visitor):
    """Attack BA-31: the next person at a shared computer finds nothing, whatever was open."""
    nurse = visitor("abstractor")
    tab = nurse.tab
    nurse.go("cases/")
    tab.locator("tbody a[href*='/cases/']").first.click()
    tab.wait_for_load_state()
    tab.evaluate("localStorage.setItem('colloquy-theme', 'dark'); sessionStorage.setItem('left', 'behind')")
    tab.get_by_role("button", name="Sign out").click()
    tab.wait_for_url("**/accounts/login/**")
    kept = tab.evaluate(
        """async () => ({
            local: localStorage.length,
            session: sessionStorage.length,
            caches: (await caches.keys()).length,
            databases: (await indexedDB.databases()).length,
            workers: (await navigator.serviceWorker.getRegistrations()).length,
        })"""
    )
    assert kept == {"local": 0, "session": 0, "caches": 0, "databases": 0, "workers": 0}
    tab.go_back()
    tab.wait_for_load_state()
    assert "/accounts/login/" in tab.url, "a page out of the history is asked for again"


def test_public_pages_are_sound(visitor):
    stranger = visitor()
    for path in ("/accounts/login/", "/demo/", "/accounts/password/reset/", "/nowhere/"):
        stranger.tab.set_viewport_size({"width": 1280, "height": 900})
        stranger.tab.goto(f"{stranger.address}{path}")
        assert stranger.axe() == [], path
        stranger.tab.set_viewport_size({"width": 320, "height": 700})
        assert stranger.overflow() == 0, path
        assert stranger.violations() == [], path
    assert stranger.outside == []
