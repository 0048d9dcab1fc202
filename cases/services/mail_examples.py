"""Mails about files of cases as their readers get them."""

from django.urls import reverse

from cases.enums import ImportState
from cases.models import CaseImport
from cases.services.importing.mail import TITLES, import_text
from collaboratives.definition.mail_example import MailExample
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.services.examples import example
from privacy.viewer import Viewer


COUNTS = {
    "actions": {"new": 1204, "changed": 31, "unchanged": 466, "rejected": 9},
    "written": 1235,
    "undone": {"deleted": 1204, "restored": 29, "kept": 2},
}


def mail_examples(viewer: Viewer) -> list[MailExample]:
    """One for each end that a file can come to."""
    return [_about(viewer, state) for state in TITLES]


def _about(viewer: Viewer, state: ImportState) -> MailExample:
    return example(
        viewer,
        NotificationKind.IMPORT_DONE,
        name=TITLES[state],
        when="To whoever uploaded the file, when the work took long or changed cases.",
        title=TITLES[state],
        text=import_text(CaseImport(state=state, summary=COUNTS)),
        path=reverse("cases:import-list", args=[viewer.collaborative_slug]),
        template="cases/mail/import.txt",
    )
