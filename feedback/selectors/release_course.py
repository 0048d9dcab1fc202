"""The course of one release: what is next and who is awaited, what happened, when members see it, who was told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Count, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from collaboratives.definition.clock import told_in
from collaboratives.models import Grant
from collaboratives.selectors.kept import Given, Kept
from collaboratives.selectors.listed import Found, listed, moment
from collaboratives.selectors.places import Place
from events.enums import EventKind, JobState
from events.models import Event, Job
from feedback.enums import CheckName, MailEnd, MailKind, ReleaseState
from feedback.models import PrivateNotice, Release, ReleaseMail, ReleaseProof
from feedback.selectors.bad_news import hospitals_with_bad_news
from feedback.selectors.gate import Gate, gate_of
from privacy.roles import Permission, Role
from privacy.viewer import Viewer


SUBJECT = "feedback.Release"
DONE = {
    EventKind.RELEASE_DRAFTED: "Window closed, draft begun",
    EventKind.RELEASE_CHECK_ANSWERED: "Reason written for a check that says stop",
    EventKind.RELEASE_APPROVED: "Statistics approved",
    EventKind.RELEASE_SCHEDULED: "Scheduled",
    EventKind.RELEASE_UNSCHEDULED: "Schedule cancelled",
    EventKind.RELEASE_NOTICED: "Private notices prepared",
    EventKind.RELEASE_PUBLISHED: "Released to members",
    EventKind.RELEASE_DISCARDED: "Discarded",
    EventKind.RELEASE_WITHDRAWN: "Withdrawn",
    EventKind.RELEASE_PROVED: "Computed again",
}
# Who takes the step that a release waits for, and the step in words.
AWAITED = {
    ReleaseState.DRAFT: (Role.BIOSTATISTICIAN, "to approve the statistics", Permission.RELEASE_APPROVE),
    ReleaseState.APPROVED: (Role.DIRECTOR, "to release it to members", Permission.RELEASE_PUBLISH),
}
WORKED = {
    ReleaseState.COMPUTING: "A worker is computing the results. This takes seconds to minutes; the page can be left.",
    ReleaseState.RELEASING: "A worker is writing what members see of each other. They see the release when that is done.",
    ReleaseState.RELEASED: "In force: this is what members see.",
    ReleaseState.SUPERSEDED: "A later release is in force. Members still find this one.",
    ReleaseState.WITHDRAWN: "Members no longer see it.",
    ReleaseState.DISCARDED: "Put aside. Members have seen nothing of it.",
}


@dataclass(frozen=True, kw_only=True)
class Happening:
    at: datetime
    text: str
    who: str


@dataclass(frozen=True, kw_only=True)
class Proof:
    """That the release was computed again, and whether every bit is the same."""

    done_at: datetime
    equal: bool
    digest: str
    difference: str
    code_version: str
    asked_by: str


@dataclass(frozen=True, kw_only=True)
class Course:
    next: str
    yours: bool
    gate: Gate | None
    checking: bool
    schedule: tuple[str, ...]
    history: tuple[Happening, ...]
    proofs: tuple[Proof, ...]
    proving: bool
    told: str
    time_zone: str
    may_answer: bool
    may_check: bool
    may_prove: bool
    may_cancel: bool


def course_of(viewer: Viewer, place: Place, release: Release) -> Course:
    """For the page of a release."""
    zone, found = place.collaborative.time_zone, _found(release)
    running = {each["kind"] for each in found["running"]}
    builds, draft = viewer.can(Permission.RELEASE_BUILD), release.state == ReleaseState.DRAFT
    text, yours = _next(viewer, release, zone)
    return Course(
        next=text,
        yours=yours,
        gate=gate_of(viewer, release),
        checking="feedback.check_release" in running,
        schedule=_schedule(release, zone),
        history=_history(found["happened"]),
        proofs=tuple(_proof(each) for each in found["proved"]),
        proving="feedback.prove_release" in running,
        told=_told(found["written"], zone),
        time_zone=zone,
        may_answer=draft and viewer.can(Permission.RELEASE_APPROVE),
        may_check=draft and builds,
        may_prove=builds and release.snapshot_id is not None,
        may_cancel=release.state == ReleaseState.SCHEDULED and viewer.can(Permission.RELEASE_PUBLISH),
    )


def _found(release: Release) -> Mapping[str, list[Found]]:
    """What is running, what happened, what was proved and who was written to, in one statement."""
    (course,) = _COURSE.read(release=release.pk)
    return course


def _course() -> QuerySet[Release, Mapping[str, list[Found]]]:
    subject = {"collaborative_id": OuterRef("collaborative_id"), "subject_id": OuterRef("pk")}
    jobs = Job.objects.filter(**subject, state__in=[JobState.QUEUED, JobState.RUNNING])
    name = Subquery(User.objects.filter(pk=OuterRef("actor_id")).values("full_name"))
    events = Event.objects.filter(**subject, subject=SUBJECT).order_by("pk")
    proofs = ReleaseProof.objects.filter(release=OuterRef("pk")).order_by("-pk")[:5]
    mails = ReleaseMail.objects.filter(release=OuterRef("pk"), kind=MailKind.RELEASED).order_by().values("end")
    columns = ("done_at", "equal", "digest", "difference", "code_version")
    return Release.objects.filter(pk=Given("release", BigIntegerField())).values(  # type: ignore[return-value]  # lists, by the statement
        running=listed(jobs, kind="kind"),
        happened=listed(events, at="created_at", kind="kind", details="details", who=name),
        proved=listed(proofs, asked_by="asked_by__full_name", **{each: each for each in columns}),
        written=listed(mails, end="end", count=Count("pk"), due=Max("due_at")),
    )


_COURSE: Kept[Mapping[str, list[Found]]] = Kept(_course)


def _next(viewer: Viewer, release: Release, zone: str) -> tuple[str, bool]:
    """What happens next, and whether it is the viewer who is awaited."""
    state = ReleaseState(release.state)
    if state is ReleaseState.SCHEDULED:
        return (
            f"Members see it on {told_in(release.scheduled_for or timezone.now(), zone)}. Until then they see nothing.",
            False,
        )
    if state not in AWAITED:
        return WORKED[state], False
    role, step, permission = AWAITED[state]
    own = state is ReleaseState.APPROVED and release.approved_by_id == viewer.user_id
    if viewer.can(permission) and not own:
        return f"It waits for you {step}.", True
    names = [name for key, name in _holders(viewer, role) if key != release.approved_by_id]
    who = f"{role.label} ({', '.join(names)})" if names else f"{role.label}; nobody holds that role now"
    return f"It waits for the {who} {step}.", False


def _holders(viewer: Viewer, role: Role) -> list[tuple[int, str]]:
    now = timezone.now()
    held = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), collaborative_id=viewer.collaborative_id, role=role, starts_at__lte=now
    )
    return list(held.order_by("user__full_name").values_list("user_id", "user__full_name").distinct())


def _schedule(release: Release, zone: str) -> tuple[str, ...]:
    if release.state != ReleaseState.SCHEDULED or release.scheduled_by is None:
        return ()
    notices = PrivateNotice.objects.filter(release=release)
    opens = notices.values_list("opens_at", flat=True).first()
    hospitals = notices.values("participation").distinct().count()
    lines = [f"Scheduled by {release.scheduled_by.full_name} for {told_in(release.scheduled_for, zone)}."]  # type: ignore[arg-type]  # together, by constraint
    if opens:
        have = "hospital has" if hospitals == 1 else "hospitals have"
        lines.append(f"{hospitals} {have} bad news to read in private from {told_in(opens, zone)} on.")
    elif hospitals_with_bad_news(release):
        lines.append("A worker is preparing the private notices of bad news.")
    else:
        lines.append("No hospital has bad news to read before.")
    if release.early_reason:
        lines.append(f"Why earlier than promised: {release.early_reason}")
    return tuple(lines)


def _history(events: list[Found]) -> tuple[Happening, ...]:
    return tuple(
        Happening(at=moment(each["at"]), text=_words(each["kind"], each["details"]), who=each["who"] or "Colloquy")
        for each in events
    )


def _proof(found: Found) -> Proof:
    return Proof(**found | {"done_at": moment(found["done_at"]), "asked_by": found["asked_by"] or ""})


def _words(kind: str, details: Mapping[str, Any]) -> str:
    text = DONE.get(EventKind(kind), EventKind(kind).label)
    if kind == EventKind.RELEASE_CHECK_ANSWERED:
        return f"{text}: {CheckName(details['check']).label}"
    if kind == EventKind.RELEASE_NOTICED:
        count = details["hospitals"]
        return f"{text} for {count} hospital{'' if count == 1 else 's'}"
    if kind == EventKind.RELEASE_PROVED:
        return f"{text}: {'equal to the last bit' if details['equal'] else 'a difference was found'}"
    return text


def _told(mails: list[Found], zone: str) -> str:
    """How many people were written to, and how many wait for the morning's mail; never who."""
    sent = sum(each["count"] for each in mails if each["end"] == MailEnd.SENT)
    waiting = [each for each in mails if each["end"] in {None, ""}]
    if not sent and not waiting:
        return ""
    people = f"{sent:,} people were written to."
    if not waiting:
        return people
    due = max(moment(each["due"]) for each in waiting)
    return f"{people} {sum(each['count'] for each in waiting):,} wait for a mail, the last on {told_in(due, zone)}."
