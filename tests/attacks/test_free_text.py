"""BA-29: what the centre writes to one hospital, or to all, names no other; it is refused when it is sent."""

import pytest
from django.http import HttpResponse

from cases.models import Case
from cases.questions.errors import HospitalNamedError
from cases.questions.models import Message, Question
from cases.questions.services.asking import raise_query
from cases.questions.services.scenarios import promote_answer
from cases.questions.services.thread import reply
from feedback.errors import ReleaseStateError
from feedback.models import Release
from feedback.services.releases import withdraw_release
from tests.attacks.looking import url
from tests.world import World
from tests.worlds import questions, releases
from tests.worlds.programme import COLECTOMY, HOSPITALS


OTHERS = [each for each in COLECTOMY if each != "alder"]
NAMING = [
    text for each in OTHERS for text in (f"As {HOSPITALS[each][1]} does it.", f"see {HOSPITALS[each][1].upper()}!")
]
SHORT = [f"Like the people of {' '.join(HOSPITALS[each][1].split()[:2])} said" for each in OTHERS]


def test_a_message_to_a_hospital_names_no_other(world: World) -> None:
    with world.acting_as("cora") as cora:
        query = Question.objects.get(public_id=questions.QUESTIONS["alder.query"])
        messages = Message.objects.filter(question=query).count()
        for text in (*NAMING, *SHORT):
            with pytest.raises(HospitalNamedError, match="Leave the name out"):
                reply(question=query, text=text, by=cora)

        assert Message.objects.filter(question=query).count() == messages


def test_a_query_and_a_scenario_name_no_other(world: World) -> None:
    with world.acting_as("cora") as cora:
        case = Case.objects.filter(participation=world.participation("alder"), status="complete").earliest("pk")
        with pytest.raises(HospitalNamedError, match="Birchgrove Zantar Medical"):
            raise_query(case=case, variable="ssi", text=NAMING[0], by=cora)
        # In the manual everybody reads it, the hospital that is named too.
        own = Question.objects.get(public_id=questions.QUESTIONS["alder.query"])
        with pytest.raises(HospitalNamedError, match="Aldermoor Quillen Hospital"):
            promote_answer(question=own, text="Aldermoor Quillen Hospital records it so.", by=cora)


def test_a_reason_that_every_member_reads_names_none(world: World) -> None:
    with world.acting_as("dana") as dana:
        release = Release.objects.get(name=releases.NAME)
        with pytest.raises(ReleaseStateError, match="names Elmscourt Wivel Hospital"):
            withdraw_release(release=release, reason="Elmscourt Wivel Hospital sent a wrong file.", by=dana)

        release.refresh_from_db()
        assert release.withdrawn_at is None


def test_the_page_says_why_and_keeps_what_was_written(world: World) -> None:
    address = url("questions:question-detail", questions.QUESTIONS["alder.query"])
    answer: HttpResponse = world.client("cora").post(address, {"do": "reply", "text": NAMING[0]})

    assert answer.status_code == 422
    assert "the text names Birchgrove Zantar Medical" in answer.content.decode()
    assert NAMING[0] in answer.content.decode()


def test_a_hospital_may_be_written_to_about_itself(world: World) -> None:
    with world.acting_as("cora") as cora:
        query = Question.objects.get(public_id=questions.QUESTIONS["alder.query"])
        reply(question=query, text="Is this how Aldermoor Quillen Hospital counts it? A general hospital may.", by=cora)

        assert Message.objects.filter(question=query).latest("pk").text.startswith("Is this how Aldermoor")
