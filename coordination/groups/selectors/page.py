"""The page of a group: what is above every tab, and what each of them shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet

from collaboratives.models import Collaborative
from collaboratives.selectors.clock import in_zone
from coordination.groups.enums import AdmissionState, MemberRole
from coordination.groups.models import (
    Admission,
    GroupDecision,
    GroupDocument,
    GroupDocumentVersion,
    GroupPost,
    Membership,
)
from coordination.groups.selectors.meetings import MeetingsTab, meetings_tab
from coordination.groups.selectors.visible import Standing, group_for, standing_among
from privacy.viewer import Viewer
from ui.parts import Pages, Tab


TABS = {
    "about": "About",
    "members": "Members",
    "documents": "Documents",
    "discussion": "Discussion",
    "meetings": "Meetings and decisions",
}
INSIDE = {"documents", "discussion"}
PER_PAGE = 20
LATEST = 3


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What every tab of a group has above it."""

    standing: Standing
    tabs: tuple[Tab, ...]
    tab: str
    members: tuple[Membership, ...]

    @property
    def chair(self) -> Membership | None:
        return next((each for each in self.members if each.role == MemberRole.CHAIR), None)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A line of the group's history."""

    day: date
    words: str


@dataclass(frozen=True, kw_only=True)
class About:
    decisions: tuple[GroupDecision, ...]
    history: tuple[Moment, ...]


@dataclass(frozen=True, kw_only=True)
class MembersTab:
    former: tuple[Membership, ...]
    requests: tuple[Admission, ...]
    invitations: tuple[Admission, ...]


@dataclass(frozen=True, kw_only=True)
class DocumentRow:
    document: GroupDocument
    versions: tuple[GroupDocumentVersion, ...]

    @property
    def latest(self) -> GroupDocumentVersion:
        return self.versions[0]


@dataclass(frozen=True, kw_only=True)
class PostRow:
    post: GroupPost
    is_mine: bool
    may_withdraw: bool


@dataclass(frozen=True, kw_only=True)
class Discussion:
    rows: tuple[PostRow, ...]
    pages: Pages


def frame(viewer: Viewer, public_id: UUID, tab: str) -> Frame:
    group = group_for(viewer, public_id)
    members = tuple(group.memberships.filter(until=None).order_by("shown_name", "pk"))
    standing = standing_among(viewer, group, members)
    shown = [name for name in TABS if standing.reads or name not in INSIDE]
    tab = tab if tab in shown else "about"
    counts = {"members": str(len(members))}
    return Frame(
        standing=standing,
        tab=tab,
        tabs=tuple(
            Tab(label=TABS[name], url=f"?tab={name}", count=counts.get(name, ""), current=name == tab) for name in shown
        ),
        members=members,
    )


def tab_content(viewer: Viewer, programme: Collaborative, page: Frame, number: int) -> Mapping[str, object]:
    """Only what the chosen tab needs is asked of the database."""
    standing = page.standing
    match page.tab:
        case "members":
            return {"people": members_tab(viewer, standing)}
        case "documents":
            return {"documents": documents_tab(standing)}
        case "discussion":
            return {"discussion": discussion_tab(viewer, standing, number)}
        case "meetings":
            return {"meetings": meetings_tab(viewer, standing)}
        case _:
            return {"about": about_tab(standing, programme)}


def about_tab(standing: Standing, programme: Collaborative) -> About:
    """The latest decisions, and what became of the group."""
    decisions = GroupDecision.objects.filter(group=standing.group, removed_at=None)
    return About(decisions=tuple(decisions[:LATEST]), history=tuple(_history(standing, programme)))


def _history(standing: Standing, programme: Collaborative) -> Sequence[Moment]:
    """Founded, led by whom, closed; the latest first. Who came and went stands with the members."""
    group = standing.group
    found = [Moment(day=group.founded_on, words="Founded")]
    chairs = group.memberships.filter(role=MemberRole.CHAIR).order_by("since")
    found += [
        Moment(day=in_zone(each.since, programme).date(), words=f"{each.shown_name}, {each.shown_hospital}, leads it")
        for each in chairs
    ]
    if group.closed_on:
        found.append(Moment(day=group.closed_on, words=f"Closed: {group.closed_because}"))
    return sorted(found, key=lambda each: each.day, reverse=True)


def members_tab(viewer: Viewer, standing: Standing) -> MembersTab:
    """Who left; for those who decide, who asks to join; for the centre, who was invited and has not answered."""
    group = standing.group
    rows = list(group.memberships.order_by("-until"))
    there = {(each.user_id, each.participation_id) for each in rows if each.until is None}
    latest: dict[tuple[int, int | None], Membership] = {}
    for each in rows:
        if (each.user_id, each.participation_id) not in there:
            latest.setdefault((each.user_id, each.participation_id), each)
    waiting: list[Admission] = []
    if standing.works:
        waiting = list(_waiting(standing))
    return MembersTab(
        former=tuple(latest.values()),
        requests=tuple(each for each in waiting if each.is_request and each.user_id != viewer.user_id),
        invitations=tuple(each for each in waiting if not each.is_request) if standing.manages else (),
    )


def _waiting(standing: Standing) -> QuerySet[Admission]:
    rows = Admission.objects.filter(group=standing.group, state=AdmissionState.OPEN)
    if standing.manages:
        return rows.select_related("user", "participation__site")
    return rows.filter(is_request=True)


def documents_tab(standing: Standing) -> tuple[DocumentRow, ...]:
    """Documents in use, each with its versions, the latest first; without their files."""
    versions = GroupDocumentVersion.objects.filter(group=standing.group, document__retired_at=None)
    by_document: dict[int, list[GroupDocumentVersion]] = {}
    for each in versions.select_related("document").defer("file").order_by("document__title", "document_id", "-number"):
        by_document.setdefault(each.document_id, []).append(each)
    return tuple(DocumentRow(document=each[0].document, versions=tuple(each)) for each in by_document.values())


def discussion_tab(viewer: Viewer, standing: Standing, number: int) -> Discussion:
    """The latest first, twenty to a page."""
    posts = GroupPost.objects.filter(group=standing.group).select_related("written_by")
    pages = Paginator(posts, PER_PAGE).get_page(number)
    rows = [
        PostRow(
            post=each,
            is_mine=each.written_by.user_id == viewer.user_id,
            may_withdraw=each.withdrawn_at is None and (each.written_by.user_id == viewer.user_id or standing.leads),
        )
        for each in pages
    ]
    return Discussion(rows=tuple(rows), pages=Pages.of(pages))


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What is printed of a group: what all who see groups may read of it, and to members the list of documents."""

    frame: Frame
    meetings: MeetingsTab
    documents: tuple[DocumentRow, ...]


def group_sheet(viewer: Viewer, public_id: UUID) -> Sheet:
    page = frame(viewer, public_id, "about")
    return Sheet(
        frame=page,
        meetings=meetings_tab(viewer, page.standing, to_print=True),
        documents=documents_tab(page.standing) if page.standing.reads else (),
    )
