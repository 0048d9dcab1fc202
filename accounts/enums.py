from django.db.models import TextChoices


class ReleaseMailWhen(TextChoices):
    """When somebody hears of a release by mail. Seven o'clock is that of the programme."""

    AT_ONCE = "at_once", "At once"
    DAILY = "daily", "In one mail a day, at 7:00"
    NEVER = "never", "Never"
