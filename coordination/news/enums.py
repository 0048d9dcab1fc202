from django.db.models import TextChoices


class Kind(TextChoices):
    ANNOUNCEMENT = "announcement", "Announcement"
    NEWSLETTER = "newsletter", "Newsletter"


class State(TextChoices):
    """A draft is the centre's; what was sent stays as it was sent, and is withdrawn at most."""

    DRAFT = "draft", "Draft"
    SENT = "sent", "Sent"
    WITHDRAWN = "withdrawn", "Withdrawn"
    DISCARDED = "discarded", "Discarded"
