from enum import Enum, auto

from django.db.models import TextChoices


class Outcome(TextChoices):
    """What a case means for a measure. Missing never counts as No."""

    MET = "met", "Met"
    NOT_MET = "not_met", "Not met"
    EXCLUDED = "excluded", "Excluded"
    CANNOT_TELL = "cannot_tell", "Cannot tell"


# The reason of an outcome that the centre decided. No exclusion of a definition can be called that: names have no spaces.
BY_DECISION = "excluded by decision"


class ReleaseState(TextChoices):
    COMPUTING = "computing", "Being computed"
    DRAFT = "draft", "Draft"
    APPROVED = "approved", "Approved"
    SCHEDULED = "scheduled", "Scheduled"
    RELEASING = "releasing", "Being released"
    RELEASED = "released", "Released"
    SUPERSEDED = "superseded", "Superseded"
    WITHDRAWN = "withdrawn", "Withdrawn"
    DISCARDED = "discarded", "Discarded"


class Reading(TextChoices):
    """The finding in words; the sentence, the chart and the table all use this one value."""

    BETTER = "better", "Better than the collaborative"
    AS_EXPECTED = "as_expected", "Within expected variation"
    WORSE = "worse", "Worse than the collaborative"
    TOO_FEW = "too_few", "Too few cases to compare"


class TrialState(TextChoices):
    """Where a trial fit is. Refused: the numbers are readable, but no model of this kind exists for them."""

    WAITING = "waiting", "Being computed"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"


class CheckName(TextChoices):
    """The questions of the data-quality gate, in the order in which they are read."""

    COMPLETENESS = "completeness", "Complete answers"
    TIMELINESS = "timeliness", "Cases in time"
    CAPTURE = "capture", "Case capture"
    AGREEMENT = "agreement", "Agreement in audits"
    ODD_NUMBERS = "odd_numbers", "Open queries about odd numbers"
    UNLOCKED = "unlocked", "Cases not locked yet"
    MOVED = "moved", "Value of all hospitals moved"
    WEIGHT = "weight", "One hospital moves the value of all"
    MEMBERSHIP = "membership", "Hospitals that joined or left"
    MODELS = "models", "Risk models"
    READINGS = "readings", "Readings that changed"


class CheckState(TextChoices):
    """Pass: nothing to see. Look: read it before approving. Stop: no approval without a reason."""

    PASS = "pass", "Pass"
    LOOK = "look", "Look"
    STOP = "stop", "Stop"


class MailKind(TextChoices):
    RELEASED = "released", "The release is there"
    NOTICE = "notice", "Private notice"


class MailEnd(TextChoices):
    """What became of a mail that was due."""

    SENT = "sent", "Sent"
    NO_ROLE = "no_role", "The person has no role there any more"
    UNWANTED = "unwanted", "The person wants no such mail"
    OVER = "over", "There is nothing to tell any more"


class FigureState(TextChoices):
    """What became of a file of supplied figures."""

    CHECKED = "checked", "Waits for your decision"
    REFUSED = "refused", "Has rows to correct"
    COMMITTED = "committed", "Taken over"
    DISCARDED = "discarded", "Discarded"


class ComputingStep(Enum):
    """What a step of computing a release came to."""

    MORE = auto()
    DRAFTED = auto()
    NOTHING = auto()
