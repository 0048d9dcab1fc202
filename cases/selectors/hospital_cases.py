"""How every hospital is getting on with its cases: numbers that each equal the list they lead to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Count, Max, QuerySet

from cases.models import Case
from cases.selectors.list_filter import ListScope
from collaboratives.enums import Stage
from collaboratives.models import Participation
from collaboratives.selectors.kept import Given, Kept
from privacy.viewer import Viewer


TABS = ("drafts", "due", "overdue", "problems", "complete")
NONE: Mapping[str, int | datetime | None] = {**dict.fromkeys((*TABS, "questions"), 0), "last": None}
COUNTED = (*NONE, "counted_at")


@dataclass(frozen=True, kw_only=True)
class HospitalCases:
    """A member hospital as the centre chooses it from, as last counted."""

    key: int
    public_id: UUID
    name: str
    joined_on: date
    has_left: bool
    counted_at: datetime | None
    drafts: int = 0
    due: int = 0
    overdue: int = 0
    problems: int = 0
    questions: int = 0
    complete: int = 0
    last: datetime | None = None

    @property
    def all(self) -> int:
        return self.drafts + self.complete


def _rows() -> "QuerySet[Participation, Any]":
    here: Any = Given("here", BigIntegerField())
    found = Participation.objects.filter(collaborative_id=here).order_by("site__name", "pk")
    counts = (f"case_count__{name}" for name in COUNTED)
    return found.values_list("pk", "public_id", "site__name", "joined_on", "stage", *counts)


_ROWS: Kept[Any] = Kept(_rows)


def hospitals_with_cases(viewer: Viewer) -> Sequence[HospitalCases]:
    """Every hospital of the collaborative with the counts of its work list, for the centre."""
    return [
        HospitalCases(
            key=key,
            public_id=public_id,
            name=name,
            joined_on=joined_on,
            has_left=stage == Stage.LEFT,
            **({of: row[at] for at, of in enumerate(COUNTED)} if row[-1] else {"counted_at": None}),
        )
        for key, public_id, name, joined_on, stage, *row in _ROWS.read(here=viewer.collaborative_id)
    ]


def counted_at(hospitals: Sequence[HospitalCases]) -> datetime | None:
    """Since when all that is shown of them holds."""
    return min((each.counted_at for each in hospitals if each.counted_at), default=None)


def counts_by_hospital(
    collaborative_id: int, *, today: date, due_days: int
) -> Mapping[int, Mapping[str, int | datetime | None]]:
    """What a worker counts. Asked by hospital: the index begins with it and holds all that is counted."""
    members = list(Participation.objects.filter(collaborative_id=collaborative_id).values_list("pk", flat=True))
    scope = ListScope(participation_id=0, user_id=0, today=today, due_days=due_days)
    tabs = {name: Count("status", filter=scope.tab(name)) for name in TABS}
    names = (*TABS, "last")
    cases = Case.objects.filter(participation_id__in=members).order_by().values("participation_id")
    rows = cases.annotate(**tabs, last=Max("completed_at")).values_list("participation_id", *names)
    asked = dict(cases.filter(scope.tab("questions")).annotate(of=Count("pk")).values_list("participation_id", "of"))
    counted = {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
    return {key: {**NONE, **counted.get(key, {}), "questions": asked.get(key, 0)} for key in members}


def hospital_for(viewer: Viewer, public_id: str) -> Participation | None:
    """The hospital that the centre asks for; a hospital's own people never choose."""
    try:
        key = UUID(public_id)
    except ValueError:
        return None
    return (
        Participation.objects.filter(collaborative_id=viewer.collaborative_id, public_id=key)
        .select_related("site")
        .first()
    )
