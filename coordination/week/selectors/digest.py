"""What stands in somebody's mail of the day: in a section for each place, asked in that place, and the news of a programme."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from collaboratives.models import Collaborative
from collaboratives.notifications.selectors.digest import DigestLine, waiting_for
from collaboratives.selectors.clock import today_of
from collaboratives.selectors.places import Place, acting_for
from coordination.week.models import WaitingTask
from coordination.week.selectors.tasks import OVERDUE, WEEK, list_of, rows_of, when_due
from tenancy.context import Acting, acting


# What people wrote stays in the product: a mail says that there is something, and where.
WRITTEN = {"meeting_action": "Do what was agreed in a meeting", "vote": "Vote in a ballot"}
SAID = (OVERDUE, WEEK)


@dataclass(frozen=True, kw_only=True)
class Line:
    """Tasks of the same words, the earliest day first."""

    when: str
    words: str
    day: date

    def __str__(self) -> str:
        return f"{self.words} ({'was due' if self.when == OVERDUE else 'due'} {self.day:%-d %B})"


@dataclass(frozen=True, kw_only=True)
class Section:
    """One place of the person; `more` tasks wait there without a day, or with a later one."""

    programme: str
    place: str
    overdue: tuple[Line, ...]
    soon: tuple[Line, ...]
    more: int
    link: str


@dataclass(frozen=True, kw_only=True)
class News:
    """What a programme told the person, and they wanted to read once a day."""

    programme: str
    collaborative_id: int
    lines: tuple[DigestLine, ...]

    @property
    def told(self) -> list[tuple[str, str]]:
        """Title and address of each."""
        return [(each.title, f"{settings.BASE_URL}{each.url}") for each in self.lines]


@dataclass(frozen=True, kw_only=True)
class DayMail:
    """All of it; empty where there is nothing to say."""

    user: User
    sections: tuple[Section, ...]
    news: tuple[News, ...]

    @property
    def is_empty(self) -> bool:
        return not self.sections and not self.news


def day_mail(user: User, places: Sequence[Place], *, with_tasks: bool) -> DayMail:
    """For one person, from the places that they have at this moment."""
    sections = [_section(user, place) for place in places] if with_tasks else []
    programmes = groupby(places, key=lambda place: place.collaborative)
    return DayMail(
        user=user,
        sections=tuple(each for each in sections if each.overdue or each.soon),
        news=tuple(each for programme, _ in programmes if (each := _news(user, programme)).lines),
    )


def _section(user: User, place: Place) -> Section:
    """Read as the person in this place: the wall shows the rows of no other."""
    viewer, today = place.viewer(user.pk, user.full_name), today_of(place.collaborative)
    with acting(acting_for(viewer)), transaction.atomic():
        kept = list_of(viewer)
        rows = rows_of(kept) if kept else []
    said = [(when_due(row.due_on, today), row) for row in rows]
    return Section(
        programme=place.collaborative.name,
        place=place.label,
        overdue=tuple(_lines(OVERDUE, [row for when, row in said if when == OVERDUE])),
        soon=tuple(_lines(WEEK, [row for when, row in said if when == WEEK])),
        more=sum(when not in SAID for when, _ in said),
        link=f"{settings.BASE_URL}{reverse('week:task-list', args=[place.collaborative.slug])}",
    )


def _lines(when: str, rows: list[WaitingTask]) -> Iterator[Line]:
    """One for all tasks of the same words, of which a centre has as many as hospitals."""
    by_words: dict[str, list[date]] = {}
    for row in rows:
        if row.due_on:
            by_words.setdefault(WRITTEN.get(row.kind, row.title), []).append(row.due_on)
    lines = [
        Line(when=when, words=f"{words}, {len(days)} times" if len(days) > 1 else words, day=min(days))
        for words, days in by_words.items()
    ]
    yield from sorted(lines, key=lambda line: (line.day, line.words))


def _news(user: User, programme: Collaborative) -> News:
    """A worker asks: what is told about a hospital goes only to those who still work there."""
    with acting(Acting("compute", collaborative_id=programme.pk)), transaction.atomic():
        lines = waiting_for(user.pk, programme.pk)
    return News(programme=programme.name, collaborative_id=programme.pk, lines=tuple(lines))
