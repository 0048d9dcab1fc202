"""Ask for a trial fit: a version of a risk model on real cases of a window, without a release. A worker computes it."""

from calendar import monthrange
from datetime import date

from django.db import transaction

from events.enums import EventKind
from events.services import queue_job, record_event
from feedback.enums import TrialState
from feedback.errors import TrialError
from feedback.models import TrialFit
from measures.enums import VersionStatus
from measures.models import RiskModelVersion
from measures.selectors.risk_models import model_problems, outcome_of
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def request_trial(*, version: RiskModelVersion, window_from: date, window_to: date, by: Viewer) -> TrialFit:
    """Let a worker fit the model as it is now. The same that waits already is not asked for twice.

    Raises
    ------
    TrialError
        Nothing can be fitted; the message says why.
    """
    require(by, Permission.DEFINITION_EDIT)
    _check_window(window_from, window_to)
    outcome = outcome_of(version)
    if outcome is None:
        raise TrialError(f"The measure {version.definition.outcome} is not in use, so there are no outcomes to fit.")
    if problems := model_problems(version):
        raise TrialError(f"Correct the draft first. {problems[0].message} {problems[0].remedy}")
    asked = {"spec_digest": version.digest, "window_from": window_from, "window_to": window_to}
    waiting = TrialFit.objects.filter(risk_model_version=version, state=TrialState.WAITING, **asked).first()
    if waiting is not None:
        return waiting
    trial = TrialFit.objects.create(
        collaborative_id=by.collaborative_id,
        risk_model_version=version,
        measure_version=outcome,
        before=_before(version),
        spec=version.spec,
        requested_by_id=by.user_id,
        **asked,
    )
    record_event(EventKind.TRIAL_REQUESTED, by=by, subject=trial, details=version.about)
    queue_job("feedback.fit_trial", title=f"Try {version} on real cases"[:200], subject=trial, by=by)
    return trial


def _check_window(window_from: date, window_to: date) -> None:
    if window_from > window_to:
        raise TrialError(f"The window ends ({window_to}) before it begins ({window_from}).")
    if window_from.day != 1 or window_to.day != monthrange(window_to.year, window_to.month)[1]:
        raise TrialError("A window is made of whole months.")


def _before(version: RiskModelVersion) -> RiskModelVersion | None:
    """The version in use, unless that is the one tried; then the published one before it."""
    published = version.risk_model.versions.filter(status__in=(VersionStatus.PUBLISHED, VersionStatus.RETIRED))
    return published.exclude(pk=version.pk).filter(number__lt=version.number).order_by("-number").first()
