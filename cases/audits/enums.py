from django.db.models import TextChoices


class AuditState(TextChoices):
    ANNOUNCED = "announced", "Announced"
    DRAWN = "drawn", "Sample drawn"
    ABSTRACTING = "abstracting", "Second abstraction"
    REVIEW = "review", "Review by the hospital"
    ADJUDICATION = "adjudication", "Adjudication"
    REPORTED = "reported", "Reported"
    CORRECTED = "corrected", "Cases corrected"
    CANCELLED = "cancelled", "Cancelled"


# In the order of the work; each audit is in one, or cancelled.
ORDER = tuple(state for state in AuditState if state is not AuditState.CANCELLED)
# While an audit is in one of these, its abstractor sees no case of the hospital (the database's app.ctx_blind).
BLIND = (AuditState.DRAWN, AuditState.ABSTRACTING)
SHOWN = (AuditState.REVIEW, AuditState.ADJUDICATION, AuditState.REPORTED, AuditState.CORRECTED)
FINISHED = (AuditState.REPORTED, AuditState.CORRECTED)
UNDER_WAY = (*ORDER[:2], AuditState.ABSTRACTING, AuditState.REVIEW, AuditState.ADJUDICATION)


class Answer(TextChoices):
    """What the hospital says of a disagreement."""

    ACCEPTED = "accepted", "Accepted"
    CONTESTED = "contested", "Contested"


class Verdict(TextChoices):
    """What the adjudicator says of a contested one."""

    ORIGINAL = "original", "The original value is right"
    SECOND = "second", "The second value is right"
    NEITHER = "neither", "Neither is right"
