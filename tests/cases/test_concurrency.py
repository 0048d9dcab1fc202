"""Twenty at once, on connections of their own: what is committed is taken away again at the end of each test."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import Client

from cases.errors import CaseChangedError, KeyReusedError
from cases.models import Case, SavedRequest
from cases.services.cases import save_answers, start_case
from cases.services.changes import Changes
from cases.services.idempotency import Answer, clear_saved_requests, fingerprint_of, once
from collaboratives.selectors.places import acting_for
from tenancy.context import Acting, acting
from tests.api.committed import committed_world
from tests.api.conftest import GOOD, Program, key_of
from tests.world import World
from tests.worlds import definitions


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with committed_world(django_db_blocker) as world:
        yield world


def at_once(count: int, work: Callable[[int], object]) -> list[Any]:
    """Run the work in so many threads that all begin together; give back what each returned or raised."""
    gate, results = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        try:
            gate.wait()
            results[number] = work(number)  # type: ignore[call-overload]
        except Exception as error:  # noqa: BLE001 -- compared by the test
            results[number] = error  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def alder(committed: World) -> Program:
    return key_of(committed, "alder.abstractor")


def test_twenty_double_submits_make_one_case(committed: World, alder: Program) -> None:
    answers = at_once(20, lambda _: alder.submit(key="twenty-at-once", answers=GOOD, complete=True))

    assert Counter(each.status_code for each in answers) == {201: 20}
    assert [each.json() for each in answers] == [answers[0].json()] * 20
    assert Counter(each.get("Idempotency-Replayed") for each in answers) == {None: 1, "true": 19}
    with committed.acting_as("alder.abstractor"):
        assert Case.objects.filter(case_number="P-1").count() == 1


def test_ten_presses_of_the_button_make_one_case(committed: World) -> None:
    """The page that begins a case carries a key of its own, so everybody lands on the same case."""
    form = {"form": "colectomy", "event_date": "2026-03-05", "case_number": "P-2", "key": "0123456789abcdef" * 2}

    signed_in = committed.client("alder.abstractor")

    def press(_number: int) -> tuple[int, str]:
        client = Client()
        client.cookies = SimpleCookie({name: each.value for name, each in signed_in.cookies.items()})
        answer = client.post("/c/colectomy-mi/cases/new/", form)
        return answer.status_code, answer.get("Location", "")

    answers = at_once(10, press)
    signed_in.session.flush()

    assert [status for status, _ in answers] == [302] * 10
    assert len({address for _, address in answers}) == 1


def test_twenty_keys_for_one_number_make_one_case(committed: World, alder: Program) -> None:
    """The second net: without a common key, the hospital's own number stops the others, and says which case has it."""
    answers = at_once(20, lambda number: alder.submit(key=f"key-of-its-own-{number}", answers=GOOD))

    (made,) = [each.json()["id"] for each in answers if each.status_code == 201]
    assert Counter(each.status_code for each in answers) == {201: 1, 409: 19}
    assert {each.json()["existing"] for each in answers if each.status_code == 409} == {made}


def test_one_key_for_twenty_bodies_makes_one_case(committed: World, alder: Program) -> None:
    answers = at_once(20, lambda number: alder.submit(key="one-for-all", case_number=f"P-{number}"))

    assert Counter(each.status_code for each in answers) == {201: 1, 422: 19}
    with committed.acting_as("alder.abstractor"):
        assert Case.objects.filter(case_number__startswith="P-").count() == 1


def test_of_ten_changes_by_programs_one_is_accepted(committed: World, alder: Program) -> None:
    made = alder.submit(answers=GOOD).json()

    answers = at_once(
        10, lambda number: alder.patch(f"cases/{made['id']}/", {"answers": {"age": 40 + number}}, If_Match='"2"')
    )

    (kept,) = [each.json()["answers"]["age"] for each in answers if each.status_code == 200]
    assert Counter(each.status_code for each in answers) == {200: 1, 412: 9}
    refused = [each.json() for each in answers if each.status_code == 412]
    assert {each["conflicts"][0]["theirs"] for each in refused} == {kept}
    assert {each["conflicts"][0]["yours"] for each in refused} == {40 + number for number in range(10)} - {kept}
    assert alder.get(f"cases/{made['id']}/").json()["revision"] == 3


def test_of_ten_people_at_one_question_one_is_accepted(committed: World) -> None:
    viewer = committed.viewer("alder.abstractor")
    with acting(acting_for(viewer)), transaction.atomic():
        case = start_case(form=definitions.form(), case_number="P-10", event_date=date(2026, 3, 5), by=viewer)
        seen = case.values

    def change(number: int) -> int:
        with acting(acting_for(viewer)), transaction.atomic():
            mine = Case.objects.select_related("form_version__form", "collaborative").get(pk=case.pk)
            changes = Changes(revision=1, answers={"age": 40 + number}, base=seen)
            save_answers(case=mine, changes=changes, by=viewer)
        return 40 + number

    results = at_once(10, change)

    (kept,) = [each for each in results if isinstance(each, int)]
    shown = [each for each in results if isinstance(each, CaseChangedError)]
    assert len(shown) == 9
    assert {each.theirs.values["age"] for each in shown} == {kept}
    with committed.acting_as("alder.abstractor"):
        assert Case.objects.get(pk=case.pk).answers["age"] == kept


def test_ten_people_at_ten_questions_are_all_kept(committed: World) -> None:
    viewer = committed.viewer("alder.abstractor")
    with acting(acting_for(viewer)), transaction.atomic():
        case = start_case(form=definitions.form(), case_number="P-11", event_date=date(2026, 3, 5), by=viewer)
        seen = case.values
    answers = {"age": 70, "asa": "2", "antibiotic": True, "drain": False, "ssi": False, "readmitted": False}

    def change(number: int) -> None:
        name = list(answers)[number]
        with acting(acting_for(viewer)), transaction.atomic():
            mine = Case.objects.select_related("form_version__form", "collaborative").get(pk=case.pk)
            save_answers(case=mine, changes=Changes(revision=1, answers={name: answers[name]}, base=seen), by=viewer)

    assert at_once(len(answers), change) == [None] * len(answers)
    with committed.acting_as("alder.abstractor"):
        assert Case.objects.get(pk=case.pk).answers == answers | {"operation_date": "2026-03-05"}


# The keeper of answers --------------------------------------------------------------------------------------------------


def test_work_that_fails_leaves_its_key_free(world: World) -> None:
    def fail() -> Answer:
        raise ZeroDivisionError

    with world.acting_as("alder.abstractor") as by:
        with pytest.raises(ZeroDivisionError):
            once(by=by, key="a-good-key", fingerprint="f", work=fail)
        assert once(by=by, key="a-good-key", fingerprint="other", work=lambda: Answer(201, {"a": 1})) == Answer(
            201, {"a": 1}
        )
        assert once(by=by, key="a-good-key", fingerprint="other", work=fail) == Answer(201, {"a": 1}, repeated=True)
        with pytest.raises(KeyReusedError):
            once(by=by, key="a-good-key", fingerprint="third", work=fail)


def test_a_fingerprint_tells_requests_apart() -> None:
    one = fingerprint_of("POST", "/a", {"x": 1, "y": 2})

    assert one == fingerprint_of("POST", "/a", {"y": 2, "x": 1})
    assert (
        len(
            {
                one,
                fingerprint_of("PUT", "/a", {"x": 1, "y": 2}),
                fingerprint_of("POST", "/b", {"x": 1, "y": 2}),
                fingerprint_of("POST", "/a", {"x": 1}),
            }
        )
        == 4
    )


@pytest.mark.worker
def test_answers_are_forgotten_after_a_week(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        once(by=by, key="a-good-key", fingerprint="f", work=lambda: Answer(201, {}))
        made = SavedRequest.objects.get().created_at

    with acting(Acting("compute", collaborative_id=by.collaborative_id)):
        assert clear_saved_requests(by.collaborative_id, now=made + timedelta(days=7)) == 0
        assert clear_saved_requests(by.collaborative_id, now=made + timedelta(days=7, seconds=1)) == 1
