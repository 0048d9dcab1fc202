from django.db.models import TextChoices


class QuestionKind(TextChoices):
    QUESTION = "question", "Question"  # the hospital asks the centre
    QUERY = "query", "Query"  # the centre or a rule asks the hospital


class QuestionState(TextChoices):
    OPEN = "open", "Open"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"


class Side(TextChoices):
    HOSPITAL = "hospital", "the hospital"
    CENTRE = "centre", "the centre"


class Outcome(TextChoices):
    """What the hospital did with a query."""

    CORRECTED = "corrected", "Corrected"
    CONFIRMED = "confirmed", "Confirmed as is"
    ASKED_CENTRE = "asked_centre", "Asked the centre"


class Step(TextChoices):
    """What a message of the thread did, beside saying something."""

    REPLY = "reply", "wrote"
    ANSWER = "answer", "answered"
    CORRECT = "correct", "corrected the value"
    CONFIRM = "confirm", "confirmed the value"
    ASK_CENTRE = "ask_centre", "asked the centre"
    CLOSE = "close", "closed it"
    REOPEN = "reopen", "re-opened it"
    PROMOTE = "promote", "put the answer into the manual"
