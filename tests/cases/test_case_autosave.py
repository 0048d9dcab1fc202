"""What the case form's script sends and gets back: saving as one leaves a question, colleagues, presence."""

import json
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from redis.exceptions import RedisError

from cases.models import Case, CaseChange
from cases.services.cases import save_answers, start_case
from cases.services.changes import Changes
from cases.services.presence import editing_words, note_editor, other_editors
from measures.models import Form
from tests.world import World


LIST = "/c/colectomy-mi/cases/"
DAY = date(2026, 3, 5)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def _start(world: World, number: str = "T-1", **answers: object) -> Case:
    with world.acting_as("alder.abstractor") as by:
        case = start_case(form=Form.objects.get(slug="colectomy"), case_number=number, event_date=DAY, by=by)
        changes = Changes(revision=1, answers=answers)  # type: ignore[arg-type]  # typed by the test
        return save_answers(case=case, changes=changes, by=by).case if answers else case


def _reload(world: World, case: Case) -> Case:
    with world.acting_as("alder.abstractor"):
        return Case.objects.select_related("form_version").get(pk=case.pk)


def _send(client: Client, case: Case, part: str = "answers", **body: object) -> HttpResponse:
    data = {"key": str(uuid.uuid4()), "revision": case.revision} | body
    return client.post(f"{LIST}{case.public_id}/{part}/", json.dumps(data), content_type="application/json")


def test_answers_are_read_as_in_the_form(world: World) -> None:
    case = _start(world, age=70)
    answers = {
        "age": None,
        "weight": "72.5 kg",
        "discharge_date": "3/12/26",
        "conditions": "dm;ckd",
        "antibiotic": "0",
        "ssi": {"missing": "unknown"},
    }

    response = _send(world.client("alder.abstractor"), case, answers=answers, at="ssi")

    saved = _reload(world, case)
    assert response.status_code == 200
    assert {name: response.json()[name] for name in ("revision", "problems", "others", "rebound", "editors")} == {
        "revision": 3,
        "problems": {},
        "others": {},
        "rebound": False,
        "editors": "",
    }
    assert saved.answers == {
        "operation_date": "2026-03-05",
        "weight": 72.5,
        "discharge_date": "2026-03-12",
        "stay": 7,
        "conditions": ["dm", "ckd"],
        "antibiotic": False,
    }
    assert (saved.missing, saved.resume_at) == ({"ssi": "unknown"}, "ssi")


def test_what_cannot_be_read_is_said_and_the_rest_is_kept(world: World) -> None:
    case = _start(world)

    response = _send(
        world.client("alder.abstractor"),
        case,
        answers={"age": "seventy", "asa": {"missing": "unknown"}, "weight": "80", "stay": "4", "nothing": "1"},
    )

    assert {name: problem["message"] for name, problem in response.json()["problems"].items()} == {
        "age": '"seventy" is not a number.',
        "asa": '"unknown" is not an answer to ASA class.',
    }
    assert _reload(world, case).answers == {"operation_date": "2026-03-05", "weight": 80}


def test_an_impossible_date_leaves_the_date_before(world: World) -> None:
    case = _start(world)

    response = _send(world.client("alder.abstractor"), case, answers={"operation_date": "1/1/2020", "age": "71"})

    assert response.json()["problems"]["operation_date"]["message"].startswith("Colectomy begins on 1 January 2024")
    assert _reload(world, case).answers == {"operation_date": "2026-03-05", "age": 71}


def test_one_key_saves_once(world: World) -> None:
    case, client = _start(world), world.client("alder.abstractor")
    key = str(uuid.uuid4())

    first = _send(client, case, key=key, answers={"age": "71"})
    again = _send(client, case, key=key, answers={"age": "71"})
    other = _send(client, case, key=key, answers={"age": "72"})

    assert first.json() == again.json()
    assert (other.status_code, _reload(world, case).revision) == (422, 2)


def test_colleagues_answers_come_back(world: World) -> None:
    case = _start(world, age=70)
    base = {"answers": {}, "missing": {}}
    _send(world.client("alder.sampler"), case, answers={"weight": "80", "ssi": {"missing": "unknown"}}, base=base)

    response = _send(world.client("alder.abstractor"), case, answers={"asa": "3"}, base=base)

    assert response.json()["others"] == {"weight": {"value": 80.0}, "ssi": {"missing": "unknown"}}
    assert _reload(world, case).answers["asa"] == "3"


def test_one_question_of_two_people_is_put_to_the_second(world: World) -> None:
    case = _start(world, age=70)
    base = {"answers": {"age": 70}, "missing": {}}
    _send(world.client("alder.sampler"), case, answers={"age": "71"}, base=base)
    mine = world.client("alder.abstractor")

    clash = _send(mine, case, answers={"age": "72", "asa": "3"}, base=base)
    conflict = clash.json()["conflict"]
    chosen = _send(
        mine,
        case,
        revision=conflict["revision"],
        answers={"age": "72", "asa": "3"},
        base={"answers": {"age": 71}, "missing": {}},
    )

    assert clash.status_code == 409
    assert conflict["by"] == "Sampler Ashgrave"
    assert conflict["fields"] == [
        {
            "name": "age",
            "label": "Age",
            "before": "70 years",
            "mine": "72 years",
            "theirs": "71 years",
            "answer": {"value": 71},
        }
    ]
    assert (chosen.status_code, _reload(world, case).answers["age"]) == (200, 72)


def test_another_version_of_the_form_is_announced(world: World) -> None:
    case = _start(world)

    response = _send(world.client("alder.abstractor"), case, answers={"operation_date": "12/30/2025"})

    assert response.json()["rebound"] is True
    page = world.client("alder.abstractor").get(f"{LIST}{case.public_id}/")
    assert page.context["page"].case.form_version.number == 1


def test_a_complete_case_sends_its_editor_to_read_it(world: World) -> None:
    with world.acting_as("alder.abstractor"):
        case = Case.objects.filter(status="complete").earliest("pk")

    response = _send(world.client("alder.abstractor"), case, answers={"age": "30"})

    assert response.json()["leave"] == f"{LIST}{case.public_id}/"


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"key": 1}', '{"key": "abcdefgh", "answers": []}', '{"key": "short"}']
)
def test_nonsense_is_refused(world: World, body: str) -> None:
    case = _start(world)
    response = world.client("alder.abstractor").post(
        f"{LIST}{case.public_id}/answers/", body, content_type="application/json"
    )

    assert (response.status_code, _reload(world, case).revision) == (422, 1)


@pytest.mark.parametrize(
    ("name", "status"), [("alder.clinician", 403), ("vera", 403), ("birch.abstractor", 404), ("stella", 404)]
)
@pytest.mark.parametrize("part", ["answers", "presence"])
def test_only_the_data_team_of_the_hospital_saves(world: World, name: str, status: int, part: str) -> None:
    case = _start(world)

    assert _send(world.client(name), case, part, answers={"age": "71"}).status_code == status
    assert _reload(world, case).revision == 1


# Who else is there ----------------------------------------------------------------------------------------------------


def test_a_colleague_with_the_case_open_is_named(world: World) -> None:
    case = _start(world)
    world.client("alder.sampler").get(f"{LIST}{case.public_id}/")
    mine = world.client("alder.abstractor")

    page = mine.get(f"{LIST}{case.public_id}/")
    beat = _send(mine, case, "presence")
    world.client("alder.sampler").post(f"{LIST}{case.public_id}/presence/", {"leaving": "1"})

    assert page.context["editors"] == beat.json()["editors"] == "Being edited by Sampler Ashgrave, just now"
    assert _send(mine, case, "presence").json()["editors"] == ""


def test_presence_says_how_long_ago_and_ends(world: World) -> None:
    case = _start(world)
    sampler, abstractor = world.viewer("alder.sampler"), world.viewer("alder.abstractor")
    with world.acting_as("alder.abstractor"), time_machine.travel(NOON, tick=False) as clock:
        note_editor(case=case, by=sampler)
        for seconds, words in (
            (50, "Sampler Ashgrave, just now"),
            (50, "Sampler Ashgrave, 1 min ago"),
            (50, "Sampler Ashgrave, 2 min ago"),
        ):
            clock.shift(timedelta(seconds=seconds))
            note_editor(case=case, by=sampler, active=False)
            assert editing_words(case=case, by=abstractor) == f"Being edited by {words}"
        clock.shift(timedelta(seconds=151))
        assert editing_words(case=case, by=abstractor) == ""


def test_presence_never_crosses_hospitals(world: World) -> None:
    case = _start(world)
    with world.acting_as("birch.abstractor") as birch:
        note_editor(case=case, by=world.viewer("alder.sampler"))
        assert other_editors(case=case, by=birch) == []


def test_presence_keeps_no_more_than_users_and_times(world: World) -> None:
    case = _start(world, age=70)
    with world.acting_as("alder.abstractor") as by:
        note_editor(case=case, by=by)
        kept = cache.get(f"case-editors:{case.participation_id}:{case.public_id}")

    ((user, times),) = kept.items()
    assert (user, [type(each) for each in times]) == (by.user_id, [float, float])


def test_a_cache_that_is_away_stops_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = _start(world)

    def away(*_: object, **__: object) -> None:
        raise RedisError

    monkeypatch.setattr(cache, "get", away)
    monkeypatch.setattr(cache, "set", away)

    assert _send(world.client("alder.abstractor"), case, answers={"age": "71"}).status_code == 200


# History --------------------------------------------------------------------------------------------------------------


def test_history_tells_every_value_with_who_and_when(world: World) -> None:
    case = _start(world, age=70)
    client = world.client("alder.sampler")
    _send(client, case, answers={"age": {"missing": "unknown"}, "weight": "80"}, base={"answers": {"age": 70}})
    _send(client, _reload(world, case), answers={"weight": None}, base={"answers": {"weight": 80}})

    history = client.get(f"{LIST}{case.public_id}/history/").context["history"]

    told = [
        (entry.who, [(change.label, change.before, change.after) for change in entry.changes])
        for entry in history.entries
    ]
    assert told == [
        ("Sampler Ashgrave", [("Weight", "80 kg", "Not answered")]),
        ("Sampler Ashgrave", [("Weight", "Not answered", "80 kg")]),
        ("Abstractor Ashgrave", [("Age", "Not answered", "70 years")]),
        ("Abstractor Ashgrave", []),
    ]


def test_history_of_one_question(world: World) -> None:
    case = _start(world, age=70, weight=None)
    client = world.client("alder.abstractor")
    _send(client, case, answers={"age": "104"}, base={"answers": {"age": 70}}, reasons={"soft_range:age": "Born 1921."})
    address = f"{LIST}{case.public_id}/history/"

    history = client.get(address, {"question": "age"}).context["history"]
    beside = client.get(address, {"question": "age", "part": "question"}).content.decode()

    assert [[change.after for change in entry.changes] for entry in history.entries] == [
        ["104 years", "Born 1921."],
        ["70 years"],
    ]
    assert history.question_label == "Age"
    assert "104 years" in beside
    assert "<h1" not in beside


def test_history_tells_the_way_in_and_columns(world: World) -> None:
    with world.acting_as("alder.abstractor"):
        case = Case.objects.filter(status="complete", case_import__isnull=False).earliest("pk")
        rows = list(CaseChange.objects.filter(case_id=case.pk).values_list("via", flat=True))
    client = world.client("alder.abstractor")
    client.post(f"{LIST}{case.public_id}/reopen/", {"reason": "Wrong age"})

    latest = client.get(f"{LIST}{case.public_id}/history/").context["history"].entries[0]

    assert len(rows) >= 1
    assert [(change.label, change.before, change.after) for change in latest.changes] == [
        ("State", "Complete", "In progress"),
        ("Reason for re-opening", "", "Wrong age"),
    ]


def test_history_is_read_by_the_hospital_and_noted_for_the_centre(world: World) -> None:
    case = _start(world, age=70)
    address = f"{LIST}{case.public_id}/history/"

    statuses = {
        name: world.client(name).get(address).status_code for name in ("alder.clinician", "vera", "birch.abstractor")
    }

    assert statuses == {"alder.clinician": 200, "vera": 200, "birch.abstractor": 404}


def test_case_number_is_corrected_on_its_page(world: World) -> None:
    case, client = _start(world, "T-l"), world.client("alder.abstractor")
    address = f"{LIST}{case.public_id}/number/"

    refused = client.post(address, {"case_number": "AL-901"})
    accepted = client.post(address, {"case_number": "T-1"})

    assert "Your hospital has a case AL-901 already" in refused.content.decode()
    assert (accepted.status_code, _reload(world, case).case_number) == (302, "T-1")
