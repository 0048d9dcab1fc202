"""Charts to explore: plotly.js on demand, under the strict policy, and the picture where scripts are off."""


def opened(resident, view: str = ""):
    clinician = resident("clinician")
    tab = clinician.tab
    loaded = []
    tab.on("request", lambda request: loaded.append(request.url))
    clinician.go(f"measures/ssi/{view}")
    return tab, loaded


def test_exploring_loads_plotly_then_and_violates_no_policy(resident):
    tab, loaded = opened(resident)
    assert not any("plotly" in url for url in loaded)
    cards = tab.locator("section.chart").filter(has=tab.locator("[data-explore]"))

    for number in range(cards.count()):
        cards.nth(number).locator("[data-explore]").click()
        cards.nth(number).locator(".explored .main-svg").first.wait_for()
    peers = tab.locator(".explored").first.locator(".scatterlayer .trace").first.locator(".point").count()

    assert any("plotly" in url for url in loaded)
    assert {url.split("/")[2] for url in loaded} == {tab.url.split("/")[2]}
    assert tab.evaluate("window.violations") == []
    assert peers == tab.locator("section.chart").first.locator("figure .peer circle").count()


def test_exploring_can_be_left_by_the_keyboard(resident):
    tab, _ = opened(resident)
    button = tab.locator("[data-explore]").first
    button.focus()
    tab.keyboard.press("Enter")
    tab.locator(".explored .main-svg").first.wait_for()
    tab.keyboard.press("Enter")

    assert tab.locator(".explored").count() == 0
    assert tab.locator("section.chart figure").first.is_visible()
    assert button.evaluate("button => button === document.activeElement")


def test_limits_and_trend_can_be_explored_over_time(resident):
    tab, _ = opened(resident, "?view=time")
    tab.locator("[data-explore='trend-figure']").click()
    tab.locator(".explored .main-svg").first.wait_for()

    assert tab.locator(".explored .scatterlayer .trace").count() >= 1
    assert tab.evaluate("window.violations") == []
