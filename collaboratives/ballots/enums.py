from django.db.models import TextChoices


class BallotState(TextChoices):
    DRAFT = "draft", "Draft"
    OPEN = "open", "Open"
    COUNTED = "counted", "Counted"
    CANCELLED = "cancelled", "Called off"


class Rule(TextChoices):
    """How votes become a result."""

    APPROVAL = "approval", "Approve or reject: more than the threshold of those who say either"
    PLURALITY = "plurality", "One of several: the option with most votes; a tie decides nothing"


class Subject(TextChoices):
    """What a ballot is about, and so what may wait for its result."""

    QUESTION = "question", "A question"
    MEASURE = "measure", "A measure's version"
    UNBLINDING = "unblinding", "Showing hospitals by name"


class Outcome(TextChoices):
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    CHOSEN = "chosen", "Chosen"
    TIE = "tie", "A tie, so nothing is decided"
    NO_QUORUM = "no_quorum", "Too few hospitals voted, so nothing is decided"


# Options of a ballot by approval; every ballot lets a hospital abstain, which counts for the quorum alone.
APPROVE, REJECT, ABSTAIN = "Approve", "Reject", "Abstain"
