"""One version of a measure in the formats that other programs read."""

import json
from dataclasses import replace

from django.http import Http404

from collaboratives.models import Collaborative
from measures.definition.fhir_measure import MeasureVersionSpec, fhir_measure
from measures.definition.spec import Definition, FormHistory
from measures.definition.yaml_text import write_definition
from measures.enums import VersionStatus
from measures.models import MeasureVersion
from measures.selectors.definitions import forms_of
from measures.selectors.files import FHIR_STATUS, YAML, YAML_TYPE, File, collaborative_spec, form_version_spec
from privacy.viewer import Viewer


FHIR, FHIR_TYPE = "fhir", "application/fhir+json; charset=utf-8"
MEASURE_FORMATS = {YAML: "Colloquy definition", FHIR: "FHIR R4 Measure"}


def measure_file(viewer: Viewer, slug: str, number: int, file_format: str) -> File:
    """Drafts too: whoever may open this page may edit them."""
    versions = MeasureVersion.objects.filter(
        collaborative_id=viewer.collaborative_id, measure__slug=slug, number=number
    ).exclude(status=VersionStatus.DISCARDED)
    version = versions.select_related("measure", "form", "risk_model_version").first()
    if version is None:
        raise Http404("There is no such version here.")
    if file_format == YAML:
        return File(f"{slug}-v{number}.yaml", _yaml(version).encode(), YAML_TYPE)
    status = FHIR_STATUS[VersionStatus(version.status)]
    text = json.dumps(fhir_measure(_spec(version), status=status), ensure_ascii=False, indent=2)
    return File(f"{slug}-v{number}-measure.json", f"{text}\n".encode(), FHIR_TYPE)


def _spec(version: MeasureVersion) -> MeasureVersionSpec:
    return MeasureVersionSpec(
        number=version.number,
        effective_from=version.effective_from,
        effective_to=version.effective_to,
        note=version.note,
        measure=version.definition,
    )


def _yaml(version: MeasureVersion) -> str:
    """A definition file that can be read alone: the measure, its form with all versions, its risk model."""
    collaborative = collaborative_spec(Collaborative.objects.get(pk=version.collaborative_id))
    forms = [form for form in forms_of(version.collaborative_id) if form.pk == version.form_id]
    model = version.risk_model_version
    alone = Definition(
        collaborative=replace(collaborative, aim=None),
        forms=tuple(
            FormHistory(slug=form.slug, versions=tuple(map(form_version_spec, form.versions.all()))) for form in forms
        ),
        measures=(version.definition,),
        risk_models=(model.definition,) if model else (),
    )
    return write_definition(alone).text
