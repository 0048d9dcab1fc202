"""The list of the inbox: what its address asks for, a page of it, and which comes next."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from cases.questions.enums import QuestionKind, QuestionState, Side
from cases.questions.models import Question
from cases.questions.selectors.ages import duration_in_words
from collaboratives.models import Participation
from privacy.roles import Capacity
from privacy.viewer import Viewer
from ui.parts import Option, Pages


PER_PAGE, MOST_VARIABLES = 25, 300
TABS = ("mine", *QuestionState.values, "all")
TAB_LABELS = {"mine": "For you", "open": "Open", "answered": "Answered", "closed": "Closed", "all": "All"}
AGES = {"7": "a week and more", "14": "two weeks and more", "28": "four weeks and more"}
EXCERPT = 140
# What is to be done: the longest waiting first. What is past: the latest first.
OLDEST_FIRST, LATEST_FIRST = (F("waiting_since").asc(), "id"), ("-asked_at", "-id")


@dataclass(frozen=True, kw_only=True)
class InboxFilter:
    """The state of the inbox, as its address says it."""

    tab: str = "mine"
    kind: str = ""
    variable: str = ""
    hospital: str = ""
    case: str = ""
    age: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "InboxFilter":
        page = query.get("page", "1")
        return cls(
            tab=query["tab"] if query.get("tab") in TABS else "mine",
            kind=query["kind"] if query.get("kind") in QuestionKind.values else "",
            variable=_word(query.get("variable", "")),
            hospital=_uuid(query.get("hospital", "")),
            case=_word(query.get("case", "")),
            age=query["age"] if query.get("age") in AGES else "",
            page=max(1, int(page)) if page.isdecimal() and len(page) < 6 else 1,
        )

    @property
    def query(self) -> str:
        """The address's part after the question mark; what is as usual is left out."""
        usual = InboxFilter()
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return urlencode({name: value for name, value in values.items() if value != getattr(usual, name)})

    @property
    def narrowed(self) -> bool:
        return replace(self, tab="mine", page=1) != InboxFilter()

    def on_tab(self, tab: str) -> "InboxFilter":
        return replace(self, tab=tab, page=1)


def _word(text: str) -> str:
    return text if re.fullmatch(r"\w{1,100}", text, re.ASCII) else ""


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""


@dataclass(frozen=True, kw_only=True)
class QuestionRow:
    public_id: str
    kind: str
    about: str
    excerpt: str
    hospital: str
    state: str
    waits: str
    mine: bool


@dataclass(frozen=True, kw_only=True)
class InboxPage:
    filter: InboxFilter
    rows: tuple[QuestionRow, ...]
    counts: Mapping[str, int]
    variables: tuple[Option, ...]
    hospitals: tuple[Option, ...]
    pages: Pages


def visible_to(viewer: Viewer) -> QuerySet[Question]:
    return _asked_in(viewer.collaborative_id, viewer.participation_id)


def _asked_in(collaborative: Any, hospital: Any) -> QuerySet[Question]:  # noqa: ANN401 -- keys, or what stands for them
    own = Q(participation_id=hospital) if hospital else Q()
    return Question.objects.filter(own, collaborative_id=collaborative)


def side_of(viewer: Viewer) -> Side:
    return Side.CENTRE if viewer.capacity is Capacity.CENTRE else Side.HOSPITAL


def waiting_count(viewer: Viewer) -> int:
    """How many wait for this side: the number beside the menu, and of the first tab."""
    return waiting_for(side_of(viewer), viewer.collaborative_id, viewer.participation_id).count()


def waiting_for(side: Side, collaborative: Any, hospital: Any = None) -> QuerySet[Question]:  # noqa: ANN401 -- as above
    """Of one hospital, or of all; keys may be `Given` ones."""
    return _asked_in(collaborative, hospital).filter(_waits_for(side))


def inbox_page(viewer: Viewer, wanted: InboxFilter) -> InboxPage:
    everything = visible_to(viewer)
    matching = everything.filter(_narrowed(wanted))
    # Counting a column of the index leaves the rows alone.
    counts = matching.aggregate(**{tab: Count("asked_at", filter=_tab(tab, viewer)) for tab in TABS})
    start = (wanted.page - 1) * PER_PAGE
    found = _ordered(matching, wanted, viewer).select_related("case", "participation__site")
    return InboxPage(
        filter=wanted,
        rows=tuple(_row(question, viewer) for question in found[start : start + PER_PAGE]),
        counts=counts,
        variables=_variables(everything, wanted),
        hospitals=_hospitals(viewer, wanted) if viewer.capacity is Capacity.CENTRE else (),
        pages=Pages(number=wanted.page, total=counts[wanted.tab], per_page=PER_PAGE),
    )


def next_question(viewer: Viewer, wanted: InboxFilter, after: Question) -> str:
    """Public id of the one to open when `after` is done with: below it in the list, otherwise the first; or nothing."""
    others = _ordered(visible_to(viewer).filter(_narrowed(wanted)), wanted, viewer).exclude(pk=after.pk)
    if after.waiting_since and wanted.tab in {"mine", "open"}:
        later = Q(waiting_since__gt=after.waiting_since) | Q(waiting_since=after.waiting_since, pk__gt=after.pk)
    else:
        later = Q(asked_at__lt=after.asked_at) | Q(asked_at=after.asked_at, pk__lt=after.pk)
    found = others.filter(later).first() or others.first()
    return found.public_id if found else ""


def _tab(tab: str, viewer: Viewer) -> Q:
    if tab == "mine":
        return _waits_for(side_of(viewer))
    return Q(state=tab) if tab in QuestionState.values else Q()


def _waits_for(side: Side) -> Q:
    # That it is not closed follows, but the index over what is not closed wants to hear it.
    return Q(waiting_for=side) & ~Q(state=QuestionState.CLOSED)


def _narrowed(wanted: InboxFilter) -> Q:
    exact = {
        "kind": wanted.kind,
        "variable": wanted.variable,
        "participation__public_id": wanted.hospital,
        "case__public_id": wanted.case,
    }
    narrowed = Q(**{name: value for name, value in exact.items() if value})
    if wanted.age:
        narrowed &= Q(asked_at__lte=timezone.now() - timedelta(days=int(wanted.age)))
    return narrowed


def _ordered(questions: QuerySet[Question], wanted: InboxFilter, viewer: Viewer) -> QuerySet[Question]:
    order = OLDEST_FIRST if wanted.tab in {"mine", "open"} else LATEST_FIRST
    return questions.filter(_tab(wanted.tab, viewer)).order_by(*order)


def _row(question: Question, viewer: Viewer) -> QuestionRow:
    return QuestionRow(
        public_id=question.public_id,
        kind=question.get_kind_display(),
        about=about(question),
        excerpt=question.text if len(question.text) <= EXCERPT else f"{question.text[:EXCERPT].rstrip()}…",
        hospital=question.participation.site.name if viewer.capacity is Capacity.CENTRE else "",
        state=question.get_state_display(),
        waits=waiting_words(question, viewer, timezone.now()),
        mine=question.waiting_for == side_of(viewer),
    )


def about(question: Question) -> str:
    """What it is about: the variable and the case, or neither."""
    if question.case is None:
        return "General question"
    return f"{question.label or 'The case as a whole'} · {question.case.case_number}"


def waiting_words(question: Question, viewer: Viewer, now: datetime) -> str:
    if not question.waiting_since:
        return f"closed {duration_in_words(now - (question.closed_at or now))} ago"
    side = Side(question.waiting_for)
    whom = "you" if side is side_of(viewer) else side.label
    return f"has waited for {whom} {duration_in_words(now - question.waiting_since)}"


def _variables(questions: QuerySet[Question], wanted: InboxFilter) -> tuple[Option, ...]:
    """Those that are being asked about; what is closed is too much to look through at every page."""
    asked = questions.exclude(state=QuestionState.CLOSED).exclude(variable="")
    labels = dict(asked.order_by("label", "variable").values_list("variable", "label").distinct()[:MOST_VARIABLES])
    labels.setdefault(wanted.variable, wanted.variable)
    return tuple(Option(name, label, chosen=name == wanted.variable) for name, label in labels.items() if name)


def _hospitals(viewer: Viewer, wanted: InboxFilter) -> tuple[Option, ...]:
    members = Participation.objects.filter(collaborative_id=viewer.collaborative_id).order_by("site__name")
    return tuple(
        Option(str(key), name, chosen=str(key) == wanted.hospital)
        for key, name in members.values_list("public_id", "site__name")
    )
