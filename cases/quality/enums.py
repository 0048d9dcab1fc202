from django.db.models import TextChoices


class AnomalyRule(TextChoices):
    """What a rule finds odd in the cases of one hospital (docs/data-quality.md has the definitions)."""

    CASELOAD_DROP = "caseload_drop", "Far fewer cases than usual"
    DIGIT_PREFERENCE = "digit_preference", "Rounded values"
    NO_EVENTS = "no_events", "No event where some were expected"
    UNKNOWN_RISE = "unknown_rise", "More unknown than before"
