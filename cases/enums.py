from django.db.models import TextChoices


REOPENED = "reopened"  # key of Case.reasons beside those of the rules
UNLOCKED = "unlocked"  # likewise: why the centre unlocked it
REBOUND = "rebound"  # likewise: another version of the form applies since, and what that changed


class CaseStatus(TextChoices):
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETE = "complete", "Complete"
    LOCKED = "locked", "Locked"


COUNTED = (CaseStatus.COMPLETE, CaseStatus.LOCKED)  # what numbers are computed from


class ImportState(TextChoices):
    CHECKING = "checking", "Checking"
    REFUSED = "refused", "Could not be read"
    CHECKED = "checked", "Checked"
    COMMITTING = "committing", "Importing"
    COMMITTED = "committed", "Imported"
    DISCARDED = "discarded", "Discarded"
    UNDOING = "undoing", "Being undone"
    UNDONE = "undone", "Undone"


WRITTEN = (ImportState.COMMITTED, ImportState.UNDOING, ImportState.UNDONE)


class RowAction(TextChoices):
    NEW = "new", "new"
    CHANGED = "changed", "changed"
    UNCHANGED = "unchanged", "unchanged"
    REJECTED = "rejected", "rejected"
