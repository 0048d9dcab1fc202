"""Two people make a version of a risk model. Publishing it makes the version of its measure that uses it (ADR 16)."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from collaboratives.selectors.clock import today_at
from events.enums import EventKind
from events.services import queue_job
from measures.definition.draft_check import FormProblemsError
from measures.enums import UNPUBLISHED, VersionStatus
from measures.errors import DraftClosedError, EffectiveDateError, ModelNeededError
from measures.models import MeasureVersion, RiskModelVersion
from measures.selectors.risk_models import measure_using, model_problems
from measures.services.review import Publishing
from measures.services.versions import OPEN, lock_version, mark_published, record, refuse_own, submit, take_up
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def submit_model(*, version: RiskModelVersion, note: str, by: Viewer) -> RiskModelVersion:
    """Ask for review. `note` says what changed and why.

    Raises
    ------
    FormProblemsError
        What is wrong with the draft, which stays a draft.
    """
    require(by, Permission.DEFINITION_EDIT)
    version = lock_version(version, by, VersionStatus.DRAFT)
    if problems := model_problems(version):
        raise FormProblemsError(problems)
    return submit(version, note, by)


@transaction.atomic
def reopen_model(*, version: RiskModelVersion, by: Viewer) -> RiskModelVersion:
    """Take up a discarded draft again, as it was; none other may be open."""
    require(by, Permission.DEFINITION_EDIT)
    version = lock_version(version, by, VersionStatus.DISCARDED)
    if version.risk_model.versions.filter(status__in=OPEN).exists():
        raise DraftClosedError("Another draft of this risk model is open. Publish or discard it first.")
    return take_up(version, by)


@transaction.atomic
def publish_model(*, version: RiskModelVersion, publishing: Publishing, by: Viewer) -> MeasureVersion | None:
    """Put a reviewed draft in the place of the version before it, and the measure that uses it on the new version.

    Gives back the version of the measure that came of it; None where no measure in use names the model yet.

    Raises
    ------
    OwnDraftError
        The publisher wrote on it.
    FormProblemsError, EffectiveDateError
        It does not fit its form and measure, or the version before it, any more.
    """
    require(by, Permission.DEFINITION_PUBLISH)
    version = lock_version(version, by, VersionStatus.REVIEW)
    refuse_own(version, by)
    if problems := model_problems(version):
        raise FormProblemsError(problems)
    for latest in version.risk_model.versions.filter(status=VersionStatus.PUBLISHED):
        _end(latest, publishing.effective_from)
    if publishing.effective_from > today_at(by.collaborative_id):
        raise EffectiveDateError("A model counts from the next release on. Let it begin today or earlier.")
    version.effective_from = publishing.effective_from
    mark_published(version, publishing.note, by)
    if version.risk_model.name != version.definition.name:
        version.risk_model.name = version.definition.name
        version.risk_model.save(update_fields=["name"])
    adopted = _adopt(version, publishing, by)
    record(EventKind.MODEL_PUBLISHED, version, by, measure_version=adopted.pk if adopted else None)
    return adopted


def _end(latest: RiskModelVersion | MeasureVersion, first_day: date) -> None:
    if first_day < latest.effective_from:
        begun = f"{latest.effective_from:%-d %B %Y}"
        raise EffectiveDateError(f"{latest} is in use from {begun}. Let this one not begin before it.")
    latest.status = VersionStatus.RETIRED
    latest.effective_to = max(first_day - timedelta(days=1), latest.effective_from)
    latest.save(update_fields=["status", "effective_to"])


def _adopt(version: RiskModelVersion, publishing: Publishing, by: Viewer) -> MeasureVersion | None:
    """A version of the measure that differs in nothing but the model: read by the same two people, of the same day."""
    current = measure_using(version)
    if current is None:
        return None
    first_day = max(publishing.effective_from, current.effective_from)
    _end(current, first_day)
    adopted = MeasureVersion(
        collaborative_id=current.collaborative_id,
        measure=current.measure,
        form=current.form,
        risk_model_version=version,
        number=_free_number(current),
        spec=current.spec,
        digest=current.digest,
        effective_from=first_day,
        drafted_at=version.drafted_at,
        drafted_by_id=version.drafted_by_id,
        submitted_at=version.submitted_at,
        submitted_by_id=version.submitted_by_id,
        editors=version.editors,
    )
    mark_published(adopted, f"Only the risk model changed, to version {version.number}. {publishing.note}".strip(), by)
    record(EventKind.MEASURE_PUBLISHED, adopted, by, risk_model=version.risk_model.slug)
    queue_job("feedback.evaluate_measure", title=f"Count cases by {adopted}"[:200], subject=adopted, by=by)
    return adopted


def _free_number(current: MeasureVersion) -> int:
    """After everything published; a draft of the measure that has this number moves one up."""
    versions = current.measure.versions
    number = int(versions.exclude(status__in=UNPUBLISHED).aggregate(last=Max("number"))["last"]) + 1
    for waiting in versions.filter(number__gte=number).order_by("-number"):
        waiting.number += 1
        waiting.save(update_fields=["number"])
    return number


@transaction.atomic
def retire_model(*, version: RiskModelVersion, reason: str, by: Viewer) -> RiskModelVersion:
    """No measure can be adjusted by it any more. Fits that were released stay.

    Raises
    ------
    ModelNeededError
        A measure in use is adjusted by it.
    """
    require(by, Permission.DEFINITION_PUBLISH)
    version = lock_version(version, by, VersionStatus.PUBLISHED)
    if using := measure_using(version):
        message = (
            f"“{using.measure.name}” is adjusted by this model. Publish a version of the measure without it first."
        )
        raise ModelNeededError(message)
    version.status = VersionStatus.RETIRED
    version.effective_to = max(today_at(by.collaborative_id), version.effective_from)
    version.retired_at, version.retired_by_id, version.retirement = timezone.now(), by.user_id, reason.strip()
    version.save(update_fields=["status", "effective_to", "retired_at", "retired_by", "retirement"])
    record(EventKind.MODEL_RETIRED, version, by, reason=version.retirement)
    return version
