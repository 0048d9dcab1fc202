"""A measure's sentence, chart, table, facts and file say the same; peers stay blind: R20, R21, R22, R23, R24."""

import re

import pytest

from tests.browser.cast import HOSPITAL, OTHERS, PAGES


SHARES = ("ssi", "antibiotic", "readmission", "pain", "complication", "vte", "temperature", "stay", "claims")


def measure_urls(visitor) -> list[str]:
    visitor.go("measures/")
    return visitor.tab.eval_on_selector_all("main tbody th a", "links => links.map((link) => link.href)")


def test_sentence_chart_table_and_file_agree(resident):
    clinician = resident("clinician")
    tab = clinician.tab
    urls = measure_urls(clinician)
    shares = 0
    for url in urls:
        tab.goto(url)
        sentence = tab.locator(".lede").inner_text()
        facts = dict(
            zip(
                tab.locator(".facts dt").all_inner_texts(),
                [text.split()[0] for text in tab.locator(".facts dd").all_inner_texts()],
                strict=True,
            )
        )
        if not facts.get("Rate", "").endswith("%"):
            continue  # values and rates by exposure: tests/attacks/demo/test_agreement.py
        shares += 1
        counts = tab.locator(".facts dd").first.inner_text().split(" / ")
        chart = tab.locator("section.chart").first
        own = chart.locator("text.own-name").text_content()
        row = chart.locator("tbody tr", has_text="your hospital").locator("td").all_text_contents()
        adjusted = facts.get("Risk-adjusted rate", facts["Rate"])
        assert own == f"{HOSPITAL} {adjusted}", url
        assert row[0] == adjusted, url
        assert all(count in sentence for count in counts), url
        assert f"({facts['Rate']})" in sentence, url
        assert facts["Collaborative"] in sentence, url
        file = clinician.context.request.get(tab.locator("a", has_text="Download as CSV").evaluate("a => a.href"))
        text = file.text()
        assert sentence.replace("\n", " ") in text, url
        assert adjusted in text, url
        assert chart.locator("circle").count() == sum(
            int(count) for count in chart.locator("tbody tr:has-text('Peers') td:last-child").all_text_contents()
        ), url
        assert chart.locator("svg[role=img] > desc").text_content() == chart.locator("details p").first.text_content()
    assert shares == len(SHARES)


def test_reading_is_the_same_at_home_and_on_the_page(resident):
    clinician = resident("clinician")
    tab = clinician.tab
    clinician.go("")
    rows = [
        (
            row.locator("th a").get_attribute("href"),
            row.locator(".tag").inner_text(),
            row.locator("td.own").inner_text(),
        )
        for row in tab.locator("table.as-cards tbody tr:not(.beside)").all()
    ]
    for address, reading, value in rows:
        tab.goto(f"{clinician.address}{address}")
        assert tab.locator(".cols .tag").first.inner_text() == reading
        assert tab.locator("text.own-name").text_content().endswith(value)


@pytest.mark.parametrize("role", ["clinician", "abstractor", "administrator", "sponsor"])
def test_no_page_knows_another_hospital(resident, role):
    visitor = resident(role)
    for page in PAGES[role]:
        visitor.open_page(page)
        source = visitor.tab.content()
        assert not [name for name in OTHERS if name in source], page.name


def test_own_hospital_and_readings_do_not_need_colour(resident):
    clinician = resident("clinician")
    clinician.go("measures/ssi/")
    chart = clinician.tab.locator("svg.dots")
    assert chart.locator(".own-mark path").count() == 1
    assert chart.locator(".peer circle").count() > 5
    assert clinician.tab.locator(".tag").first.inner_text()


@pytest.mark.parametrize("role", ["clinician", "coordinator", "sponsor"])
def test_numbers_tell_period_and_freshness(resident, role):
    visitor = resident(role)
    for page in PAGES[role]:
        if page.has_numbers:
            visitor.open_page(page)
            text = visitor.tab.locator("main").inner_text()
            assert re.search(r"cases \w{3} 20\d\d \N{EN DASH} \w{3} 20\d\d", text) or page.name == "home", page.name
            assert "data closed" in text or page.name == "home", page.name


def test_printed_measure_has_its_chart_and_no_menu(resident):
    clinician = resident("clinician")
    tab = clinician.tab
    clinician.go("measures/ssi/")
    tab.emulate_media(media="print")
    assert not tab.locator(".side").is_visible()
    assert tab.locator(".print-head").is_visible()
    assert tab.locator("svg.dots").is_visible()
    pages = tab.pdf(format="A4", prefer_css_page_size=True).count(b"/Type /Page\n")
    tab.emulate_media(media="screen")
    assert pages <= 3
