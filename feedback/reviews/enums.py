from django.db.models import TextChoices


class ContestReason(TextChoices):
    """Why a hospital says that a case is counted wrongly."""

    WRONG_DATA = "wrong_data", "The data of the case are wrong"
    SHOULD_BE_EXCLUDED = "should_be_excluded", "It should be excluded"
    SHOULD_NOT_BE_EXCLUDED = "should_not_be_excluded", "It should not be excluded"
    NOT_OURS = "not_ours", "It is not attributable to us"
    OTHER = "other", "Another reason"


class ContestState(TextChoices):
    OPEN = "open", "Waits for the centre"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Taken back by the hospital"


class Verdict(TextChoices):
    """What the centre decides; the first is the only one that changes how the case counts by itself."""

    EXCLUDE = "exclude", "Accept: leave the case out of this measure from the next release on"
    CORRECT = "correct", "Accept: the hospital puts the data of the case right"
    DECLINE = "decline", "Decline: the case is counted as the definition says"
