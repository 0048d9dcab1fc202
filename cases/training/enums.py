from django.db.models import TextChoices


class MaterialState(TextChoices):
    """A test case or an exam. Publishing freezes; a change is a new one."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    RETIRED = "retired", "Retired"


class Purpose(TextChoices):
    PRACTICE = "practice", "Practice: open to everybody, as often as they like"
    EXAM = "exam", "Exam: seen only in an exam"
