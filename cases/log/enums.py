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


class UploadState(TextChoices):
    CHECKED = "checked", "Waits for your decision"
    REFUSED = "refused", "Has rows to correct"
    COMMITTED = "committed", "Taken over"
    DISCARDED = "discarded", "Discarded"


class EntryState(TextChoices):
    """How far an operation of the log is. None ever leaves the list."""

    LISTED = "listed", "Listed"
    EXCLUDED = "excluded", "Not eligible"
    SAMPLED = "sampled", "Sampled"
    NOT_SAMPLED = "not_sampled", "Not sampled"
    SUBSTITUTED = "substituted", "Substituted"


class SubstitutionReason(TextChoices):
    NOT_ELIGIBLE = "not_eligible", "Not eligible after all, by the chart"
    NO_RECORD = "no_record", "Record not available"
    TWICE = "twice", "The same operation under two numbers"
    OTHER = "other", "Another reason, in the note"


class FollowUpState(TextChoices):
    OPEN = "open", "Open"
    REACHED = "reached", "Reached"
    NOT_REACHED = "not_reached", "Not reached"


class FollowUpMethod(TextChoices):
    PHONE = "phone", "Phone"
    LETTER = "letter", "Letter"
    VISIT = "visit", "Visit"
    RECORD = "record", "Record of this hospital"
    OTHER_RECORD = "other_record", "Another hospital or practice"
    REGISTRY = "registry", "Registry"


class AttemptOutcome(TextChoices):
    REACHED = "reached", "Reached: day 30 is known"
    NO_ANSWER = "no_answer", "No answer"
    NOT_FOUND = "not_found", "Not found, or a wrong number or address"
    INCOMPLETE = "incomplete", "Found, but not up to day 30"
    DECLINED = "declined", "The patient declined"
