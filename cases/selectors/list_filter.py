"""What the address of the work list says: tab, search, filters, order, page. The same words for list, grid and file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import F, Q
from django.db.models.expressions import Combinable, OrderBy

from cases.enums import COUNTED, CaseStatus
from privacy.roles import Permission
from privacy.viewer import Viewer


SOON = timedelta(days=14)
MINE, NOBODY = "me", "nobody"
TAB_LABELS = {
    "todo": "To do",
    "due": "Due",
    "overdue": "Overdue",
    "drafts": "Drafts",
    "problems": "Problems",
    "questions": "Questions",
    "complete": "Completed",
    "all": "All",
}
WAITING = ("todo", "due", "overdue", "drafts")  # tabs of what is to be done: the longest waiting first
NEWEST, OLDEST = "-event", "event"
SORTS: Mapping[str, tuple[str | Combinable | OrderBy, ...]] = {
    NEWEST: ("-event_date", "-id"),
    OLDEST: ("event_date", "id"),
    "number": ("case_number",),
    "-number": ("-case_number",),
    "open": (F("questions") - F("answered"), "event_date", "id"),
    "-open": ((F("questions") - F("answered")).desc(), "event_date", "id"),
    "-problems": ("-errors", "-warnings", "event_date", "id"),
    "-updated": ("-updated_at", "-id"),
    "updated": ("updated_at", "id"),
}
PARAMETERS = {
    "tab": "tab",
    "search": "q",
    "month": "month",
    "assigned": "assigned",
    "file": "import",
    "form": "form",
    "sort": "sort",
    "view": "view",
    "hospital": "hospital",
}


@dataclass(frozen=True, kw_only=True)
class ListFilter:
    """The state of the list; what is empty is not asked for."""

    tab: str
    search: str = ""
    month: str = ""
    assigned: str = ""
    file: str = ""
    form: str = ""
    sort: str = ""
    view: str = ""
    hospital: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: Mapping[str, str], viewer: Viewer) -> "ListFilter":
        """Whatever an address may not say is taken as not said."""
        tabs, page = tabs_for(viewer), query.get("page", "1")
        tab, month, sort = query.get("tab", ""), query.get("month", ""), query.get("sort", "")
        assigned = query.get("assigned", "")
        return cls(
            tab=tab if tab in tabs else "todo" if "todo" in tabs else "drafts",
            search=re.sub(r"[\x00-\x1f]", "", query.get("q", "")).strip()[:40],
            month=month if re.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])", month) else "",
            assigned=assigned if assigned in {MINE, NOBODY} else _key(assigned),
            file=_key(query.get("import", "")),
            form=query["form"] if re.fullmatch(r"[-\w]{1,60}", query.get("form", "")) else "",
            sort=sort if sort in SORTS else "",
            view="grid" if query.get("view") == "grid" else "",
            hospital=_key(query.get("hospital", "")),
            page=max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 7 else 1,
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters without the page, for addresses and for the hidden fields of forms."""
        return [(name, str(getattr(self, field))) for field, name in PARAMETERS.items() if getattr(self, field)]

    def address(self, **changes: str) -> str:
        """`?tab=due&q=12`: this list with these changes, from its first page on."""
        return f"?{urlencode(replace(self, **changes).pairs)}"  # type: ignore[arg-type]  # all are text but the page

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search or self.month or self.assigned or self.file or self.form)

    @property
    def order(self) -> str:
        return self.sort or (OLDEST if self.tab in WAITING else NEWEST)

    @property
    def is_grid(self) -> bool:
        return self.view == "grid"


def _key(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def tabs_for(viewer: Viewer) -> Sequence[str]:
    """The tabs of this person. Who enters no cases has nothing to do, and begins with the drafts of others."""
    return [name for name in TAB_LABELS if name != "todo" or viewer.can(Permission.CASE_EDIT)]


@dataclass(frozen=True, kw_only=True)
class ListScope:
    """What an address leaves unsaid: whose cases, who looks, and when a case is late."""

    participation_id: int
    user_id: int
    today: date
    due_days: int

    def due_on(self, event_date: date) -> date:
        return event_date + timedelta(days=self.due_days)

    def tab(self, name: str) -> Q:
        """The cases of a tab."""
        draft, in_time = Q(status=CaseStatus.IN_PROGRESS), self.today - timedelta(days=self.due_days)
        return {
            "todo": draft & (Q(assigned_to=None) | Q(assigned_to=self.user_id)),
            "due": draft & Q(event_date__gte=in_time, event_date__lte=in_time + SOON),
            "overdue": draft & Q(event_date__lt=in_time),
            "drafts": draft,
            "problems": Q(errors__gt=0) | Q(warnings__gt=0),
            "questions": Q(question_count__open__gt=0),
            "complete": Q(status__in=COUNTED),
            "all": Q(),
        }[name]

    def narrowed(self, wanted: ListFilter) -> Q:
        """What search and filters ask of every tab."""
        asked = Q(participation_id=self.participation_id)
        if wanted.search:
            asked &= Q(case_number__icontains=wanted.search)
        if wanted.month:
            first = date.fromisoformat(f"{wanted.month}-01")
            asked &= Q(event_date__gte=first, event_date__lt=(first + timedelta(days=31)).replace(day=1))
        if wanted.file:
            asked &= Q(case_import__public_id=wanted.file)
        if wanted.form:
            asked &= Q(form_version__form__slug=wanted.form)
        return asked & self._assigned(wanted.assigned)

    def _assigned(self, whom: str) -> Q:
        if whom == MINE:
            return Q(assigned_to=self.user_id)
        if whom == NOBODY:
            return Q(assigned_to=None)
        return Q(assigned_to__public_id=whom) if whom else Q()
