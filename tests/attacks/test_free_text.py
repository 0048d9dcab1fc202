"""BA-29: what the centre writes to one hospital, or to all, names no other; it is refused when it is sent."""

from datetime import date

import pytest
from django.http import HttpResponse

from cases.audits.errors import HospitalNamedError as AuditNamesError
from cases.audits.models import Audit
from cases.audits.services.notices import cancel_audit
from cases.log.enums import Decision
from cases.log.errors import HospitalNamedError as UnlockNamesError
from cases.log.services.unlocking import Verdict, ask_unlock, decide_unlock
from cases.models import Case
from cases.questions.errors import HospitalNamedError
from cases.questions.models import Message, Question
from cases.questions.services.asking import raise_query
from cases.questions.services.scenarios import promote_answer
from cases.questions.services.thread import reply
from feedback.errors import HospitalNamedError as NoteNamesError
from feedback.errors import ReleaseStateError
from feedback.models import Release
from feedback.services.releases import withdraw_release
from feedback.services.trend_notes import add_note
from measures.models import Measure
from tests.attacks.looking import url
from tests.world import World
from tests.worlds import audits, locks, questions, releases
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
    text = "Elmscourt Wivel Hospital sent a wrong file."
    with world.acting_as("dana") as dana:
        release = Release.objects.get(name=releases.NAME)
        with pytest.raises(ReleaseStateError, match="names Elmscourt Wivel Hospital"):
            withdraw_release(release=release, reason=text, by=dana)
        with pytest.raises(NoteNamesError, match="names Elmscourt Wivel Hospital"):
            add_note(measure=Measure.objects.get(slug="ssi"), month=date(2026, 3, 1), text=text, by=dana)

        release.refresh_from_db()
        assert release.withdrawn_at is None


def test_decisions_that_one_hospital_reads_name_no_other(world: World) -> None:
    """Why a case stays locked, why an audit ends."""
    with world.acting_as("alder.abstractor") as by:
        asked = ask_unlock(case=Case.objects.get(case_number=locks.LOCKED["alder"]), reason="A slip.", by=by)
    with world.acting_as("cora") as cora, pytest.raises(UnlockNamesError, match="Birchgrove Zantar Medical"):
        decide_unlock(request=asked, verdict=Verdict(decision=Decision.REFUSED, note=NAMING[0]), by=cora)
    with world.acting_as("dana") as dana:
        audit = Audit.objects.get(public_id=audits.AUDITS["alder"])
        with pytest.raises(AuditNamesError, match="Birchgrove Zantar Medical"):
            cancel_audit(audit=audit, reason=NAMING[0], by=dana)


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
