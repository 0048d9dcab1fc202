"""Three states of a question, and how they are stored."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from measures.definition.answers import Answers, StoredAnswers, from_json, to_json
from measures.definition.errors import StoredAnswerError
from measures.definition.spec import MissingKind


def test_value_missing_kind_and_no_answer_are_three_states():
    answers = Answers({"age": 65}, {"asa": MissingKind.UNKNOWN})

    assert [answers.is_answered(name) for name in ("age", "asa", "died")] == [True, True, False]


def test_variable_cannot_have_a_value_and_be_missing():
    with pytest.raises(
        ValueError, match=r"expected a value or a missing kind for each variable, but got both for \['age'\]"
    ):
        Answers({"age": 65}, {"age": MissingKind.UNKNOWN})


def test_an_answer_replaces_the_one_before():
    answers = Answers({"age": 65})

    unknown = answers.with_answer("age", MissingKind.UNKNOWN)
    known = unknown.with_answer("age", 66)
    taken_back = known.with_answer("age", None)

    assert unknown == Answers({}, {"age": MissingKind.UNKNOWN})
    assert known == Answers({"age": 66})
    assert taken_back == Answers()
    assert answers == Answers({"age": 65})


def test_answers_are_stored_as_json_of_their_type(form):
    answers = Answers(
        {
            "age": 65,
            "weight": Decimal("70.5"),
            "note": "007",
            "day": date(2026, 1, 5),
            "start": time(8, 41),
            "stop": time(8, 41, 30),
            "in_at": datetime.fromisoformat("2026-01-05 08:41"),
            "out_at": datetime.fromisoformat("2026-01-05 08:41:30"),
            "died": False,
            "letter": "a",
            "comorbidity": ("1", "3"),
        },
        {"asa": MissingKind.NOT_DOCUMENTED},
    )

    stored = to_json(answers)

    assert stored == StoredAnswers(
        answers={
            "age": 65,
            "weight": 70.5,
            "note": "007",
            "day": "2026-01-05",
            "start": "08:41",
            "stop": "08:41:30",
            "in_at": "2026-01-05T08:41",
            "out_at": "2026-01-05T08:41:30",
            "died": False,
            "letter": "a",
            "comorbidity": ["1", "3"],
        },
        missing={"asa": "not_documented"},
    )
    assert from_json(form, stored.answers, stored.missing) == answers


def test_names_of_other_versions_and_nulls_are_left_out(form):
    assert from_json(form, {"age": 65, "gone": 1, "weight": None}, {"asa": None, "gone": "unknown"}) == Answers(
        {"age": 65}
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("age", 65.5),
        ("age", "65"),
        ("age", True),
        ("weight", "70.5"),
        ("weight", float("nan")),
        ("note", 7),
        ("died", 1),
        ("asa", 3),
        ("comorbidity", "1"),
        ("comorbidity", [1]),
        ("day", "5 Jan 2026"),
        ("day", 20260105),
        ("start", 8),
        ("in_at", 8),
    ],
)
def test_stored_answer_of_another_type_is_refused_by_name(form, name, data):
    with pytest.raises(StoredAnswerError, match=f"{name} must be stored as {form.variable(name).type}, but got"):
        from_json(form, {name: data}, {})


def test_stored_missing_kind_must_be_one(form):
    with pytest.raises(StoredAnswerError, match="asa must be stored as missing kind, but got 'lost'"):
        from_json(form, {}, {"asa": "lost"})
