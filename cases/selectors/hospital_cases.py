"""How every hospital is getting on with its cases: numbers that each equal the list they lead to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Max

from cases.models import Case
from cases.selectors.list_filter import ListScope
from collaboratives.enums import Stage
from collaboratives.models import Participation
from privacy.viewer import Viewer


TABS = ("drafts", "due", "overdue", "problems", "complete")


@dataclass(frozen=True, kw_only=True)
class HospitalCases:
    """A member hospital as the centre chooses it from."""

    public_id: UUID
    name: str
    has_left: bool
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


def hospitals_with_cases(viewer: Viewer, *, today: date, due_days: int) -> Sequence[HospitalCases]:
    """Every hospital of the collaborative with the counts of its work list, for the centre."""
    found = Participation.objects.filter(collaborative_id=viewer.collaborative_id).select_related("site")
    members = list(found.order_by("site__name", "pk"))
    counts = _counts([each.pk for each in members], today=today, due_days=due_days)
    return [
        HospitalCases(
            public_id=each.public_id,
            name=each.site.name,
            has_left=each.stage == Stage.LEFT,
            **counts.get(each.pk, {}),  # type: ignore[arg-type]  # a row of the counts below
        )
        for each in members
    ]


def _counts(members: Sequence[int], *, today: date, due_days: int) -> Mapping[int, Mapping[str, object]]:
    """Asked by hospital: the index begins with it and holds all that is counted."""
    scope = ListScope(participation_id=0, user_id=0, today=today, due_days=due_days)
    tabs = {name: Count("status", filter=scope.tab(name)) for name in TABS}
    names = ("participation_id", *TABS, "last")
    cases = Case.objects.filter(participation_id__in=members).order_by().values("participation_id")
    rows = cases.annotate(**tabs, last=Max("completed_at")).values_list(*names)
    asked = dict(cases.filter(scope.tab("questions")).annotate(of=Count("pk")).values_list("participation_id", "of"))
    return {row[0]: {**dict(zip(names[1:], row[1:], strict=True)), "questions": asked.get(row[0], 0)} for row in rows}


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
