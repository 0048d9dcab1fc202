"""The work list: every count is the length of the list it opens, whatever is asked for beside it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from urllib.parse import urlencode

import pytest

from cases.enums import CaseStatus
from cases.models import Case
from cases.selectors.clock import today_of
from cases.selectors.hospital_cases import HospitalCases, counts_by_hospital, hospitals_with_cases
from cases.services.assignment import assign_cases
from cases.services.cases import Changes, save_answers, start_case
from collaboratives.models import Participation
from events.models import AccessLog
from measures.models import Form
from privacy.viewer import Viewer
from tests.clock import today
from tests.world import World
from tests.worlds import programme
from tests.worlds.cases import TRUTH
from tests.worlds.counting import page_queries


LIST = "/c/colectomy-mi/cases/"
TABS = ("todo", "due", "overdue", "drafts", "problems", "questions", "complete", "all")
DUE_DAYS = 60


def _start(world: World, number: str, days_ago: int, **answers: object) -> Case:
    with world.acting_as("alder.abstractor") as by:
        day = today_of(programme.collaborative()) - timedelta(days=days_ago)
        case = start_case(form=Form.objects.get(slug="colectomy"), case_number=number, event_date=day, by=by)
        changes = Changes(revision=1, answers=answers)  # type: ignore[arg-type]  # typed by the test
        return save_answers(case=case, changes=changes, by=by).case if answers else case


def _give(world: World, case: Case, name: str) -> None:
    with world.acting_as("alder.abstractor") as by:
        assign_cases(case_ids=[case.pk], to=world.user(name).public_id, by=by)


@pytest.fixture
def drafts(world: World) -> dict[str, Case]:
    """Drafts of alder on every side of every border, with each kind of owner."""
    made = {
        f"W-{days}": _start(world, f"W-{days}", days)
        for days in (0, DUE_DAYS - 15, DUE_DAYS - 14, DUE_DAYS, DUE_DAYS + 1, 100)
    }
    made["W-bad"] = _start(world, "W-bad", 3, age=131)
    made["W-odd"] = _start(world, "W-odd", 3, weight=240)
    _give(world, made["W-0"], "alder.abstractor")
    _give(world, made["W-60"], "alder.sampler")
    _give(world, made["W-bad"], "ida")
    return made


def _all_pages(client, query: dict[str, str]) -> list[str]:
    first = client.get(LIST, query).context["page"]
    numbers = [row.case_number for row in first.rows]
    for page in range(2, first.pages.count + 1):
        numbers += [row.case_number for row in client.get(LIST, {**query, "page": str(page)}).context["page"].rows]
    return numbers


def _expected(cases: list[Case], tab: str, query: dict[str, str], user_id: int, today: date) -> set[str]:
    """Said again in plain Python, over rows that were read without a filter."""

    def due(case: Case) -> int:
        return (case.event_date + timedelta(days=DUE_DAYS) - today).days

    def draft(case: Case) -> bool:
        return case.status == CaseStatus.IN_PROGRESS

    in_tab = {
        "todo": lambda case: draft(case) and case.assigned_to_id in {None, user_id},
        "due": lambda case: draft(case) and 0 <= due(case) <= 14,
        "overdue": lambda case: draft(case) and due(case) < 0,
        "drafts": draft,
        "problems": lambda case: case.errors + case.warnings > 0,
        "questions": lambda case: bool(getattr(case, "question_count", None) and case.question_count.open),
        "complete": lambda case: not draft(case),
        "all": lambda _: True,
    }[tab]
    whom = query.get("assigned", "")
    held = {"me": lambda case: case.assigned_to_id == user_id, "nobody": lambda case: case.assigned_to is None}.get(
        whom, lambda case: not whom or (case.assigned_to is not None and str(case.assigned_to.public_id) == whom)
    )
    return {
        case.case_number
        for case in cases
        if in_tab(case)
        and held(case)
        and query.get("q", "").casefold() in case.case_number.casefold()
        and f"{case.event_date:%Y-%m}".startswith(query.get("month", ""))
        and (not query.get("import") or (case.case_import and str(case.case_import.public_id) == query["import"]))
    }


def _queries(world: World, drafts: dict[str, Case]) -> Iterator[dict[str, str]]:
    month = f"{drafts['W-60'].event_date:%Y-%m}"
    people = ("", "me", "nobody", str(world.user("alder.sampler").public_id))
    for search, when, assigned in product(("", "w-", "90"), ("", month), people):
        named = {"q": search, "month": when, "assigned": assigned}
        yield {name: value for name, value in named.items() if value}


def test_every_count_is_the_length_of_its_list(world: World, drafts: dict[str, Case]) -> None:
    client, today = world.client("alder.abstractor"), today_of(programme.collaborative())
    user = world.user("alder.abstractor").pk
    with world.acting_as("alder.abstractor") as by:
        own = Case.objects.filter(participation_id=by.participation_id)
        cases = list(own.select_related("assigned_to", "case_import", "question_count"))
    wrong = {}
    for query in _queries(world, drafts):
        counts = client.get(LIST, query).context["page"].counts
        for tab in TABS:
            numbers = _all_pages(client, {**query, "tab": tab}) if counts[tab] < 60 else []
            expected = _expected(cases, tab, query, user, today)
            if counts[tab] != len(expected) or (numbers and (set(numbers), len(numbers)) != (expected, counts[tab])):
                wrong[tab, urlencode(query)] = (counts[tab], sorted(numbers), sorted(expected))

    assert wrong == {}
    assert set(counts) == set(TABS)


def test_borders_of_due_and_overdue_are_days(world: World, drafts: dict[str, Case]) -> None:
    client = world.client("alder.abstractor")
    due = client.get(LIST, {"tab": "due", "q": "W-"}).context["page"].rows
    late = client.get(LIST, {"tab": "overdue", "q": "W-"}).context["page"].rows

    assert [(row.case_number, row.due) for row in due] == [("W-60", "today"), ("W-46", "in 14 days")]
    assert [(row.case_number, row.due) for row in late] == [("W-100", "overdue 40 d"), ("W-61", "overdue 1 d")]


def test_list_shows_the_hospitals_own_cases(world: World) -> None:
    response = world.client("alder.abstractor").get(LIST, {"tab": "all"})
    page = response.context["page"]

    assert (page.counts["drafts"], page.counts["complete"]) == (2, TRUTH["alder"].cases)
    assert page.counts["all"] == TRUTH["alder"].cases + 2
    assert {row.case_number[:2] for row in page.rows} == {"AL"}
    assert b"BI-0" not in response.content


def test_rows_tell_how_far_and_what_is_wrong(world: World) -> None:
    rows = world.client("alder.abstractor").get(LIST).context["page"].rows

    assert [(row.case_number, row.answered, row.questions, row.errors) for row in rows] == [
        ("AL-901", 1, 12, 0),
        ("AL-902", 3, 13, 1),
    ]
    assert {row.updated_by for row in rows} == {"Abstractor Ashgrave"}
    with world.acting_as("alder.abstractor"):
        case = Case.objects.get(case_number="AL-902")
    done = [name for name, (answered, asked, check) in case.sections.items() if asked and answered >= asked > check]
    assert rows[1].sections_asked == sum(1 for _, asked, _ in case.sections.values() if asked)
    assert rows[1].sections_done == len([name for name in done if not case.sections[name][2]])


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"q": "90"}, ["AL-901", "AL-902"]),
        ({"q": "al-901"}, ["AL-901"]),
        ({"sort": "-event"}, ["AL-902", "AL-901"]),
        ({"sort": "-number"}, ["AL-902", "AL-901"]),
        ({"sort": "-problems"}, ["AL-902", "AL-901"]),
        ({"sort": "-open"}, ["AL-901", "AL-902"]),
        ({"month": "2026-09"}, ["AL-901", "AL-902"]),
        ({"month": "2026-08"}, []),
        ({"month": "2026-99", "sort": "drop table", "tab": "none", "page": "-1"}, ["AL-901", "AL-902"]),
        ({"assigned": "x", "import": "%", "form": "../", "hospital": "birch"}, ["AL-901", "AL-902"]),
        ({"q": "AL\x00-901"}, ["AL-901"]),
        ({"page": "9"}, []),
    ],
)
def test_address_says_everything(world: World, query: dict[str, str], numbers: list[str]) -> None:
    rows = world.client("alder.abstractor").get(LIST, query).context["page"].rows

    assert [row.case_number for row in rows] == numbers


def test_tabs_and_headings_keep_the_filters(world: World) -> None:
    context = world.client("alder.abstractor").get(LIST, {"q": "AL", "month": "2026-09", "page": "2"}).context

    assert {tab.url for tab in context["tabs"]} == {f"?tab={tab}&q=AL&month=2026-09" for tab in TABS}
    assert context["columns"][0].url == "?tab=todo&q=AL&month=2026-09&sort=number"
    assert [(each.label, each.direction) for each in context["columns"] if each.direction] == [("Event", "ascending")]


def test_list_offers_what_the_person_may(world: World) -> None:
    abstractor = world.client("alder.abstractor").get(LIST).content.decode()
    clinician = world.client("alder.clinician").get(LIST)

    assert all(words in abstractor for words in ("New case", "Assign to", "Download CSV", "Keep this view"))
    text = clinician.content.decode()
    assert not any(words in text for words in ("New case", "Import", "Assign to", "Keep this view"))
    assert "todo" not in clinician.context["page"].counts
    assert clinician.context["page"].filter.tab == "drafts"


def test_lists_take_few_queries_however_many_cases(world: World) -> None:
    client = world.client("alder.abstractor")
    two, grid = page_queries(client, LIST), page_queries(client, f"{LIST}?view=grid")
    _start(world, "T-1", 10)

    assert len(page_queries(client, LIST)) == len(two) <= 12
    assert len(page_queries(client, f"{LIST}?view=grid")) == len(grid) <= 12
    assert not any('"cases_case"."answers"' in sql for sql in (*two, *grid))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"tab": "overdue"}, "Nothing is overdue"),
        ({"tab": "due", "month": "2024-01"}, "No case matches"),
        ({"tab": "todo", "page": "7"}, "There is no such page"),
    ],
)
def test_empty_tabs_say_why_and_what_next(world: World, query: dict[str, str], words: str) -> None:
    with world.acting_as("alder.abstractor") as by:
        Case.objects.filter(participation_id=by.participation_id, case_number__startswith="AL-90").update(
            event_date=today()
        )
    text = world.client("alder.abstractor").get(LIST, query).content.decode()

    assert words in text
    assert 'class="btn primary"' in text[text.index(words) :]


def test_nothing_to_do_tells_of_colleagues(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        ids = list(Case.objects.filter(status="in_progress").values_list("pk", flat=True))
        assign_cases(case_ids=ids, to=world.user("alder.sampler").public_id, by=by)
    text = world.client("alder.abstractor").get(LIST).content.decode()

    assert "Nothing is waiting for you" in text
    assert "2 cases are with a colleague." in text


# The centre -----------------------------------------------------------------------------------------------------------


def test_centre_chooses_a_hospital_and_is_noted(world: World) -> None:
    client, alder = world.client("vera"), world.participation("alder")
    chosen = client.get(LIST).context["hospitals"]
    response = client.get(LIST, {"hospital": str(alder.public_id), "tab": "complete"})

    assert next(hospital.name for hospital in chosen) == "Aldermoor Quillen Hospital"
    assert response.context["page"].pages.total == TRUTH["alder"].cases
    with world.acting_as("dana"):
        noted = list(AccessLog.objects.filter(user=world.user("vera")).values_list("action", "participation_id"))
    assert noted == [("cases_listed", alder.pk)]


@pytest.mark.parametrize("key", ["nonsense", "00000000-0000-4000-8000-000000000000", ""])
def test_centre_gets_404_for_a_hospital_that_is_none(world: World, key: str) -> None:
    assert world.client("vera").get(LIST, {"hospital": key}).status_code == 404


def test_centres_counts_are_those_of_each_list(world: World, drafts: dict[str, Case]) -> None:
    client = world.client("vera")
    with world.acting_as("vera") as vera:
        hospitals = counted_now(vera)
    for hospital in hospitals:
        page = client.get(LIST, {"hospital": str(hospital.public_id)}).context["page"]
        assert {name: getattr(hospital, name) for name in page.counts} == page.counts

    assert sum(hospital.overdue for hospital in hospitals) >= 2


def counted_now(viewer: Viewer) -> list[HospitalCases]:
    """As a worker would have counted them this moment; tests/cases/test_case_counts.py shows that it does."""
    today = today_of(programme.collaborative())
    counts = counts_by_hospital(viewer.collaborative_id, today=today, due_days=DUE_DAYS)
    keys = dict(Participation.objects.filter(pk__in=counts).values_list("public_id", "pk"))
    return [replace(each, **counts[keys[each.public_id]]) for each in hospitals_with_cases(viewer)]


def test_every_number_of_the_centre_leads_to_a_list_of_that_length(
    world: World, drafts: dict[str, Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the centre's home: tests/coordination/week/test_home.py."""
    client = world.client("cora")
    monkeypatch.setattr("cases.views.cases.hospitals_with_cases", counted_now)
    text = client.get(LIST).content.decode()
    links = re.findall(r'<a class="count[^"]*"\s+href="([^"]+)">([\d,]+)', text)
    wrong = {
        href: (number, total)
        for href, number in links
        if (total := client.get(_absolute(LIST, href)).context["page"].total) != int(number.replace(",", ""))
    }

    assert len(links) >= 8 + 6
    assert wrong == {}


def _absolute(path: str, href: str) -> str:
    return (href if href.startswith("/") else path + href).replace("&amp;", "&")


# Grid -----------------------------------------------------------------------------------------------------------------


def test_grid_tells_each_section_in_words_and_leads_there(world: World) -> None:
    response = world.client("alder.abstractor").get(LIST, {"view": "grid", "sort": "-problems"})
    grid = response.context["grid"]
    with world.acting_as("alder.abstractor"):
        case = Case.objects.select_related("form_version").get(case_number="AL-902")

    assert list(grid.sections) == [(each.name, each.label) for each in case.form_version.definition.sections]
    row = grid.rows[0]
    assert row.case.case_number == "AL-902"
    words = {cell.section: (cell.symbol, cell.text) for cell in row.cells}
    for name, (answered, asked, to_check) in case.sections.items():
        expected = (
            ("▲", f"{to_check} to check")
            if to_check
            else ("○", "not started")
            if not answered and asked
            else ("◐", f"{answered} of {asked}")
            if answered < asked
            else ("●", "complete")
        )
        assert words[name] == (expected if asked else ("\N{EN DASH}", "not asked"))
    first = next(iter(case.sections))
    assert f'href="/c/colectomy-mi/cases/{case.public_id}/#section-{first}"' in response.content.decode()


def test_grid_keeps_tab_filters_and_page(world: World) -> None:
    page = world.client("alder.abstractor").get(LIST, {"view": "grid", "tab": "complete", "q": "AL-0"}).context["page"]

    assert page.as_list == "?tab=complete&q=AL-0"
    assert page.as_grid == "?tab=complete&q=AL-0&view=grid"
    assert (len(page.rows), page.pages.total) == (TRUTH["alder"].cases, TRUTH["alder"].cases)
