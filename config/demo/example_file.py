"""examples/surgical/cases.csv: two hundred cases for those who have none, to be imported by hand into the demo."""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from itertools import islice
from pathlib import Path

from config.demo.answers import DemoCase, Json, demo_cases
from config.demo.generator import SEED, generate
from measures.definition.spec import FormSpec


PATH = Path("examples") / "surgical" / "cases.csv"
HOSPITAL, ROWS, DRAWN = "maplewood", 200, 3000
WINDOW = date(2026, 4, 1), date(2026, 6, 30)
# Headings as a hospital's own system writes them; the form knows them as aliases and labels.
HEADINGS = {"operation_date": "Date of operation", "asa_class": "ASA", "haematocrit": "Hct", "blood_loss_ml": "EBL"}


def example_file(form: FormSpec) -> str:
    """The file's text, in the order of the form."""
    asked = [variable.name for variable in form.variables if not variable.calculation]
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["case_number", *(HEADINGS.get(name, name) for name in asked)])
    for number, case in enumerate(_cases(), start=1):
        writer.writerow([f"EXAMPLE-{number:04d}", *(_cell(case, name) for name in asked)])
    return text.getvalue()


def _cases() -> Iterator[DemoCase]:
    drawn = demo_cases(generate((HOSPITAL,), cases=DRAWN, seed=SEED + 1))
    return islice((case for case in drawn if WINDOW[0] <= case.event_date <= WINDOW[1]), ROWS)


def _cell(case: DemoCase, name: str) -> str:
    if name in case.missing:
        return case.missing[name].replace("_", " ")
    return _text(case.answers.get(name, ""))


def _text(answer: Json) -> str:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return ";".join(answer) if isinstance(answer, list) else str(answer)
