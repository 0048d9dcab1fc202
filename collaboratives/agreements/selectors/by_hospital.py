"""Which agreements each hospital lacks or must renew soon, for the centre's home."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models.functions import JSONObject

from collaboratives.agreements.models import Agreement, AgreementNeed
from collaboratives.agreements.selectors.register import Cell, cells_of, wanted_kinds
from collaboratives.agreements.selectors.standings import DECIDED, SIGNED, found_in, needs_in
from collaboratives.models import Collaborative
from collaboratives.selectors.by_hospital import (
    HERE,
    PROGRAMME,
    Asked,
    Together,
    by_hospital,
    of_programme,
)
from collaboratives.selectors.clock import today_of
from ui.parts import Kind


AGREEMENTS, NEEDS = "agreements", "needs"


@dataclass(frozen=True, kw_only=True)
class AgreementCounts:
    """What is missing, over or ending; `words` tell the worst, `open` is how many there are."""

    open: int = 0
    lacking: int = 0
    words: str = "signed"
    kind: Kind = "good"


def asked() -> list[Asked]:
    return [
        by_hospital(AGREEMENTS, Agreement.objects.filter(collaborative_id=HERE), signed=ArrayAgg(JSONObject(**SIGNED))),
        of_programme(
            NEEDS, AgreementNeed.objects.filter(collaborative_id=HERE), decided=ArrayAgg(JSONObject(**DECIDED))
        ),
    ]


def told(found: Together, collaborative: Collaborative, hospitals: Iterable[int]) -> dict[int, AgreementCounts]:
    """A hospital that signed nothing has no row, and lacks whatever is needed."""
    today, signed = today_of(collaborative), found.get(AGREEMENTS, {})
    wanted = wanted_kinds(needs_in(found.get(NEEDS, {}).get(PROGRAMME, {}).get("decided") or ()))
    return {key: _counts(cells_of(found_in(signed.get(key, {}).get("signed", ()), today), wanted)) for key in hospitals}


def _counts(cells: Iterable[Cell]) -> AgreementCounts:
    open_ones = [each for each in cells if each.is_open]
    lacking = [each for each in open_ones if each.lacks]
    if not open_ones:
        return AgreementCounts()
    if lacking:
        words = "not signed" if len(lacking) == 1 else f"{len(lacking)} not signed"
        return AgreementCounts(open=len(open_ones), lacking=len(lacking), words=words, kind="bad")
    soonest = min(open_ones, key=lambda each: each.found.days_left or 0)
    return AgreementCounts(open=len(open_ones), words=soonest.words, kind="warn")
