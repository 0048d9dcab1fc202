from django.db.models import TextChoices


class DigestState(TextChoices):
    """What became of somebody's mail of a day."""

    PLANNED = "planned", "to be sent"
    SENT = "sent", "sent"
    NOTHING = "nothing", "nothing was due"
    NO_ROLE = "no_role", "no role any more"
    OVER = "over", "too late for that day"


class Step(TextChoices):
    """Who is told, in this order, when a task of a hospital waits too long."""

    CHAMPION = "champion", "clinical champion"
    ADMINISTRATOR = "administrator", "hospital administrator"
    COORDINATOR = "coordinator", "coordinator at the centre"
