"""The fit that members saw before a moment."""

from datetime import datetime

from django.db.models import Q

from feedback.models import ModelFit
from measures.models import MeasureVersion


def fit_before(version: MeasureVersion, moment: datetime) -> ModelFit | None:
    """The newest released fit of the measure, by whichever version of it, that nobody had withdrawn by then."""
    in_force = Q(release__withdrawn_at=None) | Q(release__withdrawn_at__gt=moment)
    found = ModelFit.objects.filter(
        in_force,
        collaborative_id=version.collaborative_id,
        measure_version__measure_id=version.measure_id,
        release__released_at__lt=moment,
    )
    return found.select_related("release", "risk_model_version__risk_model").order_by("-release__released_at").first()
