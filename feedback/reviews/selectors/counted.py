"""What a case counted as in a release: from the frozen slice, not from what it would count as today."""

from dataclasses import dataclass

from cases.models import Case
from feedback.enums import Outcome
from feedback.models import SiteResult, SnapshotSlice
from feedback.selectors.slices import OUTCOMES, Slice, unpack
from measures.selectors.definitions import counted_form


@dataclass(frozen=True, kw_only=True)
class Counted:
    outcome: Outcome
    why: str


def counted_as(result: SiteResult, case: Case) -> Counted | None:
    """None where the case is not behind this number."""
    frozen = SnapshotSlice.objects.filter(
        snapshot_id=result.release.snapshot_id or 0,
        participation_id=result.participation_id,
        measure_version=result.measure_version,
    )
    payload = frozen.values_list("payload", flat=True).first()
    columns = unpack(payload) if payload else Slice()
    place = next((at for at, key in enumerate(columns.cases) if key == case.pk), None)
    if place is None:
        return None
    outcome = OUTCOMES[columns.outcomes[place]]
    return Counted(outcome=outcome, why=_why(outcome, columns, place, result)[:300])


def _why(outcome: Outcome, columns: Slice, place: int, result: SiteResult) -> str:
    if outcome is Outcome.EXCLUDED:
        reason = columns.reasons[columns.reason[place]]
        labels = {step["name"]: step["label"] for step in result.flow}
        return str(labels.get(reason, reason))
    missing = columns.gaps[columns.gap[place]]
    if not missing:
        return ""
    form = counted_form(result.measure_version)
    return f"Missing: {', '.join(form.variable(name).label if name in form.by_name else name for name in missing)}"
