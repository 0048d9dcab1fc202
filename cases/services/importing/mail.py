"""Tell the person who asked for it that long work on a file is done: counts and a link, nothing clinical."""

from datetime import timedelta

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from cases.enums import ImportState
from cases.models import CaseImport
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.services.notifying import notify
from events.models import Job


LONG = timedelta(seconds=20)  # whoever waits less is still looking at the page
MANY_ROWS = 5_000


def tell_when_checked(case_import: CaseImport, job: Job) -> None:
    """After a check only when it took long: else the person is on the page."""
    begun = job.started_at or job.created_at
    if timezone.now() - begun > LONG or case_import.summary.get("rows", 0) >= MANY_ROWS:
        tell(case_import, job)


def tell(case_import: CaseImport, job: Job) -> None:
    """With the work: what is taken back is not told."""
    if job.requested_by_id is None:
        return
    notify(
        [job.requested_by_id],
        kind=NotificationKind.IMPORT_DONE,
        title=TITLES.get(ImportState(case_import.state), "About a file of cases"),
        text=import_text(case_import),
        path=reverse("cases:import-detail", args=[case_import.collaborative.slug, case_import.public_id]),
        key=f"import-{case_import.public_id}-{job.pk}",
        collaborative_id=job.collaborative_id,
        participation_id=case_import.participation_id,
    )


def import_text(case_import: CaseImport) -> str:
    """What the mail says: counts."""
    summary = case_import.summary
    context = {
        "state": case_import.state,
        "actions": summary.get("actions", {}),
        "written": summary.get("written", 0),
        "undone": summary.get("undone", {}),
    }
    return render_to_string("cases/mail/import.txt", context).strip()


TITLES = {
    ImportState.CHECKED: "Your file of cases is checked",
    ImportState.REFUSED: "Your file of cases needs a correction",
    ImportState.COMMITTED: "Your file of cases is imported",
    ImportState.UNDONE: "Your import is undone",
}
