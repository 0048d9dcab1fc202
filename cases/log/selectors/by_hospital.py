"""How each hospital stands with locks, the window that is open and requests to unlock: for the centre's home."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, Q

from cases.enums import COUNTED
from cases.log.enums import EntryState
from cases.log.models import CaseLogEntry, Cycle, UnlockRequest, WindowCount
from cases.log.selectors.past_lock import past_lock
from cases.selectors.clock import today_of
from collaboratives.models import Collaborative, Participation
from collaboratives.selectors.by_hospital import Asked, Together, by_hospital, day_of, moment_of, read_together
from privacy.viewer import Viewer


WINDOW, UNLOCKS = "window", "unlocks"


@dataclass(frozen=True, kw_only=True)
class LogCounts:
    """`past_lock` and the window as a worker last counted them, requests as they are."""

    past_lock: int = 0
    expected: int = 0
    entered: int = 0
    drawn: bool = False
    cycle: str = ""
    cycle_name: str = ""
    closes_on: date | None = None
    counted_at: datetime | None = None
    unlocks: int = 0
    unlocks_since: datetime | None = None


def asked(viewer: Viewer) -> list[Asked]:
    here = {"collaborative_id": viewer.collaborative_id}
    return [
        by_hospital(
            WINDOW,
            WindowCount.objects.filter(**here),
            past_lock="past_lock",
            expected="expected",
            entered="entered",
            drawn="drawn",
            cycle="cycle__public_id",
            name="cycle__name",
            closes="cycle__locks_on",
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
        closes_on=day_of(window.get("closes")),
        counted_at=moment_of(window.get("counted")),
        unlocks=unlocks.get("count", 0),
        unlocks_since=moment_of(unlocks.get("since")),
    )


def counts_for(viewer: Viewer) -> Mapping[int, LogCounts]:
    """Of every hospital for the centre, in one statement."""
    return told(read_together(*asked(viewer)))


# The worker's half -----------------------------------------------------------------------------------------------------


def windows_of(collaborative: Collaborative) -> Mapping[int, Mapping[str, Any]]:
    """What a worker counts, for every hospital."""
    cycle = open_window(collaborative)
    late = past_lock(collaborative).values("participation_id").annotate(of=Count("pk"))
    past = dict(late.values_list("participation_id", "of"))
    entered = _entered(cycle) if cycle else {}
    members = Participation.objects.filter(collaborative=collaborative).values_list("pk", flat=True)
    none = {"drawn": False, "expected": 0, "entered": 0}
    return {key: {"past_lock": past.get(key, 0), "cycle": cycle, **none, **entered.get(key, {})} for key in members}


def open_window(collaborative: Collaborative) -> Cycle | None:
    """Of the cycles that have begun and can still be entered, the one that closes first."""
    today = today_of(collaborative)
    begun = Cycle.objects.filter(collaborative=collaborative, first_day__lte=today, locks_on__gte=today)
    return begun.order_by("locks_on", "first_day", "pk").first()


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
