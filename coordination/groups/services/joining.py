"""Into a group: invited by the centre, or on request. Nobody is in it, or shown, without having agreed."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from coordination.groups.enums import AdmissionState, MemberRole
from coordination.groups.errors import GroupError
from coordination.groups.models import Admission, Membership, WorkingGroup
from coordination.groups.selectors.candidates import Candidate
from coordination.groups.selectors.visible import own, standing_in
from coordination.groups.services.asking import require_leader, require_manager, require_open, shown
from coordination.groups.validators import LONGEST_LINE
from events.enums import EventKind
from events.services import record_event
from privacy.viewer import Viewer


@transaction.atomic
def invite_people(*, group: WorkingGroup, people: Iterable[Candidate], by: Viewer) -> int:
    """Ask these people to join; how many are newly asked. Members and those who were asked already are left out."""
    require_manager(by, group.collaborative_id)
    group = require_open(group, by)
    there = {*group.memberships.filter(until=None).values_list("user_id", "participation_id")}
    there |= {*group.admissions.filter(state=AdmissionState.OPEN).values_list("user_id", "participation_id")}
    fresh = {(each.user_id, each.participation_id) for each in people} - there
    for user_id, participation_id in sorted(fresh, key=str):
        admission = Admission.objects.create(
            collaborative_id=group.collaborative_id,
            participation_id=participation_id,
            group=group,
            user_id=user_id,
            is_request=False,
            asked_by_id=by.user_id,
        )
        record_event(EventKind.GROUP_INVITED, by=by, subject=admission, details={"group": group.pk})
    return len(fresh)


@transaction.atomic
def answer_invitation(*, admission: Admission, accept: bool, by: Viewer) -> Membership | None:
    """The invited person joins, shown with name and hospital, or does not."""
    group = require_open(admission.group, by)
    held = Admission.objects.select_for_update().filter(own(by), pk=admission.pk, is_request=False).first()
    if held is None:
        raise GroupError("Only the invited person answers, from where they were invited.")
    if accept:
        as_seen = shown(by)
        held.shown_name, held.shown_hospital = as_seen.name, as_seen.hospital
    return _decide(held, group, accept=accept, by=by)


@transaction.atomic
def ask_to_join(*, group: WorkingGroup, note: str, by: Viewer) -> Admission | Membership:
    """The chair or the centre decides. Who manages groups need not ask."""
    group = require_open(group, by)
    standing = standing_in(by, group)
    if standing.membership:
        raise GroupError("You are a member of this group already.")
    if standing.admission:
        raise GroupError("You were invited already, or have asked. See the top of the page.")
    admission = _request(group, note, by)
    if standing.manages:
        return _decide(admission, group, accept=True, by=by) or admission
    record_event(
        EventKind.GROUP_ASKED,
        by=by,
        subject=admission,
        participation_id=by.participation_id,
        details={"group": group.pk},
    )
    return admission


def _request(group: WorkingGroup, note: str, by: Viewer) -> Admission:
    """With how they will be shown: who asks has read it and agrees."""
    as_seen = shown(by)
    return Admission.objects.create(
        collaborative_id=group.collaborative_id,
        participation_id=by.participation_id,
        group=group,
        user_id=by.user_id,
        is_request=True,
        shown_name=as_seen.name,
        shown_hospital=as_seen.hospital,
        note=" ".join(note.split())[:LONGEST_LINE],
        asked_by_id=by.user_id,
    )


@transaction.atomic
def decide_request(*, admission: Admission, accept: bool, by: Viewer) -> Membership | None:
    """The chair or the centre lets somebody in, or does not."""
    group = require_leader(admission.group, by)
    held = Admission.objects.select_for_update().filter(pk=admission.pk, is_request=True).first()
    if held is None or held.user_id == by.user_id:
        raise GroupError("Only somebody else's request is decided here.")
    return _decide(held, group, accept=accept, by=by)


@transaction.atomic
def withdraw_admission(*, admission: Admission, by: Viewer) -> None:
    """The centre no longer invites them, or they no longer ask."""
    held = Admission.objects.select_for_update().filter(pk=admission.pk).first()
    mine = held is not None and held.is_request and held.user_id == by.user_id
    if not mine and not standing_in(by, admission.group).manages:
        raise GroupError("Only who asked, or the coordinating centre, takes this back.")
    if held is None or held.state != AdmissionState.OPEN:
        raise GroupError("This was answered meanwhile. Load the page again.")
    _close(held, AdmissionState.WITHDRAWN, by)


def _decide(admission: Admission, group: WorkingGroup, *, accept: bool, by: Viewer) -> Membership | None:
    if admission.state != AdmissionState.OPEN:
        raise GroupError("This was answered meanwhile. Load the page again.")
    _close(admission, AdmissionState.ACCEPTED if accept else AdmissionState.DECLINED, by)
    if not accept:
        return None
    membership = Membership.objects.create(
        collaborative_id=group.collaborative_id,
        participation_id=admission.participation_id,
        group=group,
        user_id=admission.user_id,
        role=MemberRole.MEMBER,
        shown_name=admission.shown_name,
        shown_hospital=admission.shown_hospital,
    )
    record_event(
        EventKind.GROUP_JOINED,
        by=by,
        subject=membership,
        participation_id=by.participation_id,
        details={"group": group.pk, "on_request": admission.is_request},
    )
    return membership


def _close(admission: Admission, state: AdmissionState, by: Viewer) -> None:
    admission.state, admission.decided_at, admission.decided_by_id = state, timezone.now(), by.user_id
    admission.save(update_fields=["state", "decided_at", "decided_by", "shown_name", "shown_hospital"])
    if state != AdmissionState.ACCEPTED:
        record_event(
            EventKind.GROUP_DECLINED,
            by=by,
            subject=admission,
            participation_id=by.participation_id,
            details={"group": admission.group_id, "state": state},
        )


def settle(admissions: QuerySet[Admission]) -> None:
    """Nobody answers these any more: the group is closed, or the role has ended."""
    admissions.filter(state=AdmissionState.OPEN).update(state=AdmissionState.WITHDRAWN, decided_at=timezone.now())
