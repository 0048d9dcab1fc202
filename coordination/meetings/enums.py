from django.db.models import TextChoices


class MeetingKind(TextChoices):
    WHOLE = "whole", "Collaborative-wide meeting"
    ABSTRACTORS = "abstractors", "Abstractors' meeting"
    CALL = "call", "Call"
    GROUP = "group", "Meeting of a working group"
    OTHER = "other", "Other meeting"


class MeetingState(TextChoices):
    DRAFT = "draft", "In preparation"
    ANNOUNCED = "announced", "Announced"
    CANCELLED = "cancelled", "Cancelled"


class Repeat(TextChoices):
    """How often a series meets; the value of all but the last is a number of months."""

    MONTHLY = "1", "Every month"
    QUARTERLY = "3", "Every quarter"
    THREE_A_YEAR = "4", "Three times a year"
    DATES = "dates", "On the dates I list"


class Reply(TextChoices):
    OPEN = "open", "no answer yet"
    IN_PERSON = "in_person", "in person"
    REMOTE = "remote", "remote"
    NO = "no", "not coming"


class Mode(TextChoices):
    ROOM = "room", "in the room"
    REMOTE = "remote", "remote"


class WhyNot(TextChoices):
    """Why an attendance earns the hospital no credit, by the rules of the programme."""

    LATE = "late", "came too late"
    REMOTE = "remote", "remote attendance does not count"
    SUBSTITUTE = "substitute", "substitutes do not count"


class MailKind(TextChoices):
    REQUEST = "request", "Invitation"
    UPDATE = "update", "Change"
    CANCEL = "cancel", "Cancellation"
    MINUTES = "minutes", "Minutes"


class MailEnd(TextChoices):
    SENT = "sent", "sent"
    NO_ROLE = "no_role", "holds no role any more"
    OVER = "over", "was overtaken"


class ActionState(TextChoices):
    OPEN = "open", "open"
    DONE = "done", "done"
    DROPPED = "dropped", "dropped"


class Position(TextChoices):
    BETTER = "better", "Better than most"
    EXPECTED = "expected", "About as expected"
    WORSE = "worse", "Worse than most"
