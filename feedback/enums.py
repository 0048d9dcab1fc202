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
