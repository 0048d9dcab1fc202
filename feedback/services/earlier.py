"""The fit that members saw before a moment: what later cases are read against (STATISTICS 7, frozen baseline)."""

from datetime import datetime

from django.db.models import Q

from feedback.models import ModelFit, Release
from feedback.services.numbers.values import FrozenFit
from measures.models import MeasureVersion, RiskModelVersion


def earlier_fit(release: Release, version: MeasureVersion) -> FrozenFit | None:
    """Of the release that members had when this one was drafted; the same however often it is computed again."""
    if version.risk_model_version is None:
        return None
    return frozen_fit(fit_before(version, release.created_at), version.risk_model_version)


def fit_before(version: MeasureVersion, moment: datetime) -> ModelFit | None:
    """The newest released fit of the measure, by whichever version of it, that nobody had withdrawn by then."""
    in_force = Q(release__withdrawn_at=None) | Q(release__withdrawn_at__gt=moment)
    found = ModelFit.objects.filter(
        in_force,
        collaborative_id=version.collaborative_id,
        measure_version__measure_id=version.measure_id,
        release__released_at__lt=moment,
    )
    return found.select_related("release", "risk_model_version").order_by("-release__released_at").first()


def frozen_fit(fit: ModelFit | None, now: RiskModelVersion) -> FrozenFit | None:
    if fit is None:
        return None
    return FrozenFit(
        release=fit.release.name,
        version=fit.risk_model_version.number,
        same_version=fit.risk_model_version_id == now.pk,
        design=fit.design,
        terms=fit.terms,
    )
