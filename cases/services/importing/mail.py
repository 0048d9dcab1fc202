"""Tell the person who asked for it, by mail, that long work on a file is done: counts and a link, nothing clinical."""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from cases.enums import ImportState
from cases.models import CaseImport
from events.models import Job


LONG = timedelta(seconds=20)  # whoever waits less is still looking at the page
MANY_ROWS = 5_000


def tell_when_checked(case_import: CaseImport, job: Job) -> None:
    """After a check only when it took long: else the person is on the page."""
    begun = job.started_at or job.created_at
    if timezone.now() - begun > LONG or case_import.summary.get("rows", 0) >= MANY_ROWS:
        tell(case_import, job)


def tell(case_import: CaseImport, job: Job) -> None:
    """Once the work is committed; a mail server that is away stops nothing."""
    if job.requested_by is None or not job.requested_by.is_active:
        return
    path = reverse("cases:import-detail", args=[case_import.collaborative.slug, case_import.public_id])
    summary = case_import.summary
    context = {
        "name": job.requested_by.full_name,
        "collaborative": case_import.collaborative.name,
        "state": case_import.state,
        "actions": summary.get("actions", {}),
        "written": summary.get("written", 0),
        "undone": summary.get("undone", {}),
        "link": f"{settings.BASE_URL}{path}",
    }
    mail = EmailMessage(
        subject=f"{SUBJECTS.get(ImportState(case_import.state), 'About a file of cases')} ({case_import.collaborative.name})",
        body=render_to_string("cases/mail/import.txt", context),
        to=[job.requested_by.email],
        headers={"Message-ID": f"<import-{case_import.public_id}-{job.pk}@colloquy>"},
    )
    transaction.on_commit(partial(mail.send, fail_silently=True), robust=True)


SUBJECTS = {
    ImportState.CHECKED: "Your file of cases is checked",
    ImportState.REFUSED: "Your file of cases needs a correction",
    ImportState.COMMITTED: "Your file of cases is imported",
    ImportState.UNDONE: "Your import is undone",
}
