"""Generated cases as the product stores them: answers, missing kinds, reasons, and which are still being entered."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import numpy as np

from config.demo.cast import HOSPITALS
from config.demo.generator import SEED, Booleans, Draw, Floats, Generated
from config.demo.outcomes import chart
from config.demo.truth import BEHIND, FIRST_DAY, POOR_RECORDS, ROUNDS_MINUTES, SLOW
from config.demo.work import Work
from measures.definition.spec import MissingKind


Json = bool | int | float | str | list[str]
Cell = Json | MissingKind | None  # None: not answered, or not asked
Column = list[Cell]

OPIOIDS_FROM = date(2025, 7, 1)
ENTERED_UNTIL = date(2026, 10, 22)  # after this day nobody can know day 30 yet
OCTOBER = date(2026, 10, 1)
LATE_DOSE = {"antibiotic_after_incision": "Confirmed in the anaesthetic record."}
ND, UNKNOWN, NOT_APPLICABLE = MissingKind.NOT_DOCUMENTED, MissingKind.UNKNOWN, MissingKind.NOT_APPLICABLE
# How often a question has no answer, and which kind of none.
GAPS: Mapping[str, tuple[MissingKind, float]] = {
    "sex": (UNKNOWN, 0.0005),
    "height_cm": (ND, 0.008),
    "weight_kg": (ND, 0.006),
    "asa_class": (ND, 0.004),
    "functional_status": (ND, 0.012),
    "smoker": (UNKNOWN, 0.012),
    "diabetes": (ND, 0.004),
    "comorbidities": (ND, 0.005),
    "haematocrit": (ND, 0.012),
    "incision_time": (ND, 0.004),
    "duration_min": (ND, 0.004),
    "wound_class": (ND, 0.006),
    "blood_loss_ml": (ND, 0.02),
    "on_antibiotics": (ND, 0.004),
    "antibiotic_given": (ND, 0.004),
    "antibiotic_time": (ND, 0.012),
    "vte_prophylaxis": (ND, 0.008),
    "vte_contraindicated": (ND, 0.02),
    "pain_modalities": (ND, 0.01),
    "recovery_temperature_c": (ND, 0.022),
    "opioid_tablets": (ND, 0.015),
    "died": (UNKNOWN, 0.004),
    "ssi": (UNKNOWN, 0.014),
    "ssi_date": (ND, 0.03),
    "complications": (UNKNOWN, 0.008),
    "readmitted": (UNKNOWN, 0.02),
    "readmission_planned": (ND, 0.02),
}
POORER = 4
DAY_30, DIED_HERE, INGUINAL, SURGEONS = 30, 3, 3, 9
INITIALS = {key: "".join(part[0] for part in key.split("-")).upper() + key[-1].upper() for key in HOSPITALS}
NO_BLOOD = 0.3  # of inguinal repairs, in which none is taken
# Question → the question that shows it, and the answers that do.
ASKED_AFTER: Sequence[tuple[str, str, frozenset[Json]]] = (
    ("antibiotic_time", "antibiotic_given", frozenset({True})),
    ("vte_contraindicated", "vte_prophylaxis", frozenset({"2", "3"})),
    ("ssi_date", "ssi", frozenset({"1", "2", "3"})),
    ("opioid_tablets", "discharged_to", frozenset({"1", "2"})),
    ("readmitted", "discharged_to", frozenset({"1", "2"})),
    ("readmission_planned", "readmitted", frozenset({True})),
)
BY_DAY_30 = (
    *("discharge_date", "discharged_to", "follow_up_complete", "died", "ssi", "ssi_date", "complications"),
    *("readmitted", "readmission_planned", "opioid_tablets"),
)
OF_CARE = (
    *("on_antibiotics", "antibiotic_given", "antibiotic_time", "vte_prophylaxis", "vte_contraindicated"),
    *("pain_modalities", "recovery_temperature_c"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCase:
    """One row of `cases_case` in the making."""

    hospital: str
    case_number: str
    event_date: date
    complete: bool
    entered_on: date
    answers: dict[str, Json]
    missing: dict[str, str]
    reasons: dict[str, str]
    holder: str
    working_seconds: int


def demo_cases(generated: Generated) -> Iterator[DemoCase]:
    """The cases of `generated`, ordered by hospital and day."""
    draw = generated.draw
    rng = np.random.default_rng([SEED, 2])
    chart(rng, draw)
    columns = _columns(draw)
    _leave_gaps(rng, draw, columns)
    complete = _leave_unfinished(rng, draw, columns)
    _skip(columns)
    late = ((draw["antibiotic"] > draw["incision"]) & (draw["antibiotic_given"] == 1)).tolist()
    waits = rng.integers(1, 15, len(draw)).tolist()
    work = Work.drawn(np.random.default_rng([SEED, 3]), len(draw))
    numbers = Counter[tuple[str, int]]()
    for row, (hospital, day) in enumerate(zip(draw.hospital.tolist(), _days(draw), strict=True)):
        answers, missing = _split(columns, row)
        key = draw.hospitals[hospital].key
        numbers[key, day.year] += 1
        if key == ROUNDS_MINUTES and "duration_min" in answers:
            # Down, so that what counts from an hour on still counts.
            answers["duration_min"] = answers["duration_min"] // 10 * 10  # type: ignore[operator]  # a whole number
        explained = late[row] and complete[row] and {"antibiotic_time", "incision_time"} <= answers.keys()
        if not complete[row]:
            work.slip_at(row, answers)
        yield DemoCase(
            hospital=key,
            case_number=f"{INITIALS[key]}-{day.year}-{numbers[key, day.year]:04d}",
            event_date=day,
            complete=complete[row],
            entered_on=day + timedelta(days=(DAY_30 if complete[row] else 0) + waits[row]),
            answers=answers,
            missing=missing,
            reasons=LATE_DOSE if explained else {},
            holder=work.holder_at(row, complete=complete[row]),
            working_seconds=work.seconds_at(row, answers, complete=complete[row]),
        )


def _split(columns: Mapping[str, Column], row: int) -> tuple[dict[str, Json], dict[str, str]]:
    answers: dict[str, Json] = {}
    missing: dict[str, str] = {}
    for name, column in columns.items():
        cell = column[row]
        if isinstance(cell, MissingKind):
            missing[name] = cell.value
        elif cell is not None:
            answers[name] = cell
    return answers, missing


def _days(draw: Draw) -> list[date]:
    return [FIRST_DAY + timedelta(days=day) for day in draw.day.tolist()]


def _columns(draw: Draw) -> dict[str, Column]:
    """Every question with the answer of every case, as if all were asked and known."""
    codes = (
        *("procedure", "sex", "asa_class", "functional_status", "diabetes", "urgency", "approach", "wound_class"),
        *("vte_prophylaxis", "discharged_to", "ssi"),
    )
    yes_no = (
        *("smoker", "on_antibiotics", "antibiotic_given", "vte_contraindicated"),
        *("died", "readmitted", "readmission_planned"),
    )
    whole = ("age", "duration_min", "blood_loss_ml", "opioid_tablets")
    decimals = ("height_cm", "weight_kg", "haematocrit", "recovery_temperature_c")
    several = ("comorbidities", "pain_modalities", "complications")
    return {
        **{name: [str(int(value)) for value in draw[name].tolist()] for name in codes},
        **{name: (draw[name] == 1).tolist() for name in yes_no},
        **{name: draw[name].astype(int).tolist() for name in whole},
        **{name: draw[name].tolist() for name in decimals},
        **{name: [_chosen(int(value)) for value in draw[name].tolist()] for name in several},
        **_moments(draw),
    }


@cache
def _chosen(packed: int) -> list[str]:
    return [str(code) for code in range(packed.bit_length()) if packed >> code & 1]


def _moments(draw: Draw) -> dict[str, Column]:
    operation = np.datetime64(FIRST_DAY) + draw.day

    def dates(after: Floats) -> Column:
        return list((operation + after.astype(int)).astype(str).tolist())

    return {
        "operation_date": dates(0 * draw["stay"]),
        "admission_date": dates(-draw["before"]),
        "discharge_date": dates(draw["stay"]),
        "ssi_date": dates(draw["ssi_after"]),
        "incision_time": _times(draw["incision"]),
        "antibiotic_time": _times(draw["antibiotic"]),
    }


def _times(minutes: Floats) -> Column:
    return [f"{minute // 60:02d}:{minute % 60:02d}" for minute in minutes.astype(int).tolist()]


def _leave_gaps(rng: np.random.Generator, draw: Draw, columns: dict[str, Column]) -> None:
    """Take out answers that nobody found; never by writing No."""
    poorer = draw.by_hospital(lambda hospital: POORER if hospital.key == POOR_RECORDS else 1)
    for name, (kind, share) in GAPS.items():
        gone = rng.random(len(draw)) < share * poorer
        if name == "died":
            gone &= draw["discharged_to"] != DIED_HERE
        _put(columns[name], gone, kind)
    no_blood = draw.is_code("procedure", INGUINAL) & (rng.random(len(draw)) < NO_BLOOD)
    _put(columns["haematocrit"], no_blood, NOT_APPLICABLE)
    outcomes = [columns[name] for name in ("died", "ssi", "complications", "readmitted")]
    columns["follow_up_complete"] = [UNKNOWN not in row for row in zip(*outcomes, strict=True)]
    columns["bmi"] = [_index(*body) for body in zip(columns["weight_kg"], columns["height_cm"], strict=True)]
    surgeons = (draw["incision"].astype(int) + draw.day) % SURGEONS
    columns["surgeon_code"] = [f"S{surgeon + 1:02d}" if surgeon else None for surgeon in surgeons.tolist()]


def _put(column: Column, where: Booleans, cell: Cell) -> None:
    for row in np.flatnonzero(where).tolist():
        column[row] = cell


def _index(weight: Cell, height: Cell) -> Cell:
    if not isinstance(weight, float) or not isinstance(height, float):
        return None
    exact = Decimal(repr(weight)) * 10_000 / Decimal(repr(height)) ** 2
    return float(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def _leave_unfinished(rng: np.random.Generator, draw: Draw, columns: dict[str, Column]) -> list[bool]:
    """Cases whose thirty days are not over, or whose abstractor is behind. True: complete."""
    behind = draw.by_hospital(lambda hospital: hospital.key in BEHIND)
    october = draw.day >= (OCTOBER - FIRST_DAY).days
    waiting = (draw.day > (ENTERED_UNTIL - FIRST_DAY).days) | (october & (rng.random(len(draw)) < 0.7 * behind))
    slow = draw.by_hospital(lambda hospital: hospital.key in SLOW)
    waiting |= october & (np.random.default_rng([SEED, 4]).random(len(draw)) < 0.25 * slow)
    for name in BY_DAY_30:
        _put(columns[name], waiting, None)
    just_begun = waiting & (rng.random(len(draw)) < 0.4)
    for name in OF_CARE:
        _put(columns[name], just_begun, None)
    _put(columns["opioid_tablets"], draw.day < (OPIOIDS_FROM - FIRST_DAY).days, None)
    return list((~waiting).tolist())


def _skip(columns: dict[str, Column]) -> None:
    """Take out what the form does not ask, given the answers before it."""
    for name, before, shows in ASKED_AFTER:
        pairs = zip(columns[name], columns[before], strict=True)
        columns[name] = [cell if not isinstance(asked, list) and asked in shows else None for cell, asked in pairs]
