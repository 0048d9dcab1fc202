"""Release "Autumn 2026" of colectomy-mi over all cases of the world: drafted by Cora, approved by Ben, released by Dana.

A second one is a draft, which no member may know of. A third is scheduled for a week from now: birch has bad news in it,
and the private notice of that is open.
`draft()` makes further ones in tests. Hernia Lakes has no definition of its own, so there is nothing to release there.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from collaboratives.selectors.places import acting_for
from events.models import Job
from feedback.enums import CheckName, ComputingStep
from feedback.models import Release
from feedback.services.bulk_outcomes import evaluate_collaborative
from feedback.services.computing import compute_release
from feedback.services.noticing import give_notice
from feedback.services.publishing import publish_release as write_release
from feedback.services.releases import approve_release, draft_release
from feedback.services.scheduling import publish_release, schedule_release
from tenancy.context import Acting, acting
from tests.worlds import programme


NAME = "Autumn 2026"
WINDOW = date(2025, 7, 1), date(2026, 9, 30)
REASON = "The hospitals know of it."
DRAFT = "Summer 2026, unfinished"
SCHEDULED = "Winter 2027"
DRAFT_WINDOW = date(2025, 7, 1), date(2026, 6, 30)


def build() -> None:
    count_all()
    publish(draft(NAME, *WINDOW))
    draft(DRAFT, *DRAFT_WINDOW)
    schedule(draft(SCHEDULED, *WINDOW), timezone.now() + timedelta(days=7))


def worker(slug: str = "colectomy-mi") -> Acting:
    return Acting("compute", collaborative_id=programme.collaborative(slug).pk)


def count_all(slug: str = "colectomy-mi") -> None:
    """What the worker does after an import and after a definition is published."""
    who = worker(slug)
    with acting(who):
        evaluate_collaborative(who.collaborative_id)


def draft(name: str, window_from: date, window_to: date, slug: str = "colectomy-mi", by: str = "cora") -> Release:
    """Draft a release and let the worker compute it."""
    person = programme.viewer(by, slug)
    with acting(acting_for(person)), transaction.atomic():
        release = draft_release(name=name, window_from=window_from, window_to=window_to, by=person)
    return compute(release, slug)


def compute(release: Release, slug: str = "colectomy-mi") -> Release:
    """The worker's steps, each in a transaction of its own."""
    with acting(worker(slug)):
        step = ComputingStep.MORE
        while step is ComputingStep.MORE:
            with transaction.atomic():
                step = compute_release(Job(subject_id=release.pk))
        with transaction.atomic():
            return Release.objects.get(pk=release.pk)


def publish(release: Release, slug: str = "colectomy-mi", approver: str = "ben", director: str = "dana") -> Release:
    """Approve and release by two people, and let the worker write what members see."""
    approve(release, slug, approver)
    person = programme.viewer(director, slug)
    with acting(acting_for(person)), transaction.atomic():
        publish_release(release=release, reason=REASON, by=person)
    write(release, slug)
    with acting(worker(slug)), transaction.atomic():
        return Release.objects.get(pk=release.pk)


def approve(release: Release, slug: str = "colectomy-mi", approver: str = "ben") -> None:
    """With a reason for every check that says stop."""
    person = programme.viewer(approver, slug)
    with acting(acting_for(person)), transaction.atomic():
        approve_release(release=release, reasons=dict.fromkeys(CheckName.values, REASON), by=person)


def schedule(release: Release, at: datetime, slug: str = "colectomy-mi", director: str = "dana") -> Release:
    """Approve it and schedule it, and let the worker write the private notices."""
    approve(release, slug)
    person = programme.viewer(director, slug)
    with acting(acting_for(person)), transaction.atomic():
        schedule_release(release=release, at=at, reason=REASON, by=person)
    with acting(worker(slug)), transaction.atomic():
        give_notice(Job(subject_id=release.pk))
        return Release.objects.get(pk=release.pk)


def write(release: Release, slug: str = "colectomy-mi") -> None:
    """What the worker does once the director has released."""
    with acting(worker(slug)), transaction.atomic():
        write_release(Job(subject_id=release.pk))
