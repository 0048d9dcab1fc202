"""A day on which something waits in every column of the centre's home. Built inside a test, and gone with it.

alder has a drawn sample of which two operations are entered, birch a log without one; both are late with a cycle whose
last day was yesterday. cedar's data-use agreement was ended, birch's ends soon.
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from cases.enums import COUNTED
from cases.log.models import CaseLogEntry, Cycle
from cases.log.services.drawing import draw_sample
from cases.log.services.unlocking import ask_unlock
from cases.log.services.upload import commit_log, upload_log
from cases.models import Case
from cases.questions.models import Question
from collaboratives.agreements.enums import AgreementKind
from collaboratives.agreements.models import Agreement
from collaboratives.agreements.services.signing import end_agreement
from collaboratives.selectors.clock import today_of
from collaboratives.selectors.places import acting_for
from events.enums import JobState
from events.models import Job
from measures.models import Form
from tenancy.context import Acting, acting
from tests.worlds import locks, logs, programme, quality


CLOSES_IN = 9
WINDOW, LATE = "Spring 2026", "September 2026"


def build() -> None:
    """Needs a worker's sign-in."""
    today = today_of(programme.collaborative())
    window = _cycle(WINDOW, date(2026, 4, 1), date(2026, 6, 30), today + timedelta(days=CLOSES_IN))
    _cycle(LATE, date(2026, 9, 10), date(2026, 9, 30), today - timedelta(days=1))
    for hospital in ("alder", "birch"):
        _log(hospital, window)
        _ask(hospital)
    _agreements(today)
    _behind_the_pages()
    quality.count()


def _cycle(name: str, first: date, last: date, locks_on: date) -> Cycle:
    cora = programme.viewer("cora")
    with acting(acting_for(cora)), transaction.atomic():
        return Cycle.objects.create(
            collaborative_id=cora.collaborative_id,
            form=Form.objects.get(slug="colectomy"),
            name=name,
            first_day=first,
            last_day=last,
            locks_on=locks_on,
            created_by_id=cora.user_id,
        )


def _log(hospital: str, window: Cycle) -> None:
    by = programme.viewer(f"{hospital}.sampler")
    with acting(acting_for(by)), transaction.atomic():
        content = logs.log_file(hospital, year=2026, first=501)
        upload = upload_log(cycle=window, file_name="spring.csv", content=content, by=by)
        commit_log(upload=upload, by=by)
        if hospital == "alder":
            draw_sample(cycle=window, by=by, seed="the same sample in every run")


def _ask(hospital: str) -> None:
    champion = programme.viewer(f"{hospital}.champion")
    with acting(acting_for(champion)), transaction.atomic():
        case = Case.objects.select_related("collaborative").get(case_number=locks.LOCKED[hospital])
        ask_unlock(case=case, reason="The discharge date is wrong.", by=champion)


def _agreements(today: date) -> None:
    cora = programme.viewer("cora")
    with acting(acting_for(cora)), transaction.atomic():
        data_use = Agreement.objects.filter(kind=AgreementKind.DATA_USE, ended_on=None)
        end_agreement(
            agreement=data_use.get(participation=programme.participation("cedar")),
            ended_on=today,
            why="A new text.",
            by=cora,
        )


def _behind_the_pages() -> None:
    """What takes weeks, and what only a worker writes."""
    now, here = timezone.now(), programme.collaborative()
    with acting(Acting("compute", collaborative_id=here.pk)), transaction.atomic():
        alder = programme.participation("alder")
        complete = Case.objects.filter(participation=alder, status__in=COUNTED).order_by("pk")[:2]
        sampled = CaseLogEntry.objects.filter(participation=alder, cycle__name=WINDOW, state="sampled").order_by("pk")
        for entry, case in zip(sampled[:2], complete, strict=True):
            CaseLogEntry.objects.filter(pk=entry.pk).update(case=case)
        asked = Question.objects.filter(participation=alder, state="open").order_by("pk")[:1]
        long_ago = now - timedelta(days=20)
        Question.objects.filter(pk__in=list(asked.values_list("pk", flat=True))).update(asked_at=long_ago)
        ended = {"finished_at": now, "message": "The disk is full."}
        for kind, state, rest in (
            ("cases.check_import", JobState.QUEUED, {}),
            ("feedback.compute_release", JobState.RUNNING, {"started_at": now}),
            ("quality.measure", JobState.FAILED, ended),
            ("somebody.elses", JobState.QUEUED, {}),
        ):
            Job.objects.create(
                kind=kind, title=f"Work of {kind}", subject_id=1, collaborative_id=here.pk, state=state, **rest
            )
