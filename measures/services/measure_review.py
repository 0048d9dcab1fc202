"""Two people make a version of a measure: one writes and submits, another reads and publishes, or returns it."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from collaboratives.ballots.enums import Subject
from collaboratives.ballots.selectors.decisions import refuse_undecided
from collaboratives.models import Collaborative
from collaboratives.selectors.clock import today_at
from events.enums import EventKind
from events.services import queue_job
from measures.definition.draft_check import FormProblemsError
from measures.enums import VersionStatus
from measures.errors import DraftClosedError, EffectiveDateError, MeasureNeededError
from measures.models import MeasureVersion
from measures.selectors.measure_drafts import measure_problems
from measures.services.measure_drafts import model_in_force
from measures.services.review import Publishing
from measures.services.versions import (
    OPEN,
    lock_version,
    mark_published,
    record,
    refuse_own,
    submit,
    take_up,
)
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def submit_measure(*, version: MeasureVersion, note: str, by: Viewer) -> MeasureVersion:
    """Ask for review. `note` tells members what changed.

    Raises
    ------
    FormProblemsError
        What is wrong with the draft, which stays a draft.
    """
    require(by, Permission.DEFINITION_EDIT)
    version = lock_version(version, by, VersionStatus.DRAFT)
    if problems := measure_problems(version):
        raise FormProblemsError(problems)
    return submit(version, note, by)


@transaction.atomic
def reopen_measure(*, version: MeasureVersion, by: Viewer) -> MeasureVersion:
    """Take up a discarded draft again, as it was; none other may be open."""
    require(by, Permission.DEFINITION_EDIT)
    version = lock_version(version, by, VersionStatus.DISCARDED)
    if version.measure.versions.filter(status__in=OPEN).exists():
        raise DraftClosedError("Another draft of this measure is open. Publish or discard it first.")
    return take_up(version, by)


@transaction.atomic
def publish_measure(*, version: MeasureVersion, publishing: Publishing, by: Viewer) -> MeasureVersion:
    """Put a reviewed draft in the place of the version before it, and let a worker count the cases by it.

    Raises
    ------
    OwnDraftError
        The publisher wrote on it.
    FormProblemsError, EffectiveDateError
        It does not fit its form, or the version before it, any more.
    BallotError
        Hospitals are voting on it, or have not approved it where they have to.
    """
    require(by, Permission.DEFINITION_PUBLISH)
    version = lock_version(version, by, VersionStatus.REVIEW)
    refuse_own(version, by)
    if problems := measure_problems(version):
        raise FormProblemsError(problems)
    # The digest, so that hospitals approve these very words: a draft changed since waits for a ballot of its own.
    refuse_undecided(by.collaborative_id, Subject.MEASURE, version.digest)
    _end_before(version, publishing.effective_from)
    version.effective_from = publishing.effective_from
    version.risk_model_version = model_in_force(version, version.definition)
    mark_published(version, publishing.note, by)
    if version.measure.name != version.definition.name:
        version.measure.name = version.definition.name
        version.measure.save(update_fields=["name"])
    record(EventKind.MEASURE_PUBLISHED, version, by)
    if version.form_id is not None:
        queue_job("feedback.evaluate_measure", title=f"Count cases by {version}"[:200], subject=version, by=by)
    return version


def _end_before(version: MeasureVersion, first_day: date) -> None:
    for latest in version.measure.versions.filter(status=VersionStatus.PUBLISHED).order_by("number"):
        if problem := day_problem(latest, first_day):
            raise EffectiveDateError(problem)
        latest.status = VersionStatus.RETIRED
        latest.effective_to = max(first_day - timedelta(days=1), latest.effective_from)
        latest.save(update_fields=["status", "effective_to"])
    if first_day > today_at(version.collaborative_id):
        raise EffectiveDateError("A version counts as soon as it is published. Let it begin today or earlier.")


def day_problem(before: MeasureVersion, first_day: date) -> str:
    """Why a version cannot begin on this day; empty if it can."""
    if first_day >= before.effective_from:
        return ""
    return (
        f"Version {before.number} is in use from {before.effective_from:%-d %B %Y}. Let this one not begin before it."
    )


@transaction.atomic
def retire_measure(*, version: MeasureVersion, reason: str, by: Viewer) -> MeasureVersion:
    """Nothing is counted by it any more, and nothing takes its place. Results that were released stay.

    Raises
    ------
    MeasureNeededError
        The common aim is told by it.
    """
    require(by, Permission.DEFINITION_PUBLISH)
    version = lock_version(version, by, VersionStatus.PUBLISHED)
    collaborative = Collaborative.objects.get(pk=by.collaborative_id)
    if collaborative.aim_measure == version.measure.slug:
        message = "The common aim of the collaborative is told by this measure. Change the aim first."
        raise MeasureNeededError(message)
    version.status = VersionStatus.RETIRED
    version.effective_to = max(today_at(by.collaborative_id), version.effective_from)
    version.retired_at, version.retired_by_id, version.retirement = timezone.now(), by.user_id, reason.strip()
    version.save(update_fields=["status", "effective_to", "retired_at", "retired_by", "retirement"])
    record(EventKind.MEASURE_RETIRED, version, by, reason=version.retirement)
    if version.form_id is not None:
        queue_job("feedback.evaluate_measure", title=f"Stop counting by {version}"[:200], subject=version, by=by)
    return version
