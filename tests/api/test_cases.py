"""Cases through the API: the same rules as the form, in the same words."""

from collections.abc import Callable
from typing import Any

import pytest

from cases.errors import LOCKED_WORDS
from cases.models import Case, CaseChange
from events.models import AccessLog, Event
from tests.api.conftest import GOOD, Program, new_case
from tests.world import World
from tests.worlds import locks


def test_a_case_is_submitted_and_read_again(world: World, alder: Program) -> None:
    made = alder.submit(
        answers=GOOD | {"weight": 81.5, "conditions": ["dm", "copd"]}, missing={"readmitted": "unknown"}
    )

    body = made.json()
    assert (made.status_code, made["ETag"], made["Location"]) == (201, '"2"', f"/api/v1/cases/{body['id']}/")
    assert body["answers"] == GOOD | {"weight": 81.5, "conditions": ["dm", "copd"], "operation_date": "2026-03-05"}
    assert (body["missing"], body["status"], body["form_version"]) == ({"readmitted": "unknown"}, "in_progress", 2)
    again = alder.get(f"cases/{body['id']}/")
    assert (again.status_code, again.json(), again["ETag"]) == (200, body, '"2"')


def test_texts_are_read_as_the_form_reads_them(world: World, alder: Program) -> None:
    made = alder.submit(
        event_date="3/5/2026",
        answers={
            "age": "70",
            "asa": "mild disease",
            "antibiotic": "yes",
            "antibiotic_at": "3/5/2026 8:41",
            "weight": "not documented",
            "conditions": "dm; Kidney disease",
            "ssi": 1,
        },
    ).json()

    assert made["answers"] == {
        "age": 70,
        "asa": "2",
        "antibiotic": True,
        "antibiotic_at": "2026-03-05T08:41",
        "conditions": ["dm", "ckd"],
        "ssi": True,
        "operation_date": "2026-03-05",
    }
    assert made["missing"] == {"weight": "not_documented"}


def test_a_case_is_completed_at_once(world: World, alder: Program) -> None:
    made = alder.submit(answers=GOOD, complete=True)

    assert (made.status_code, made.json()["status"], made.json()["completed_at"] is None) == (201, "complete", False)


def test_findings_in_the_way_save_nothing(world: World, alder: Program) -> None:
    made = alder.submit(answers=GOOD | {"age": 131}, complete=True)

    assert (made.status_code, made["Content-Type"]) == (422, "application/problem+json")
    assert (
        made.json()["problems"]
        == [
            {
                "field": "answers.age",
                "message": "131 is above the highest possible value, 110 years.",
                "remedy": "Check it against the chart, and enter at most 110.",
            }
        ]
        or made.json()["problems"][0]["field"] == "answers.age"
    )
    with world.acting_as("alder.abstractor"):
        assert not Case.objects.filter(case_number="P-1").exists()


@pytest.mark.parametrize(
    ("parts", "field", "message"),
    [
        ({"answers": {"age": "seventy"}}, "answers.age", '"seventy" is not a number.'),
        ({"answers": {"age": True}}, "answers.age", "true does not answer Age."),
        ({"answers": {"age": [70]}}, "answers.age", "A list does not answer Age."),
        ({"answers": {"agee": 70}}, "answers.agee", 'The form has no question "agee".'),
        ({"answers": {"stay": 7}}, "answers.stay", "Length of stay is calculated."),
        ({"answers": {"asa": "9"}}, "answers.asa", '"9" is not a code of ASA class.'),
        (
            {"answers": {"conditions": ["x"]}},
            "answers.conditions",
            '"x" is not a code of Conditions before the operation.',
        ),
        ({"missing": {"age": "unknown"}}, "missing.age", '"unknown" is not why Age may be missing.'),
        (
            {"answers": {"ssi": True}, "missing": {"ssi": "unknown"}},
            "missing.ssi",
            'ssi has an answer and is "unknown" as well.',
        ),
        (
            {"answers": {"operation_date": "2026-03-06"}},
            "answers.operation_date",
            "This is another day than event_date.",
        ),
        ({"reasons": {"nothing": "x"}}, "reasons.nothing", "No finding wants a reason under this name."),
        ({"reasons": {"soft_range:age": "a\x00b"}}, "reasons.soft_range:age", "The reason is not plain text."),
        ({"reasons": {"soft_range:age": "x" * 501}}, "reasons.soft_range:age", "The reason has 501 characters."),
        ({"event_date": "yesterday-ish"}, "event_date", None),
        ({"event_date": "2031-01-01"}, "event_date", "1 January 2031 is in the future. Check the date."),
        ({"event_date": "2019-01-01"}, "event_date", "Colectomy begins on 1 January 2024. Check the date."),
        ({"form": "colectomi"}, "form", 'There is no form "colectomi".'),
        ({"case_number": "<b>"}, "case_number", None),
        ({"participation": 1}, "participation", None),
        ({"answers": []}, "answers", "This is not an object."),
        ({"case_number": None}, "case_number", "This is null."),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    world: World, alder: Program, parts: dict[str, Any], field: str, message: str | None
) -> None:
    refused = alder.submit(**parts)

    (problem,) = refused.json()["problems"]
    assert (refused.status_code, problem["field"]) == (422, field)
    assert message is None or problem["message"] == message
    with world.acting_as("alder.abstractor"):
        assert not Case.objects.filter(case_number="P-1").exists()


def test_a_number_that_is_taken_names_the_case(world: World, alder: Program) -> None:
    taken = alder.submit(case_number="AL-001")

    with world.acting_as("alder.abstractor"):
        existing = Case.objects.get(case_number="AL-001").public_id
    assert (taken.status_code, taken.json()["existing"]) == (409, existing)


# Changing ---------------------------------------------------------------------------------------------------------------


def test_named_answers_are_merged(world: World, alder: Program) -> None:
    made = alder.submit(answers=GOOD | {"weight": 80}).json()
    path = f"cases/{made['id']}/"

    changed = alder.patch(
        path, {"answers": {"age": 71, "weight": None}, "missing": {"asa": "not_documented"}}, If_Match='"2"'
    )

    body = changed.json()
    assert (changed.status_code, changed["ETag"], body["revision"]) == (200, '"3"', 3)
    assert body["answers"] == {"age": 71, "antibiotic": False, "ssi": False, "operation_date": "2026-03-05"}
    assert body["missing"] == {"asa": "not_documented"}


def test_a_change_says_what_it_changes(world: World, alder: Program) -> None:
    made = alder.submit(answers=GOOD).json()
    path = f"cases/{made['id']}/"

    assert alder.patch(path, {"answers": {"age": 71}}).status_code == 428
    assert alder.patch(path, {"answers": {"age": 71}}, If_Match="*").status_code == 428
    assert alder.patch(path, {"answers": {"age": 71}}, If_Match='"other"').status_code == 412


def test_a_stale_change_is_shown_both_sides(world: World, alder: Program) -> None:
    made = alder.submit(answers=GOOD).json()
    path = f"cases/{made['id']}/"
    alder.patch(path, {"answers": {"age": 71}}, If_Match='"2"')

    stale = alder.patch(path, {"answers": {"age": 72, "ssi": False}, "missing": {"weight": "unknown"}}, If_Match='"2"')

    body = stale.json()
    assert (stale.status_code, body["revision"], body["changed_by"]) == (412, 3, "Abstractor Ashgrave")
    assert body["conflicts"] == [
        {"field": "answers.age", "yours": 72, "theirs": 71},
        {"field": "answers.weight", "yours": {"missing": "unknown"}, "theirs": None},
    ]
    assert alder.get(path).json()["answers"]["age"] == 71


def test_a_case_is_completed_reopened_and_its_history_says_how(world: World, alder: Program) -> None:
    made = alder.submit(answers=GOOD).json()
    path = f"cases/{made['id']}/"

    assert alder.post(f"{path}complete/").status_code == 428
    done = alder.post(f"{path}complete/", If_Match='"2"')
    refused = alder.patch(path, {"answers": {"age": 71}}, If_Match='"3"')
    empty = alder.post(f"{path}reopen/", {"reason": " "})
    opened = alder.post(f"{path}reopen/", {"reason": "Pathology came later."})

    assert [each.status_code for each in (done, refused, empty, opened)] == [200, 409, 422, 200]
    assert [done.json()["status"], opened.json()["status"]] == ["complete", "in_progress"]
    with world.acting_as("alder.abstractor"):
        case = Case.objects.get(case_number="P-1")
        ways = set(CaseChange.objects.filter(case_id=case.pk).values_list("via", flat=True))
        kinds = list(
            Event.objects.filter(subject_id=case.pk, subject="cases.Case").order_by("pk").values_list("kind", flat=True)
        )
    assert ways == {"api"}
    assert kinds == ["case_saved", "case_saved", "case_completed", "case_reopened"]


def test_a_locked_case_is_refused_with_the_way_out(world: World, alder: Program) -> None:
    with world.acting_as("alder.abstractor"):
        case = Case.objects.get(case_number=locks.LOCKED["alder"])
    path, tag = f"cases/{case.public_id}/", f'"{case.revision}"'
    changed = alder.patch(path, {"answers": {"age": 30}}, If_Match=tag)
    completed = alder.post(f"{path}complete/", If_Match=tag)
    refused = [changed, completed, alder.post(f"{path}reopen/", {"reason": "A slip."})]

    assert [(answer.status_code, answer.json()["detail"]) for answer in refused] == [(409, LOCKED_WORDS)] * 3
    assert alder.get(path).json()["status"] == "locked"
    assert alder.get("cases/?status=locked").json()["cases"][0]["id"] == case.public_id


def test_an_incomplete_case_is_not_completed(world: World, alder: Program) -> None:
    made = alder.submit(answers={"age": 70}).json()

    refused = alder.post(f"cases/{made['id']}/complete/", If_Match='"2"')

    assert refused.status_code == 422
    assert {each["field"] for each in refused.json()["problems"]} == {
        "answers.asa",
        "answers.antibiotic",
        "answers.ssi",
    }
    assert refused.json()["problems"][0]["message"] == "ASA class is not answered."


def test_findings_are_those_of_the_form(world: World, alder: Program) -> None:
    made = alder.submit(answers=GOOD | {"age": 105, "discharge_date": "2026-03-01"}).json()

    body = alder.get(f"cases/{made['id']}/findings/").json()

    assert body["findings"] == made["findings"]
    assert [(each["severity"], each["rule"], each["blocks"], each["reason_key"]) for each in body["findings"]] == [
        ("warning", "soft_range", True, "soft_range:age"),
        ("error", "discharge_before_operation", True, ""),
    ]
    assert body["findings"][1]["message"] == "Discharge (Sun 1 Mar 2026) is before the operation (Thu 5 Mar 2026)."
    given = alder.patch(
        f"cases/{made['id']}/",
        {"reasons": {"soft_range:age": "Birth certificate seen."}, "answers": {"discharge_date": None}},
        If_Match='"2"',
    )
    assert [(each["reason"], each["blocks"]) for each in given.json()["findings"]] == [
        ("Birth certificate seen.", False)
    ]


# Lists ------------------------------------------------------------------------------------------------------------------


def test_pages_give_every_case_once(world: World, alder: Program) -> None:
    seen: list[str] = []
    path = "cases/?limit=7"
    while path:
        body = alder.get(path).json()
        seen += [each["case_number"] for each in body["cases"]]
        path = f"cases/?limit=7&cursor={body['next']}" if body["next"] else ""

    with world.acting_as("alder.abstractor") as by:
        own = Case.objects.filter(participation_id=by.participation_id)
        assert sorted(seen) == sorted(own.values_list("case_number", flat=True))
    assert len(seen) == 46


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("status=in_progress", {"AL-901", "AL-902"}),
        ("case_number=AL-007", {"AL-007"}),
        ("event_from=2026-09-15", {"AL-902"}),
        ("event_from=2026-09-14&event_to=2026-09-14", {"AL-901", "AL-044"}),
        ("updated_since=2099-01-01T00:00:00Z", set()),
        ("form=nothing", set()),
    ],
)
def test_filters(world: World, alder: Program, query: str, numbers: set[str]) -> None:
    found = {each["case_number"] for each in alder.get(f"cases/?{query}").json()["cases"]}

    assert {each for each in found if each > "AL-9"} == {each for each in numbers if each > "AL-9"}
    assert numbers & {"AL-007"} <= found


@pytest.mark.parametrize(
    "query",
    [
        "limit=501",
        "limit=0",
        "limit=1000000000",
        "limit=x",
        "status=done",
        "cursor=x",
        "cursor=YQ==",
        "updated_since=then",
        "event_from=5",
        "hospital=birch",
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(world: World, alder: Program, query: str) -> None:
    refused = alder.get(f"cases/?{query}")

    assert (refused.status_code, [each["field"] for each in refused.json()["problems"]]) == (
        400,
        [query.partition("=")[0]],
    )


def test_taking_cases_away_leaves_a_trace(world: World, alder: Program) -> None:
    alder.get("cases/")

    with world.acting_as("alder.champion") as by:
        noted = AccessLog.objects.filter(participation_id=by.participation_id).order_by("-pk")[0]
        assert (noted.action, noted.subject) == ("exported", "46 cases, by a program")


# Many at once -----------------------------------------------------------------------------------------------------------


def cases(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    return [new_case(**{"case_number": f"P-{number}", "answers": GOOD} | each) for number, each in enumerate(parts, 1)]


def test_valid_cases_are_saved_and_the_others_named(world: World, alder: Program) -> None:
    sent = [
        *cases({"complete": True}, {"event_date": "never"}, {}),
        new_case(case_number="AL-001"),
        new_case(case_number=3),
    ]

    result = alder.post("cases/bulk/", {"mode": "valid_only", "cases": sent}, Idempotency_Key="bulk-0001")

    body = result.json()
    assert (result.status_code, body["saved"], body["refused"]) == (200, 3, 2)
    assert [(row["saved"], row["status"]) for row in body["results"]] == [
        (True, "complete"),
        (False, None),
        (True, "in_progress"),
        (False, None),
        (True, "in_progress"),
    ]
    assert [each["field"] for row in body["results"] for each in row["problems"]] == ["event_date", "case_number"]


def test_one_refused_refuses_all(world: World, alder: Program) -> None:
    result = alder.post(
        "cases/bulk/",
        {"cases": cases({}, {"form": "other"}, {"complete": True, "answers": {}})},
        Idempotency_Key="bulk-0002",
    )

    body = result.json()
    assert (result.status_code, body["detail"]) == (422, "2 of 3 cases cannot be taken over.")
    assert [each["field"] for each in body["problems"]][:2] == ["cases[1].form", "cases[2].answers.age"]
    with world.acting_as("alder.abstractor"):
        assert not Case.objects.filter(case_number__startswith="P-").exists()


def test_too_many_at_once(world: World, alder: Program) -> None:
    result = alder.post("cases/bulk/", {"cases": [{}] * 501}, Idempotency_Key="bulk-0003")

    assert (result.status_code, result.json()["problems"][0]["field"]) == (422, "cases")


def test_a_look_saves_nothing(world: World, alder: Program) -> None:
    body = new_case(answers={"age": 70, "discharge_date": "2026-03-09"})

    looked = alder.post("cases/check/", body)

    assert (looked.status_code, looked.json()["can_complete"], looked.json()["answers"]["stay"]) == (200, False, 4)
    assert looked.json()["findings"][0]["message"] == "ASA class is not answered."
    with world.acting_as("alder.abstractor"):
        assert not Case.objects.filter(case_number="P-1").exists()
        assert not CaseChange.objects.filter(case_number="P-1").exists()
    assert alder.post("cases/check/", new_case(case_number="AL-001")).status_code == 409


# Sending twice ----------------------------------------------------------------------------------------------------------


def test_the_same_key_is_answered_as_the_first_time(world: World, alder: Program) -> None:
    first = alder.submit(answers=GOOD)
    second = alder.submit(answers=dict(reversed(GOOD.items())))

    assert (second.status_code, second.json(), second["ETag"]) == (201, first.json(), first["ETag"])
    assert (first.get("Idempotency-Replayed"), second["Idempotency-Replayed"]) == (None, "true")


def test_a_key_is_for_one_request(world: World, alder: Program, program: Callable[..., Program]) -> None:
    alder.submit(answers=GOOD)

    other = alder.submit(answers=GOOD | {"age": 71})
    elsewhere = program("birch.abstractor").submit(answers=GOOD)

    assert (other.status_code, other.json()["problems"][0]["field"]) == (422, "Idempotency-Key")
    assert (elsewhere.status_code, elsewhere.get("Idempotency-Replayed")) == (201, None)


@pytest.mark.parametrize("key", ["", "short", "with a space in it", "x" * 81, "schlüssel-schlüssel"])
def test_a_key_must_be_one(world: World, alder: Program, key: str) -> None:
    refused = alder.submit(key=key)

    assert (refused.status_code, refused.json()["problems"][0]["field"]) == (400, "Idempotency-Key")


def test_what_was_refused_may_be_sent_again_with_its_key(world: World, alder: Program) -> None:
    refused = alder.submit(answers={"age": "x"})
    corrected = alder.submit(answers={"age": 70})

    assert (refused.status_code, corrected.status_code) == (422, 201)


def test_answers_are_kept_for_a_week(world: World, alder: Program) -> None:
    alder.submit(answers=GOOD)
    with world.acting_as("alder.abstractor"):
        assert Case.objects.filter(case_number="P-1").count() == 1
