from django.db.models import TextChoices


class Rhythm(TextChoices):
    """How a year is cut into cycles."""

    MONTHLY = "monthly", "Monthly"
    QUARTERLY = "quarterly", "Quarterly"
    EIGHT_DAY = "eight_day", "Eight-day cycles"


class ExtensionReason(TextChoices):
    STAFF = "staff", "Staff away or changed"
    SYSTEM = "system", "Records or computers not available"
    CRISIS = "crisis", "Emergency at the hospital"
    LATE_START = "late_start", "Hospital joined late"
    OTHER = "other", "Another reason, in the note"


class Decision(TextChoices):
    GRANTED = "granted", "Granted"
    REFUSED = "refused", "Refused"
