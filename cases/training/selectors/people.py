"""Who is certified, for the hospital's champion and administrator and for the centre; and one certificate to print."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from django.db.models import Q
from django.utils import timezone

from cases.selectors.clock import today_of
from cases.training.definition.scoring import Tally
from cases.training.enums import MaterialState
from cases.training.models import Attempt, Certificate, Exam
from collaboratives.models import Collaborative, Grant
from measures.models import Form
from privacy.roles import ROLE_PERMISSIONS, Permission, Role
from privacy.viewer import Viewer, require


ViewedCertificate: TypeAlias = Certificate  # the name for views, which may hold a certificate but not look one up
# Whoever enters cases; champions may learn too, but nobody waits for their certificate.
ENTERING = tuple(role.value for role in Role if Permission.CASE_EDIT in ROLE_PERMISSIONS[role])
SOON_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """One person at one hospital, and how they stand to one form."""

    name: str
    hospital: str
    form: str
    failed: int
    certificate: Certificate | None
    today: date

    @property
    def is_certified(self) -> bool:
        return self.certificate is not None and self.certificate.valid_until >= self.today

    @property
    def is_ending(self) -> bool:
        return self.is_certified and (self.certificate.valid_until - self.today).days <= SOON_DAYS  # type: ignore[union-attr]  # certified


@dataclass(frozen=True, kw_only=True)
class PeoplePage:
    rows: tuple[PersonRow, ...]
    sees_everybody: bool

    @property
    def certified(self) -> int:
        return sum(row.is_certified for row in self.rows)


def certificate_list(viewer: Viewer, collaborative: Collaborative) -> PeoplePage:
    """Everybody who enters cases or holds a certificate; without the right to see people only the viewer."""
    require(viewer, Permission.TRAINING_VIEW)
    everybody = viewer.can(Permission.PEOPLE_VIEW)
    here = Q(collaborative_id=viewer.collaborative_id)
    if viewer.participation_id is not None:
        here &= Q(participation_id=viewer.participation_id)
    certificates = Certificate.objects.filter(here).order_by("valid_until", "pk")
    latest = {(each.participation_id, each.holder_id, each.form_id): each for each in certificates}
    people = _people(here, [key[:2] for key in latest])
    if not everybody:
        people = [each for each in people if each.user_id == viewer.user_id]
    failed = _failed(here)
    today = today_of(collaborative)
    rows = (
        PersonRow(
            name=each.user.full_name,
            hospital=each.participation.site.name if each.participation else "",
            form=form.name,
            failed=failed.get((each.participation_id, each.user_id, form.pk), 0),
            certificate=latest.get((each.participation_id or 0, each.user_id, form.pk)),
            today=today,
        )
        for form in _forms(viewer, latest)
        for each in people
    )
    return PeoplePage(rows=tuple(rows), sees_everybody=everybody)


def _people(here: Q, holders: Iterable[tuple[int, int]]) -> list[Grant]:
    """One role of each person at each hospital, by hospital and name."""
    now = timezone.now()
    active = Grant.objects.filter(here, Q(ends_at=None) | Q(ends_at__gt=now), participation__isnull=False)
    found: dict[tuple[int | None, int], Grant] = {}
    kept = set(holders)
    for grant in active.select_related("user", "participation__site").order_by(
        "participation__site__name", "user__full_name", "pk"
    ):
        key = (grant.participation_id, grant.user_id)
        if grant.role in ENTERING or key in kept:
            found.setdefault(key, grant)
    return list(found.values())


def _forms(viewer: Viewer, latest: Iterable[tuple[int, int, int]]) -> list[Form]:
    """Forms for which there is an exam, or was one."""
    exams = Exam.objects.filter(collaborative_id=viewer.collaborative_id, state=MaterialState.PUBLISHED)
    keys = {*exams.values_list("form_id", flat=True), *(form for _, _, form in latest)}
    return list(Form.objects.filter(pk__in=keys).order_by("name"))


def _failed(here: Q) -> dict[tuple[int | None, int, int], int]:
    """Attempts that failed since the last one that was passed."""
    found: dict[tuple[int | None, int, int], int] = {}
    finished = Attempt.objects.filter(here, finished_at__isnull=False).order_by("finished_at", "pk")
    for hospital, taker, form, passed in finished.values_list(
        "participation_id", "taker_id", "exam__form_id", "passed"
    ):
        key = (hospital, taker, form)
        found[key] = 0 if passed else found.get(key, 0) + 1
    return found


@dataclass(frozen=True, kw_only=True)
class CertificatePage:
    certificate: Certificate
    tier_1: Tally
    tier_2: Tally
    cases: int
    is_valid: bool


def certificate_for(viewer: Viewer, public_id: str) -> Certificate | None:
    """One's own; for whoever may see people, any of the hospital, or of the collaborative for the centre."""
    require(viewer, Permission.TRAINING_VIEW)
    found = Certificate.objects.filter(collaborative_id=viewer.collaborative_id, public_id=public_id)
    if viewer.participation_id is not None:
        found = found.filter(participation_id=viewer.participation_id)
    if not viewer.can(Permission.PEOPLE_VIEW):
        found = found.filter(holder_id=viewer.user_id)
    return found.select_related("holder", "form", "attempt__exam", "participation__site", "renews").first()


def certificate_page(certificate: Certificate, collaborative: Collaborative) -> CertificatePage:
    attempt = certificate.attempt
    return CertificatePage(
        certificate=certificate,
        tier_1=Tally(scored=attempt.tier_1_scored, agreeing=attempt.tier_1_agreeing),
        tier_2=Tally(scored=attempt.tier_2_scored, agreeing=attempt.tier_2_agreeing),
        cases=attempt.exercises.count(),
        is_valid=certificate.valid_until >= today_of(collaborative),
    )
