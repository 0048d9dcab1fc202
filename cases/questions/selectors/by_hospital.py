"""What waits for an answer at each hospital, and how fast the centre answers: for the centre's home."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, DurationField, FloatField, Func, Min, Q

from cases.questions.enums import QuestionKind, QuestionState, Side
from cases.questions.models import Question
from cases.questions.selectors.ages import duration_in_words
from cases.questions.selectors.response import MONTHS, TAKEN, Median
from collaboratives.selectors.by_hospital import (
    HERE,
    NOW,
    PROGRAMME,
    Asked,
    Together,
    by_hospital,
    moment_of,
    of_programme,
)
from collaboratives.selectors.listed import Found


OPEN, ANSWERS = "questions", "answers"
OLD_DAYS = 14  # one of the ages by which the inbox filters


@dataclass(frozen=True, kw_only=True)
class QuestionCounts:
    """`open` has no answer yet, from either side; `centre` waits for the centre."""

    open: int = 0
    old: int = 0
    centre: int = 0
    centre_since: datetime | None = None


def asked() -> list[Asked]:
    questions = Question.objects.filter(collaborative_id=HERE)
    unanswered, centre = Q(state=QuestionState.OPEN), Q(waiting_for=Side.CENTRE)
    year = questions.filter(kind=QuestionKind.QUESTION, asked_at__gte=NOW - timedelta(days=31 * MONTHS))
    return [
        by_hospital(
            OPEN,
            questions.exclude(state=QuestionState.CLOSED),
            open=Count("pk", filter=unanswered),
            old=Count("pk", filter=unanswered & Q(asked_at__lte=NOW - timedelta(days=OLD_DAYS))),
            centre=Count("pk", filter=centre),
            since=Min("waiting_since", filter=centre),
        ),
        of_programme(
            ANSWERS, year, answered=Count("answered_at"), seconds=_Seconds(Median(TAKEN, output_field=DurationField()))
        ),
    ]


class _Seconds(Func):
    """JSON has no durations."""

    template = "EXTRACT(EPOCH FROM %(expressions)s)"
    output_field = FloatField()


def told(found: Together) -> dict[int, QuestionCounts]:
    return {key: _counts(row) for key, row in found.get(OPEN, {}).items()}


def _counts(row: Found) -> QuestionCounts:
    return QuestionCounts(open=row["open"], old=row["old"], centre=row["centre"], centre_since=moment_of(row["since"]))


def median_answer(found: Together) -> str:
    """The median from asking to the centre's first answer, over twelve months, in words; empty without answers."""
    answers = found.get(ANSWERS, {}).get(PROGRAMME, {})
    seconds = answers.get("seconds")
    return duration_in_words(timedelta(seconds=seconds)) if seconds is not None else ""
