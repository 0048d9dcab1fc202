"""Hospitals by what waits there: every number is that of the list it leads to."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from cases.audits.selectors import by_hospital as audits
from cases.audits.selectors.by_hospital import AuditCounts
from cases.log.selectors import by_hospital as log
from cases.log.selectors.by_hospital import LogCounts
from cases.questions.selectors import by_hospital as questions
from cases.questions.selectors.by_hospital import QuestionCounts
from cases.selectors.hospital_cases import HospitalCases
from collaboratives.agreements.selectors import by_hospital as agreements
from collaboratives.agreements.selectors.by_hospital import AgreementCounts
from collaboratives.models import Collaborative
from collaboratives.roster.selectors import by_hospital as roster
from collaboratives.selectors.by_hospital import Ask, Together
from coordination.meetings.selectors import by_hospital as meetings
from coordination.week.selectors import reminded
from feedback.reviews.selectors import by_hospital as reviews
from feedback.reviews.selectors.by_hospital import ReviewCounts


RECENT = timedelta(days=90)
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Line:
    """What waits at one hospital, never its results."""

    cases: HospitalCases
    log: LogCounts
    audits: AuditCounts
    questions: QuestionCounts
    vacant: int
    agreements: AgreementCounts
    reviews: ReviewCounts
    attended: int
    held: int
    reminded_at: datetime | None

    @property
    def name(self) -> str:
        return self.cases.name

    @property
    def late(self) -> int:
        """Cases of which somebody has to hear today; a draft past its lock is overdue too."""
        return max(self.cases.overdue, self.log.past_lock)

    @property
    def is_quiet(self) -> bool:
        """Nothing was completed for three months."""
        return self.cases.last is None or self.cases.last < timezone.now() - RECENT

    @property
    def needs_help(self) -> bool:
        return bool(self.late or self.questions.old or self.vacant or self.agreements.lacking or self.is_quiet)


# The questions of every application that counts by hospital, for one statement.
ASKS: tuple[Ask, ...] = (
    log.asked,
    audits.asked,
    questions.asked,
    roster.asked,
    agreements.asked,
    reviews.asked,
    meetings.asked,
    reminded.asked,
)


def lines_of(found: Together, collaborative: Collaborative, hospitals: Iterable[HospitalCases]) -> list[Line]:
    """A line for each member, by name."""
    members = [each for each in hospitals if not each.has_left]
    keys = [each.key for each in members]
    told_log, told_audits, told_questions = log.told(found), audits.told(found), questions.told(found)
    told_reviews, told_meetings, told_reminded = reviews.told(found), meetings.told(found), reminded.told(found)
    vacant, signed = roster.told(found, keys), agreements.told(found, collaborative, keys)
    return [
        Line(
            cases=each,
            log=told_log.get(each.key, LogCounts()),
            audits=told_audits.get(each.key, AuditCounts()),
            questions=told_questions.get(each.key, QuestionCounts()),
            vacant=vacant[each.key],
            agreements=signed[each.key],
            reviews=told_reviews.get(each.key, ReviewCounts()),
            attended=told_meetings.attended.get(each.key, 0),
            held=told_meetings.held_for(each.joined_on, None),
            reminded_at=told_reminded.get(each.key),
        )
        for each in members
    ]


# Order -----------------------------------------------------------------------------------------------------------------


def _by_need(line: Line) -> tuple[Any, ...]:
    """What is late first, then what keeps a hospital from working, then the longest silent."""
    blocked = (-line.agreements.lacking, -line.vacant, -line.questions.old)
    return (-line.late, *blocked, line.cases.last or NEVER, line.name)


def _most(of: Callable[[Line], int], line: Line) -> tuple[Any, ...]:
    return (-of(line), line.name)


def _share(line: Line) -> tuple[Any, ...]:
    """The least entered first; a hospital without a log is at the end."""
    log = line.log
    return (log.entered / log.expected if log.expected else 2, line.name)


def _agreement(line: Line) -> tuple[Any, ...]:
    found = line.audits
    return (found.agreeing / found.compared if found.compared else 2, line.name)


def _attendance(line: Line) -> tuple[Any, ...]:
    return (line.attended / line.held if line.held else 2, line.name)


# The columns by which the table can be put in order, each with what needs help first.
ORDERS: Mapping[str, Callable[[Line], tuple[Any, ...]]] = {
    "need": _by_need,
    "name": lambda line: (line.name,),
    "due": partial(_most, lambda line: line.cases.due),
    "late": partial(_most, lambda line: line.cases.overdue),
    "lock": partial(_most, lambda line: line.log.past_lock),
    "time": _share,
    "audit": _agreement,
    "audits": partial(_most, lambda line: line.audits.open),
    "questions": partial(_most, lambda line: line.questions.open),
    "roles": partial(_most, lambda line: line.vacant),
    "agreements": partial(_most, lambda line: 100 * line.agreements.lacking + line.agreements.open),
    "read": lambda line: (bool(line.reviews.reviewed or not line.reviews.release), line.name),
    "meetings": _attendance,
    "last": lambda line: (line.cases.last or NEVER, line.name),
}


def ordered(lines: Iterable[Line], by: str) -> tuple[Line, ...]:
    """Whatever an address may not say is taken as not said."""
    return tuple(sorted(lines, key=ORDERS.get(by, _by_need)))


@dataclass(frozen=True, kw_only=True)
class Totals:
    """The sums of the columns, each of a list of all hospitals."""

    due: int
    overdue: int
    past_lock: int
    expected: int
    entered: int
    audits: int
    questions: int
    old: int
    vacant: int
    lacking: int
    reviewed: int
    in_release: int


def totals_of(lines: Iterable[Line]) -> Totals:
    every = list(lines)
    return Totals(
        due=sum(line.cases.due for line in every),
        overdue=sum(line.cases.overdue for line in every),
        past_lock=sum(line.log.past_lock for line in every),
        expected=sum(line.log.expected for line in every),
        entered=sum(line.log.entered for line in every),
        audits=sum(line.audits.open for line in every),
        questions=sum(line.questions.open for line in every),
        old=sum(line.questions.old for line in every),
        vacant=sum(line.vacant for line in every),
        lacking=sum(1 for line in every if line.agreements.lacking),
        reviewed=sum(1 for line in every if line.reviews.release and line.reviews.reviewed),
        in_release=sum(1 for line in every if line.reviews.release),
    )
