"""The report of a finished audit: the figures that the worker fixed, for the page and for the file alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from cases.audits.enums import FINISHED
from cases.audits.models import Agreement, Audit
from cases.audits.selectors.audits import addressees, percent
from cases.audits.selectors.findings import Difference, differences
from cases.audits.validators import FLAGGED_ABOVE
from cases.selectors.clock import in_zone


TIERS = {1: "Tier 1, key indicators", 2: "Tier 2, other fields"}
NONE = "\N{EN DASH}"


@dataclass(frozen=True, kw_only=True)
class Share:
    """So many of so many fields agree."""

    label: str
    compared: int
    agreeing_found: int
    agreeing: int

    @property
    def found(self) -> str:
        return percent(self.agreeing_found, self.compared)

    @property
    def adjudicated(self) -> str:
        return percent(self.agreeing, self.compared)


@dataclass(frozen=True, kw_only=True)
class VariableRow:
    label: str
    tier: int
    compared: int
    agreeing: int
    share: str
    limits: str
    ac1: str
    kappa: str
    pabak: str
    flagged: bool


@dataclass(frozen=True, kw_only=True)
class ReportPage:
    audit: Audit
    reported_at: datetime
    reported_by: str
    addressed: tuple[tuple[str, str], ...]
    cases: int
    total: Share
    tiers: tuple[Share, ...]
    rows: tuple[VariableRow, ...]
    differences: tuple[Difference, ...]

    @property
    def flagged(self) -> tuple[VariableRow, ...]:
        return tuple(each for each in self.rows if each.flagged)


def report_page(audit: Audit) -> ReportPage | None:
    """None until the worker has fixed the figures."""
    if audit.state not in FINISHED or audit.reported_at is None:
        return None
    found = list(Agreement.objects.filter(audit=audit).order_by("position"))
    reporter = User.objects.filter(pk=audit.reported_by_id or 0).values_list("full_name", flat=True).first()
    return ReportPage(
        audit=audit,
        reported_at=in_zone(audit.reported_at, audit.collaborative),
        reported_by=reporter or "Coordinating centre",
        addressed=tuple(addressees(audit)),
        cases=audit.cases.count(),
        total=_share("All compared fields", found),
        tiers=tuple(
            _share(TIERS.get(tier, f"Tier {tier}"), [each for each in found if each.tier == tier])
            for tier in sorted({each.tier for each in found})
        ),
        rows=tuple(map(_row, found)),
        differences=differences(audit),
    )


def _share(label: str, found: Sequence[Agreement]) -> Share:
    return Share(
        label=label,
        compared=sum(each.compared for each in found),
        agreeing_found=sum(each.agreeing_found for each in found),
        agreeing=sum(each.agreeing for each in found),
    )


def _row(each: Agreement) -> VariableRow:
    return VariableRow(
        label=each.label,
        tier=each.tier,
        compared=each.compared,
        agreeing=each.agreeing,
        share=percent(each.agreeing, each.compared),
        limits=f"{100 * each.share_lo:.0f} to {100 * each.share_hi:.0f} %".replace(" ", "\N{NO-BREAK SPACE}"),
        ac1=_coefficient(each.ac1, each.ac1_lo, each.ac1_hi),
        kappa=_coefficient(each.kappa, each.kappa_lo, each.kappa_hi),
        pabak=_coefficient(each.pabak, each.pabak_lo, each.pabak_hi),
        flagged=each.compared - each.agreeing > FLAGGED_ABOVE * each.compared,
    )


def _coefficient(value: float | None, lo: float | None, hi: float | None) -> str:
    if value is None:
        return NONE
    limits = f" ({_number(lo)} to {_number(hi)})".replace(" to ", "\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}")
    return _number(value) + (limits if lo is not None and hi is not None else "")


def _number(value: float | None) -> str:
    """Two decimals, with a true minus; what rounds to nothing has no sign."""
    text = f"{value or 0:.2f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")
