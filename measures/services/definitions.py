"""Publish what a collaborative collects and measures, from its reviewed definition file."""

import re
from dataclasses import dataclass, field

from django.db import models, transaction
from django.utils import timezone

from collaboratives.models import Collaborative
from collaboratives.selectors.clock import today_at
from events.enums import EventKind
from events.services import record_event
from measures.definition.canonical import digest_of, to_json
from measures.definition.errors import DefinitionError, DefinitionErrors
from measures.definition.file import load_definition
from measures.definition.spec import (
    CollaborativeSpec,
    Definition,
    FormHistory,
    FormVersionSpec,
    MeasureSpec,
    RiskModelSpec,
)
from measures.enums import UNPUBLISHED, VersionStatus
from measures.models import Form, FormVersion, Measure, MeasureVersion, RiskModel, RiskModelVersion
from privacy.disclosure import DisclosureRules
from privacy.roles import Permission
from privacy.viewer import Viewer, require
from tenancy.context import Acting, acting


@dataclass(frozen=True)
class Publication:
    """What publishing a file changed; empty when the file had been published already."""

    created: tuple[str, ...]


@dataclass
class _File:
    """The file being published, the person who does it, and what has come of it so far."""

    text: str
    path: str
    by: Viewer
    created: list[str] = field(default_factory=list)

    def refuse(self, slug: str, where: str, message: str, remedy: str) -> DefinitionErrors:
        found = re.search(rf"^\s*{re.escape(slug)}:", self.text, re.MULTILINE)
        line = self.text.count("\n", 0, found.start()) + 1 if found else 1
        return DefinitionErrors(
            [DefinitionError(path=self.path, line=line, where=where, message=message, remedy=remedy)]
        )

    @property
    def published(self) -> dict[str, object]:
        return {
            "collaborative_id": self.by.collaborative_id,
            "status": VersionStatus.PUBLISHED,
            "published_at": timezone.now(),
            "published_by_id": self.by.user_id or None,
        }


def publish_definition(*, text: str, path: str, by: Viewer) -> Publication:
    """Publish all that is new in a definition file; what is published already stays as it is.

    Raises
    ------
    DefinitionErrors
        All that is wrong with the file, or the published version that it would change. Nothing is changed then.
    """
    return publish(load_definition(text, path), text=text, path=path, by=by)


@transaction.atomic
def publish(definition: Definition, *, text: str = "", path: str, by: Viewer) -> Publication:
    """Publish a definition that was read already."""
    require(by, Permission.DEFINITION_PUBLISH)
    file = _File(text, path, by)
    _refuse_other_collaborative(file, definition)
    _refuse_weak_policy(file, definition.collaborative)
    collaborative = _update_collaborative(definition.collaborative, by)  # first: what begins today begins by its clock
    forms = {history.slug: _publish_form(file, history) for history in definition.forms}
    models_ = {spec.slug: _publish_risk_model(file, spec) for spec in definition.risk_models}
    for position, spec in enumerate(definition.measures):
        _publish_measure(file, spec, position, forms.get(spec.form), models_.get(spec.risk_model or ""))
    if file.created:
        details = {"created": file.created}
        record_event(EventKind.DEFINITION_PUBLISHED, by=by, subject=collaborative, details=details)
    return Publication(tuple(file.created))


def _refuse_other_collaborative(file: _File, definition: Definition) -> None:
    slug = definition.collaborative.slug
    if slug != file.by.collaborative_slug:
        message = f'The file describes "{slug}", not "{file.by.collaborative_slug}".'
        raise file.refuse("slug", "collaborative.slug", message, "Load it into the collaborative that it names.")


def _refuse_weak_policy(file: _File, spec: CollaborativeSpec) -> None:
    floors = DisclosureRules()
    for name in ("minimum_cases", "minimum_peers"):
        floor, asked = getattr(floors, name), getattr(spec.policy, name)
        if asked < floor:
            message = f"{name} is {asked}; a collaborative may raise the floor of {floor}, not lower it."
            raise file.refuse("policy", f"collaborative.policy.{name}", message, f"Write {floor} or more.")


def _publish_form(file: _File, history: FormHistory) -> Form:
    form, _ = Form.objects.update_or_create(
        collaborative_id=file.by.collaborative_id, slug=history.slug, defaults={"name": history.latest.form.name}
    )
    existing = {version.number: version for version in form.versions.all()}
    for version in history.versions:
        found = existing.get(version.number)
        if found is not None and found.status in UNPUBLISHED:
            _take_over_number(file, form, found, version)
        elif found is not None:
            _keep_form_version(file, history.slug, found, version)
        else:
            _new_form_version(file, form, version)
    return form


def _keep_form_version(file: _File, slug: str, published: FormVersion, version: FormVersionSpec) -> None:
    """A published version keeps its questions and its first day; it may be given a last day."""
    if published.digest != version.form.digest:
        message = f"Version {version.number} of form {slug} is published and its questions are not the same any more."
        next_number = published.form.versions.aggregate(last=models.Max("number"))["last"] + 1
        remedy = f"Give the changed entries from_version: {next_number} and add version {next_number} under `versions`."
        raise file.refuse(slug, f"forms.{slug}", message, remedy)
    if published.effective_from != version.effective_from:
        message = f"Version {version.number} of form {slug} is published from {published.effective_from.isoformat()}."
        raise file.refuse(
            slug, f"forms.{slug}", message, f"Set effective_from back to {published.effective_from.isoformat()}."
        )
    if (published.effective_to, published.note) != (version.effective_to, version.note):
        published.effective_to, published.note = version.effective_to, version.note
        published.save(update_fields=["effective_to", "note"])
        file.created.append(f"last day of form {slug} v{version.number}")


def _take_over_number(file: _File, form: Form, drafted: FormVersion, version: FormVersionSpec) -> None:
    """A discarded draft leaves its number to the file; one that somebody works on does not."""
    if drafted.status != VersionStatus.DISCARDED:
        message = f"Version {version.number} of form {form.slug} is a draft in the program."
        remedy = "Publish or discard that draft first, or export it and go on from there."
        raise file.refuse(form.slug, f"forms.{form.slug}", message, remedy)
    drafted.editors, drafted.comment = [], ""
    _publish_form_version(file, drafted, version)


def _new_form_version(file: _File, form: Form, version: FormVersionSpec) -> None:
    _publish_form_version(file, FormVersion(form=form, number=version.number), version)


def _publish_form_version(file: _File, row: FormVersion, version: FormVersionSpec) -> None:
    row.spec, row.digest, row.note = to_json(version.form), version.form.digest, version.note
    row.effective_from, row.effective_to = version.effective_from, version.effective_to
    for name, value in file.published.items():
        setattr(row, name, value)
    row.save()
    form = row.form
    file.created.append(f"form {form.slug} v{version.number}")


def _publish_risk_model(file: _File, spec: RiskModelSpec) -> RiskModelVersion:
    model, _ = RiskModel.objects.update_or_create(
        collaborative_id=file.by.collaborative_id, slug=spec.slug, defaults={"name": spec.name}
    )
    digest, latest = digest_of(spec), model.versions.exclude(status__in=UNPUBLISHED).order_by("-number").first()
    if latest is not None and latest.digest == digest:
        return latest
    _refuse_beside_draft(file, model, "risk_models", "risk model")
    version = RiskModelVersion(risk_model=model, spec=to_json(spec), digest=digest)
    _supersede(file, version, latest, f"risk model {spec.slug}")
    return version


def _publish_measure(
    file: _File, spec: MeasureSpec, position: int, form: Form | None, risk_model: RiskModelVersion | None
) -> None:
    measure, _ = Measure.objects.update_or_create(
        collaborative_id=file.by.collaborative_id, slug=spec.slug, defaults={"name": spec.name, "position": position}
    )
    digest, published = digest_of(spec), measure.versions.exclude(status__in=UNPUBLISHED)
    latest = published.order_by("-published_at", "-number").first()
    if latest is not None and (latest.digest, latest.risk_model_version) == (digest, risk_model):
        return
    _refuse_beside_draft(file, measure, "measures", "measure")
    version = MeasureVersion(
        measure=measure, form=form, risk_model_version=risk_model, spec=to_json(spec), digest=digest
    )
    _supersede(file, version, latest, f"measure {spec.slug}")


def _refuse_beside_draft(file: _File, thing: Measure | RiskModel, key: str, noun: str) -> None:
    """What somebody works on in the program is not overtaken by a file."""
    drafted = thing.versions.filter(status__in=(VersionStatus.DRAFT, VersionStatus.REVIEW)).first()
    if drafted is not None:
        message = f"Version {drafted.number} of {noun} {thing.slug} is a draft in the program."
        remedy = "Publish or discard that draft first, or export it and go on from there."
        raise file.refuse(thing.slug, f"{key}.{thing.slug}", message, remedy)


def _supersede(
    file: _File,
    version: MeasureVersion | RiskModelVersion,
    latest: MeasureVersion | RiskModelVersion | None,
    what: str,
) -> None:
    """Measures and models carry no number in the file: a changed one is the next version, from today."""
    today = today_at(file.by.collaborative_id)
    if latest is not None and latest.status == VersionStatus.PUBLISHED:
        latest.status, latest.effective_to = VersionStatus.RETIRED, max(today, latest.effective_from)
        latest.save(update_fields=["status", "effective_to"])
    version.number = _next_number(version)
    version.effective_from = today
    for name, value in file.published.items():
        setattr(version, name, value)
    version.save()
    file.created.append(f"{what} v{version.number}")


def _next_number(version: MeasureVersion | RiskModelVersion) -> int:
    """After every number there is, discarded drafts too."""
    rows = version.measure.versions if isinstance(version, MeasureVersion) else version.risk_model.versions
    return int(rows.aggregate(last=models.Max("number"))["last"] or 0) + 1


def _update_collaborative(spec: CollaborativeSpec, by: Viewer) -> Collaborative:
    """Programme facts live in the file too. They belong to the operator, who runs the command that calls this."""
    collaborative = Collaborative.objects.get(pk=by.collaborative_id)
    fields = collaborative_fields(spec)
    changed = [name for name, value in fields.items() if getattr(collaborative, name) != value]
    for name in changed:
        setattr(collaborative, name, fields[name])
    if changed:
        with acting(Acting("platform")):
            collaborative.save(update_fields=changed)
    return collaborative


def collaborative_fields(spec: CollaborativeSpec) -> dict[str, object]:
    """The part of the file that is columns of the collaborative."""
    fields: dict[str, object] = {
        "name": spec.name,
        "specialty": spec.specialty,
        "time_zone": spec.time_zone,
        "date_order": spec.date_order.value,
        "confidentiality_footer": spec.confidentiality_footer,
        "minimum_peers": spec.policy.minimum_peers,
        "minimum_cases": spec.policy.minimum_cases,
        "due_days": spec.policy.due_days,
    }
    if spec.aim:
        fields |= {
            "aim": spec.aim.statement,
            "aim_measure": spec.aim.measure or "",
            "aim_target": spec.aim.target,
            "aim_date": spec.aim.by,
        }
    return fields
