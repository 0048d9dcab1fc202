"""The archive: what was sent, newest first, found by words, kind and year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from collaboratives.models import Collaborative
from coordination.news.definition.words import excerpt
from coordination.news.enums import Kind, State
from coordination.news.models import Announcement, Receipt
from coordination.news.selectors.announcements import own_receipts, sent_to
from coordination.news.selectors.drafts import drafts_of
from privacy.roles import Permission
from privacy.viewer import Viewer
from ui.parts import Pages


PER_PAGE = 20
YEARS_BACK = 5


@dataclass(frozen=True, kw_only=True)
class ArchiveFilter:
    """As the address says it."""

    words: str = ""
    kind: str = ""
    year: int | None = None
    number: int = 1

    @classmethod
    def from_query(cls, query: Mapping[str, str], today: date) -> "ArchiveFilter":
        year, page, kind = query.get("year", ""), query.get("page", ""), query.get("kind", "")
        known = {str(each): each for each in years_to(today)}
        return cls(
            words=" ".join(query.get("q", "").split())[:100],
            kind=kind if kind in Kind.values else "",
            year=known.get(year),
            number=int(page) if page.isdecimal() and len(page) < 6 else 1,
        )


@dataclass(frozen=True, kw_only=True)
class ArchiveRow:
    announcement: Announcement
    day: date
    begins: str
    is_unread: bool
    read: int = 0
    people: int = 0


@dataclass(frozen=True, kw_only=True)
class ArchivePage:
    filter: ArchiveFilter
    rows: list[ArchiveRow]
    pages: Pages
    years: tuple[int, ...]
    kinds: list[tuple[str, str]]
    drafts: list[Announcement]
    may_write: bool


def years_to(today: date) -> tuple[int, ...]:
    return tuple(range(today.year, today.year - YEARS_BACK, -1))


def archive_page(viewer: Viewer, programme: Collaborative, query: Mapping[str, str]) -> ArchivePage:
    zone = ZoneInfo(programme.time_zone)
    today = timezone.now().astimezone(zone).date()
    wanted, writes = ArchiveFilter.from_query(query, today), viewer.can(Permission.NEWS_WRITE)
    pages = Paginator(_found(viewer, wanted, zone), PER_PAGE).get_page(wanted.number)
    keys = [each.pk for each in pages]
    unread = set(
        own_receipts(viewer).filter(announcement__in=keys, read_at=None).values_list("announcement", flat=True)
    )
    counts = _counts(keys) if writes else {}
    return ArchivePage(
        filter=wanted,
        rows=[_row(each, zone, counts.get(each.pk, (0, 0)), is_unread=each.pk in unread) for each in pages],
        pages=Pages.of(pages),
        years=years_to(today),
        kinds=list(Kind.choices),
        drafts=drafts_of(viewer) if writes else [],
        may_write=writes,
    )


def _found(viewer: Viewer, wanted: ArchiveFilter, zone: ZoneInfo) -> QuerySet[Announcement]:
    found = sent_to(viewer).order_by("-sent_at", "-pk")
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.year:
        first, after = (datetime(each, 1, 1, tzinfo=zone).astimezone(UTC) for each in (wanted.year, wanted.year + 1))
        found = found.filter(sent_at__gte=first, sent_at__lt=after)
    for word in wanted.words.split():
        # The text of what is withdrawn is not shown any more, and not found either.
        found = found.filter(Q(title__icontains=word) | Q(text__icontains=word, state=State.SENT))
    return found


def _counts(keys: list[int]) -> Mapping[int, tuple[int, int]]:
    """Of each: how many people have read it, of how many."""
    rows = Receipt.objects.filter(announcement__in=keys).values_list("announcement").order_by("announcement")
    counted = rows.annotate(
        read=Count("user", distinct=True, filter=Q(read_at__isnull=False)), people=Count("user", distinct=True)
    )
    return {key: (read, people) for key, read, people in counted}


def _row(announcement: Announcement, zone: ZoneInfo, counts: tuple[int, int], *, is_unread: bool) -> ArchiveRow:
    sent = announcement.sent_at or announcement.written_at
    withdrawn = announcement.state == State.WITHDRAWN
    return ArchiveRow(
        announcement=announcement,
        day=sent.astimezone(zone).date(),
        begins=announcement.withdrawn_because if withdrawn else excerpt(announcement.text),
        is_unread=is_unread and not withdrawn,
        read=counts[0],
        people=counts[1],
    )
