from django.db.models import TextChoices


class VersionStatus(TextChoices):
    DRAFT = "draft", "Draft"
    REVIEW = "review", "In review"
    PUBLISHED = "published", "Published"
    RETIRED = "retired", "Retired"
    DISCARDED = "discarded", "Discarded"


UNPUBLISHED = (VersionStatus.DRAFT, VersionStatus.REVIEW, VersionStatus.DISCARDED)
