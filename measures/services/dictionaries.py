"""Publish a form from a REDCap data dictionary: each changed dictionary is the form's next version."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from collaboratives.models import Collaborative
from events.enums import EventKind
from events.services import record_event
from measures.definition.canonical import to_json
from measures.definition.errors import DefinitionError, DefinitionErrors
from measures.definition.redcap import read_dictionary
from measures.definition.spec import FormSpec
from measures.enums import UNPUBLISHED, VersionStatus
from measures.models import Form, FormVersion
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@dataclass(frozen=True, kw_only=True)
class Dictionary:
    """A dictionary file, and what it does not say itself: the form's name, its event date, when it takes effect."""

    text: str
    path: str
    slug: str
    name: str
    event_date: str
    effective_from: date


@dataclass(frozen=True)
class PublishedDictionary:
    version: FormVersion
    is_new: bool
    notes: tuple[DefinitionError, ...]


@transaction.atomic
def publish_dictionary(*, dictionary: Dictionary, by: Viewer) -> PublishedDictionary:
    """Publish the questions of a REDCap dictionary; the same dictionary again changes nothing.

    Raises
    ------
    DefinitionErrors
        All that cannot be read, by line and column, or a date on which it cannot take effect.
    """
    require(by, Permission.DEFINITION_PUBLISH)
    read = read_dictionary(
        dictionary.text, dictionary.path, slug=dictionary.slug, name=dictionary.name, event_date=dictionary.event_date
    )
    form, _ = Form.objects.update_or_create(
        collaborative_id=by.collaborative_id, slug=dictionary.slug, defaults={"name": dictionary.name}
    )
    _refuse_beside_draft(form, dictionary)
    latest = form.versions.exclude(status__in=UNPUBLISHED).order_by("-number").first()
    if latest is not None and latest.digest == read.form.digest:
        return PublishedDictionary(latest, is_new=False, notes=read.notes)
    if latest is not None:
        _end(latest, dictionary)
    version = _publish(form, read.form, dictionary.effective_from, by)
    return PublishedDictionary(version, is_new=True, notes=read.notes)


def _refuse_beside_draft(form: Form, dictionary: Dictionary) -> None:
    draft = form.versions.filter(status__in=(VersionStatus.DRAFT, VersionStatus.REVIEW)).first()
    if draft is not None:
        message = f"Version {draft.number} of {form.name} is a draft in the program."
        remedy = "Publish or discard that draft first, or upload the dictionary into it."
        error = DefinitionError(path=dictionary.path, line=1, where=dictionary.slug, message=message, remedy=remedy)
        raise DefinitionErrors([error])


def _end(latest: FormVersion, dictionary: Dictionary) -> None:
    """The version before holds until the day before; it must have had at least one."""
    if dictionary.effective_from <= latest.effective_from:
        message = f"Version {latest.number} is in force from {latest.effective_from.isoformat()}."
        error = DefinitionError(
            path=dictionary.path,
            line=1,
            where=dictionary.slug,
            message=message,
            remedy="Let the changed questions take effect on a later day.",
        )
        raise DefinitionErrors([error])
    latest.effective_to = dictionary.effective_from - timedelta(days=1)
    latest.save(update_fields=["effective_to"])


def _publish(form: Form, spec: FormSpec, effective_from: date, by: Viewer) -> FormVersion:
    number = (form.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = FormVersion.objects.create(
        collaborative_id=by.collaborative_id,
        form=form,
        number=number,
        spec=to_json(spec),
        digest=spec.digest,
        effective_from=effective_from,
        status=VersionStatus.PUBLISHED,
        published_at=timezone.now(),
        published_by_id=by.user_id or None,
    )
    collaborative = Collaborative.objects.get(pk=by.collaborative_id)
    details = {"created": [f"form {form.slug} v{number}"]}
    record_event(EventKind.DEFINITION_PUBLISHED, by=by, subject=collaborative, details=details)
    return version
