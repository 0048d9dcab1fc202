"""The fit that members saw before a moment: what later cases are read against (STATISTICS 7, frozen baseline)."""

from feedback.models import ModelFit, Release
from feedback.selectors.fits import fit_before
from feedback.services.numbers.values import FrozenFit
from measures.models import MeasureVersion, RiskModelVersion


def earlier_fit(release: Release, version: MeasureVersion) -> FrozenFit | None:
    """Of the release that members had when this one was drafted; the same however often it is computed again."""
    if version.risk_model_version is None:
        return None
    return frozen_fit(fit_before(version, release.created_at), version.risk_model_version)


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
