"""The report of an audit as a tagged PDF. The same report gives the same bytes."""

import json
from pathlib import Path

import typst
from django.conf import settings

from cases.audits.selectors.findings import Difference
from cases.audits.selectors.report import ReportPage, VariableRow


TEMPLATE = Path(settings.BASE_DIR) / "templates" / "audits" / "report.typ"
METHOD = (
    "A field agrees when both abstractions hold the same value, or the same kind of having none: unknown, not "
    "documented, not applicable and empty are different answers. What only one of them was asked is empty in the other; "
    "fields that both left empty, free text and calculated fields are not compared. Limits are Wilson's for the share, and those of each "
    "coefficient with one degree of freedom less than there are charts. Kappa breaks down where nearly all charts have one answer; read the "
    "share and AC1 first."
)


def report_file(page: ReportPage) -> bytes:
    """The file, dated with the report itself."""
    made = typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(_content(page), ensure_ascii=False)},
        pdf_standards="ua-1",
        timestamp=int(page.reported_at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError(f"expected one PDF, but got {type(made).__name__}")
    return made


def _content(page: ReportPage) -> dict[str, object]:
    audit = page.audit
    return {
        "title": f"Data validation audit: {audit.participation.site.name}",
        "programme": audit.collaborative.name,
        "footer": audit.collaborative.confidentiality_footer or audit.collaborative.name,
        "facts": _facts(page),
        "addressed": [[role.capitalize(), names] for role, names in page.addressed],
        "shares": [
            [each.label, str(each.compared), each.found, each.adjudicated] for each in (page.total, *page.tiers)
        ],
        "method": METHOD,
        "flagged": [f"{each.label}: {each.compared - each.agreeing} of {each.compared}" for each in page.flagged],
        "variables": [_variable(each) for each in page.rows],
        "differences": [_difference(each) for each in page.differences],
    }


def _facts(page: ReportPage) -> list[tuple[str, str]]:
    audit = page.audit
    return [
        ("Form", audit.form.name),
        ("Events", f"{audit.first_day:%-d %B %Y} to {audit.last_day:%-d %B %Y}"),
        ("Cases", f"{page.cases} drawn at random of {audit.frame_size}"),
        ("Abstracted again by", audit.abstractor.full_name),
        ("Reported", f"{page.reported_at:%-d %B %Y} by {page.reported_by}"),
        ("Seed and frame", f"{audit.seed}, {audit.frame_digest[:16]}…"),
    ]


def _variable(row: VariableRow) -> list[str]:
    agree = f"{row.agreeing} of {row.compared}"
    return [row.label, str(row.tier), agree, row.limits, row.ac1, row.kappa, row.pabak]


def _difference(each: Difference) -> list[str]:
    reasons = [text for text in (each.answer_reason, each.verdict_reason) if text]
    outcome = ". ".join([each.outcome, *reasons])
    return [each.case_number, each.label, each.original, each.second, outcome]
