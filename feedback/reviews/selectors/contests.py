"""Contests: the list of the centre or of a hospital, and one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TypeAlias
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cases.models import Case
from cases.selectors.clock import in_zone
from collaboratives.models import Collaborative, Participation
from feedback.models import Release, SiteResult
from feedback.reviews.enums import ContestReason, ContestState
from feedback.reviews.models import Contest
from feedback.reviews.selectors.counted import Counted, counted_as
from feedback.selectors.releases import chosen_release
from feedback.selectors.results import own_hospital
from measures.definition.spec import MeasureSpec
from measures.models import Measure
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer
from ui.parts import Option, Pages, Tab


ViewedContest: TypeAlias = Contest  # the name for views, which may hold a contest but not look one up
PER_PAGE = 25
ALL = "all"


@dataclass(frozen=True, kw_only=True)
class ContestFilter:
    """The state of the list, as its address says it."""

    state: str = ContestState.OPEN.value
    measure: str = ""
    hospital: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "ContestFilter":
        page, state = query.get("page", "1"), query.get("state", "")
        return cls(
            state=state if state in {*ContestState.values, ALL} else cls.state,
            measure=query.get("measure", "")[:60],
            hospital=_uuid(query.get("hospital", "")),
            page=max(1, int(page)) if page.isdecimal() and len(page) < 6 else 1,
        )

    @property
    def query(self) -> str:
        usual = ContestFilter()
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return urlencode({name: value for name, value in values.items() if value != getattr(usual, name)})

    @property
    def narrowed(self) -> bool:
        return bool(self.measure or self.hospital)


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""


@dataclass(frozen=True, kw_only=True)
class ContestRow:
    contest: Contest
    url: str
    measure: str
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ContestListPage:
    filter: ContestFilter
    rows: tuple[ContestRow, ...]
    tabs: tuple[Tab, ...]
    measures: tuple[Option, ...]
    hospitals: tuple[Option, ...]
    pages: Pages
    at_centre: bool


def visible_contests(viewer: Viewer) -> QuerySet[Contest]:
    own = Q(participation_id=viewer.participation_id) if viewer.participation_id else Q()
    return Contest.objects.filter(own, collaborative_id=viewer.collaborative_id)


def contest_list(viewer: Viewer, collaborative: Collaborative, wanted: ContestFilter) -> ContestListPage:
    """A page of the list, with the numbers of every tab under the same filters."""
    matching = visible_contests(viewer).filter(_narrowed(wanted))
    counts = matching.aggregate(
        **{state: Count("pk", filter=Q(state=state)) for state in ContestState.values}, all=Count("pk")
    )
    order = ("contested_at", "pk") if wanted.state == ContestState.OPEN else ("-contested_at", "-pk")
    found = matching.filter(Q() if wanted.state == ALL else Q(state=wanted.state)).order_by(*order)
    start = (wanted.page - 1) * PER_PAGE
    shown = found.select_related("case", "participation__site", "measure_version__measure", "contested_by")
    at_centre = viewer.capacity is Capacity.CENTRE
    return ContestListPage(
        filter=wanted,
        rows=tuple(_row(each, viewer, collaborative) for each in shown[start : start + PER_PAGE]),
        tabs=_tabs(viewer, wanted, counts),
        measures=_measures(viewer, wanted),
        hospitals=_hospitals(viewer, wanted) if at_centre else (),
        pages=Pages(number=wanted.page, total=counts[wanted.state], per_page=PER_PAGE),
        at_centre=at_centre,
    )


def open_contests(viewer: Viewer) -> int:
    """How many wait for the centre."""
    return visible_contests(viewer).filter(state=ContestState.OPEN).count()


def _narrowed(wanted: ContestFilter) -> Q:
    exact = {"measure_version__measure__slug": wanted.measure, "participation__public_id": wanted.hospital}
    return Q(**{name: value for name, value in exact.items() if value})


def _row(contest: Contest, viewer: Viewer, collaborative: Collaborative) -> ContestRow:
    return ContestRow(
        contest=contest,
        url=reverse("reviews:contest-detail", args=[viewer.collaborative_slug, contest.public_id]),
        measure=contest.measure_version.definition.short_name,
        reason=ContestReason(contest.reason).label,
        at=in_zone(contest.contested_at, collaborative),
    )


def _tabs(viewer: Viewer, wanted: ContestFilter, counts: Mapping[str, int]) -> tuple[Tab, ...]:
    address = reverse("reviews:contest-list", args=[viewer.collaborative_slug])
    labels = {**{each.value: str(each.label) for each in ContestState}, ALL: "All"}
    return tuple(
        Tab(label, f"{address}?{replace(wanted, state=state, page=1).query}", f"{counts[state]:,}", current=state == wanted.state)
        for state, label in labels.items()
    )  # fmt: skip


def _measures(viewer: Viewer, wanted: ContestFilter) -> tuple[Option, ...]:
    measures = Measure.objects.filter(collaborative_id=viewer.collaborative_id).order_by("position", "pk")
    return tuple(
        Option(slug, name, chosen=slug == wanted.measure) for slug, name in measures.values_list("slug", "name")
    )


def _hospitals(viewer: Viewer, wanted: ContestFilter) -> tuple[Option, ...]:
    members = Participation.objects.filter(collaborative_id=viewer.collaborative_id).order_by("site__name")
    return tuple(
        Option(str(key), name, chosen=str(key) == wanted.hospital)
        for key, name in members.values_list("public_id", "site__name")
    )


# One of them ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ContestPage:
    contest: Contest
    spec: MeasureSpec
    release: str
    contested_at: datetime
    decided_at: datetime | None
    case_url: str
    may_decide: bool
    may_exclude: bool
    may_lift: bool
    may_withdraw: bool


def contest_for(viewer: Viewer, public_id: str) -> Contest:
    """The contest, 404 where the viewer may not know of it."""
    found = visible_contests(viewer).select_related(
        "case", "participation__site", "measure_version__measure", "contested_by", "decided_by"
    )
    return get_object_or_404(found, public_id=public_id)


def contest_page(viewer: Viewer, collaborative: Collaborative, contest: Contest) -> ContestPage:
    # A release that was withdrawn is seen by nobody any more, and leaves no name.
    name = Release.objects.filter(pk=contest.release_id).values_list("name", flat=True).first()
    decides = viewer.can(Permission.CONTEST_DECIDE)
    return ContestPage(
        contest=contest,
        spec=contest.measure_version.definition,
        release=name or "a withdrawn release",
        contested_at=in_zone(contest.contested_at, collaborative),
        decided_at=in_zone(contest.decided_at, collaborative) if contest.decided_at else None,
        case_url=reverse("cases:case-detail", args=[viewer.collaborative_slug, contest.case.public_id]),
        may_decide=decides and contest.state == ContestState.OPEN,
        may_exclude=contest.outcome != "excluded",
        may_lift=decides and contest.excludes and contest.lifted_at is None,
        may_withdraw=viewer.can(Permission.CONTEST_RAISE) and contest.state == ContestState.OPEN,
    )


@dataclass(frozen=True, kw_only=True)
class Contestable:
    """The case behind a number from which somebody of the hospital contests."""

    case: Case
    result: SiteResult
    counted: Counted
    back: str


def contestable(viewer: Viewer, slug: str, case_public_id: str, release: str) -> Contestable:
    """404 unless the case is behind this number of the viewer's hospital."""
    own = own_hospital(viewer)
    case = get_object_or_404(Case, participation_id=own, public_id=case_public_id)
    results = SiteResult.objects.filter(participation_id=own, measure_version__measure__slug=slug)
    chosen = chosen_release(viewer, release)
    result = get_object_or_404(
        results.select_related("release", "measure_version__measure", "measure_version__form"), release=chosen
    )
    counted = counted_as(result, case)
    if counted is None:
        raise Http404
    kept = {"view": "cases", "release": str(result.release.public_id), "outcome": counted.outcome.value}
    address = reverse("feedback:measure-detail", args=[viewer.collaborative_slug, slug])
    return Contestable(case=case, result=result, counted=counted, back=f"{address}?{urlencode(kept)}")
