from django.db.models import TextChoices


class ReportKind(TextChoices):
    """What a hospital gets with every release."""

    ONE_PAGE = "one-page", "One page"
    FULL = "full", "Full report"
