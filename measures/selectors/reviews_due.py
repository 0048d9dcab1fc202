"""Definitions in use whose review is due within thirty days, or was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, CharField, F, Value
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse
from django.utils import timezone

from collaboratives.models import Collaborative
from collaboratives.selectors.clock import in_zone
from collaboratives.selectors.kept import Given, Kept
from measures.enums import VersionStatus
from measures.models import MeasureVersion, RiskModelVersion


SOON = timedelta(days=30)
ROUTES = {"measure": "measures:measure-history", "risk model": "measures:model-history"}
MODELS: dict[str, type[MeasureVersion] | type[RiskModelVersion]] = {
    "measure": MeasureVersion,
    "risk model": RiskModelVersion,
}


@dataclass(frozen=True, kw_only=True)
class ReviewDue:
    """`what` is "measure" or "risk model"; `key` that of the version in use."""

    what: str
    key: int
    slug: str
    name: str
    day: date
    overdue: bool
    url: str


def reviews_due(collaborative: Collaborative, now: datetime | None = None) -> list[ReviewDue]:
    """The longest overdue first; one statement."""
    today = in_zone(now or timezone.now(), collaborative).date()
    found = _BOTH.read(here=collaborative.pk, last=(today + SOON).isoformat())
    rows = sorted(found, key=lambda row: (row["day"], row["name"]))
    return [_review(row, today, collaborative.slug) for row in rows]


def _both() -> Any:  # noqa: ANN401 -- a query set of either
    measures = MeasureVersion.objects.annotate(what=Value("measure"), slug=F("measure__slug"), name=F("measure__name"))
    models = RiskModelVersion.objects.annotate(
        what=Value("risk model"), slug=F("risk_model__slug"), name=F("risk_model__name")
    )
    here, last = Given("here", BigIntegerField()), Given("last", CharField())
    return _due(measures, here, last).union(_due(models, here, last))


_BOTH: Kept[dict[str, Any]] = Kept(_both)


def _due(versions: Any, collaborative_id: Given, last: Given) -> Any:  # noqa: ANN401 -- a query set of either
    """Dates of definitions are kept as {"date": "2026-01-05"}, which sorts as text."""
    day = KeyTextTransform("date", KeyTextTransform("next_review_on", "spec"))
    found = versions.filter(collaborative_id=collaborative_id, status=VersionStatus.PUBLISHED)
    return found.annotate(day=day).filter(day__lte=last).order_by().values("what", "pk", "slug", "name", "day")


def _review(row: "dict[str, object]", today: date, place: str) -> ReviewDue:
    what, slug, day = str(row["what"]), str(row["slug"]), date.fromisoformat(str(row["day"]))
    return ReviewDue(
        what=what,
        key=int(str(row["pk"])),
        slug=slug,
        name=str(row["name"]),
        day=day,
        overdue=day < today,
        url=reverse(ROUTES[what], args=[place, slug]),
    )


def writers_of(review: ReviewDue) -> Sequence[int]:
    """Who wrote on the version in use."""
    version = MODELS[review.what].objects.get(pk=review.key)
    return [*version.editors, *([version.drafted_by_id] if version.drafted_by_id else [])]
