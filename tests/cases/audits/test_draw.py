"""A hospital is told, then a sample is drawn once, and anybody can draw it again."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from cases.audits.definition.draw import draw_sample, frame_digest
from cases.audits.enums import AuditState
from cases.audits.errors import (
    AbstractorError,
    AuditError,
    AuditUnderWayError,
    DrawnAlreadyError,
    EmptyFrameError,
    NoticeError,
    PeriodError,
)
from cases.audits.models import Audit, Original
from cases.audits.services.notices import Notice, announce_audit, cancel_audit
from cases.models import Case
from cases.services.cases import complete_case
from cases.services.imports import undo_import
from cases.services.undo import undo_cases
from collaboratives.services.people import grant_role
from events.enums import EventKind
from events.models import Event, Job
from privacy.roles import Role
from privacy.viewer import PermissionRefusedError
from tests.world import World
from tests.worlds import audits, cases, definitions
from tests.worlds.audits import HOSPITAL, again, drawn


pytestmark = pytest.mark.worker


def test_a_notice_tells_who_when_and_how_many(world: World) -> None:
    audit = audits.announce(HOSPITAL, sample_size=5, notice_days=14)

    today = audit.announced_at.astimezone().date()
    assert (audit.state, audit.sample_size, audit.abstractor_id) == ("announced", 5, world.user("vera").pk)
    assert audit.draw_from - today in {timedelta(days=13), timedelta(days=14)}
    with world.acting_as("cedar.champion"):
        assert Audit.objects.get() == audit
    with world.acting_as("dana"):
        event = Event.objects.get(kind=EventKind.AUDIT_ANNOUNCED, subject_id=audit.pk)
        assert event.participation_id == audit.participation_id


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"first_day": date(2025, 12, 31), "last_day": date(2025, 1, 1)}, PeriodError, "first day is after"),
        ({"last_day": date(2090, 1, 1)}, PeriodError, "are not over"),
        ({"sample_size": 0}, PeriodError, "1 to 200 cases"),
        ({"notice_days": 91}, PeriodError, "0 to 90 days"),
        ({"abstractor": "cora"}, AbstractorError, "not a data validator"),
        ({"abstractor": "cedar.abstractor"}, AbstractorError, "not a data validator"),
    ],
)
def test_a_notice_that_cannot_be_is_refused_in_words(
    world: World, wrong: dict[str, object], error: type[AuditError], words: str
) -> None:
    sent = {
        "participation": world.participation(HOSPITAL),
        "form": definitions.form(),
        "first_day": date(2025, 7, 1),
        "last_day": date(2025, 12, 31),
        "sample_size": 3,
        "notice_days": 0,
        "abstractor_id": world.user(str(wrong.pop("abstractor", "vera"))).pk,
    } | wrong

    with world.acting_as("cora") as by, pytest.raises(error, match=words):
        announce_audit(notice=Notice(**sent), by=by)  # type: ignore[arg-type]
    with world.acting_as("cora"):
        assert Audit.objects.filter(participation=world.participation(HOSPITAL)).count() == 0


def test_whoever_works_at_the_hospital_does_not_abstract_again(world: World) -> None:
    with world.acting_as("dana") as by:
        grant_role(user=world.user("vera"), role=Role.CLINICIAN, participation=world.participation(HOSPITAL), by=by)

    with pytest.raises(AbstractorError, match="works at Cedarholm"):
        audits.announce(HOSPITAL)


def test_one_audit_of_a_form_is_under_way_at_a_hospital(world: World) -> None:
    audits.announce(HOSPITAL)

    with pytest.raises(AuditUnderWayError, match="under way already"):
        audits.announce(HOSPITAL)


@pytest.mark.parametrize("name", ["vera", "ben", "cedar.champion", "sam"])
def test_only_who_manages_audits_announces_and_draws(world: World, name: str) -> None:
    audit = audits.announce(HOSPITAL)
    with world.acting_as(name) as by:
        notice = Notice(
            participation=audit.participation,
            form=audit.form,
            first_day=date(2025, 7, 1),
            last_day=date(2025, 12, 31),
            sample_size=1,
            notice_days=0,
            abstractor_id=1,
        )
        with pytest.raises(PermissionRefusedError):
            announce_audit(notice=notice, by=by)
        with pytest.raises(PermissionRefusedError):
            cancel_audit(audit=audit, reason="No.", by=by)


def test_no_sample_is_drawn_during_the_notice(world: World) -> None:
    audit = audits.announce(HOSPITAL, notice_days=14)

    with pytest.raises(NoticeError, match=f"{audit.draw_from:%B}"):
        audits.draw(audit)
    assert (again(audit).state, drawn(audit)) == (AuditState.ANNOUNCED, [])
    with time_machine.travel(audit.announced_at + timedelta(days=15), tick=True):
        assert audits.draw(audit).state == AuditState.DRAWN


def test_anybody_can_draw_the_sample_again_from_seed_and_frame(world: World) -> None:
    audit = audits.under_abstraction(sample_size=7)

    with world.acting_as("cora"):
        frame = list(
            Case.objects.filter(
                participation_id=audit.participation_id,
                status__in=("complete", "locked"),
                event_date__range=audits.DAYS,
            ).values_list("public_id", flat=True)
        )
        sample = set(audit.cases.values_list("case__public_id", flat=True))
        logged = Event.objects.get(kind=EventKind.AUDIT_DRAWN, subject_id=audit.pk).details
    assert set(draw_sample(frame[::-1], audit.seed, 7)) == sample
    assert (frame_digest(frame), len(frame)) == (audit.frame_digest, audit.frame_size)
    assert logged == {"seed": audit.seed, "frame_size": len(frame), "frame_digest": audit.frame_digest, "drawn": 7}


def test_every_case_has_the_same_chance() -> None:
    frame = [f"CASE{number:06d}" for number in range(40)]
    times = dict.fromkeys(frame, 0)
    for seed in range(2000):
        for each in draw_sample(frame, str(seed), 10):
            times[each] += 1

    # 2,000 draws of 10 in 40: 500 expected, standard deviation 19.4; five of them each way.
    assert all(403 < count < 597 for count in times.values())


def test_a_sample_is_drawn_once(world: World) -> None:
    audit = audits.under_abstraction()
    before = [each.pk for each in drawn(audit)]

    with pytest.raises(DrawnAlreadyError):
        audits.draw(audit)
    with world.acting_as("cora"), pytest.raises(IntegrityError, match="drawn once"), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(seed="another")
    with world.acting_as("cora"), pytest.raises(IntegrityError, match="drawn once"), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(abstractor_id=world.user("dana").pk)
    assert [each.pk for each in drawn(audit)] == before


def test_a_frame_smaller_than_the_sample_is_taken_whole(world: World) -> None:
    audit = audits.under_abstraction(sample_size=200, days=(date(2025, 7, 1), date(2025, 8, 10)))

    assert len(drawn(audit)) == audit.frame_size == 5


def test_an_empty_frame_is_said_and_nothing_is_drawn(world: World) -> None:
    audit = audits.announce(HOSPITAL, days=(date(2024, 1, 1), date(2024, 1, 31)))

    with pytest.raises(EmptyFrameError, match="no complete case with an event from 1 January 2024 to 31 January 2024"):
        audits.draw(audit)
    now = again(audit)
    assert (now.state, now.seed, now.drawn_at, drawn(audit)) == (AuditState.ANNOUNCED, "", None, [])


def test_what_the_hospital_entered_is_kept_as_it_was_at_the_draw(world: World) -> None:
    audit = audits.under_abstraction()
    with audits.as_worker():
        kept = {
            each.audited_case.case_id: (each.answers, each.missing)
            for each in Original.objects.filter(audited_case__audit=audit).select_related("audited_case")
        }
    with world.acting_as("cora"):
        entered = {each.pk: (each.answers, each.missing) for each in Case.objects.filter(pk__in=kept)}
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            list(Original.objects.all())

    assert kept == entered
    assert len(kept) == 3


def test_undoing_an_import_leaves_a_drawn_case(world: World) -> None:
    """The audit needs it; the file's other case goes."""
    content = b"case_number,age,asa,operation_date,antibiotic,ssi\nU-1,70,2,2026-03-05,1,0\nU-2,71,2,2026-03-16,1,0\n"
    with world.acting_as("cedar.abstractor") as by:
        case_import = cases.take_in(content, by=by)
    with world.acting_as("cedar.abstractor") as by:
        for case in Case.objects.filter(case_number__startswith="U-"):
            complete_case(case=case, revision=case.revision, by=by)
    day = date(2026, 3, 16)
    audit = audits.under_abstraction(sample_size=200, days=(day, day))
    with world.acting_as("cedar.abstractor") as by:
        undo_import(case_import=case_import, by=by)
    with audits.as_worker():
        undo_cases(Job.objects.get(kind="cases.undo_import", subject_id=case_import.pk))

    assert [each.case_number for each in drawn(audit)] == ["U-2"]
    with world.acting_as("cora"):
        assert "U-2" in Case.objects.filter(case_number__startswith="U-").values_list("case_number", flat=True)
