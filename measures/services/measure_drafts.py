"""Change a measure: one draft at a time, saved whole. What is published never changes."""

from django.db import transaction

from collaboratives.selectors.clock import today_at
from measures.definition.canonical import digest_of
from measures.definition.edits import SpecChangedError
from measures.definition.spec import MeasureSpec
from measures.enums import VersionStatus
from measures.errors import DraftClosedError, NameTakenError
from measures.models import Form, Measure, MeasureVersion, RiskModelVersion
from measures.services.versions import CLOSED, OPEN, begin, keep, lock_version
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def start_measure_draft(*, measure: Measure, by: Viewer) -> MeasureVersion:
    """The open draft of the measure; else a new one that begins as the newest published version is."""
    require(by, Permission.DEFINITION_EDIT)
    measure = Measure.objects.select_for_update().get(pk=measure.pk, collaborative_id=by.collaborative_id)
    versions = list(measure.versions.select_related("form").order_by("number"))
    if opened := [version for version in versions if version.status in OPEN]:
        return opened[0]
    published = [version for version in versions if version.published_at]
    if not published:
        raise DraftClosedError(CLOSED[VersionStatus.DISCARDED])
    return _draft(measure, versions, published[-1].form, published[-1].definition, by)


@transaction.atomic
def start_measure(*, spec: MeasureSpec, form: Form | None, by: Viewer) -> MeasureVersion:
    """A measure that there was not, as a draft of its first version."""
    require(by, Permission.DEFINITION_EDIT)
    position = Measure.objects.filter(collaborative_id=by.collaborative_id).count()
    measure, is_new = Measure.objects.get_or_create(
        collaborative_id=by.collaborative_id, slug=spec.slug, defaults={"name": spec.name, "position": position}
    )
    if not is_new:
        raise NameTakenError(f"There is a measure “{spec.slug}” already. Choose another short name.")
    return _draft(measure, [], form, spec, by)


def _draft(
    measure: Measure, versions: list[MeasureVersion], form: Form | None, spec: MeasureSpec, by: Viewer
) -> MeasureVersion:
    """A discarded draft gives its row, and so its number, to the next one."""
    discarded = [each for each in versions if each.status == VersionStatus.DISCARDED]
    number = max((each.number for each in versions), default=0) + 1
    version = discarded[-1] if discarded else MeasureVersion(measure=measure, number=number)
    version.form, version.effective_from = form, today_at(by.collaborative_id)
    begin(version, by)
    return _keep(version, spec, by)


def _keep(version: MeasureVersion, spec: MeasureSpec, by: Viewer) -> MeasureVersion:
    version.risk_model_version = model_in_force(version, spec)
    return keep(version, spec, digest_of(spec), by, "measure")


def model_in_force(version: MeasureVersion, spec: MeasureSpec) -> RiskModelVersion | None:
    """The published version of the risk model that the measure names."""
    return RiskModelVersion.objects.filter(
        collaborative_id=version.collaborative_id,
        risk_model__slug=spec.risk_model or "",
        status=VersionStatus.PUBLISHED,
    ).first()


@transaction.atomic
def save_measure(*, version: MeasureVersion, spec: MeasureSpec, shown: str, by: Viewer) -> MeasureVersion:
    """Keep the draft as `spec` says. `shown` is the digest of what the page showed when its writer began.

    Raises
    ------
    SpecChangedError
        Somebody else saved the draft since. Nothing is saved.
    """
    require(by, Permission.DEFINITION_EDIT)
    version = lock_version(version, by, VersionStatus.DRAFT)
    if shown != version.digest:
        raise SpecChangedError(version.definition)
    return version if digest_of(spec) == version.digest else _keep(version, spec, by)
