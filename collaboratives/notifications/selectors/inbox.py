"""What one person was told, as the page shows it: what is unread first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.shortcuts import get_object_or_404

from collaboratives.models import Collaborative
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.models import Notification
from collaboratives.selectors.clock import in_zone
from privacy.viewer import Viewer
from ui.parts import Option, Pages


PER_PAGE = 30


@dataclass(frozen=True, kw_only=True)
class InboxFilter:
    """Kind and page, as the address says them."""

    kind: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "InboxFilter":
        kind, page = query.get("kind", ""), query.get("page", "1")
        return cls(
            kind=kind if kind in NotificationKind.values else "",
            page=max(1, int(page)) if page.isdecimal() and len(page) < 6 else 1,
        )

    @property
    def query(self) -> str:
        """The address's part after the question mark; what is as usual is left out."""
        values = {"kind": self.kind, "page": "" if self.page == 1 else str(self.page)}
        return urlencode({name: value for name, value in values.items() if value})


@dataclass(frozen=True, kw_only=True)
class NotificationRow:
    public_id: UUID
    title: str
    kind: str
    when: str
    unread: bool


@dataclass(frozen=True, kw_only=True)
class InboxPage:
    filter: InboxFilter
    rows: tuple[NotificationRow, ...]
    kinds: tuple[Option, ...]
    unread: int
    pages: Pages


def told_to(viewer: Viewer) -> QuerySet[Notification]:
    """Everything that the viewer was told here; what is about a hospital, only where they act for it (the wall)."""
    return _told(viewer.collaborative_id, viewer.user_id)


def unread_of(viewer: Viewer) -> QuerySet[Notification]:
    return unread_in(viewer.collaborative_id, viewer.user_id)


def unread_in(collaborative: Any, user: Any) -> QuerySet[Notification]:  # noqa: ANN401 -- keys, or what stands for them
    return _told(collaborative, user).filter(read_at=None)


def _told(collaborative: Any, user: Any) -> QuerySet[Notification]:  # noqa: ANN401 -- as above
    return Notification.objects.filter(collaborative_id=collaborative, user_id=user)


def notification_for(viewer: Viewer, public_id: UUID) -> Notification:
    """One of the viewer's own, or 404."""
    return get_object_or_404(told_to(viewer), public_id=public_id)


def inbox_page(viewer: Viewer, collaborative: Collaborative, query: Mapping[str, str]) -> InboxPage:
    wanted = InboxFilter.from_query(query)
    counts = {
        row["kind"]: (row["all"], row["unread"])
        for row in told_to(viewer)
        .order_by()
        .values("kind")
        .annotate(all=Count("pk"), unread=Count("pk", filter=Q(read_at=None)))
    }
    here = [each for kind, each in counts.items() if wanted.kind in {"", kind}]
    return InboxPage(
        filter=wanted,
        rows=tuple(_row(each, collaborative) for each in _shown(viewer, wanted)),
        kinds=tuple(
            Option(kind, kind.label, chosen=kind == wanted.kind)
            for kind in NotificationKind
            if kind in counts or kind == wanted.kind
        ),
        unread=sum(unread for _, unread in here),
        pages=Pages(number=wanted.page, total=sum(total for total, _ in here), per_page=PER_PAGE),
    )


def _shown(viewer: Viewer, wanted: InboxFilter) -> QuerySet[Notification]:
    found = told_to(viewer).filter(**({"kind": wanted.kind} if wanted.kind else {}))
    unread = Case(When(read_at=None, then=Value(0)), default=Value(1), output_field=IntegerField())
    start = (wanted.page - 1) * PER_PAGE
    return found.order_by(unread, "-created_at", "-pk")[start : start + PER_PAGE]


def _row(found: Notification, collaborative: Collaborative) -> NotificationRow:
    return NotificationRow(
        public_id=found.public_id,
        title=found.title,
        kind=NotificationKind(found.kind).label,
        when=f"{in_zone(found.created_at, collaborative):%-d %b %Y, %H:%M}",
        unread=found.read_at is None,
    )
