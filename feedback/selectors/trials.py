"""Trial fits of a risk model, for those who draft and review it. No hospital has a name here."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from cases.selectors.progress import Progress, progress_of
from events.enums import JobState
from events.models import Job
from feedback.charts import Drawing
from feedback.enums import TrialState
from feedback.models import ModelFit, TrialFit, TrialHospital
from feedback.selectors.fit_parts import (
    DesignRow,
    GateRow,
    MissingRow,
    SideRow,
    TermRow,
    between_facts,
    calibration_drawing,
    coefficient_rows,
    design_rows,
    dropped_words,
    figure_rows,
    gate_rows,
    missing_rows,
    quality_facts,
    recalibration_facts,
    term_rows,
    warnings_of,
)
from measures.definition.spec import MeasureSpec
from measures.models import RiskModelVersion
from measures.selectors.risk_models import RiskModelRow, model_row
from privacy.viewer import Viewer
from ui.parts import Crumb, Fact


FITTING = "fitting"
STEPS = (
    "Reading cases",
    "Fitting the model and the effects of hospitals",
    "Judging it on later cases",
    "Fitting the version before on the same cases",
    "Keeping the results",
)
MOST_TRIALS = 50


@dataclass(frozen=True)
class TrialList:
    row: RiskModelRow
    trials: tuple[TrialFit, ...]
    versions: tuple[RiskModelVersion, ...]


def trial_list(viewer: Viewer, slug: str) -> TrialList:
    """Newest first, of all versions; and the versions that can be tried: the draft, and the one in use."""
    row = model_row(viewer, slug)
    found = TrialFit.objects.filter(
        collaborative_id=viewer.collaborative_id, risk_model_version__in=[each.pk for each in row.versions]
    )
    trials = found.select_related("risk_model_version__risk_model", "requested_by").defer(
        "fit", "fit_before", "recalibration", "later"
    )
    wanted = (row.draft, row.in_use)
    return TrialList(row, tuple(trials.order_by("-requested_at")[:MOST_TRIALS]), tuple(each for each in wanted if each))


@dataclass(frozen=True)
class TrialProgress:
    trial: TrialFit
    job: Job | None
    progress: Progress | None

    @property
    def is_running(self) -> bool:
        return self.trial.state == TrialState.WAITING and not self.has_failed

    @property
    def has_failed(self) -> bool:
        return self.job is not None and self.job.state == JobState.FAILED

    @property
    def step(self) -> str:
        at = self.progress.done if self.progress else -1
        return STEPS[at] if 0 <= at < len(STEPS) else "Waiting for a worker"


def trial_for(viewer: Viewer, slug: str, public_id: UUID) -> TrialFit:
    found = TrialFit.objects.filter(
        collaborative_id=viewer.collaborative_id, risk_model_version__risk_model__slug=slug, public_id=public_id
    )
    trial = found.select_related("risk_model_version__risk_model", "measure_version__measure", "before", "requested_by")
    if (one := trial.first()) is None:
        raise Http404("There is no such trial here.")
    return one


def trial_progress(viewer: Viewer, slug: str, public_id: UUID) -> TrialProgress:
    trial = trial_for(viewer, slug, public_id)
    jobs = Job.objects.filter(collaborative_id=viewer.collaborative_id, kind="feedback.fit_trial", subject_id=trial.pk)
    job = jobs.order_by("-created_at").first()
    running = job is not None and job.finished_at is None
    return TrialProgress(trial, job, progress_of(job.public_id, FITTING) if job and running else None)


@dataclass(frozen=True, kw_only=True)
class BesideVersion:
    """The version tried beside the one before it, on the same cases."""

    name: str
    coefficients: tuple[SideRow, ...]
    figures: tuple[SideRow, ...]


@dataclass(frozen=True, kw_only=True)
class TrialResult:
    """What is shown of a trial that is done."""

    terms: tuple[TermRow, ...]
    facts: tuple[Fact, ...]
    between: tuple[Fact, ...]
    calibration: Drawing | None
    design: tuple[DesignRow, ...]
    dropped: tuple[str, ...]
    missing: tuple[MissingRow, ...]
    later: dict[str, object]
    later_facts: tuple[Fact, ...]
    gates: tuple[GateRow, ...]
    earlier: dict[str, object]
    recalibration: tuple[Fact, ...]
    beside: BesideVersion | None
    not_beside: str
    moved: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TrialPage:
    trial: TrialFit
    running: TrialProgress
    spec: MeasureSpec
    crumbs: tuple[Crumb, ...]
    provenance: tuple[Fact, ...]
    result: TrialResult | None


def trial_page(viewer: Viewer, slug: str, public_id: UUID) -> TrialPage:
    running = trial_progress(viewer, slug, public_id)
    trial = running.trial
    place = [viewer.collaborative_slug, slug]
    model = trial.risk_model_version.risk_model
    return TrialPage(
        trial=trial,
        running=running,
        spec=trial.measure_version.definition,
        crumbs=(
            Crumb("Risk models", reverse("measures:model-list", args=place[:1])),
            Crumb(model.name, reverse("measures:model-history", args=place)),
            Crumb("Trial fits", reverse("feedback:trial-list", args=place)),
        ),
        provenance=tuple(_provenance(trial)),
        result=_result(trial) if trial.state == TrialState.DONE else None,
    )


def kept_fit(figures: dict[str, object]) -> ModelFit:
    """The figures of a trial as a release would keep them: what reads one reads the other. Never saved."""
    return ModelFit(**figures)


def _result(trial: TrialFit) -> TrialResult:
    fit, later = kept_fit(trial.fit), trial.later
    return TrialResult(
        terms=term_rows(fit),
        facts=tuple(quality_facts(fit, exact=True)),
        between=tuple(between_facts(fit)),
        calibration=calibration_drawing(fit, trial.measure_version.definition.short_name, exact=True),
        design=design_rows(fit),
        dropped=dropped_words(fit),
        missing=missing_rows(fit, exact=True),
        later=later,
        later_facts=tuple(_later_facts(later)),
        gates=gate_rows(later),
        earlier=trial.recalibration,
        recalibration=recalibration_facts(trial.recalibration, exact=True),
        beside=_beside(trial, fit),
        not_beside=str(trial.fit_before.get("problem", "")),
        moved=moved_count(trial),
        warnings=warnings_of(fit),
    )


def moved_count(trial: TrialFit) -> int:
    """Hospitals whose reading is not the same by both versions."""
    rows = TrialHospital.objects.filter(trial=trial).exclude(reading_before="")
    return sum(now != before for now, before in rows.values_list("reading", "reading_before"))


def _beside(trial: TrialFit, fit: ModelFit) -> BesideVersion | None:
    if trial.before is None or "terms" not in trial.fit_before:
        return None
    before = kept_fit(trial.fit_before)
    return BesideVersion(
        name=f"Version {trial.before.number}",
        coefficients=coefficient_rows(before, fit),
        figures=figure_rows(before, fit),
    )


def _later_facts(later: dict[str, object]) -> list[Fact]:
    if not later or "problem" in later:
        return []
    low, high = later["c_low"], later["c_high"]
    interval = "" if low is None or high is None else f"95% {low:.3f} to {high:.3f}"
    return [
        Fact("Fitted on", f"{later['fitted']:,} cases"),
        Fact("Judged on", f"{later['cases']:,} cases", f"{later['events']:,} with the outcome"),
        Fact("c statistic", f"{later['c']:.3f}", interval),
        Fact("Brier score", f"{later['brier']:.4f}"),
    ]


def _provenance(trial: TrialFit) -> list[Fact]:
    facts = [
        Fact("Measure definition", f"v{trial.measure_version.number}"),
        Fact("Model", f"v{trial.risk_model_version.number}", f"digest {trial.spec_digest[:12]}"),
        Fact("Asked for by", trial.requested_by.full_name, f"{trial.requested_at:%-d %B %Y, %H:%M} UTC"),
    ]
    if trial.state == TrialState.WAITING:
        return facts
    facts += [Fact("Computed by", trial.code_version), Fact("Time used", f"{trial.seconds or 0:.1f} s")]
    if trial.digest:
        settings = f"seed {trial.seed}, tolerance {trial.tolerance:g}"
        facts += [Fact("Cases", f"digest {trial.digest[:12]}"), Fact("Ranks and Newton steps", settings)]
    return facts
