"""Training in a browser: the coordinator publishes a module and an exam; an abstractor fails, learns and passes.

On a demo where Northgate's abstractor holds no certificate yet, as the loaded one is: it runs once.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import uuid4

from config.demo.charts import EXAM, PRACTICE, Chart
from tests.browser.visitor import Visitor


CHART = EXAM[1]
# Asked in a section before the one that decides whether they are.
LATE = ("opioid_tablets",)


def read(visitor: Visitor) -> str:
    assert visitor.axe() == []
    assert visitor.violations() == []
    return visitor.tab.locator("main").inner_text()


def press(visitor: Visitor, name: str) -> None:
    visitor.tab.get_by_role("button", name=name, exact=True).click()


def fill(visitor: Visitor, chart: Chart, wrong: Mapping[str, str] | None = None) -> None:
    """Answer every question as a person would: boxes ticked, texts typed."""
    visitor.tab.locator("form[data-preview][data-ready]").wait_for(state="attached")
    answers = {name: each for name, each in chart.answers.items() if name not in LATE}
    late = {name: chart.answers[name] for name in LATE if name in chart.answers}
    for name, answer in {**answers, **late, **(wrong or {})}.items():
        _answer(visitor, name, answer)
    for name, kind in chart.missing.items():
        if name not in (wrong or {}):
            visitor.tab.locator(f'input[name="missing:{name}"][value="{kind}"]').check(force=True)


def _answer(visitor: Visitor, name: str, answer: object) -> None:
    row = visitor.tab.locator(f"#field-{name}-field")
    values = answer if isinstance(answer, Sequence) and not isinstance(answer, str) else (answer,)
    for value in values:
        text = {True: "1", False: "0"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        choice = row.locator(f'input:is([type=radio], [type=checkbox])[name="{name}"][value="{text}"]')
        if choice.count():
            choice.check(force=True)
        else:
            control = row.locator(f'[name="{name}"]')
            control.fill(text)
            control.blur()


def take(visitor: Visitor, wrong: Mapping[str, str] | None = None) -> None:
    """The exam of one test case, from its page to its end."""
    visitor.tab.get_by_role("button", name=re.compile("^(Begin the exam|Go on with the exam)$")).click()
    visitor.tab.get_by_role("link", name=CHART.title).click()
    assert "This record is invented." in read(visitor)
    fill(visitor, CHART, wrong)
    press(visitor, "Submit the answers")


def publish_exam(coordinator: Visitor, module: str, exam: str) -> None:
    coordinator.go("training/manage/modules/new/")
    coordinator.tab.get_by_label("Place in the order").fill("9")
    coordinator.tab.get_by_label("Title").fill(module)
    coordinator.tab.get_by_label("Text").fill("An unknown outcome stays unknown.\n\nNever answer No for it.")
    press(coordinator, "Keep the draft")
    press(coordinator, "Publish this text")
    assert f"“{module}” is published." in read(coordinator)
    coordinator.go("training/manage/exams/new/")
    assert "Key questions (tier 1) that must agree" in read(coordinator)
    coordinator.tab.get_by_label("Name").fill(exam)
    coordinator.tab.get_by_label(CHART.title).check()
    coordinator.tab.get_by_label("Hours to learn after a failed attempt").fill("0")
    press(coordinator, "Put the exam together")
    press(coordinator, "Publish")
    assert "The exam is published." in read(coordinator)


@contextmanager
def certificates_asked_for(coordinator: Visitor) -> Iterator[None]:
    """For as long as the block lasts: everybody else's tests enter cases."""
    coordinator.go("training/manage/")
    press(coordinator, "Ask for certificates for Colectomy and hernia operation")
    assert "Certified abstractors only" in read(coordinator)
    try:
        yield
    finally:
        coordinator.go("training/manage/")
        press(coordinator, "Stop asking for certificates for Colectomy and hernia operation")


def test_an_abstractor_fails_learns_passes_and_enters_cases(visitor):
    mark = uuid4().hex[:6]
    module, exam = f"Unknown outcomes {mark}", f"Winter exam {mark}"
    coordinator, abstractor = visitor("coordinator"), visitor("abstractor")
    publish_exam(coordinator, module, exam)
    with certificates_asked_for(coordinator):
        abstractor.go("cases/new/")
        assert "Only certified abstractors enter cases" in read(abstractor)
        abstractor.tab.get_by_role("link", name="Go to the training area").click()
        learn_and_pass(abstractor, exam)
        abstractor.go("cases/new/")
        assert abstractor.tab.get_by_role("button", name="Begin the case").is_visible()

    coordinator.go("training/certificates/")
    assert "Northgate Hospital" in read(coordinator)


def learn_and_pass(abstractor: Visitor, exam: str) -> None:
    read(abstractor)
    abstractor.tab.get_by_role("link", name=exam).click()
    assert "Read first:" in read(abstractor)
    while abstractor.tab.locator(".note a[href*='/modules/']").count():
        abstractor.tab.locator(".note a[href*='/modules/']").first.click()
        read(abstractor)
        press(abstractor, "I have read this")
        abstractor.tab.get_by_role("link", name=exam).click()

    # "Unknown" is answered as "None": the very mistake that the exam is there to find.
    take(abstractor, {"ssi": "0", "complications": "0"})
    failed = read(abstractor)
    assert "Not passed." in failed
    assert CHART.why["ssi"] not in failed

    abstractor.go("training/")
    abstractor.tab.get_by_role("button", name=f"Practise with {PRACTICE.title}").click()
    fill(abstractor, PRACTICE, {"smoker": "0"})
    press(abstractor, "Submit the answers")
    assert PRACTICE.why["smoker"] in read(abstractor)

    abstractor.go("training/")
    abstractor.tab.get_by_role("link", name=exam).click()
    take(abstractor)
    assert "Passed." in read(abstractor)
    abstractor.tab.get_by_role("link", name="Your certificate").click()
    printed = read(abstractor)
    assert exam in printed
    assert abstractor.tab.get_by_role("button", name="Print or save PDF").is_visible()
    assert abstractor.tab.pdf()[:5] == b"%PDF-"
