"""Which hospitals are read otherwise by another model or another release: names and readings, for the audited page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from collaboratives.selectors.kept import Kept
from feedback.enums import Reading
from feedback.models import SiteResult, TrialFit, TrialHospital
from feedback.selectors.fits import fit_before
from feedback.selectors.model_page import fit_of
from feedback.selectors.statements import RELEASE, VERSION, Statement, centre_statements, statement_of
from feedback.selectors.trials import trial_for
from measures.definition.spec import MeasureSpec
from privacy.viewer import Viewer
from ui.parts import Crumb, Kind


ABSENT = "Not in it"
COMPARED = ("denominator", "reading", "odds_ratio", "expected")
KINDS: Mapping[str, Kind] = {Reading.BETTER: "good", Reading.WORSE: "warn"}


@dataclass(frozen=True, kw_only=True)
class MovedRow:
    name: str
    cases: int
    before: str
    before_kind: Kind
    after: str
    after_kind: Kind
    moved: bool
    odds_before: str
    odds_after: str
    expected_before: str
    expected_after: str


@dataclass(frozen=True, kw_only=True)
class MovedPage:
    spec: MeasureSpec
    heading: str
    crumbs: tuple[Crumb, ...]
    line: str
    before: str
    after: str
    rows: tuple[MovedRow, ...]
    statement: Statement | None

    @property
    def compared(self) -> bool:
        return any(row.before != ABSENT for row in self.rows)

    @property
    def moved(self) -> int:
        return sum(row.moved for row in self.rows)


def trial_hospitals(viewer: Viewer, slug: str, public_id: UUID) -> MovedPage:
    """Every hospital of a trial by name, by the version tried and by the one before on the same cases."""
    trial = trial_for(viewer, slug, public_id)
    rows = TrialHospital.objects.filter(trial=trial).select_related("participation__site")
    place = [viewer.collaborative_slug, slug]
    return MovedPage(
        spec=trial.measure_version.definition,
        heading="Hospitals by two versions of the model",
        crumbs=(
            Crumb("Risk models", reverse("measures:model-list", args=place[:1])),
            Crumb("Trial fits", reverse("feedback:trial-list", args=place)),
            Crumb(_window(trial), reverse("feedback:trial-detail", args=[*place, trial.public_id])),
        ),
        line=f"Cases of {_window(trial)}, the same for both versions",
        before=f"Version {trial.before.number}" if trial.before else "No version before",
        after=f"Version {trial.risk_model_version.number}",
        rows=tuple(_trial_row(row) for row in sorted(rows, key=lambda each: each.participation.site.name)),
        statement=None,
    )


def _window(trial: TrialFit) -> str:
    return f"{trial.window_from:%B %Y} to {trial.window_to:%B %Y}"


def _trial_row(row: TrialHospital) -> MovedRow:
    return MovedRow(
        name=row.participation.site.name,
        cases=row.denominator,
        **_readings(row.reading_before, row.reading),
        odds_before=_number(row.odds_ratio_before),
        odds_after=_number(row.odds_ratio),
        expected_before=_number(row.expected_before, 1),
        expected_after=_number(row.expected, 1),
    )


def release_hospitals(viewer: Viewer, public_id: UUID, slug: str) -> MovedPage:
    """Every hospital of a release by name, beside its result of the release that members had before."""
    fit = fit_of(viewer, public_id, slug)
    before = fit_before(fit.measure_version, fit.release.created_at)
    earlier = _results(before.release_id, before.measure_version_id) if before else []
    old = {row.participation_id: row for row in earlier}
    new = _results(fit.release_id, fit.measure_version_id)
    place = [viewer.collaborative_slug, fit.release.public_id]
    model = reverse("feedback:model-detail", args=[*place, slug])
    return MovedPage(
        spec=fit.measure_version.definition,
        heading="Hospitals in two releases",
        crumbs=(Crumb(fit.release.name, reverse("feedback:release-detail", args=place)), Crumb("Risk model", model)),
        line="Cases and model may both differ; a trial fit compares two models on the same cases",
        before=f"{before.release.name}, model v{before.risk_model_version.number}" if before else "No release before",
        after=f"{fit.release.name}, model v{fit.risk_model_version.number}",
        rows=tuple(_release_row(old.get(row.participation_id), row) for row in new),
        statement=statement_of(centre_statements(viewer, fit.release, fit.measure_version_id), fit.measure_version_id),
    )


def _results(release: int, version: int) -> list[SiteResult]:
    """Of every hospital what this page compares."""
    return _RESULTS.read(release=release, version=version)


def _compared() -> QuerySet[SiteResult]:
    found = SiteResult.objects.filter(release_id=RELEASE, measure_version_id=VERSION)
    found = found.select_related("participation__site").only(*COMPARED, "participation", "participation__site__name")
    return found.order_by("participation__site__name", "pk")


_RESULTS: Kept[SiteResult] = Kept(_compared)


def _release_row(old: SiteResult | None, new: SiteResult) -> MovedRow:
    return MovedRow(
        name=new.participation.site.name,
        cases=new.denominator,
        **_readings(old.reading if old else "", new.reading),
        odds_before=_number(old.odds_ratio if old else None),
        odds_after=_number(new.odds_ratio),
        expected_before=_number(old.expected if old else None, 1),
        expected_after=_number(new.expected, 1),
    )


def _readings(before: str, after: str) -> dict[str, Any]:
    return {
        "before": Reading(before).label if before else ABSENT,
        "before_kind": KINDS.get(before, ""),
        "after": Reading(after).label,
        "after_kind": KINDS.get(after, ""),
        "moved": bool(before) and before != after,
    }


def _number(value: float | None, digits: int = 2) -> str:
    return "" if value is None else f"{value:.{digits}f}"
