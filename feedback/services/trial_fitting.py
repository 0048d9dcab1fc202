"""The worker's part of a trial fit. It reads cases and computes exactly as a release does, and keeps no snapshot."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from time import perf_counter

from django.db import transaction

from cases.services.progress import Progress
from collaboratives.models import Collaborative
from events.models import Job
from feedback.enums import TrialState
from feedback.models import Release, TrialFit, TrialHospital
from feedback.selectors.fits import fit_before
from feedback.selectors.slices import Slice, digest_of, pack
from feedback.selectors.trials import FITTING, STEPS
from feedback.services.computing import code_version
from feedback.services.earlier import frozen_fit
from feedback.services.numbers.effects import SEED
from feedback.services.numbers.measure import compute_measure
from feedback.services.numbers.validation import judged_later
from feedback.services.numbers.values import FrozenFit, Json, MeasureInput, MeasureNumbers, SiteNumbers
from feedback.services.snapshot import slices_of
from measures.definition.canonical import from_json
from measures.definition.spec import Covariate, CovariateKind, MissingRule, RiskModelSpec
from measures.selectors.definitions import counted_form
from riskstats.errors import ModelRefusedError
from riskstats.riskmodel.logistic import TOLERANCE


TOO_FEW = "Too few hospitals with cases in this window to compare them without telling about a single one; choose a longer window."


def fit_trial(job: Job) -> None:
    """Job: fit the version that was asked for and the one before on the same cases, and keep what came of it."""
    trial = TrialFit.objects.select_for_update(of=("self",)).get(pk=job.subject_id)
    if trial.state != TrialState.WAITING:
        return
    begun, steps = perf_counter(), _Steps(Progress(job.public_id, FITTING))
    trial.code_version, trial.seed, trial.tolerance = code_version(), SEED, TOLERANCE
    try:
        with transaction.atomic():
            _Run(trial, steps).run()
    except ModelRefusedError as refused:
        problem = str(refused)
        trial.problem = f"{problem[:1].upper()}{problem[1:]}".rstrip(".") + "."
    trial.state = TrialState.REFUSED if trial.problem else TrialState.DONE
    trial.seconds = perf_counter() - begun
    trial.save()


@dataclass
class _Steps:
    """Tells the page which step it is at."""

    progress: Progress
    done: int = -1

    def next(self) -> None:
        self.done += 1
        self.progress.told = 0.0  # a step is always told
        self.progress.tell(self.done, len(STEPS))


@dataclass(frozen=True)
class _Run:
    trial: TrialFit
    steps: _Steps

    def run(self) -> None:
        trial, next_step = self.trial, self.steps.next
        spec, frozen = from_json(RiskModelSpec, trial.spec), self._frozen()
        next_step()
        before = trial.before.definition if trial.before else None
        both = _read_together(spec, before)
        slices = self._slices(both or spec)
        trial.digest = _digest(trial.measure_version_id, slices, spec)
        next_step()
        numbers = self._computed(spec, slices, frozen)
        next_step()
        trial.later = judged_later(slices, counted_form(trial.measure_version), spec)
        next_step()
        beside = self._before(before, slices if both else None, frozen) if before else None
        next_step()
        self._keep(numbers, beside)

    def _frozen(self) -> FrozenFit | None:
        """The fit that members have now, whichever version it was of."""
        return frozen_fit(
            fit_before(self.trial.measure_version, self.trial.requested_at), self.trial.risk_model_version
        )

    def _window(self) -> Release:
        """Says which cases; it is never saved."""
        trial = self.trial
        return Release(
            collaborative_id=trial.collaborative_id, window_from=trial.window_from, window_to=trial.window_to
        )

    def _slices(self, model: RiskModelSpec) -> Mapping[int, Slice]:
        return dict(slices_of(self._window(), self.trial.measure_version, model))

    def _computed(self, model: RiskModelSpec, slices: Mapping[int, Slice], frozen: FrozenFit | None) -> MeasureNumbers:
        trial = self.trial
        version = trial.measure_version
        return compute_measure(
            MeasureInput(
                measure=version.definition,
                form=counted_form(version),
                risk_model=model,
                slices=slices,
                window_from=trial.window_from,
                window_to=trial.window_to,
                rules=Collaborative.objects.get(pk=trial.collaborative_id).disclosure_rules,
                earlier=frozen,
            )
        )

    def _before(
        self, model: RiskModelSpec, slices: Mapping[int, Slice] | None, frozen: FrozenFit | None
    ) -> MeasureNumbers | None:
        """The version before on the same cases. Where it cannot be fitted on them, the trial says so and goes on."""
        try:
            return self._computed(model, slices or self._slices(model), frozen)
        except ModelRefusedError as refused:
            self.trial.fit_before = {"problem": str(refused)}
            return None

    def _keep(self, numbers: MeasureNumbers, before: MeasureNumbers | None) -> None:
        trial = self.trial
        if numbers.fit is None:
            raise ModelRefusedError(TOO_FEW)
        trial.fit = asdict(numbers.fit)
        if before and before.fit:
            trial.fit_before = asdict(before.fit)
        trial.recalibration = _told(trial.fit) or _told(trial.fit_before)
        pooled = numbers.pooled
        trial.pooled = {"hospitals": pooled.hospitals, "denominator": pooled.denominator, "observed": pooled.observed}
        TrialHospital.objects.bulk_create(
            TrialHospital(
                collaborative_id=trial.collaborative_id,
                trial=trial,
                participation_id=key,
                **_hospital(site, before.sites.get(key) if before else None),
            )
            for key, site in numbers.sites.items()
        )


def _told(fit: Json) -> Json:
    """The recalibration of the frozen fit, where these cases carry its covariates."""
    details = fit.get("details")
    earlier = details.get("earlier", {}) if isinstance(details, dict) else {}
    return earlier if earlier and "unknown" not in earlier else {}


def _hospital(site: SiteNumbers, before: SiteNumbers | None) -> Json:
    now = {"denominator": site.denominator, "observed": site.observed, **_read(site)}
    return now | ({f"{name}_before": value for name, value in _read(before).items()} if before else {})


def _read(site: SiteNumbers) -> Json:
    return {
        "expected": site.expected,
        "odds_ratio": site.odds_ratio,
        "flag": site.flag,
        "reading": site.reading.value,
    }


def _read_together(model: RiskModelSpec, before: RiskModelSpec | None) -> RiskModelSpec | None:
    """Both models' covariates at once, so that cases are read once; None where one reads a case otherwise than the other."""
    if before is None or {model.missing_rule, before.missing_rule} != {MissingRule.INDICATOR}:
        return None
    own = {each.variable: each for each in model.covariates}
    if any(_is_code(each) != _is_code(own.get(each.variable, each)) for each in before.covariates):
        return None
    others = tuple(each for each in before.covariates if each.variable not in own)
    return replace(model, covariates=(*model.covariates, *others))


def _is_code(covariate: Covariate) -> bool:
    return covariate.kind is CovariateKind.CATEGORY


def _digest(version: int, slices: Mapping[int, Slice], model: RiskModelSpec) -> str:
    """As a snapshot of this measure alone would have it: equal cases give an equal digest, whatever else was read."""
    names = [each.variable for each in model.covariates]
    read = {
        key: replace(
            columns, covariates={name: columns.covariates[name] for name in names if name in columns.covariates}
        )
        for key, columns in slices.items()
    }
    return digest_of((key, version, pack(columns).digest) for key, columns in read.items())
