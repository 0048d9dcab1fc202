from django.db.models import TextChoices


class NotificationKind(TextChoices):
    """What people are told of. Which of them can be stopped stands in `definition/kinds.py`."""

    ANNOUNCEMENT = "announcement", "Announcements"
    RELEASE = "release", "Releases"
    NOTICE = "notice", "Private notices"
    MEETING = "meeting", "Meetings"
    MINUTES = "minutes", "Minutes of meetings"
    GROUP = "group", "Working groups"
    DOCUMENT = "document", "Documents to confirm"
    AGREEMENT = "agreement", "Agreements that end"
    CONTEST = "contest", "Contested cases"
    DEFINITION_REVIEW = "definition_review", "Definitions to review"
    IMPORT_DONE = "import_done", "Files of cases"
    JOB_DONE = "job_done", "Other long work that is done"
    TASK = "task", "What waits for you"
    REMINDER = "reminder", "Reminders of the coordinating centre"
    ESCALATION = "escalation", "Tasks of others that are long overdue"


class How(TextChoices):
    """How somebody wants to hear of a kind. In the product it stands in any case."""

    AT_ONCE = "at_once", "By mail, at once"
    DIGEST = "digest", "In one mail a day"
    PRODUCT = "product", "In Colloquy only"


class MailState(TextChoices):
    NONE = "none", "no mail"
    PLANNED = "planned", "goes as soon as a worker comes to it"
    SENT = "sent", "sent"
    WAITING = "waiting", "waits for the mail of the day"
    DIGEST = "digest", "was in a mail of the day"
    DROPPED = "dropped", "not sent: the role had ended, or it was over"
