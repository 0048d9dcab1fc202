"""The programme and its hospitals."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction

from accounts.models import User
from collaboratives.enums import Stage
from collaboratives.errors import HospitalAlreadyMemberError
from collaboratives.models import Collaborative, Grant, Participation
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Capacity, Permission, Role
from privacy.viewer import Viewer, require
from sites.models import Site
from tenancy.context import Acting, acting


def create_collaborative(*, director: User, **fields: object) -> Collaborative:
    """Create a collaborative with its first person, who invites all others. Run by the operator, not from a page."""
    with acting(Acting("platform")), transaction.atomic():
        collaborative = Collaborative.objects.create(**fields)
        Grant.objects.create(
            user=director, collaborative=collaborative, role=Role.DIRECTOR, capacity=Capacity.CENTRE, granted_by=None
        )
        operator = Viewer(
            user_id=0,
            name="Operator",
            capacity=None,
            collaborative_id=collaborative.pk,
            collaborative_slug=collaborative.slug,
        )
        record_event(EventKind.COLLABORATIVE_CREATED, by=operator, subject=collaborative)
    return collaborative


@transaction.atomic
def create_hospital(*, by: Viewer, joined_on: date, stage: Stage = Stage.LIVE, **profile: object) -> Participation:
    """Enter a hospital into the directory and let it join the viewer's collaborative."""
    require(by, Permission.HOSPITAL_MANAGE)
    site = Site.objects.create(**profile)
    record_event(EventKind.HOSPITAL_CREATED, by=by, subject=site)
    return join_hospital(site=site, joined_on=joined_on, by=by, stage=stage)


@transaction.atomic
def change_hospital(*, site: Site, by: Viewer, **profile: object) -> None:
    """Correct the profile of a hospital."""
    require(by, Permission.HOSPITAL_MANAGE)
    for name, value in profile.items():
        setattr(site, name, value)
    site.save(update_fields=list(profile))
    record_event(EventKind.HOSPITAL_CHANGED, by=by, subject=site, details={"fields": sorted(profile)})


@transaction.atomic
def join_hospital(*, site: Site, joined_on: date, by: Viewer, stage: Stage = Stage.LIVE) -> Participation:
    """Let a hospital of the directory take part. Its earlier participations stay as history."""
    require(by, Permission.HOSPITAL_MANAGE)
    if Participation.objects.filter(collaborative_id=by.collaborative_id, site=site, left_on=None).exists():
        raise HospitalAlreadyMemberError(f"{site.name} takes part already.")
    participation = Participation.objects.create(
        collaborative_id=by.collaborative_id, site=site, joined_on=joined_on, stage=stage
    )
    record_event(EventKind.HOSPITAL_JOINED, by=by, subject=participation, participation_id=participation.pk)
    return participation


@transaction.atomic
def group_hospitals(*, groups: Mapping[UUID, str], by: Viewer) -> int:
    """Say which similar hospitals each member is also compared with, from the next release on; how many changed."""
    require(by, Permission.HOSPITAL_MANAGE)
    members = Participation.objects.select_for_update().filter(
        collaborative_id=by.collaborative_id, public_id__in=list(groups)
    )
    changed = [each for each in members if each.comparison_group != groups[each.public_id]]
    for participation in changed:
        participation.comparison_group = groups[participation.public_id]
        participation.save(update_fields=["comparison_group"])
        record_event(EventKind.HOSPITALS_GROUPED, by=by, subject=participation, participation_id=participation.pk)
    return len(changed)


@transaction.atomic
def end_participation(*, participation: Participation, left_on: date, by: Viewer) -> None:
    """The hospital leaves: no new cases, no comparison from later releases; its own data stay readable to it."""
    require(by, Permission.HOSPITAL_MANAGE)
    participation.left_on, participation.stage = left_on, Stage.LEFT
    participation.save(update_fields=["left_on", "stage"])
    record_event(EventKind.HOSPITAL_LEFT, by=by, subject=participation, participation_id=participation.pk)
