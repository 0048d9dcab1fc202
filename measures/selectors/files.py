"""Forms and definitions in the formats that other programs read."""

from dataclasses import dataclass, replace

from django.http import Http404

from collaboratives.models import Collaborative
from measures.definition.exports import EXPORTS, export_form
from measures.definition.expression.errors import ExpressionError
from measures.definition.file_data import definition_data
from measures.definition.spec import (
    Aim,
    CollaborativeSpec,
    DateOrder,
    Definition,
    FormHistory,
    FormVersionSpec,
    Policy,
)
from measures.definition.yaml_text import as_yaml, write_definition
from measures.enums import UNPUBLISHED, VersionStatus
from measures.models import FormVersion, RiskModelVersion
from measures.selectors.definitions import forms_of, published_measures
from privacy.roles import Permission
from privacy.viewer import Viewer


YAML, YAML_TYPE = "yaml", "application/yaml; charset=utf-8"
FORMATS = {**{name: export.label for name, export in EXPORTS.items()}, YAML: "Colloquy definition"}
FHIR_STATUS = {
    VersionStatus.DRAFT: "draft",
    VersionStatus.REVIEW: "draft",
    VersionStatus.PUBLISHED: "active",
    VersionStatus.RETIRED: "retired",
}


@dataclass(frozen=True)
class File:
    name: str
    content: bytes
    content_type: str


def form_file(viewer: Viewer, slug: str, number: int, file_format: str) -> File:
    """One version of a form; drafts only for those who may edit them."""
    versions = FormVersion.objects.filter(collaborative_id=viewer.collaborative_id, form__slug=slug, number=number)
    if not viewer.can(Permission.DEFINITION_EDIT):
        versions = versions.exclude(status__in=UNPUBLISHED)
    version = versions.exclude(status=VersionStatus.DISCARDED).select_related("form").first()
    if version is None:
        raise Http404("There is no such version here.")
    if file_format == YAML:
        return File(f"{slug}-v{number}.yaml", _yaml(version).encode(), YAML_TYPE)
    try:
        file = export_form(form_version_spec(version), file_format, status=FHIR_STATUS[VersionStatus(version.status)])
    except ExpressionError as problem:
        raise Http404(f"The draft has mistakes, so it cannot be written: {problem}") from problem
    return File(file.name, file.content, file.media_type)


def _yaml(version: FormVersion) -> str:
    """A definition file with this form alone."""
    collaborative = collaborative_spec(Collaborative.objects.get(pk=version.collaborative_id))
    history = FormHistory(slug=version.form.slug, versions=(form_version_spec(version),))
    alone = Definition(collaborative=replace(collaborative, aim=None), forms=(history,), measures=(), risk_models=())
    return as_yaml(definition_data(alone))


def form_version_spec(version: FormVersion) -> FormVersionSpec:
    return FormVersionSpec(
        number=version.number,
        effective_from=version.effective_from,
        effective_to=version.effective_to,
        note=version.note,
        form=version.definition,
    )


def definition_file(viewer: Viewer) -> File:
    """All that is published in the collaborative."""
    collaborative = Collaborative.objects.get(pk=viewer.collaborative_id)
    models = RiskModelVersion.objects.filter(
        collaborative_id=viewer.collaborative_id, status=VersionStatus.PUBLISHED
    ).order_by("risk_model_id")
    definition = Definition(
        collaborative=collaborative_spec(collaborative),
        forms=tuple(
            FormHistory(slug=form.slug, versions=tuple(map(form_version_spec, form.versions.all())))
            for form in forms_of(viewer.collaborative_id)
        ),
        measures=tuple(each.definition for each in published_measures(viewer.collaborative_id)),
        risk_models=tuple(each.definition for each in models),
    )
    return File("definition.yaml", write_definition(definition).text.encode(), YAML_TYPE)


def collaborative_spec(row: Collaborative) -> CollaborativeSpec:
    aim = (
        Aim(statement=row.aim, measure=row.aim_measure or None, target=row.aim_target, by=row.aim_date)
        if row.aim
        else None
    )
    policy = Policy(minimum_cases=row.minimum_cases, minimum_peers=row.minimum_peers, due_days=row.due_days)
    return CollaborativeSpec(
        slug=row.slug,
        name=row.name,
        specialty=row.specialty,
        time_zone=row.time_zone,
        date_order=DateOrder(row.date_order),
        confidentiality_footer=row.confidentiality_footer,
        aim=aim,
        policy=policy,
    )
