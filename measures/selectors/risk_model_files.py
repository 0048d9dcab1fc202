"""One version of a risk model as a definition file that can be read alone: the model, its measure and their form."""

from dataclasses import replace

from django.http import Http404

from collaboratives.models import Collaborative
from measures.definition.spec import Definition, FormHistory
from measures.definition.yaml_text import write_definition
from measures.enums import VersionStatus
from measures.models import RiskModelVersion
from measures.selectors.definitions import forms_of
from measures.selectors.files import YAML_TYPE, File, collaborative_spec, form_version_spec
from measures.selectors.risk_models import outcome_of
from privacy.viewer import Viewer


def model_file(viewer: Viewer, slug: str, number: int) -> File:
    """Drafts too: whoever may open this page may edit them."""
    versions = RiskModelVersion.objects.filter(
        collaborative_id=viewer.collaborative_id, risk_model__slug=slug, number=number
    ).exclude(status=VersionStatus.DISCARDED)
    version = versions.select_related("risk_model").first()
    if version is None:
        raise Http404("There is no such version here.")
    return File(f"{slug}-v{number}.yaml", _yaml(version).encode(), YAML_TYPE)


def _yaml(version: RiskModelVersion) -> str:
    spec, outcome = version.definition, outcome_of(version)
    collaborative = collaborative_spec(Collaborative.objects.get(pk=version.collaborative_id))
    forms = [form for form in forms_of(version.collaborative_id) if form.slug == spec.form]
    alone = Definition(
        collaborative=replace(collaborative, aim=None),
        forms=tuple(
            FormHistory(slug=form.slug, versions=tuple(map(form_version_spec, form.versions.all()))) for form in forms
        ),
        measures=(replace(outcome.definition, risk_model=spec.slug),) if outcome else (),
        risk_models=(spec,),
    )
    return write_definition(alone).text
