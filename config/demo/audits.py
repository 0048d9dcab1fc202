"""Two audits: Northgate's of the spring, reported and corrected nowhere yet, and Alder Valley's, half abstracted again.

Rows with their own dates, as the cases of the demo are; the comparison and the figures come from the worker's own code.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from cases.audits.definition.draw import draw_sample, frame_digest
from cases.audits.enums import Answer, AuditState, Verdict
from cases.audits.models import Audit, AuditedCase, Disagreement, Original, Response, Ruling, SecondAbstraction
from cases.audits.services.agreement import fix_figures
from cases.audits.services.comparing import compare_audit
from cases.enums import COUNTED
from cases.models import Case
from cases.questions.services.counts import count_questions
from collaboratives.selectors.places import acting_for
from config.demo.cast import SURGERY
from config.demo.people import Cast
from measures.models import Form
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting


SEED = 20261122
REASONS = (
    "The anaesthetic record signed last before induction says what we entered.",
    "The surgeon's note of the operation gives our value.",
)
RULINGS = (
    (Verdict.ORIGINAL, "Seen in the record signed last; the hospital is right."),
    (Verdict.SECOND, "The note was written two days later. The record of the day counts."),
)
# What a second reader of a chart now and then sees differently.
SLIPS: Mapping[str, tuple[object, ...]] = {
    "asa_class": ("2", "3"),
    "wound_class": ("2", "3"),
    "smoker": (True, False),
    "antibiotic_given": (True, False),
    "readmitted": (True, False),
    "blood_loss_ml": (50, 100, 200),
    "duration_min": (95, 120, 180),
}


@dataclass(frozen=True)
class Played:
    """Who does what in an audit of one hospital, and when."""

    hospital: str
    cast: Cast
    manager: Viewer
    validator: Viewer
    announced_at: datetime
    first_day: date
    last_day: date
    size: int

    @property
    def participation_id(self) -> int:
        return self.cast.participations[SURGERY, self.hospital].pk

    def later(self, days: int) -> datetime:
        return min(self.announced_at + timedelta(days=days), timezone.now())


def write_audits(cast: Cast) -> int:
    now, chance = timezone.now(), random.Random(SEED)  # noqa: S311 -- the same demo every time
    people = cast.viewer(Role.COORDINATOR, SURGERY), cast.viewer(Role.VALIDATOR, SURGERY)
    spring = Played("northgate", cast, *people, now - timedelta(days=75), date(2026, 1, 1), date(2026, 6, 30), 12)
    summer = Played("alder-valley", cast, *people, now - timedelta(days=20), date(2026, 4, 1), date(2026, 8, 31), 6)
    with transaction.atomic():
        _reported(_abstracted(spring, chance, spring.size), spring, chance)
        _abstracted(summer, chance, 2)
    return 2


def _abstracted(play: Played, chance: random.Random, finished: int) -> Audit:
    """Announced, drawn, and so many of its cases abstracted again."""
    with acting(acting_for(play.manager)):
        audit, cases = _drawn(play)
        samples = AuditedCase.objects.bulk_create(
            AuditedCase(
                **_tenant(audit), audit=audit, case=case, case_number=case.case_number, form_version=case.form_version
            )
            for case in cases
        )
        for place, (sample, case) in enumerate(zip(samples, cases, strict=True)):
            Original.objects.bulk_create(
                [Original(**_tenant(audit), audited_case=sample, answers=case.answers, missing=case.missing)]
            )
            if place < finished:
                _second(sample, case, play, chance).save(force_insert=True)
            count_questions(case)
        audit.state = AuditState.ABSTRACTING
        audit.save(update_fields=["state"])
    return audit


def _tenant(row: Audit | AuditedCase | Disagreement) -> dict[str, int]:
    return {"collaborative_id": row.collaborative_id, "participation_id": row.participation_id}


def _drawn(play: Played) -> tuple[Audit, list[Case]]:
    form = Form.objects.get(collaborative_id=play.manager.collaborative_id, slug="operation")
    cases = Case.objects.filter(
        participation_id=play.participation_id,
        form_version__form=form,
        event_date__range=(play.first_day, play.last_day),
        status__in=COUNTED,
    )
    frame = list(cases.order_by().values_list("public_id", flat=True))
    seed = f"{SEED}{play.hospital}"
    sample = draw_sample(frame, seed, play.size)
    audit = Audit.objects.create(
        **_people(play),
        collaborative_id=play.manager.collaborative_id,
        participation_id=play.participation_id,
        form=form,
        first_day=play.first_day,
        last_day=play.last_day,
        sample_size=play.size,
        note="Please have the anaesthetic records and the operation notes ready.",
        state=AuditState.DRAWN,
        seed=seed,
        frame_size=len(frame),
        frame_digest=frame_digest(frame),
    )
    return audit, list(cases.filter(public_id__in=sample).select_related("form_version").order_by("case_number"))


def _people(play: Played) -> dict[str, object]:
    """Who announced and drew it when, and who abstracts again."""
    return {
        "abstractor_id": play.validator.user_id,
        "announced_by_id": play.manager.user_id,
        "announced_at": play.announced_at,
        "draw_from": play.later(14).date(),
        "drawn_at": play.later(14),
        "drawn_by_id": play.manager.user_id,
    }


def _second(sample: AuditedCase, case: Case, play: Played, chance: random.Random) -> SecondAbstraction:
    answers, missing = dict(case.answers), dict(case.missing)
    for name, others in SLIPS.items():
        if name in answers and chance.random() < 0.12:
            answers[name] = chance.choice([each for each in others if each != answers[name]])
    return SecondAbstraction(
        **_tenant(sample),
        audited_case=sample,
        answers=answers,
        missing=missing,
        reasons=case.reasons,
        started_at=play.later(16),
        saved_at=play.later(18),
        finished_at=play.later(18),
        abstracted_by_id=play.validator.user_id,
    )


def _reported(audit: Audit, play: Played, chance: random.Random) -> None:
    """Compared, reviewed by the champion, decided by the director, reported."""
    with acting(Acting("compute", collaborative_id=audit.collaborative_id)):
        compare_audit(audit.pk)
        found = list(Disagreement.objects.filter(audit=audit).order_by("pk"))
    contested = sorted(chance.sample([each.pk for each in found], min(len(found), len(RULINGS))))
    _answered(found, contested, play)
    with acting(Acting("compute", collaborative_id=audit.collaborative_id)):
        audit.refresh_from_db()
        audit.compared_at, audit.review_until = play.later(21), play.later(35).date()
        audit.state = AuditState.ADJUDICATION
        audit.save(update_fields=["compared_at", "review_until", "state"])
        fix_figures(audit, reported_at=play.later(42), reported_by_id=play.manager.user_id)


def _answered(found: list[Disagreement], contested: list[int], play: Played) -> None:
    champion = play.cast.viewer(Role.CHAMPION, SURGERY, play.hospital)
    director = play.cast.viewer(Role.DIRECTOR, SURGERY)
    with acting(acting_for(champion)):
        for each in found:
            words = REASONS[contested.index(each.pk)] if each.pk in contested else ""
            answer = Answer.CONTESTED if each.pk in contested else Answer.ACCEPTED
            given = {"answer": answer, "reason": words, "given_at": play.later(32), "given_by_id": champion.user_id}
            Response.objects.create(**_tenant(each), disagreement=each, **given)
    with acting(acting_for(director)):
        for each, (verdict, words) in zip((each for each in found if each.pk in contested), RULINGS, strict=False):
            made = {"decided_at": play.later(40), "decided_by_id": director.user_id}
            Ruling.objects.create(**_tenant(each), disagreement=each, verdict=verdict, reason=words, **made)
