"""How fast the centre answers, and how old what waits is: for the coordinator, from the questions themselves."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from cases.questions.enums import QuestionKind, QuestionState, Side
from cases.questions.models import Question
from cases.questions.selectors.ages import duration_in_words
from privacy.viewer import Viewer


MONTHS = 12
# Label, from this many days, below that many.
BANDS = (("less than a week", 0, 7), ("one to two weeks", 7, 14), ("two to four weeks", 14, 28), ("longer", 28, None))


class Median(Aggregate):
    """PostgreSQL's own median, of what has a value."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


TAKEN = ExpressionWrapper(F("answered_at") - F("asked_at"), output_field=DurationField())
FIGURES = {
    "asked": Count("asked_at"),
    "answered": Count("answered_at"),
    "median": Median(TAKEN, output_field=DurationField()),
}


@dataclass(frozen=True, kw_only=True)
class ResponseMonth:
    month: date
    asked: int
    answered: int
    median: str


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What waits, by age: for the centre, for hospitals."""

    label: str
    centre: int
    hospitals: int


@dataclass(frozen=True, kw_only=True)
class ResponseFigures:
    asked: int
    answered: int
    median: str
    months: tuple[ResponseMonth, ...]
    waiting: tuple[Waiting, ...]


def response_figures(viewer: Viewer) -> ResponseFigures:
    """First answer minus asked, over the last twelve months of asking."""
    now = timezone.now()
    asked = Question.objects.filter(
        collaborative_id=viewer.collaborative_id,
        kind=QuestionKind.QUESTION,
        asked_at__gte=now - timedelta(days=31 * MONTHS),
    )
    total = asked.aggregate(**FIGURES)
    by_month = asked.annotate(month=TruncMonth("asked_at")).values("month").annotate(**FIGURES).order_by("-month")
    return ResponseFigures(
        asked=total["asked"],
        answered=total["answered"],
        median=_words(total["median"]),
        months=tuple(
            ResponseMonth(month=month.date(), asked=number, answered=answered, median=_words(median))
            for month, number, answered, median in by_month.values_list("month", *FIGURES)[:MONTHS]
        ),
        waiting=_waiting(viewer, now),
    )


def _waiting(viewer: Viewer, now: datetime) -> tuple[Waiting, ...]:
    waiting = Question.objects.filter(collaborative_id=viewer.collaborative_id).exclude(state=QuestionState.CLOSED)
    counts = waiting.aggregate(
        **{
            f"{side.value}_{low}": Count("asked_at", filter=Q(waiting_for=side) & _aged(now, low, high))
            for side in Side
            for _, low, high in BANDS
        }
    )
    return tuple(
        Waiting(label=label, centre=counts[f"centre_{low}"], hospitals=counts[f"hospital_{low}"])
        for label, low, _ in BANDS
    )


def _aged(now: datetime, low: int, high: int | None) -> Q:
    aged = Q(waiting_since__lte=now - timedelta(days=low))
    return aged if high is None else aged & Q(waiting_since__gt=now - timedelta(days=high))


def _words(taken: timedelta | None) -> str:
    return duration_in_words(taken) if taken is not None else "none yet"
