"""What the gallery shows: one value of every kind of part, in every state."""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from ui.parts import Caution, Crumb, Fact, Field, Option, Pages, Problem, Step, Tab


@dataclass(frozen=True)
class SampleTable:
    headers: tuple[str, ...] = ("Period", "Value")
    rows: tuple[tuple[str, ...], ...] = (("2025", "7.1%"), ("2026", "6.2%"))


@dataclass(frozen=True)
class SampleDrawing:
    """Stands for a chart: the real ones live above this package."""

    key: str = "sample"
    title: str = "A chart in its card"
    description: str = "From 7.1% in 2025 to 6.2% in 2026."
    caption: str = "two periods"
    table: SampleTable = SampleTable()

    @property
    def svg(self) -> SafeString:
        line = '<line class="line" x1="0" x2="100%" y1="8" y2="56"/><circle cx="100%" cy="56" r="2.8"/>'
        return format_html(
            '<svg class="spark" role="img" aria-label="{}" width="100%" height="64">' + line + "</svg>",
            self.description,
        )


class Samples:
    crumbs = (Crumb("Measures", "#"), Crumb("Surgical-site infection"))
    facts = (
        Fact("Observed / expected", "25 / 18.4"),
        Fact("Risk-adjusted rate", "8.4%", "5.4 to 12.4"),
        Fact("Excluded", "125 of 412", url="#"),
    )
    tabs = (Tab("Compare", "#", current=True), Tab("Our cases", "#", "25 of 287"), Tab("Definition and method", "#"))
    steps = (
        Step("Data closed", "done", "31 Aug"),
        Step("Models fitted", "problem", "11 of 12"),
        Step("Release to members", "now", "9 Sep 08:00", current=True),
        Step("Reviewed by hospitals", "waiting", "0 of 38"),
    )
    sections = (
        Step("Eligibility", "done", url="#"),
        Step("Operation", "now", "4/6", "#", current=True),
        Step("Outcomes to 30 days", "problem", "1", "#"),
        Step("Follow-up", "waiting", url="#"),
    )
    pages = Pages(number=4, total=412)
    drawing = SampleDrawing()
    problems = (
        Problem("Discharge is before admission (5 Jan 2026).", "Check both dates.", "field-discharge"),
        Problem("22,000 mL is more than 20,000.", "Enter 0 to 20,000 mL.", "field-blood-loss"),
    )
    fields = (
        Field(
            name="operation-date",
            label="Date of operation",
            value="2026-09-18",
            required=True,
            hint="Day of incision, hospital time.",
            echo="Fri 18 Sep 2026, day 2 of stay",
        ),
        Field(
            name="urgency",
            label="Urgency",
            control="one",
            options=(
                Option("1", "Elective", "1", chosen=True),
                Option("2", "Urgent", "2"),
                Option("3", "Emergency", "3"),
            ),
            hint="As booked, not as it turned out.",
            definition="Elective: booked before the admission.",
            definition_url="#",
        ),
        Field(
            name="antibiotic",
            label="Antibiotic given at",
            value="08:52",
            cautions=(
                Caution(message="After incision (08:41).", remedy="Check the record.", reason_name="reason-antibiotic"),
            ),
        ),
        Field(
            name="wound",
            label="Wound class",
            control="one",
            options=(Option("1", "I"), Option("2", "II"), Option("3", "III"), Option("4", "IV")),
            missing_name="missing-wound",
            missing=(Option("not_documented", "Not documented", chosen=True), Option("unknown", "Unknown")),
        ),
        Field(
            name="blood-loss",
            label="Estimated blood loss",
            units="mL",
            value="22000",
            input_mode="numeric",
            errors=(Problem("22,000 is more than 20,000.", "Enter 0 to 20,000 mL."),),
        ),
        Field(
            name="history",
            label="History",
            control="many",
            options=(Option("1", "Diabetes", "1", chosen=True), Option("2", "Heart failure", "2")),
        ),
        Field(
            name="unit",
            label="Ward",
            control="list",
            options=(Option("a", "Surgery A"), Option("b", "Surgery B", chosen=True)),
            notes=("Ward B closed in May 2026.",),
        ),
        Field(name="bmi", label="Body-mass index", units="kg/m²", value="27.4", read_only=True, hint="Calculated."),
        Field(name="remark", label="Remark", control="area"),
        Field(name="discharge", label="Discharge", value="2026-01-04"),
    )


SAMPLES = Samples()
