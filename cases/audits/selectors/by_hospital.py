"""Audits under way and the last agreement of each hospital, for the centre's home."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q
from django.db.models.functions import JSONObject

from cases.audits.enums import BLIND, FINISHED, UNDER_WAY
from cases.audits.models import Audit
from collaboratives.selectors.by_hospital import HERE, READER, Asked, Together, by_hospital, moment_of
from collaboratives.selectors.listed import Found


AUDITS = "audits"


@dataclass(frozen=True, kw_only=True)
class AuditCounts:
    """`blind`: the viewer abstracts again here, and sees no case of the hospital."""

    open: int = 0
    blind: bool = False
    last: str = ""
    agreeing: int = 0
    compared: int = 0
    reported_at: datetime | None = None

    @property
    def agreement(self) -> str:
        """Of the last finished audit; empty without one."""
        return f"{100 * self.agreeing / self.compared:.1f}%" if self.compared else ""


def asked() -> list[Asked]:
    last = JSONObject(id="public_id", agreeing="agreeing", compared="compared", reported="reported_at")
    return [
        by_hospital(
            AUDITS,
            Audit.objects.filter(collaborative_id=HERE),
            open=Count("pk", filter=Q(state__in=UNDER_WAY)),
            blind=Count("pk", filter=Q(state__in=BLIND, abstractor_id=READER)),
            finished=ArrayAgg(last, filter=Q(state__in=FINISHED), order_by=("-reported_at", "-pk")),
        )
    ]


def told(found: Together) -> dict[int, AuditCounts]:
    return {key: _counts(row) for key, row in found.get(AUDITS, {}).items()}


def _counts(row: Found) -> AuditCounts:
    last = (row["finished"] or [{}])[0]
    return AuditCounts(
        open=row["open"],
        blind=bool(row["blind"]),
        last=last.get("id", ""),
        agreeing=last.get("agreeing", 0),
        compared=last.get("compared", 0),
        reported_at=moment_of(last.get("reported")),
    )
