"""Requests to unlock: the centre's inbox, and what stands for one case."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from cases.log.enums import Decision
from cases.log.models import Cycle, UnlockRequest
from cases.log.selectors.lock_days import lock_day
from cases.models import Case
from privacy.roles import Permission
from privacy.viewer import Viewer, require


ViewedRequest: TypeAlias = UnlockRequest  # the name for views, which may hold a request but not look one up
MOST_DECIDED = 50


@dataclass(frozen=True, kw_only=True)
class UnlockInbox:
    waiting: tuple[UnlockRequest, ...]
    decided: tuple[UnlockRequest, ...]


def unlock_inbox(viewer: Viewer) -> UnlockInbox:
    """What waits for a decision, the longest first, and what was decided last."""
    require(viewer, Permission.LOCK_MANAGE)
    found = UnlockRequest.objects.filter(collaborative_id=viewer.collaborative_id)
    found = found.select_related("case", "participation__site", "asked_by", "decided_by")
    decided = found.exclude(decision="").order_by("-decided_at", "-pk")
    return UnlockInbox(
        waiting=tuple(found.filter(decision="").order_by("asked_at", "pk")), decided=tuple(decided[:MOST_DECIDED])
    )


def request_for(viewer: Viewer, public_id: str) -> UnlockRequest | None:
    require(viewer, Permission.LOCK_MANAGE)
    found = UnlockRequest.objects.filter(collaborative_id=viewer.collaborative_id, public_id=public_id)
    return found.select_related("case", "collaborative", "participation__site", "asked_by", "decided_by").first()


@dataclass(frozen=True, kw_only=True)
class CaseLock:
    """How far a case is on the way out of its lock."""

    case: Case
    cycle: str
    locks_on: date | None
    requests: tuple[UnlockRequest, ...]

    @property
    def is_waiting(self) -> bool:
        return any(not each.decision for each in self.requests)

    @property
    def is_being_unlocked(self) -> bool:
        """Granted, and the worker has not come to it."""
        return any(each.decision == Decision.GRANTED and not each.unlocked_at for each in self.requests)

    @property
    def may_ask(self) -> bool:
        return self.case.is_locked and not self.is_waiting and not self.is_being_unlocked


def case_lock(case: Case) -> CaseLock:
    requests = UnlockRequest.objects.filter(case=case).select_related("asked_by", "decided_by").order_by("-pk")
    cycle = Cycle.objects.filter(
        collaborative_id=case.collaborative_id,
        form_id=case.form_version.form_id,
        first_day__lte=case.event_date,
        last_day__gte=case.event_date,
    ).first()
    return CaseLock(
        case=case,
        cycle=cycle.name if cycle else "",
        locks_on=lock_day(cycle, case.participation_id) if cycle else None,
        requests=tuple(requests),
    )
