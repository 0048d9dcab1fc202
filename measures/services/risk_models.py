"""Change a risk model: one draft at a time, saved whole. What is published never changes."""

from django.db import transaction

from collaboratives.selectors.clock import today_at
from measures.definition.canonical import digest_of
from measures.definition.edits import ModelChangedError
from measures.definition.spec import RiskModelSpec
from measures.enums import VersionStatus
from measures.errors import DraftClosedError, NameTakenError
from measures.models import RiskModel, RiskModelVersion
from measures.services.versions import CLOSED, OPEN, begin, keep, lock_version
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def start_model_draft(*, model: RiskModel, by: Viewer) -> RiskModelVersion:
    """The open draft of the model; else a new one that begins as the newest published version is."""
    require(by, Permission.DEFINITION_EDIT)
    model = RiskModel.objects.select_for_update().get(pk=model.pk, collaborative_id=by.collaborative_id)
    versions = list(model.versions.order_by("number"))
    if opened := [version for version in versions if version.status in OPEN]:
        return opened[0]
    published = [version for version in versions if version.published_at]
    if not published:
        raise DraftClosedError(CLOSED[VersionStatus.DISCARDED])
    return _draft(model, versions, published[-1].definition, by)


@transaction.atomic
def start_model(*, spec: RiskModelSpec, by: Viewer) -> RiskModelVersion:
    """A risk model that there was not, as a draft of its first version."""
    require(by, Permission.DEFINITION_EDIT)
    model, is_new = RiskModel.objects.get_or_create(
        collaborative_id=by.collaborative_id, slug=spec.slug, defaults={"name": spec.name}
    )
    if not is_new:
        raise NameTakenError(f"There is a risk model “{spec.slug}” already. Choose another short name.")
    return _draft(model, [], spec, by)


def _draft(model: RiskModel, versions: list[RiskModelVersion], spec: RiskModelSpec, by: Viewer) -> RiskModelVersion:
    """A discarded draft gives its row, and so its number, to the next one."""
    discarded = [each for each in versions if each.status == VersionStatus.DISCARDED]
    number = max((each.number for each in versions), default=0) + 1
    version = discarded[-1] if discarded else RiskModelVersion(risk_model=model, number=number)
    version.effective_from = today_at(by.collaborative_id)
    begin(version, by)
    return keep(version, spec, digest_of(spec), by, "risk model")


@transaction.atomic
def save_model(*, version: RiskModelVersion, spec: RiskModelSpec, shown: str, by: Viewer) -> RiskModelVersion:
    """Keep the draft as `spec` says. `shown` is the digest of what the page showed when its writer began.

    Raises
    ------
    ModelChangedError
        Somebody else saved the draft since. Nothing is saved.
    """
    require(by, Permission.DEFINITION_EDIT)
    version = lock_version(version, by, VersionStatus.DRAFT)
    if shown != version.digest:
        raise ModelChangedError(version.definition)
    return version if digest_of(spec) == version.digest else keep(version, spec, digest_of(spec), by, "risk model")
