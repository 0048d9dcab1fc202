"""The files of release "Autumn 2026", as the worker makes them after it was released."""

from django.db import transaction

from events.models import Job
from feedback.models import Release
from feedback.reports.services.preparing import prepare_reports
from tenancy.context import acting
from tests.worlds import releases


def build() -> None:
    prepare(releases.NAME)


def prepare(name: str) -> Release:
    """Run the job until nothing is left to do."""
    with acting(releases.worker()), transaction.atomic():
        release = Release.objects.get(name=name)
        prepare_reports(Job(subject_id=release.pk))
        return release
