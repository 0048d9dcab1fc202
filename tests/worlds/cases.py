"""Complete cases of all eight hospitals of colectomy-mi, imported by Cora, and a few that are being entered.

Numbers that occur nowhere else: denominators of `ssi` are the primes from 41 to 71, so a leaked rate gives itself away.
Every hospital also has two cases excluded from `ssi` (ASA class 4) and one that cannot tell (infection unknown).
"""

import csv
import io
import random
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from cases.models import CaseImport
from cases.services.cases import save_answers, start_case
from cases.services.changes import Changes
from cases.services.check_import import check_file
from cases.services.imports import commit_import, upload_import
from cases.services.take_over import take_over_rows
from collaboratives.selectors.places import acting_for
from privacy.viewer import Viewer
from tenancy.context import Acting, acting
from tests.worlds import definitions, programme


@dataclass(frozen=True)
class Truth:
    """What a hospital's complete cases add up to."""

    denominator: int
    infections: int
    antibiotics: int
    readmitted: int

    @property
    def cases(self) -> int:
        return self.denominator + 3


TRUTH = {
    "alder": Truth(41, 3, 39, 7),
    "birch": Truth(43, 5, 31, 4),
    "cedar": Truth(47, 4, 46, 5),
    "dogwood": Truth(53, 7, 52, 11),
    "elm": Truth(59, 6, 49, 9),
    "finch": Truth(61, 13, 51, 13),
    "grove": Truth(67, 2, 70, 3),
    "heron": Truth(71, 10, 61, 8),
}
FIRST_DAY, DAYS = date(2025, 7, 1), 450
HEADER = (
    "hospital",
    "case_number",
    "age",
    "weight",
    "asa",
    "conditions",
    "operation_date",
    "incision",
    "antibiotic",
    "antibiotic_at",
    "drain",
    "discharge_date",
    "ssi",
    "readmitted",
    "comment",
)


IMPORTS: dict[str, str] = {}
"""Public ids of the files that wait for a decision: `checked` (alder's, with bad rows) and `refused` (alder's, a column is missing)."""


def build() -> None:
    by = programme.viewer("cora")
    take_in(table(), by=by)
    for hospital in ("alder", "birch"):
        _begin(programme.viewer(f"{hospital}.abstractor"), hospital)
    alder = programme.viewer("alder.abstractor")
    IMPORTS["checked"] = str(look_at(checked_file(), by=alder, file_name="alder-march.csv").public_id)
    IMPORTS["refused"] = str(look_at(b"number,years\nN-1,70\n", by=alder, file_name="alder-april.csv").public_id)


BAD_ROWS = 120


def checked_file() -> bytes:
    """One good row; 120 whose age is impossible, every second of them with an unknown code; one with a formula."""
    lines = ["case_number,age,asa,operation_date,antibiotic,ssi,comment", "N-1,70,2,2026-03-05,1,0,fine"]
    lines += [f"N-{number + 10},131,{8 if number % 2 else 2},2026-03-05,1,0,fine" for number in range(BAD_ROWS)]
    return "\n".join([*lines, "N-2,31,2,2026-03-05,1,0,=cmd()"]).encode()


def table() -> bytes:
    """The file that Cora uploads."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    chance = random.Random(20260118)  # noqa: S311 -- the same cases in every run
    for hospital, truth in TRUTH.items():
        writer.writerows(_row(hospital, truth, number, chance) for number in range(truth.cases))
    return out.getvalue().encode()


def _row(hospital: str, truth: Truth, number: int, chance: random.Random) -> tuple[object, ...]:
    operated = FIRST_DAY + timedelta(days=(number * DAYS) // truth.cases)
    asa = 4 if number in (truth.denominator, truth.denominator + 1) else chance.choice((1, 2, 2, 2, 3, 3))
    given = number < truth.antibiotics
    return (
        programme.HOSPITALS[hospital][0],
        f"{hospital[:2].upper()}-{number + 1:03d}",
        chance.randint(24, 93),
        round(chance.uniform(48, 121), 1),
        asa,
        chance.choice(("", ";", "dm", "dm;copd", "ckd")),
        operated.isoformat(),
        f"{chance.randint(7, 16):02d}:{chance.randint(0, 59):02d}",
        int(given),
        f"{operated.isoformat()} {chance.randint(6, 15):02d}:15" if given else "",
        chance.randint(0, 1),
        (operated + timedelta(days=chance.randint(2, 17))).isoformat(),
        "unknown" if number == truth.denominator + 2 else int(number < truth.infections),
        int(number % truth.cases >= truth.cases - truth.readmitted),
        "",
    )


def look_at(content: bytes, *, by: Viewer, file_name: str = "cases.csv") -> CaseImport:
    """Upload and check a file at once, as the worker would have done."""
    with acting(acting_for(by)), transaction.atomic():
        case_import = upload_import(form=definitions.form(), file_name=file_name, content=content, by=by, queue=False)
    worker = Acting("compute", collaborative_id=by.collaborative_id)
    with acting(worker), transaction.atomic():
        check_file(case_import)
    return case_import


def take_in(content: bytes, *, by: Viewer, file_name: str = "cases.csv", valid_only: bool = False) -> CaseImport:
    """Upload, check and take over a file at once."""
    case_import = look_at(content, by=by, file_name=file_name)
    with acting(acting_for(by)), transaction.atomic():
        case_import = commit_import(case_import=case_import, valid_only=valid_only, by=by, queue=False)
    with acting(Acting("compute", collaborative_id=by.collaborative_id)), transaction.atomic():
        take_over_rows(case_import)
    return case_import


def _begin(by: Viewer, hospital: str) -> None:
    """Two drafts: one hardly begun, one with an answer out of range."""
    with acting(acting_for(by)), transaction.atomic():
        form = definitions.form()
        prefix = hospital[:2].upper()
        start_case(form=form, case_number=f"{prefix}-901", event_date=date(2026, 9, 14), by=by)
        case = start_case(form=form, case_number=f"{prefix}-902", event_date=date(2026, 9, 18), by=by)
        save_answers(case=case, changes=Changes(revision=1, answers={"age": 131, "antibiotic": True}), by=by)
