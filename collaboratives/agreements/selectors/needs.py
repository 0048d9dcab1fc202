"""Which agreements are needed for what."""

from collections.abc import Mapping
from dataclasses import dataclass

from collaboratives.agreements.enums import AgreementKind
from collaboratives.agreements.models import AgreementNeed


@dataclass(frozen=True)
class Need:
    for_entry: bool = False
    for_comparison: bool = False

    @property
    def is_any(self) -> bool:
        return self.for_entry or self.for_comparison


# What holds until a centre decides otherwise (DOMAIN 3.10); the database's app.ctx_comparing has the same.
USUAL: Mapping[AgreementKind, Need] = {
    AgreementKind.PARTICIPATION: Need(for_entry=True, for_comparison=True),
    AgreementKind.DATA_USE: Need(for_entry=True, for_comparison=True),
    AgreementKind.BUSINESS_ASSOCIATE: Need(),
    AgreementKind.CONFIDENTIALITY: Need(),
}


def needs_of(collaborative_id: int) -> dict[AgreementKind, Need]:
    """Of every kind, in their order."""
    rows = AgreementNeed.objects.filter(collaborative_id=collaborative_id)
    decided = {row.kind: Need(row.for_entry, row.for_comparison) for row in rows}
    return {kind: decided.get(kind, USUAL[kind]) for kind in AgreementKind}
