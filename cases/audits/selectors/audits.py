"""Audits for the pages of the centre, of a hospital, and of whoever abstracts again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from django.db.models import Case as Choose
from django.db.models import Count, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from accounts.models import User
from cases.audits.enums import BLIND, FINISHED, ORDER, SHOWN, UNDER_WAY, Answer, AuditState, Verdict
from cases.audits.models import Agreement, Audit, AuditedCase, SecondAbstraction
from cases.audits.validators import FLAGGED_ABOVE
from cases.selectors.clock import in_zone, today_of
from collaboratives.models import Grant, Participation
from events.enums import JobState
from events.models import Job
from measures.models import Form
from privacy.roles import Capacity, Permission, Role
from privacy.viewer import Viewer, require
from ui.parts import Step


ViewedAudit: TypeAlias = Audit  # the name for views, which may hold an audit but not look one up
ViewedSample: TypeAlias = AuditedCase  # likewise


@dataclass(frozen=True, kw_only=True)
class AuditRow:
    """One audit in the list, with what has to be done next by whom."""

    audit: Audit
    hospital: str
    form: str
    state: str
    kind: str
    waits: str
    agreement: str


@dataclass(frozen=True, kw_only=True)
class FlaggedVariable:
    """A variable in which hospitals disagree too often, over all finished audits: something to teach."""

    label: str
    form: str
    compared: int
    disagreeing: int
    audits: int

    @property
    def share(self) -> str:
        return percent(self.disagreeing, self.compared)


@dataclass(frozen=True, kw_only=True)
class AuditListPage:
    """`only`: what the list was narrowed to, in words; empty when it holds everything."""

    rows: tuple[AuditRow, ...]
    only: str
    flagged: tuple[FlaggedVariable, ...]
    finished: int


def percent(part: int, whole: int) -> str:
    """A share in words, with one decimal; nothing of nothing is no share."""
    return f"{100 * part / whole:.1f}\N{NO-BREAK SPACE}%" if whole else "none compared"


def _visible(viewer: Viewer) -> QuerySet[Audit]:
    require(viewer, Permission.AUDIT_VIEW)
    own = Q(participation_id=viewer.participation_id) if viewer.capacity is Capacity.HOSPITAL else Q()
    found = Audit.objects.filter(own, collaborative_id=viewer.collaborative_id)
    return found.select_related("collaborative", "participation__site", "form", "abstractor")


def audit_for(viewer: Viewer, public_id: str) -> Audit | None:
    """The audit, when the viewer may know that it exists."""
    return _visible(viewer).filter(public_id=public_id).first()


def audit_list(viewer: Viewer, *, show: str = "", hospital: Participation | None = None) -> AuditListPage:
    """What is under way first, then what is finished, the latest first; `show` "open" for what is under way alone."""
    done = Choose(When(state__in=UNDER_WAY, then=Value(0)), default=Value(1))
    audits = list(_visible(viewer).order_by(done, "-announced_at", "-pk"))
    shown = [each for each in audits if hospital is None or each.participation_id == hospital.pk]
    shown = [each for each in shown if show != "open" or each.state in UNDER_WAY]
    at_centre = viewer.capacity is Capacity.CENTRE
    return AuditListPage(
        rows=tuple(_row(audit, viewer) for audit in shown),
        only=_only(show, hospital),
        flagged=tuple(_flagged(viewer)) if at_centre else (),
        finished=sum(audit.state in FINISHED for audit in audits),
    )


def _only(show: str, hospital: Participation | None) -> str:
    what = "Audits under way" if show == "open" else "Audits"
    return f"{what} of {hospital.site.name}" if hospital else what if show == "open" else ""


def _row(audit: Audit, viewer: Viewer) -> AuditRow:
    state = AuditState(audit.state)
    finished = state in FINISHED
    return AuditRow(
        audit=audit,
        hospital=audit.participation.site.name,
        form=audit.form.name,
        state=state.label,
        kind="good" if finished else "warn" if state in UNDER_WAY else "",
        waits=waits_for(audit, viewer),
        agreement=percent(audit.agreeing, audit.compared) if finished else "",
    )


def waits_for(audit: Audit, viewer: Viewer) -> str:
    """Whose turn it is, in words."""
    today, left = today_of(audit.collaborative), audit.participation.left_on
    if audit.state in UNDER_WAY and left:
        return f"The hospital left on {left:%-d %b %Y}; the audit goes no further"
    mine = audit.abstractor_id == viewer.user_id
    words = {
        AuditState.ANNOUNCED: "Sample can be drawn"
        if audit.draw_from <= today
        else f"Notice until {_day(audit.draw_from)}",
        AuditState.DRAWN: "You abstract the cases" if mine else "Second abstraction has not begun",
        AuditState.ABSTRACTING: "You abstract the cases" if mine else "Second abstraction is under way",
        AuditState.REVIEW: f"Hospital reviews until {_day(audit.review_until)}",
        AuditState.ADJUDICATION: "Centre decides and reports",
        AuditState.REPORTED: f"Reported {_day(audit.reported_at and in_zone(audit.reported_at, audit.collaborative).date())}",
        AuditState.CORRECTED: f"Reported {_day(audit.reported_at and in_zone(audit.reported_at, audit.collaborative).date())}",
        AuditState.CANCELLED: audit.cancel_reason,
    }
    return words[AuditState(audit.state)]


def _day(day: date | None) -> str:
    return f"{day:%-d %b %Y}" if day else ""


def _flagged(viewer: Viewer) -> Iterator[FlaggedVariable]:
    """Over all hospitals: above the limit together, whatever each of them has."""
    found = Agreement.objects.filter(collaborative_id=viewer.collaborative_id).order_by("audit__form__name", "label")
    sums = found.values_list("audit__form__name", "label").annotate(Sum("compared"), Sum("agreeing"), Count("audit"))
    for form, label, compared, agreeing, audits in sums:
        if compared - agreeing > FLAGGED_ABOVE * compared:
            yield FlaggedVariable(
                label=label, form=form, compared=compared, disagreeing=compared - agreeing, audits=audits
            )


@dataclass(frozen=True, kw_only=True)
class SampledCase:
    """A drawn case as the pages list it."""

    public_id: str
    case_number: str
    state: str
    kind: str
    mine: bool


@dataclass(frozen=True, kw_only=True)
class AuditPage:
    audit: Audit
    steps: tuple[Step, ...]
    waits: str
    cases: tuple[SampledCase, ...]
    drawn_by: str
    cancelled_by: str
    left_on: date | None
    disagreements: int
    unanswered: int
    contested: int
    undecided: int
    to_correct: int
    working: bool
    failed: bool
    may_draw: bool
    may_end_review: bool

    @property
    def is_mine(self) -> bool:
        return any(each.mine for each in self.cases)

    @property
    def is_finished(self) -> bool:
        return self.audit.state in FINISHED

    @property
    def is_under_way(self) -> bool:
        return self.audit.state in UNDER_WAY

    @property
    def is_shown(self) -> bool:
        return self.audit.state in SHOWN


def audit_page(viewer: Viewer, audit: Audit) -> AuditPage:
    today, job = today_of(audit.collaborative), _latest_job(audit)
    names = dict(User.objects.filter(pk__in=_people(audit)).values_list("pk", "full_name"))
    reviewed, until = audit.state == AuditState.REVIEW, audit.review_until
    return AuditPage(
        audit=audit,
        steps=tuple(_steps(audit)),
        waits=waits_for(audit, viewer),
        cases=tuple(_cases(audit, viewer)),
        drawn_by=names.get(audit.drawn_by_id or 0, ""),
        cancelled_by=names.get(audit.cancelled_by_id or 0, ""),
        left_on=audit.participation.left_on if audit.state in UNDER_WAY else None,
        **_counts(audit),
        working=job is not None and job.finished_at is None,
        failed=job is not None and job.state == JobState.FAILED,
        may_draw=audit.state == AuditState.ANNOUNCED and audit.draw_from <= today,
        may_end_review=reviewed and until is not None and until < today,
    )


def _latest_job(audit: Audit) -> Job | None:
    jobs = Job.objects.filter(collaborative_id=audit.collaborative_id, subject_id=audit.pk, kind__startswith="audits.")
    return jobs.order_by("-pk").first()


def _counts(audit: Audit) -> dict[str, int]:
    """Disagreements by what has been said of them."""
    contested = Q(response__answer=Answer.CONTESTED)
    found = audit.disagreements.aggregate(
        disagreements=Count("pk"),
        unanswered=Count("pk", filter=Q(response=None)),
        contested=Count("pk", filter=contested),
        undecided=Count("pk", filter=contested & Q(ruling=None)),
        right=Count("pk", filter=Q(ruling__verdict=Verdict.ORIGINAL)),
    )
    right = found.pop("right")
    return found | {"to_correct": found["disagreements"] - right}


def _people(audit: Audit) -> set[int]:
    return {each for each in (audit.drawn_by_id, audit.cancelled_by_id) if each}


def _steps(audit: Audit) -> Iterator[Step]:
    """The way of the audit; a cancelled one stays where it was."""
    reached = AuditState(audit.state)
    if reached is AuditState.CANCELLED:
        reached = AuditState.REVIEW if audit.compared_at else AuditState.DRAWN if audit.drawn_at else ORDER[0]
    here = ORDER.index(reached)
    for place, step in enumerate(ORDER):
        past = place < here or (place == here and reached in FINISHED)
        yield Step(step.label, "done" if past else "now" if place == here else "waiting", current=place == here)


def _cases(audit: Audit, viewer: Viewer) -> Iterator[SampledCase]:
    """How far each is, for the centre only: a hospital has no table to read it from."""
    seconds: dict[int, SecondAbstraction] = {}
    if viewer.capacity is Capacity.CENTRE:
        found = SecondAbstraction.objects.filter(audited_case__audit=audit).only("finished_at")
        seconds = {each.pk: each for each in found}
    mine = audit.abstractor_id == viewer.user_id and audit.state in BLIND
    for each in audit.cases.order_by("case_number", "pk"):
        second = seconds.get(each.pk)
        state = (
            ""
            if viewer.capacity is not Capacity.CENTRE
            else "finished"
            if second and second.finished_at
            else "begun"
            if second
            else "not begun"
        )
        yield SampledCase(
            public_id=each.public_id,
            case_number=each.case_number,
            state=state,
            kind={"finished": "good", "begun": "warn"}.get(state, ""),
            mine=mine,
        )


def sample_for(viewer: Viewer, public_id: str) -> AuditedCase | None:
    """A drawn case, for the person who abstracts it again and for nobody else. The hospital's case is not joined."""
    require(viewer, Permission.AUDIT_ABSTRACT)
    found = AuditedCase.objects.filter(
        collaborative_id=viewer.collaborative_id, public_id=public_id, audit__abstractor_id=viewer.user_id
    ).exclude(audit__state=AuditState.CANCELLED)
    return found.select_related(
        "audit__participation__site", "audit__form", "form_version__form", "collaborative"
    ).first()


def second_of(audited: AuditedCase) -> SecondAbstraction:
    """What stands so far; nothing yet is an empty one."""
    found = SecondAbstraction.objects.filter(audited_case=audited).first()
    return found or SecondAbstraction(audited_case=audited, abstracted_by_id=audited.audit.abstractor_id)


def hospitals(viewer: Viewer) -> QuerySet[Participation]:
    """Hospitals that take part, by name."""
    found = Participation.objects.filter(collaborative_id=viewer.collaborative_id, left_on=None)
    return found.select_related("site", "collaborative").order_by("site__name")


def forms(viewer: Viewer) -> QuerySet[Form]:
    """Forms with a version in force some day."""
    found = Form.objects.filter(collaborative_id=viewer.collaborative_id, versions__status="published")
    return found.distinct().order_by("name")


def validators(viewer: Viewer) -> QuerySet[User]:
    """Data validators of the centre."""
    now = timezone.now()
    active = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), collaborative_id=viewer.collaborative_id, role=Role.VALIDATOR
    )
    return User.objects.filter(pk__in=active.values("user_id")).order_by("full_name")


def addressees(audit: Audit) -> list[tuple[str, str]]:
    """Role and names of those to whom the report is addressed: abstractors, their administrator, the champion."""
    now = timezone.now()
    roles = (Role.ABSTRACTOR, Role.ADMINISTRATOR, Role.CHAMPION)
    grants = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), participation_id=audit.participation_id, role__in=roles
    ).select_related("user")
    names: dict[Role, list[str]] = {role: [] for role in roles}
    for grant in grants.order_by("user__full_name"):
        names[Role(grant.role)].append(grant.user.full_name)
    return [(role.label, ", ".join(names[role]) or "nobody holds this role") for role in roles]
