"""A form of 40 questions with skip logic, checks and measures, and files of any number of its cases.

The values are drawn as registries have them: many codes, dates and minutes that rarely repeat, 2 in 100 rows with an
unusual value, 1 in 100 with an error, "unknown" here and there, and a comment in one row of five.
"""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta


FIRST_DAY, DAYS = date(2024, 1, 1), 900
FLAGS = (
    "smoker",
    "diabetes",
    "copd",
    "dialysis",
    "steroids",
    "transfusion",
    "bowel_preparation",
    "antibiotic",
    "normothermia",
    "early_mobility",
    "catheter_out",
    "ssi",
    "leak",
    "readmitted",
    "reoperated",
)
CHOICES = {
    "sex": 3,
    "asa": 5,
    "urgency": 3,
    "approach": 4,
    "procedure": 9,
    "wound": 4,
    "payer": 6,
    "discharged_to": 7,
}
NUMBERS = {"age": (18, 105), "drains": (0, 6), "blood_loss": (0, 3000), "nodes": (0, 60), "fluids": (0, 9000)}
DECIMALS = {"weight": (40, 180), "height": (140, 205), "albumin": (1, 6), "haemoglobin": (5, 19), "glucose": (40, 400)}
MEASURES = {
    "ssi": ('[asa] = "5"', '[ssi] = "1"', "lower"),
    "antibiotic": ('[procedure] = "9"', '[antibiotic] = "1"', "higher"),
    "readmission": ('[discharged_to] = "7"', '[readmitted] = "1"', "lower"),
    "leak": ('[procedure] = "8" or [procedure] = "9"', '[leak] = "1"', "lower"),
    "long_stay": ('[discharged_to] = "7"', "[stay] > 10", "lower"),
}


def definition(*, measures: int = len(MEASURES), models: int = 0) -> str:
    """`measures` of them, the first `models` risk-adjusted; beyond the named ones they are variations of those."""
    return "\n".join(
        [
            "format: 1",
            "collaborative:",
            "  {slug: large-registry, name: Large Registry, specialty: Surgery, time_zone: America/Detroit, date_order: mdy,",
            "   confidentiality_footer: Confidential.}",
            "forms:",
            "  operation:",
            "    name: Operation",
            "    case_noun: operation",
            "    case_noun_plural: operations",
            "    event_date: operation_date",
            "    versions: [{number: 1, effective_from: 2024-01-01, note: First version.}]",
            "    sections: [{name: patient, label: Patient}, {name: operation, label: Operation}, {name: outcome, label: Outcome}]",
            "    variables:",
            *_variables(),
            "    rules:",
            *_rules(),
            "measures:",
            *_measures(measures, models),
            *(_models(models) if models else ()),
        ]
    )


def _variables() -> Iterator[str]:
    yield "      - {name: operation_date, label: Date of operation, type: date, section: operation, required: true}"
    yield "      - {name: discharge_date, label: Date of discharge, type: date, section: outcome, required: true}"
    yield "      - {name: incision_at, label: Incision, type: datetime, section: operation, required: true}"
    yield "      - {name: closed_at, label: Skin closed, type: datetime, section: operation}"
    yield "      - {name: arrival, label: Arrival, type: time, section: patient}"
    for name, count in CHOICES.items():
        codes = ", ".join(f"{code}: {name} {code}" for code in range(1, count + 1))
        yield f"      - {{name: {name}, label: {name}, type: one_of, codes: {{{codes}}}, section: patient, required: true, missing: [unknown]}}"
    for name in FLAGS:
        more = ", show_if: '[ssi] = \"1\"'" if name == "reoperated" else ", required: true, missing: [unknown]"
        yield f"      - {{name: {name}, label: {name}, type: yes_no, section: operation{more}}}"
    for name, (low, high) in NUMBERS.items():
        yield (
            f"      - {{name: {name}, label: {name}, type: integer, section: patient, missing: [unknown], "
            f"range: {{hard_min: 0, hard_max: {high * 10}, soft_min: {low}, soft_max: {high}}}}}"
        )
    for name, (low, high) in DECIMALS.items():
        yield (
            f"      - {{name: {name}, label: {name}, type: decimal, section: patient, missing: [unknown], "
            f"range: {{hard_min: 0, hard_max: {high * 10}, soft_min: {low}, soft_max: {high}}}}}"
        )
    yield "      - {name: conditions, label: Conditions, type: many_of, codes: {dm: Diabetes, hf: Heart failure, ckd: Kidney disease}, section: patient}"
    yield "      - {name: comment, label: Comment, type: text, section: outcome}"
    yield "      - {name: stay, label: Length of stay, type: integer, section: outcome, calculation: 'datediff([operation_date], [discharge_date], \"d\")'}"


def _rules() -> Iterator[str]:
    for name, when, severity in (
        ("discharge_first", "[discharge_date] < [operation_date]", "error"),
        ("closed_first", "[closed_at] < [incision_at]", "error"),
        ("long_operation", 'datediff([incision_at], [closed_at], "h") > 14', "warning"),
        ("heavy", '[weight] > 175 and [asa] = "1"', "warning"),
        ("minimal_blood", '[blood_loss] > 2950 and [transfusion] = "0"', "warning"),
        ("dialysis_young", '[dialysis] = "1" and [age] < 20', "warning"),
    ):
        yield f"      - {{name: {name}, when: '{when}', severity: {severity}, message: 'Look at {name}.', remedy: Check them.}}"


def _measures(count: int, models: int) -> Iterator[str]:
    named = list(MEASURES.items())
    for number in range(count):
        slug, (excluded, numerator, direction) = named[number % len(named)]
        name = slug if number < len(named) else f"{slug}_{number}"
        model = f", risk_model: model_{number}" if number < models else ""
        yield f"  {name}:"
        yield f"    {{name: {name}, short_name: {name}, kind: proportion, domain: outcome, direction: {direction}, form: operation{model},"
        yield f"     exclusions: [{{name: left_out, label: Left out, when: '{excluded}'}}], numerator: '{numerator}'}}"


def _models(count: int) -> Iterator[str]:
    """Eighteen columns each: four numbers, two categories and six questions of yes or no, less references."""
    yield "risk_models:"
    slugs = list(MEASURES)
    for number in range(count):
        outcome = slugs[number % len(slugs)] if number < len(slugs) else f"{slugs[number % len(slugs)]}_{number}"
        yield f"  model_{number}: {{name: Model {number}, form: operation, method: pooled_logistic, outcome: {outcome}, covariates: ["
        for name in ("age", "weight", "albumin", "glucose"):
            yield f"    {{variable: {name}, kind: linear}},"
        for name in ("sex", "approach"):
            yield f'    {{variable: {name}, kind: category, reference: "1"}},'
        yield from (f"    {{variable: {name}, kind: yes_no}}," for name in FLAGS[:6])
        yield "  ]}"


def header() -> list[str]:
    names = ["operation_date", "discharge_date", "incision_at", "closed_at", "arrival"]
    return ["hospital", "case_number", *names, *CHOICES, *FLAGS, *NUMBERS, *DECIMALS, "conditions", "comment"]


def rows(count: int, hospitals: list[str]) -> Iterator[list[str]]:
    chance = random.Random(40_100)  # noqa: S311 -- the same file in every run
    for number in range(count):
        yield [hospitals[number % len(hospitals)], f"C{number:06d}", *_row(chance)]


def _row(chance: random.Random) -> Iterator[str]:
    pick, draw = chance.choices, chance.random
    day = FIRST_DAY + timedelta(days=int(draw() * DAYS))
    start = datetime(day.year, day.month, day.day, 7, 0) + timedelta(minutes=int(draw() * 660))  # noqa: DTZ001 -- hospital time
    end = start + timedelta(minutes=30 + int(draw() * 400))
    bad = draw()
    left = day - timedelta(days=3) if bad < 0.01 else day + timedelta(days=int(draw() * 20))
    infected = draw() < 0.06
    yield from (day.isoformat(), left.isoformat(), f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}")
    yield f"{int(draw() * 24):02d}:{int(draw() * 60):02d}"
    for count in CHOICES.values():
        yield "unknown" if draw() < 0.004 else str(1 + int(draw() * count))
    for name in FLAGS:
        yield {"ssi": str(int(infected)), "reoperated": str(int(draw() < 0.5)) if infected else ""}.get(
            name, "unknown" if draw() < 0.004 else str(int(draw() < 0.3))
        )
    for low, high in NUMBERS.values():
        yield str(low + int(draw() * (high - low)))
    for place, (low, high) in enumerate(DECIMALS.values()):
        yield f"{high * 1.5:.1f}" if not place and 0.01 <= bad < 0.03 else f"{low + draw() * (high - low):.1f}"
    yield pick(("", "dm", "dm;hf", "ckd"))[0]
    yield f"Seen on day {int(draw() * 30)}, wound {int(draw() * 1000)}" if draw() < 0.2 else ""
