"""Whoever abstracts a case again sees what the hospital entered on no page, by no key of a program, in no search.

The hospital's drawn cases hold a word that occurs nowhere else, so that a leak can be searched for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from cases.audits.models import Audit
from cases.models import Case
from cases.questions.services.asking import raise_query
from cases.services.cases import complete_case, reopen_case, save_answers
from cases.services.changes import Changes
from collaboratives.enums import KeyScope
from collaboratives.services.people import grant_role
from collaboratives.services.tokens import create_token
from privacy.roles import Role
from tests.architecture.test_canary import Crawl
from tests.architecture.tokens import Tokens, documents
from tests.world import World
from tests.worlds.audits import HOSPITAL, drawn, under_abstraction


HERE = "/c/colectomy-mi"
WORD = "Zwickelfrost"


@pytest.fixture
def audit(world: World) -> Audit:
    """An audit at its second abstraction, of cases with a word of their own, one of them queried."""
    found = under_abstraction()
    for sample in drawn(found):
        with world.acting_as(f"{HOSPITAL}.abstractor") as by:
            case = reopen_case(case=Case.objects.get(pk=sample.case_id), reason=f"A slip ({WORD}).", by=by)
            changes = Changes(revision=case.revision, answers={"comment": WORD})
            case = save_answers(case=case, changes=changes, by=by).case
            complete_case(case=case, revision=case.revision, by=by)
    with world.acting_as("dana") as by:
        rows = Case.objects.select_related("form_version", "collaborative")
        raise_query(case=rows.get(pk=drawn(found)[0].case_id), variable="age", text=f"Right, {WORD}?", by=by)
    return found


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def case_routes(world: World, audit: Audit) -> list[str]:
    """Every address that could be typed with the public id of a drawn case, which the abstractor may have seen before."""
    with world.acting_as("cora"):
        case = Case.objects.get(pk=drawn(audit)[0].case_id)
        place = world.participation(HOSPITAL).public_id
        query = case.public_id
    return [
        *(
            f"{HERE}/cases/{query}/{rest}"
            for rest in ("", "history/", "answers/", "number/", "questions/", "questions/new/", "unlock/")
        ),
        f"{HERE}/cases/?hospital={place}",
        f"{HERE}/cases/?q={case.case_number}&tab=all",
        f"{HERE}/cases/?hospital={place}&tab=all&view=grid",
        f"{HERE}/cases/export/?hospital={place}",
        f"{HERE}/questions/?tab=all",
        f"{HERE}/unlocks/",
        f"{HERE}/hospitals/{place}/",
    ]


def test_no_page_of_a_drawn_case_opens(world: World, audit: Audit) -> None:
    blind, other = world.client("vera"), world.client("cora")
    tokens = Tokens(frozenset({WORD}))
    found, answered = {}, {}
    for url in case_routes(world, audit):
        with taken_back():
            response = blind.get(url)
            found[url] = tokens.found_in(documents(response.content, [*response.items()]))
            answered[url] = response.status_code, other.get(url).status_code

    assert {url for url, words in found.items() if words} == set()
    assert {
        mine for url, (mine, theirs) in answered.items() if f"/cases/{''}" in url and "?" not in url and theirs == 200
    } == {404}
    # The words are really there for others, so the search would have found them.
    seen = documents(other.get(case_routes(world, audit)[0]).content)
    assert tokens.found_in(seen) == {WORD}


def test_nothing_of_them_can_be_downloaded_or_asked_by_a_form(world: World, audit: Audit) -> None:
    """What takes a POST: files of cases, of one and of all hospitals, a query, an assignment, a kept view."""
    with world.acting_as("cora"):
        case = Case.objects.get(pk=drawn(audit)[0].case_id)
        place = str(world.participation(HOSPITAL).public_id)
    everything = {"which": "all", "tab": "all", "hospital": place}
    blind, tokens = world.client("vera"), Tokens(frozenset({WORD, str(case.event_date)}))
    sent = {
        "cases/export/": [everything, {"which": "selected", "case": case.public_id, "hospital": place}],
        f"cases/{case.public_id}/questions/new/": [{"variable": "age", "text": "Is it?"}],
        f"cases/{case.public_id}/": [{"shown": "age", "age": "50"}],
        f"cases/{case.public_id}/reopen/": [{"reason": "x"}],
    }
    told: dict[str, set[str]] = {}
    for path, bodies in sent.items():
        for body in bodies:
            with taken_back():
                response = blind.post(f"{HERE}/{path}", body, follow=True)
            told[f"{path} {body}"] = tokens.found_in(documents(response.content))
            assert response["Content-Type"].startswith("text/html")

    assert {path for path, words in told.items() if words} == set()
    file = world.client("cora").post(f"{HERE}/cases/export/", everything)
    assert (file["Content-Type"], WORD in file.content.decode()) == ("text/csv; charset=utf-8", True)


def test_a_crawl_over_every_route_finds_nothing_entered(world: World, audit: Audit) -> None:
    """All addresses of the program and every link on the way, as the abstractor; then as somebody else."""
    tokens = Tokens(frozenset({WORD}))
    numbers = Tokens(frozenset(each.case_number for each in drawn(audit)))
    place = world.participation(HOSPITAL).public_id
    blind, other = Crawl(world, "vera"), Crawl(world, "cora")
    for crawl in (blind, other):
        crawl.waiting = [
            *case_routes(world, audit),
            f"{HERE}/audits/{audit.public_id}/",
            f"{HERE}/cases/?hospital={place}&tab=all",
            *crawl.waiting,
        ]
        crawl.run()

    assert blind.finds(tokens) == set()
    assert numbers.texts <= blind.finds(numbers)  # the charts are found by these
    assert {url: status for url, status in blind.seen.items() if status >= 500} == {}
    assert other.finds(tokens) == {WORD}


def test_no_key_of_a_program_opens_them_either(world: World, audit: Audit) -> None:
    """A key acts for its maker: one made at the hospital before the draw is as blind as its maker."""
    with world.acting_as("dana") as by:
        place = world.participation(HOSPITAL)
        grant_role(user=world.user("vera"), role=Role.ABSTRACTOR, participation=place, by=by)
    with world.acting_as("vera", hospital=HOSPITAL) as by:
        later = timezone.now() + timedelta(days=1)
        made = create_token(name="Mine", scopes=[KeyScope.READ_CASES], expires_at=later, by=by)
    with world.acting_as("cora"):
        case = Case.objects.get(pk=drawn(audit)[0].case_id)
    client = Client(headers={"Authorization": f"Bearer {made.text}"})

    listed, one = client.get("/api/v1/cases/"), client.get(f"/api/v1/cases/{case.public_id}/")
    assert (listed.status_code, one.status_code) == (200, 404)
    assert WORD not in listed.content.decode()
    assert listed.json()["cases"] == []


def test_another_validator_does_not_open_the_second_abstraction(world: World, audit: Audit) -> None:
    sample = drawn(audit)[0]
    with world.acting_as("dana") as by:
        grant_role(user=world.user("ben"), role=Role.VALIDATOR, participation=None, by=by)
    url = f"{HERE}/audits/cases/{sample.public_id}/"

    assert [world.client(name).get(url).status_code for name in ("vera", "ben", "cora", "cedar.champion")] == [
        200,
        404,
        403,
        403,
    ]


def test_the_form_of_the_second_abstraction_is_empty(world: World, audit: Audit) -> None:
    sample = drawn(audit)[0]
    with world.acting_as("cora"):
        case = Case.objects.get(pk=sample.case_id)
    page = world.client("vera").get(f"{HERE}/audits/cases/{sample.public_id}/").context["page"]

    assert [field.value for section in page.sections for field in section.fields if field.value] == []
    assert page.answered == 0
    assert (
        case.event_date.isoformat()
        not in world.client("vera").get(f"{HERE}/audits/cases/{sample.public_id}/").content.decode()
    )
