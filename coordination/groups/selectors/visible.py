"""Groups that a viewer may open, how they stand in one, and what belongs to it; anything else is 404."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import Http404

from coordination.groups.enums import AdmissionState, MemberRole
from coordination.groups.models import (
    Admission,
    AgendaWish,
    GroupDecision,
    GroupDocument,
    GroupDocumentVersion,
    GroupPost,
    Membership,
    WorkingGroup,
)
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer, require


M = TypeVar("M", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a group is to a viewer, from the place where they work now."""

    group: WorkingGroup
    membership: Membership | None
    admission: Admission | None
    at_centre: bool
    manages: bool

    @property
    def is_open(self) -> bool:
        return self.group.closed_on is None

    @property
    def reads(self) -> bool:
        """Documents and discussion: members, and the centre."""
        return self.membership is not None or self.at_centre

    @property
    def leads(self) -> bool:
        """The chair, whatever side they come from, and who manages groups at the centre."""
        is_chair = self.membership is not None and self.membership.role == MemberRole.CHAIR
        return is_chair or self.manages

    @property
    def works(self) -> bool:
        """Documents, decisions and wishes are added by whoever leads it, while it is open."""
        return self.leads and self.is_open

    @property
    def writes(self) -> bool:
        """Members write posts, while it is open."""
        return self.membership is not None and self.is_open

    @property
    def may_ask(self) -> bool:
        return self.is_open and self.membership is None and self.admission is None

    @property
    def invitation(self) -> Admission | None:
        return self.admission if self.is_open and self.admission and not self.admission.is_request else None

    @property
    def request(self) -> Admission | None:
        return self.admission if self.admission and self.admission.is_request else None


def groups_of(viewer: Viewer) -> QuerySet[WorkingGroup]:
    require(viewer, Permission.GROUP_VIEW)
    return WorkingGroup.objects.filter(collaborative_id=viewer.collaborative_id)


def own(viewer: Viewer) -> Q:
    """Rows of the viewer, from where they work now."""
    return Q(user_id=viewer.user_id, participation=viewer.participation_id)


def group_for(viewer: Viewer, public_id: UUID) -> WorkingGroup:
    return _one(groups_of(viewer), public_id)


def standing_for(viewer: Viewer, public_id: UUID) -> Standing:
    return standing_in(viewer, group_for(viewer, public_id))


def standing_in(viewer: Viewer, group: WorkingGroup) -> Standing:
    return standing_among(viewer, group, Membership.objects.filter(own(viewer), group=group, until=None))


def standing_among(viewer: Viewer, group: WorkingGroup, members: Iterable[Membership]) -> Standing:
    """Where the members were read already."""
    here = (viewer.user_id, viewer.participation_id)
    membership = next((each for each in members if (each.user_id, each.participation_id) == here), None)
    admission = Admission.objects.filter(own(viewer), group=group, state=AdmissionState.OPEN).first()
    return Standing(
        group=group,
        membership=membership,
        admission=admission,
        at_centre=viewer.capacity is Capacity.CENTRE,
        manages=viewer.capacity is Capacity.CENTRE and viewer.can(Permission.GROUP_MANAGE),
    )


def reading_in(viewer: Viewer, public_id: UUID) -> Standing:
    """For what only members and the centre read; to others there is no such thing."""
    standing = standing_for(viewer, public_id)
    if not standing.reads:
        raise Http404
    return standing


def _inside(viewer: Viewer, rows: QuerySet[M]) -> QuerySet[M]:
    """Documents, posts, wishes: of groups that the viewer is in; the centre of all. The wall says so too."""
    require(viewer, Permission.GROUP_VIEW)
    here = rows.filter(collaborative_id=viewer.collaborative_id)
    if viewer.capacity is Capacity.CENTRE:
        return here
    return here.filter(group__in=Membership.objects.filter(own(viewer), until=None).values("group"))


def document_for(viewer: Viewer, public_id: UUID) -> GroupDocument:
    rows = GroupDocument.objects.filter(retired_at=None).select_related("group")
    return _one(_inside(viewer, rows), public_id)


def version_for(viewer: Viewer, public_id: UUID, number: int) -> GroupDocumentVersion:
    """One version with its file."""
    document = document_for(viewer, public_id)
    version = document.versions.filter(number=number).first()
    if version is None:
        raise Http404
    return version


def post_for(viewer: Viewer, public_id: UUID) -> GroupPost:
    return _one(_inside(viewer, GroupPost.objects.select_related("group", "written_by")), public_id)


def wish_for(viewer: Viewer, public_id: UUID) -> AgendaWish:
    return _one(_inside(viewer, AgendaWish.objects.filter(ended_at=None).select_related("group")), public_id)


def decision_for(viewer: Viewer, public_id: UUID) -> GroupDecision:
    require(viewer, Permission.GROUP_VIEW)
    rows = GroupDecision.objects.filter(collaborative_id=viewer.collaborative_id, removed_at=None)
    return _one(rows.select_related("group"), public_id)


def membership_for(viewer: Viewer, public_id: UUID) -> Membership:
    """Somebody who is in a group now."""
    require(viewer, Permission.GROUP_VIEW)
    rows = Membership.objects.filter(collaborative_id=viewer.collaborative_id, until=None)
    return _one(rows.select_related("group"), public_id)


def admission_for(viewer: Viewer, public_id: UUID) -> Admission:
    """An open invitation or request: the viewer's own, and those that they may decide."""
    require(viewer, Permission.GROUP_VIEW)
    rows = Admission.objects.filter(collaborative_id=viewer.collaborative_id, state=AdmissionState.OPEN)
    if viewer.capacity is not Capacity.CENTRE:
        led = Membership.objects.filter(own(viewer), until=None, role=MemberRole.CHAIR).values("group")
        rows = rows.filter(own(viewer) | Q(is_request=True, group__in=led))
    return _one(rows.select_related("group"), public_id)


def _one(found: QuerySet[M], public_id: Any) -> M:  # noqa: ANN401 -- a UUID from an address
    row = found.filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row
