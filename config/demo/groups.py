"""Working groups of the demo: three open ones with people of several hospitals, a patient partner and a chair."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from collaboratives.documents.definition.files import Accepted, accept
from collaboratives.models import Collaborative
from collaboratives.selectors.clock import today_of
from collaboratives.selectors.places import acting_for
from config.demo.cast import SURGERY
from config.demo.meetings import planned
from config.demo.people import Cast
from config.demo.releases import work_off
from coordination.groups.enums import MemberRole
from coordination.groups.models import GroupPost, Membership, WorkingGroup
from coordination.groups.selectors.candidates import Candidate
from coordination.groups.services.asking import shown
from coordination.groups.services.decisions import record_decision, wish_point
from coordination.groups.services.discussion import write_post
from coordination.groups.services.documents import add_document, add_version
from coordination.groups.services.founding import close_group, found_group
from coordination.groups.services.joining import ask_to_join, invite_people
from coordination.groups.services.meetings import plan_group_meeting
from coordination.meetings.definition.plans import Wish
from coordination.meetings.enums import MeetingKind
from coordination.meetings.models import Meeting
from coordination.meetings.selectors.audience import audience, circles_of
from coordination.meetings.services.inviting import invite
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import acting


Seat = tuple[Role, str | None]


@dataclass(frozen=True, kw_only=True)
class Planned:
    name: str
    remit: str
    days: int  # since it was founded
    seats: Sequence[Seat]  # the first one leads it
    document: str
    text: str
    posts: Sequence[str]  # by its seats in turn, the oldest first
    decisions: Sequence[tuple[int, str]] = ()
    wishes: Sequence[str] = ()


GROUPS = (
    Planned(
        name="Infection prevention",
        remit="# Aim\n\nA bundle of five steps against surgical-site infection that a ward can keep without extra staff.\n\n"
        "# What we do\n\n- choose the steps from what members try;\n- write the sheet for the ward, with a patient;\n"
        "- advise on the measure. Hospitals decide by ballot.\n",
        days=420,
        seats=(
            (Role.CHAMPION, "st-brendans"),
            (Role.CHAMPION, "northgate"),
            (Role.CLINICIAN, "great-oaks"),
            (Role.ABSTRACTOR, "copper-harbor"),
            (Role.PATIENT_PARTNER, None),
        ),
        document="Bundle against infection",
        text="1. Oral antibiotics and bowel preparation.\n2. Skin preparation with alcohol.\n3. Normothermia.\n"
        "4. A new set of instruments to close.\n5. The dressing stays for two days.\n",
        posts=(
            "Welcome. Please tell us which of the five steps you do already, and what stands in the way of the others.",
            "We do **four of five**. A new set for closing is what fails: there are not enough sets on long lists.",
            "Same here. We began with colon cases only, and the sets sufficed.",
            "Our log does not say whether the set was new. Shall I ask for a box on the sheet of the theatre?",
            "For the sheet: patients ask *when may I shower?* Please put the answer on it.",
            "Good point. I add it to the second version.",
        ),
        decisions=(
            (180, "The bundle has five steps; the dressing is one of them."),
            (40, "The sheet is tried on two wards."),
        ),
        wishes=("When may I shower? The sheet for patients",),
    ),
    Planned(
        name="Enhanced recovery",
        remit="Walking, eating and drinking on the day of the operation: what a ward needs for it.\n",
        days=200,
        seats=(
            (Role.CLINICIAN, "university"),
            (Role.CLINICIAN, "northgate"),
            (Role.CHAMPION, "westmoor"),
            (Role.BIOSTATISTICIAN, None),
        ),
        document="Order set, example",
        text="Carbohydrate drink two hours before. No nasogastric tube. Walk in the evening. Eat the next morning.\n",
        posts=(
            "Here is the order set that we use. It names nobody; change it as you like.",
            "Thank you. Who tells the night shift that the patient walks in the evening?",
        ),
        decisions=((30, "Members share their order sets in this group."),),
    ),
    Planned(
        name="Data definitions",
        remit="Questions of abstractors that need a rule: the group proposes, the centre writes it into the dictionary.\n",
        days=650,
        seats=(
            (Role.COORDINATOR, None),
            (Role.ABSTRACTOR, "three-rivers"),
            (Role.ABSTRACTOR, "northgate"),
            (Role.ABSTRACTOR, "holy-family"),
        ),
        document="Open questions of abstractors",
        text="Is a drain that is changed a re-intervention?\nWhich time counts when two incisions are charted?\n",
        posts=("The two questions from the last call are in the document. Please write what you would answer.",),
    ),
)
CLOSED = ("Electronic log", "Ask no longer for what the hospital's system knows.", "The log is uploaded as a file now.")


def write_groups(cast: Cast) -> int:
    """How many groups there are."""
    by = cast.viewer(Role.COORDINATOR, SURGERY)
    for each in GROUPS:
        _write(each, cast, by)
    with acting(acting_for(by)), transaction.atomic():
        today = today_of(Collaborative.objects.get(pk=by.collaborative_id))
        name, remit, reason = CLOSED
        group = found_group(name=name, remit=remit, founded_on=today - timedelta(days=800), by=by)
        close_group(group=group, reason=reason, today=today - timedelta(days=90), by=by)
        _meeting(WorkingGroup.objects.get(name=GROUPS[0].name), by)
    _waiting(cast, by)
    work_off(by.collaborative_id)
    return len(GROUPS) + 1


def _write(plan: Planned, cast: Cast, by: Viewer) -> None:
    people = [cast.viewer(role, SURGERY, hospital) for role, hospital in plan.seats]
    with acting(acting_for(by)), transaction.atomic():
        today = today_of(Collaborative.objects.get(pk=by.collaborative_id))
        group = found_group(name=plan.name, remit=plan.remit, founded_on=today - timedelta(days=plan.days), by=by)
    members = [_join(group, each, plan, by) for each in people]
    chair = people[0]
    with acting(acting_for(chair)), transaction.atomic():
        document = add_document(group=group, title=plan.document, file=_file(plan, "1"), by=chair)
        add_version(document=document, file=_file(plan, "2"), note="As we said at the last meeting.", by=chair)
        for days, text in plan.decisions:
            record_decision(group=group, text=text, decided_on=today - timedelta(days=days), today=today, by=chair)
        for text in plan.wishes:
            wish_point(group=group, text=text, by=chair)
    _discuss(plan, group, list(zip(people, members, strict=True)))


def _join(group: WorkingGroup, who: Viewer, plan: Planned, by: Viewer) -> Membership:
    """A row and no service: they came when it was founded, and no service dates anything back."""
    with acting(acting_for(who)), transaction.atomic():
        as_seen = shown(who)
    with acting(acting_for(by)), transaction.atomic():
        return Membership.objects.create(
            collaborative_id=group.collaborative_id,
            participation_id=who.participation_id,
            group=group,
            user_id=who.user_id,
            role=MemberRole.MEMBER if group.memberships.exists() else MemberRole.CHAIR,
            shown_name=as_seen.name,
            shown_hospital=as_seen.hospital,
            since=timezone.now() - timedelta(days=plan.days - 7),
        )


def _candidate(viewer: Viewer) -> Candidate:
    return Candidate(
        key="",
        user_id=viewer.user_id,
        participation_id=viewer.participation_id,
        name=viewer.name,
        roles="",
        hospital="",
    )


def _file(plan: Planned, version: str) -> Accepted:
    return accept(f"{plan.document} {version}.txt", f"{plan.text}\nVersion {version}.\n".encode())


def _discuss(plan: Planned, group: WorkingGroup, people: Sequence[tuple[Viewer, Membership]]) -> None:
    """In turn, five days apart; the last of them today, by the service, which lets a worker tell the others."""
    last = len(plan.posts) - 1
    for number, text in enumerate(plan.posts):
        writer, membership = people[number % len(people)]
        with acting(acting_for(writer)), transaction.atomic():
            if number == last:
                write_post(group=group, text=text, by=writer)
            else:
                GroupPost.objects.create(
                    collaborative_id=group.collaborative_id,
                    group=group,
                    written_by=membership,
                    text=text,
                    written_at=timezone.now() - timedelta(days=5 * (last - number)),
                )


def _meeting(group: WorkingGroup, by: Viewer) -> None:
    """In three weeks, with its members invited."""
    programme = Collaborative.objects.get(pk=by.collaborative_id)
    plan = planned(programme, f"{group.name}: the sheet for patients", today_of(programme) + timedelta(days=19))
    wish = Wish(plan=replace(plan, kind=MeetingKind.GROUP, place="", at_once=True))
    meeting: Meeting = plan_group_meeting(group=group, wish=wish, by=by)
    circle = [each for each in circles_of(by, meeting) if each.is_meant]
    invite(meeting=meeting, people=audience(by).within(circle), whole_series=False, by=by)


def _waiting(cast: Cast, by: Viewer) -> None:
    """Somebody has asked to join, and somebody is invited and has not answered."""
    asking = cast.viewer(Role.CLINICIAN, SURGERY, "huron-view")
    invited = cast.viewer(Role.CHAMPION, SURGERY, "northgate")
    with acting(acting_for(asking)), transaction.atomic():
        group = WorkingGroup.objects.get(name=GROUPS[0].name)
        ask_to_join(group=group, note="We are about to begin with the bundle.", by=asking)
    with acting(acting_for(by)), transaction.atomic():
        group = WorkingGroup.objects.get(name=GROUPS[1].name)
        invite_people(group=group, people=[_candidate(invited)], by=by)
