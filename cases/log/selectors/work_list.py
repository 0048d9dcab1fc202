"""What the work list says of cycles: when each case on the page is locked, and what of the sample is not begun."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cases.log.enums import EntryState
from cases.log.models import CaseLogEntry, Cycle, LockExtension
from privacy.viewer import Viewer


class ListedCase(Protocol):
    """A row of the work list."""

    @property
    def public_id(self) -> str: ...

    @property
    def event_date(self) -> date: ...

    @property
    def form_version_id(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class CyclesOfList:
    """`lock_days` by public id, for cases inside a cycle; `to_begin` are sampled operations without a case."""

    lock_days: Mapping[str, date]
    to_begin: int


def cycles_of_list(rows: Sequence[ListedCase], viewer: Viewer) -> CyclesOfList:
    """For a page of one hospital's cases, in one query: the cycles of the page, and those with something to begin."""
    cycles = Cycle.objects.filter(collaborative_id=viewer.collaborative_id)
    # The hospital is found by one of its cases, so that the list need not say whose it is.
    case = rows[0].public_id if rows else ""
    own = LockExtension.objects.filter(cycle=OuterRef("pk"), participation__cases__public_id=case).order_by("-pk")
    waiting = _to_begin(viewer)
    counted = waiting.order_by().values("cycle_id").annotate(count=Count("pk")).values("count")
    found = cycles.filter(_days(rows) | Exists(waiting)).annotate(
        ends_on=Coalesce(Subquery(own.values("locks_on")[:1]), "locks_on"), waiting=Coalesce(Subquery(counted), 0)
    )
    columns = ("pk", "form__versions__pk", "first_day", "last_day", "ends_on", "waiting")
    spans = list(found.values_list(*columns))
    return CyclesOfList(
        lock_days={
            row.public_id: ends_on
            for row in rows
            for _, version, first, last, ends_on, _ in spans
            if version == row.form_version_id and first <= row.event_date <= last
        },
        to_begin=sum({pk: count for pk, *_, count in spans}.values()),
    )


def _days(rows: Sequence[ListedCase]) -> Q:
    days = [row.event_date for row in rows]
    return Q(first_day__lte=max(days), last_day__gte=min(days)) if days else Q(pk__in=[])


def _to_begin(viewer: Viewer) -> QuerySet[CaseLogEntry]:
    """Of the own hospital; the centre begins nothing."""
    return CaseLogEntry.objects.filter(
        participation_id=viewer.participation_id or 0, cycle=OuterRef("pk"), state=EntryState.SAMPLED, case=None
    )
