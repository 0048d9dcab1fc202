"""A trial fit as files for R."""

from uuid import UUID

from django.http import Http404

from feedback.enums import TrialState
from feedback.models import TrialFit
from feedback.selectors.export import File
from feedback.selectors.refit import coefficients_file, script_file
from feedback.selectors.trials import kept_fit, trial_for
from privacy.viewer import Viewer


def trial_coefficients(viewer: Viewer, slug: str, public_id: UUID) -> File:
    trial = _done(viewer, slug, public_id)
    return coefficients_file(kept_fit(trial.fit), _name(trial))


def trial_script(viewer: Viewer, slug: str, public_id: UUID) -> File:
    trial = _done(viewer, slug, public_id)
    title = f"{trial.risk_model_version}, trial fit on {trial.window_from} to {trial.window_to}"
    return script_file(kept_fit(trial.fit), _name(trial), title)


def _done(viewer: Viewer, slug: str, public_id: UUID) -> TrialFit:
    trial = trial_for(viewer, slug, public_id)
    if trial.state != TrialState.DONE:
        raise Http404("This trial has no fit.")
    return trial


def _name(trial: TrialFit) -> str:
    return f"{trial.risk_model_version.risk_model.slug}-v{trial.risk_model_version.number}-trial"
