"""Member hospitals, as the centre sees them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from collaboratives.models import Participation
from privacy.roles import Permission
from privacy.viewer import Viewer, require
from sites.models import Site


@dataclass(frozen=True, kw_only=True)
class HospitalRow:
    public_id: UUID
    identifier: str
    name: str
    city: str
    stage: str
    joined_on: date
    left_on: date | None
    people: int


def hospital_list(viewer: Viewer) -> list[HospitalRow]:
    """Every hospital that takes part or took part, members first, by name."""
    require(viewer, Permission.HOSPITAL_VIEW)
    now = timezone.now()
    active = Q(grants__starts_at__lte=now) & (Q(grants__ends_at=None) | Q(grants__ends_at__gt=now))
    participations = (
        Participation.objects.filter(collaborative_id=viewer.collaborative_id)
        .select_related("site")
        .annotate(people=Count("grants__user", filter=active, distinct=True))
        .order_by(F("left_on").desc(nulls_first=True), "site__name")
    )
    return [
        HospitalRow(
            public_id=each.public_id,
            identifier=each.site.identifier,
            name=each.site.name,
            city=each.site.city,
            stage=each.get_stage_display(),
            joined_on=each.joined_on,
            left_on=each.left_on,
            people=each.people,
        )
        for each in participations
    ]


def members(viewer: Viewer) -> list[Participation]:
    """Member hospitals by name."""
    require(viewer, Permission.HOSPITAL_VIEW)
    here = Participation.objects.filter(collaborative_id=viewer.collaborative_id, left_on=None)
    return list(here.select_related("site").order_by("site__name"))


def members_to_group(viewer: Viewer) -> list[Participation]:
    """The same, for those who say which of them are alike."""
    require(viewer, Permission.HOSPITAL_MANAGE)
    return members(viewer)


def participation_for(viewer: Viewer, public_id: UUID, to: Permission) -> Participation:
    """One hospital of the collaborative, or 404."""
    require(viewer, to)
    return get_object_or_404(
        Participation.objects.select_related("site", "collaborative"),
        collaborative_id=viewer.collaborative_id,
        public_id=public_id,
    )


def own_participation(viewer: Viewer) -> Participation:
    """The hospital the viewer works at, or 404 for somebody who works at none."""
    if viewer.participation_id is None:
        raise Http404
    return get_object_or_404(Participation.objects.select_related("site", "collaborative"), pk=viewer.participation_id)


def hospitals_to_join(viewer: Viewer) -> list[Site]:
    """Hospitals of the directory that do not take part here today."""
    require(viewer, Permission.HOSPITAL_MANAGE)
    members = Participation.objects.filter(collaborative_id=viewer.collaborative_id, left_on=None)
    return list(Site.objects.exclude(pk__in=members.values("site_id")).order_by("name"))
