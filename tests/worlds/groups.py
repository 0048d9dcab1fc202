"""Working groups of colectomy-mi, with canaries: what a group says and keeps has words that stand nowhere else.

prevention   open, led by Cora; the routes' tests let whoever looks join it
recovery     open, of the centre alone; nobody else may find what is in it
closed       closed last year
elsewhere    of hernia-lakes

Nobody of a hospital is in them: a member's name and hospital are shown to all, by consent, and the crawl of other
hospitals' people looks for exactly these. Tests of groups let people join.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from collaboratives.documents.definition.files import accept
from collaboratives.selectors.places import acting_for
from coordination.groups.models import Admission, Membership, WorkingGroup
from coordination.groups.selectors.candidates import Candidate
from coordination.groups.services.decisions import record_decision, wish_point
from coordination.groups.services.discussion import write_post
from coordination.groups.services.documents import add_document
from coordination.groups.services.founding import close_group, found_group
from coordination.groups.services.joining import answer_invitation, ask_to_join, invite_people
from coordination.groups.services.leaving import name_chair
from coordination.groups.services.meetings import plan_group_meeting
from coordination.meetings.definition.plans import Wish
from coordination.meetings.enums import MeetingKind
from privacy.viewer import Viewer
from tenancy.context import acting
from tests.worlds import meetings, programme


GROUPS: dict[str, UUID] = {}
PARTS: dict[str, UUID] = {}
SECRET = ("Zwieselbrot", "Quarkstrudel", "Flunkerpost")
"""Of the group `recovery`: in a document's title, in its text, in a post."""
FILE = b"How we begin: day of operation, coffee, walking.\n"


def build() -> None:
    cora = programme.viewer("cora")
    with acting(acting_for(cora)), transaction.atomic():
        group = found("prevention", "Infection prevention", cora)
        join(group, cora)
        PARTS["membership"] = Membership.objects.get(group=group, until=None).public_id
        _work(group, cora)
        recovery = found("recovery", "Enhanced recovery", cora)
        join(recovery, cora)
        file = accept("plan.txt", f"The plan: {SECRET[1]}.\n".encode())
        plan = add_document(group=recovery, title=f"Plan {SECRET[0]}", file=file, by=cora)
        post = write_post(group=recovery, text=f"I thought of {SECRET[2]}.", by=cora)
        PARTS["secret_document"], PARTS["secret_post"] = plan.public_id, post.public_id
        closed = found("closed", "Data definitions", cora)
        close_group(group=closed, reason="Its work is done.", today=timezone.now().date(), by=cora)
    hanna = programme.viewer("hanna", "hernia-lakes")
    with acting(acting_for(hanna)), transaction.atomic():
        found("elsewhere", "Mesh and nothing", hanna)


def found(name: str, title: str, by: Viewer) -> WorkingGroup:
    day = (timezone.now() - timedelta(days=400)).date()
    remit = f"# Aim\n\nWhat {title.lower()} needs, *advice* only."
    group = found_group(name=title, remit=remit, founded_on=day, by=by)
    GROUPS[name] = group.public_id
    return group


def _work(group: WorkingGroup, cora: Viewer) -> None:
    name_chair(membership=Membership.objects.get(group=group, until=None), by=cora)
    PARTS["membership"] = Membership.objects.get(group=group, until=None).public_id
    file = accept("bundle.txt", FILE)
    PARTS["document"] = add_document(group=group, title="The bundle", file=file, by=cora).public_id
    PARTS["post"] = write_post(group=group, text="Welcome. What do you *try*?", by=cora).public_id
    today = timezone.now().date()
    decision = record_decision(group=group, text="We begin with the bundle.", decided_on=today, today=today, by=cora)
    PARTS["decision"] = decision.public_id
    plan = meetings.plan("Infection prevention", 30, hour=9)
    wish = Wish(plan=replace(plan, kind=MeetingKind.GROUP))
    PARTS["meeting"] = plan_group_meeting(group=group, wish=wish, by=cora).public_id
    PARTS["wish"] = wish_point(group=group, text="Skin preparation", by=cora).public_id


def group(name: str = "prevention") -> WorkingGroup:
    """The row, for somebody who acts already."""
    return WorkingGroup.objects.get(public_id=GROUPS[name])


def candidate(viewer: Viewer) -> Candidate:
    return Candidate(
        key="",
        user_id=viewer.user_id,
        participation_id=viewer.participation_id,
        name=viewer.name,
        roles="",
        hospital="",
    )


def join(group: WorkingGroup, by: Viewer) -> None:
    """The centre's manager joins by asking."""
    ask_to_join(group=group, note="", by=by)


def invited(viewer: Viewer, name: str = "prevention", by: str = "cora") -> Admission:
    """The open invitation of somebody, as they read it."""
    cora = programme.viewer(by)
    with acting(acting_for(cora)), transaction.atomic():
        invite_people(group=group(name), people=[candidate(viewer)], by=cora)
    with acting(acting_for(viewer)), transaction.atomic():
        return Admission.objects.get(
            group__public_id=GROUPS[name], user_id=viewer.user_id, state="open", participation=viewer.participation_id
        )


def joined(viewer: Viewer, name: str = "prevention") -> Membership:
    """Somebody is invited and accepts, unless they are in it already."""
    with acting(acting_for(viewer)), transaction.atomic():
        here = {"user_id": viewer.user_id, "participation": viewer.participation_id, "until": None}
        there = Membership.objects.filter(group__public_id=GROUPS[name], **here).first()
    if there:
        return there
    admission = invited(viewer, name)
    with acting(acting_for(viewer)), transaction.atomic():
        membership = answer_invitation(admission=admission, accept=True, by=viewer)
    if membership is None:
        raise LookupError(name)
    return membership


def led(viewer: Viewer, name: str = "prevention") -> Membership:
    """Somebody joins and is named the chair."""
    membership, cora = joined(viewer, name), programme.viewer("cora")
    with acting(acting_for(cora)), transaction.atomic():
        return name_chair(membership=membership, by=cora)
