"""Cases that are not locked though their last day to enter is over: what the centre helps with first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cases.enums import CaseStatus
from cases.log.definition.calendar import last_day_over
from cases.log.enums import Decision
from cases.log.models import Cycle, LockExtension, UnlockRequest
from cases.models import Case
from collaboratives.models import Collaborative, Participation
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer, require
from ui.parts import Pages


PER_PAGE = 50
# Of a row, in its order.
COLUMNS = (
    *("public_id", "case_number", "participation__site__name", "event_date", "form_version__form__name", "status"),
    "assigned_to__full_name",
)
UNLOCKED = (CaseStatus.IN_PROGRESS, CaseStatus.COMPLETE)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Days of events of one form whose last day to enter is over; `later`: hospitals that were given more time."""

    form: int
    first: date
    last: date
    later: frozenset[int] = frozenset()

    @property
    def where(self) -> Q:
        days = Q(form_version__form_id=self.form, event_date__range=(self.first, self.last))
        return days & ~Q(participation_id__in=self.later) if self.later else days


def past_lock(collaborative: Collaborative) -> QuerySet[Case]:
    """Drafts, complete cases that nothing has locked yet, and unlocked ones whose new day is over.

    Of every hospital that the wall shows; two statements, and one when it is read.
    """
    over = last_day_over(timezone.now(), collaborative.time_zone)
    stretches = list(merged(_stretches(collaborative, over)))
    if not stretches:
        return Case.objects.none()
    correcting = UnlockRequest.objects.filter(case=OuterRef("pk"), decision=Decision.GRANTED, relocks_on__gt=over)
    return Case.objects.filter(
        reduce(or_, (each.where for each in stretches)),
        ~Exists(correcting),
        collaborative=collaborative,
        status__in=UNLOCKED,
    ).order_by()


def _stretches(collaborative: Collaborative, over: date) -> Iterator[Stretch]:
    cycles = Cycle.objects.filter(collaborative=collaborative, locks_on__lte=over).order_by("form_id", "first_day")
    given: dict[int, dict[int, date]] = {}
    extensions = LockExtension.objects.filter(collaborative=collaborative).order_by("pk")
    for cycle, hospital, day in extensions.values_list("cycle_id", "participation_id", "locks_on"):
        given.setdefault(cycle, {})[hospital] = day  # the latest counts
    for each in cycles:
        later = frozenset(hospital for hospital, day in given.get(each.pk, {}).items() if day > over)
        yield Stretch(form=each.form_id, first=each.first_day, last=each.last_day, later=later)


def merged(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Cycles that follow one another are one stretch: years of months are one question and not dozens."""
    open_one: Stretch | None = None
    for each in stretches:
        if open_one and _continues(open_one, each):
            open_one = Stretch(form=each.form, first=open_one.first, last=each.last, later=each.later)
            continue
        if open_one:
            yield open_one
        open_one = each
    if open_one:
        yield open_one


def _continues(one: Stretch, other: Stretch) -> bool:
    follows = other.first <= one.last + timedelta(days=1)
    return follows and one.form == other.form and one.later == other.later


class PastLockRow(NamedTuple):
    """`assigned` to nobody is None."""

    public_id: str
    case_number: str
    hospital: str
    event_date: date
    form: str
    status: str
    assigned: str | None


@dataclass(frozen=True, kw_only=True)
class PastLockPage:
    rows: tuple[PastLockRow, ...]
    pages: Pages
    hospital: str
    at_centre: bool


def past_lock_page(
    viewer: Viewer, collaborative: Collaborative, *, hospital: Participation | None, number: int
) -> PastLockPage:
    """The own cases; for the centre those of one hospital or of all, the longest waiting first."""
    require(viewer, Permission.CASE_VIEW)
    at_centre = viewer.capacity is Capacity.CENTRE
    key = viewer.participation_id if not at_centre else hospital.pk if hospital else None
    found = past_lock(collaborative)
    found = found if key is None and at_centre else found.filter(participation_id=key or 0)
    start = (number - 1) * PER_PAGE
    shown = found.order_by("event_date", "pk").values_list(*COLUMNS)
    return PastLockPage(
        rows=tuple(PastLockRow(*each) for each in shown[start : start + PER_PAGE]),
        pages=Pages(number=number, total=found.count(), per_page=PER_PAGE),
        hospital=hospital.site.name if hospital else "",
        at_centre=at_centre,
    )
