"""Training answers reach no case, list, export, outcome, result, history or program: searched for by words and by counts."""

import csv
import io
import json
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from cases.models import Case
from cases.selectors.list_filter import ListFilter
from cases.selectors.work_list import case_list, list_scope
from cases.services.export import cases_file
from cases.training.models import Exercise
from tests.api.conftest import key_of
from tests.world import World
from tests.worlds import training
from tests.worlds.training import ANSWER_WORD, CHART_WORD, NO, REFERENCE, WHY_WORD


HERE = "/c/colectomy-mi"
WORDS = (ANSWER_WORD, CHART_WORD, WHY_WORD)
OWN_TABLES = {model._meta.db_table for model in apps.get_app_config("training").get_models()}
TABLES = [model._meta.db_table for model in apps.get_models() if model._meta.db_table not in OWN_TABLES]


def counts() -> dict[str, int]:
    """Rows of every readable table that is not of training."""
    return {table: len(_rows(table)) for table in TABLES if _readable(table)}


def _readable(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [table])
        return bool(cursor.fetchone()[0])


def _rows(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')  # noqa: S608 -- names of our own models
        return [row for (row,) in cursor.fetchall()]


def test_there_is_something_to_mix(world: World) -> None:
    with world.acting_as("alder.abstractor"):
        told = json.dumps([each.answers for each in Exercise.objects.all()])

    assert ANSWER_WORD in told


@pytest.mark.worker
def test_no_other_table_holds_a_word_of_training(world: World) -> None:
    """The centre and the worker see every table of the collaborative."""
    found = set[str]()
    with world.acting_as("dana"):
        for table in filter(_readable, TABLES):
            found |= {f"{table}: {word}" for word in WORDS for row in _rows(table) if word in row}

    assert found == set()


def test_an_exam_adds_rows_to_training_and_events_only(world: World) -> None:
    with world.acting_as("alder.sampler") as by:
        before = counts()
        training.take_exam(by)
        after = counts()

    changed = {table for table in after if after[table] != before[table]}
    assert changed == {"events_event"}


def test_cases_have_no_key_to_training_and_training_none_to_cases(world: World) -> None:
    pointing = {
        (model._meta.label, field.related_model._meta.label)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.many_to_one and field.concrete
    }
    ours = {pair for pair in pointing if (pair[0].startswith("training.") != pair[1].startswith("training."))}
    allowed = {"collaboratives.Collaborative", "collaboratives.Participation", "measures.Form"}
    allowed |= {"measures.FormVersion", "accounts.User"}

    assert {target for _, target in ours} == allowed
    assert {source for source, _ in ours if not source.startswith("training.")} == set()


def _texts(world: World, name: str) -> dict[str, str]:
    """What somebody can take out of the registry: the list, the file, the program's answer, the home page."""
    client = world.client(name)
    file = client.post(f"{HERE}/cases/export/", {"which": "all", "tab": "all"}).content.decode("utf-8-sig")
    program = key_of(world, name)
    return {
        "file": file,
        "list": client.get(f"{HERE}/cases/?tab=all").content.decode(),
        "search": client.get(f"{HERE}/cases/?tab=all&q={ANSWER_WORD}").context["page"].rows.__repr__(),
        "home": client.get(f"{HERE}/").content.decode(),
        "measure": client.get(f"{HERE}/measures/ssi/").content.decode(),
        "program": json.dumps(program.get("cases/?limit=100").json()),
    }


def test_what_leaves_the_registry_is_the_same_before_and_after(world: World) -> None:
    with world.acting_as("alder.sampler") as by:
        before = _numbers(world, by)
        training.take_exam(by)
        training.take_exam(by, REFERENCE.with_answer("ssi", NO))
        after = _numbers(world, by)

    assert after == before


def _numbers(world: World, by: Any) -> dict[str, object]:
    cases = Case.objects.filter(participation_id=by.participation_id)
    scope = list_scope(by, by.participation_id, world.participation("alder").collaborative)
    file = cases_file(cases=cases, participation_id=by.participation_id, by=by).decode("utf-8-sig")
    return {
        "cases": cases.count(),
        "listed": case_list(by, scope, ListFilter.from_query({"tab": "all"}, by)).pages.total,
        "exported": len(list(csv.reader(io.StringIO(file, newline="")))),
    }


def test_no_text_of_training_leaves_the_registry(world: World) -> None:
    texts = _texts(world, "alder.abstractor")

    assert {place: word for place, text in texts.items() for word in WORDS if word in text} == {}
    assert "AL-001" in texts["file"]


def test_an_exercise_has_no_address_of_a_case(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        exercise = Exercise.objects.filter(taker_id=by.user_id).first()
        assert exercise
    client = world.client("alder.abstractor")
    pages = ("", "history/", "answers/", "reopen/", "questions/", "unlock/", "number/")
    seen = [client.get(f"{HERE}/cases/{exercise.public_id}/{page}").status_code for page in pages]
    program = key_of(world, "alder.abstractor")

    assert set(seen) <= {404, 405}
    assert program.get(f"cases/{exercise.public_id}/").status_code == 404


def test_a_page_of_an_exam_tells_no_answer_beforehand(world: World) -> None:
    with world.acting_as("alder.sampler") as by:
        attempt = training.begin(by)
        exercise = training.exercises(attempt)[0]
    client = world.client("alder.sampler")
    texts = [
        client.get(f"{HERE}/training/{page}").content.decode()
        for page in ("", f"attempts/{attempt.public_id}/", f"answers/{exercise.public_id}/")
    ]

    assert [WHY_WORD in text for text in texts] == [False] * 3
    assert "82.5" not in "".join(texts)
    assert CHART_WORD in texts[2]
