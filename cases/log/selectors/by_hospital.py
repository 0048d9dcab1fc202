"""How each hospital stands with locks, the window that is open and requests to unlock: for the centre's home."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from cases.enums import COUNTED
from cases.log.enums import EntryState
from cases.log.models import CaseLogEntry, Cycle, UnlockRequest, WindowCount
from cases.log.selectors.past_lock import past_lock
from cases.selectors.clock import today_of
from collaboratives.models import Collaborative, Participation
from collaboratives.selectors.by_hospital import (
    HERE,
    PROGRAMME,
    TODAY,
    Asked,
    Together,
    by_hospital,
    moment_of,
    of_programme,
    read_together,
)
from privacy.viewer import Viewer


WINDOW, UNLOCKS, CLOSING = "window", "unlocks", "closing"


@dataclass(frozen=True, kw_only=True)
class LogCounts:
    """`past_lock` and the window as a worker last counted them, requests as they are."""

    past_lock: int = 0
    expected: int = 0
    entered: int = 0
    drawn: bool = False
    cycle: str = ""
    cycle_name: str = ""
    counted_at: datetime | None = None
    unlocks: int = 0
    unlocks_since: datetime | None = None


@dataclass(frozen=True)
class ClosingWindow:
    """The stretch of event dates that can be entered for the shortest time still."""

    public_id: str
    name: str
    closes_on: date


def asked() -> list[Asked]:
    here = {"collaborative_id": HERE}
    columns = JSONObject(id="public_id", name="name", closes="locks_on")
    return [
        of_programme(
            CLOSING,
            _open_cycles(HERE, TODAY),
            each=ArrayAgg(columns, order_by=("locks_on", "first_day", "pk")),
        ),
        by_hospital(
            WINDOW,
            WindowCount.objects.filter(**here),
            past_lock="past_lock",
            expected="expected",
            entered="entered",
            drawn="drawn",
            cycle="cycle__public_id",
            name="cycle__name",
            counted="counted_at",
        ),
        by_hospital(
            UNLOCKS, UnlockRequest.objects.filter(**here, decision=""), count=Count("pk"), since=Min("asked_at")
        ),
    ]


def told(found: Together) -> dict[int, LogCounts]:
    windows, unlocks = found.get(WINDOW, {}), found.get(UNLOCKS, {})
    return {key: _counts(windows.get(key, {}), unlocks.get(key, {})) for key in {*windows, *unlocks}}


def _counts(window: Mapping[str, Any], unlocks: Mapping[str, Any]) -> LogCounts:
    return LogCounts(
        **{name: window[name] for name in ("past_lock", "expected", "entered", "drawn") if name in window},
        cycle=window.get("cycle") or "",
        cycle_name=window.get("name") or "",
        counted_at=moment_of(window.get("counted")),
        unlocks=unlocks.get("count", 0),
        unlocks_since=moment_of(unlocks.get("since")),
    )


def closing_window(found: Together) -> ClosingWindow | None:
    """The one that closes next."""
    rows = found.get(CLOSING, {}).get(PROGRAMME, {}).get("each") or ()
    return next((ClosingWindow(row["id"], row["name"], date.fromisoformat(row["closes"])) for row in rows), None)


def counts_for(viewer: Viewer, collaborative: Collaborative) -> Mapping[int, LogCounts]:
    """Of every hospital for the centre, in one statement."""
    return told(read_together(viewer, collaborative, asked))


# The worker's half -----------------------------------------------------------------------------------------------------


def windows_of(collaborative: Collaborative) -> Mapping[int, Mapping[str, Any]]:
    """What a worker counts, for every hospital."""
    cycle = logged_window(collaborative)
    late = past_lock(collaborative).values("participation_id").annotate(of=Count("pk"))
    past = dict(late.values_list("participation_id", "of"))
    entered = _entered(cycle) if cycle else {}
    members = Participation.objects.filter(collaborative=collaborative).values_list("pk", flat=True)
    none = {"drawn": False, "expected": 0, "entered": 0}
    return {key: {"past_lock": past.get(key, 0), "cycle": cycle, **none, **entered.get(key, {})} for key in members}


def logged_window(collaborative: Collaborative) -> Cycle | None:
    """Of the cycles that can still be entered the one that closes first and has a log, which says what is expected."""
    logged = Exists(CaseLogEntry.objects.filter(cycle=OuterRef("pk")))
    return _open_cycles(collaborative.pk, today_of(collaborative)).filter(logged).first()


def _open_cycles(collaborative_id: int, today: date) -> QuerySet[Cycle]:
    """That have begun and can still be entered, the one that closes first at the head."""
    begun = Cycle.objects.filter(collaborative_id=collaborative_id, first_day__lte=today, locks_on__gte=today)
    return begun.order_by("locks_on", "first_day", "pk")


def _entered(cycle: Cycle) -> dict[int, Mapping[str, Any]]:
    """The sample where one was drawn, else everything that is listed; of it, how much is complete."""
    sampled, listed, done = (
        Q(state=EntryState.SAMPLED),
        Q(state=EntryState.LISTED),
        Q(case__status__in=COUNTED),
    )
    rows = CaseLogEntry.objects.filter(cycle=cycle).order_by().values("participation_id")
    counted = rows.annotate(
        sample=Count("pk", filter=sampled),
        sample_in=Count("pk", filter=sampled & done),
        list=Count("pk", filter=listed),
        list_in=Count("pk", filter=listed & done),
    )
    return {
        row["participation_id"]: {
            "drawn": row["sample"] > 0,
            "expected": row["sample"] or row["list"],
            "entered": row["sample_in"] if row["sample"] else row["list_in"],
        }
        for row in counted
    }
