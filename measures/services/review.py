"""Two people make a version: one writes and submits, another reads and publishes, or returns it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from collaboratives.models import Collaborative
from events.enums import EventKind
from events.services import record_event
from measures.definition.draft_check import FormProblem, FormProblemsError, check_form_spec
from measures.definition.spec import FormSpec
from measures.enums import VersionStatus
from measures.errors import DraftClosedError, EffectiveDateError
from measures.models import FormVersion
from measures.selectors.consequences import blocking_problems
from measures.services.versions import (
    OPEN,
    Draft,
    give_back,
    lock_version,
    mark_published,
    put_away,
    refuse_own,
    submit,
    take_up,
)
from privacy.roles import Permission
from privacy.viewer import Viewer, require


def draft_problems(version: FormVersion) -> tuple[FormProblem, ...]:
    """Everything to correct before the draft can be published: in the form, and in measures that read it."""
    published = _published(version)
    found = check_form_spec(version.definition, [each.definition for each in published])
    return found or blocking_problems(version.form, version.definition, [each.definition for each in published])


def _published(version: FormVersion) -> list[FormVersion]:
    return list(version.form.versions.filter(status=VersionStatus.PUBLISHED).order_by("number"))


@transaction.atomic
def submit_draft(*, version: FormVersion, note: str, by: Viewer) -> FormVersion:
    """Ask for review. `note` tells the people who fill in the form what changed.

    Raises
    ------
    FormProblemsError
        What is wrong with the draft, which stays a draft.
    """
    require(by, Permission.DEFINITION_EDIT)
    version = lock_version(version, by, VersionStatus.DRAFT)
    if problems := draft_problems(version):
        raise FormProblemsError(problems)
    return submit(version, note, by)


@transaction.atomic
def return_draft(*, version: Draft, comment: str, by: Viewer) -> Draft:
    """Give a form, a measure or a model back to its writers, or take it back oneself."""
    require(by, Permission.DEFINITION_EDIT)
    return give_back(lock_version(version, by, VersionStatus.REVIEW), comment, by)


@transaction.atomic
def discard_draft(*, version: Draft, by: Viewer) -> Draft:
    """Put a form's, a measure's or a model's draft away; it can be taken up again."""
    require(by, Permission.DEFINITION_EDIT)
    return put_away(lock_version(version, by, *OPEN), by)


@transaction.atomic
def reopen_draft(*, version: FormVersion, by: Viewer) -> FormVersion:
    """Take up a discarded draft again, as it was; none other may be open."""
    require(by, Permission.DEFINITION_EDIT)
    version = lock_version(version, by, VersionStatus.DISCARDED)
    if version.form.versions.filter(status__in=OPEN).exists():
        raise DraftClosedError("Another draft of this form is open. Publish or discard it first.")
    return take_up(version, by)


@dataclass(frozen=True)
class Publishing:
    """What the publisher decides: the first day, and the note for the people who fill in the form."""

    effective_from: date
    note: str


@transaction.atomic
def publish_draft(*, version: FormVersion, publishing: Publishing, by: Viewer) -> FormVersion:
    """Put a reviewed draft in force from a day on; the version before ends the day before.

    Raises
    ------
    OwnDraftError
        The publisher wrote on it.
    FormProblemsError, EffectiveDateError
        It does not fit the measures, or the versions before it, any more.
    """
    require(by, Permission.DEFINITION_PUBLISH)
    version = lock_version(version, by, VersionStatus.REVIEW)
    refuse_own(version, by)
    if problems := draft_problems(version):
        raise FormProblemsError(problems)
    _end_before(version, publishing.effective_from)
    version.effective_from = publishing.effective_from
    mark_published(version, publishing.note, by)
    _rename(version, version.definition)
    collaborative = Collaborative.objects.get(pk=by.collaborative_id)
    details = {"created": [f"form {version.form.slug} v{version.number}"]}
    record_event(EventKind.DEFINITION_PUBLISHED, by=by, subject=collaborative, details=details)
    return version


def _end_before(version: FormVersion, first_day: date) -> None:
    """The version before gets its last day; it must have had one at least."""
    published = _published(version)
    if problem := date_problem(published, first_day):
        raise EffectiveDateError(problem)
    for latest in published[-1:]:
        last_day = first_day - timedelta(days=1)
        if latest.effective_to is None or latest.effective_to > last_day:
            latest.effective_to = last_day
            latest.save(update_fields=["effective_to"])


def date_problem(published: list[FormVersion], first_day: date) -> str:
    """Why a version cannot begin on this day; empty if it can."""
    latest = max(published, key=lambda each: each.effective_from, default=None)
    if latest is None or first_day > latest.effective_from:
        return ""
    return f"Version {latest.number} is in force from {latest.effective_from:%-d %B %Y}. Let this one begin on a later day."


def _rename(version: FormVersion, spec: FormSpec) -> None:
    if version.form.name != spec.name:
        version.form.name = spec.name
        version.form.save(update_fields=["name"])
