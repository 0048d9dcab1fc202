"""The data-quality gate of a release: what a worker found, and the reasons people gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery

from collaboratives.models import Participation
from collaboratives.selectors.kept import Given, Kept
from feedback.enums import CheckName, CheckState
from feedback.models import Release, ReleaseCheck, ReleaseCheckReason
from privacy.roles import Permission
from privacy.viewer import Viewer
from ui.parts import Kind


KINDS: Mapping[str, Kind] = {CheckState.PASS: "good", CheckState.LOOK: "warn", CheckState.STOP: "bad"}
ORDER = {name: place for place, name in enumerate(CheckName.values)}


def latest_checks(release: Release) -> list[ReleaseCheck]:
    """The last round, in the order in which the questions are read, each with the reason given for it if it was."""
    return sorted(_CHECKS.read(release=release.pk), key=lambda each: ORDER[each.name])


def _checks() -> QuerySet[ReleaseCheck]:
    checks = ReleaseCheck.objects.filter(release_id=Given("release", BigIntegerField()))
    last = checks.order_by("-round").values("round")[:1]
    given = ReleaseCheckReason.objects.filter(check_row=OuterRef("pk")).order_by("pk")
    columns = {"given_reason": "reason", "given_name": "given_by__full_name", "reason_at": "given_at"}
    reasons = {name: Subquery(given.values(column)[:1]) for name, column in columns.items()}
    return checks.filter(round=Subquery(last)).annotate(**reasons)


_CHECKS: Kept[ReleaseCheck] = Kept(_checks)


@dataclass(frozen=True, kw_only=True)
class Found:
    """One line under a check; `hospital` is empty where it is about all of them."""

    hospital: str
    text: str


@dataclass(frozen=True, kw_only=True)
class GateLine:
    name: str
    label: str
    state: str
    kind: Kind
    summary: str
    found: tuple[Found, ...]
    reason: str = ""
    given_by: str = ""
    given_at: datetime | None = None

    @property
    def stops(self) -> bool:
        return self.state == CheckState.STOP.label

    @property
    def many(self) -> bool:
        return len(self.found) > 5


@dataclass(frozen=True, kw_only=True)
class Gate:
    lines: tuple[GateLine, ...]
    checked_at: datetime
    round: int

    @property
    def stops(self) -> int:
        return sum(line.stops for line in self.lines)

    @property
    def looks(self) -> int:
        return sum(line.state == CheckState.LOOK.label for line in self.lines)

    @property
    def text(self) -> str:
        if not self.stops and not self.looks:
            return "Nothing stands out"
        answered = all(line.reason for line in self.lines if line.stops)
        return f"{self.stops} {'answered' if answered else 'to answer'}, {self.looks} to look at"


def gate_of(viewer: Viewer, release: Release) -> Gate | None:
    """None where the release is older than the gate, or not computed yet."""
    checks = latest_checks(release)
    if not checks:
        return None
    names = _names(viewer, checks)
    lines = tuple(_line(check, names) for check in checks)
    return Gate(lines=lines, checked_at=checks[0].checked_at, round=checks[0].round)


def _line(check: Any, names: Mapping[int | None, str]) -> GateLine:  # noqa: ANN401 -- a check with its reason
    return GateLine(
        name=check.name,
        label=check.get_name_display(),
        state=check.get_state_display(),
        kind=KINDS[check.state],
        summary=check.summary,
        found=tuple(Found(hospital=names.get(each["hospital"], ""), text=each["text"]) for each in check.found),
        reason=check.given_reason or "",
        given_by=check.given_name or "",
        given_at=check.reason_at,
    )


def _names(viewer: Viewer, checks: Sequence[ReleaseCheck]) -> Mapping[int | None, str]:
    """Hospitals by name, for those who see results by name."""
    keys = {each["hospital"] for check in checks for each in check.found if each["hospital"]}
    if not keys or not viewer.can(Permission.UNBLINDED_VIEW):
        return {}
    found = Participation.objects.filter(pk__in=keys, collaborative_id=viewer.collaborative_id)
    return dict(found.values_list("pk", "site__name"))
