"""The fit that members saw before a moment: as the centre and the worker know it, or as members do."""

from datetime import datetime
from typing import Any, TypeVar

from django.db.models import BigIntegerField, DateTimeField, Q, QuerySet

from collaboratives.selectors.by_hospital import HERE
from collaboratives.selectors.kept import Given, Kept
from feedback.models import MemberFit, ModelFit
from measures.models import MeasureVersion


AnyFit = TypeVar("AnyFit", ModelFit, MemberFit)


def fit_before(version: MeasureVersion, moment: datetime) -> ModelFit | None:
    """The newest released fit of the measure, by whichever version of it, that nobody had withdrawn by then."""
    return _newest(_MODEL_FITS, version, moment)


def member_fit_before(version: MeasureVersion, moment: datetime) -> MemberFit | None:
    """The same one, for members."""
    return _newest(_MEMBER_FITS, version, moment)


def _newest(kept: Kept[AnyFit], version: MeasureVersion, moment: datetime) -> AnyFit | None:
    found = kept.read(here=version.collaborative_id, measure=version.measure_id, moment=moment)
    return found[0] if found else None


def _released(fits: QuerySet[AnyFit]) -> QuerySet[AnyFit]:
    moment: Any = Given("moment", DateTimeField())
    in_force = Q(release__withdrawn_at=None) | Q(release__withdrawn_at__gt=moment)
    found = fits.filter(
        in_force,
        collaborative_id=HERE,
        measure_version__measure_id=Given("measure", BigIntegerField()),
        release__released_at__lt=moment,
    )
    found = found.select_related("release", "risk_model_version__risk_model")
    return found.order_by("-release__released_at")[:1]


_MODEL_FITS: Kept[ModelFit] = Kept(lambda: _released(ModelFit.objects.all()))
_MEMBER_FITS: Kept[MemberFit] = Kept(lambda: _released(MemberFit.objects.all()))
