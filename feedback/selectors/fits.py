"""The fit that members saw before a moment: as the centre and the worker know it, or as members do."""

from datetime import datetime
from typing import TypeVar

from django.db.models import Q, QuerySet

from feedback.models import MemberFit, ModelFit
from measures.models import MeasureVersion


AnyFit = TypeVar("AnyFit", ModelFit, MemberFit)


def fit_before(version: MeasureVersion, moment: datetime) -> ModelFit | None:
    """The newest released fit of the measure, by whichever version of it, that nobody had withdrawn by then."""
    return _newest(ModelFit.objects.all(), version, moment)


def member_fit_before(version: MeasureVersion, moment: datetime) -> MemberFit | None:
    """The same one, for members."""
    return _newest(MemberFit.objects.all(), version, moment)


def _newest(fits: QuerySet[AnyFit], version: MeasureVersion, moment: datetime) -> AnyFit | None:
    in_force = Q(release__withdrawn_at=None) | Q(release__withdrawn_at__gt=moment)
    found = fits.filter(
        in_force,
        collaborative_id=version.collaborative_id,
        measure_version__measure_id=version.measure_id,
        release__released_at__lt=moment,
    )
    return found.select_related("release", "risk_model_version__risk_model").order_by("-release__released_at").first()
