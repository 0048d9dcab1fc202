"""Cases of an invented surgical collaborative, the same for the same seed. Pure: numpy and the cast, no rows.

Patients differ between hospitals, outcomes follow `truth.py`. Questions and rules are those of
`examples/surgical/definition.yaml`; a test holds the cases against it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from config.demo.cast import HOSPITALS, PROGRAMME, SURGERY, Hospital
from config.demo.truth import FIRST_DAY, LAST_DAY, MEASURES, MeasureTruth, Truth


SEED, CASES = 20_261_031, 24_000
DAYS = (LAST_DAY - FIRST_DAY).days + 1
SMALLEST_SHARE = 0.002
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

# Numbers enter a model as (value - centre) / scale, as in the definition file; everything else as it is.
SCALES: Mapping[str, tuple[float, float]] = {"age": (60, 10), "bmi": (28, 5), "haematocrit": (40, 5)}


@dataclass(frozen=True, kw_only=True)
class Draw:
    """All cases as columns of true values, ordered by hospital and day; nothing is missing or skipped yet.

    Codes are whole numbers, yes and no are 1 and 0. `met` says for each measure whether a case that belongs to it counts
    in its numerator.
    """

    hospitals: tuple[Hospital, ...]
    hospital: Integers
    day: Integers
    columns: dict[str, Floats] = field(default_factory=dict)
    met: dict[str, Booleans] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.day)

    def __getitem__(self, name: str) -> Floats:
        return self.columns[name]

    def is_code(self, name: str, code: int) -> Booleans:
        return np.equal(self.columns[name], code)

    def by_hospital(self, value: Callable[[Hospital], float]) -> Floats:
        """A property of the hospital, for each of its cases."""
        return np.array([value(hospital) for hospital in self.hospitals], float)[self.hospital]

    def shift(self, rng: np.random.Generator, spread: float) -> Floats:
        """Something by which hospitals differ for no reason that the data show."""
        return rng.normal(0, spread, len(self.hospitals))[self.hospital]


@dataclass(frozen=True, kw_only=True)
class Generated:
    draw: Draw
    truth: Truth


def generate(keys: Sequence[str] = PROGRAMME[SURGERY].hospitals, *, cases: int = CASES, seed: int = SEED) -> Generated:
    """Draw `cases` cases of the hospitals named by `keys`, with the truth they follow."""
    rng = np.random.default_rng(seed)
    hospitals = tuple(HOSPITALS[key] for key in keys)
    hospital = rng.choice(len(hospitals), cases, p=_volumes(rng, hospitals))
    day = rng.integers(0, DAYS, cases)
    order = np.lexsort((day, hospital))
    draw = Draw(hospitals=hospitals, hospital=hospital[order], day=day[order])
    truth = Truth(measures=MEASURES, effects={slug: _effects(rng, keys, measure) for slug, measure in MEASURES.items()})
    _draw_patients(rng, draw)
    _draw_operations(rng, draw)
    for slug, measure in MEASURES.items():
        draw.met[slug] = rng.random(cases) < _chance(draw, measure, truth.effects[slug])
    return Generated(draw=draw, truth=truth)


def _volumes(rng: np.random.Generator, hospitals: Sequence[Hospital]) -> Floats:
    """Log-normal around the number of beds."""
    beds = np.array([hospital.beds for hospital in hospitals], float)
    volumes = beds * rng.lognormal(0, 0.35, len(beds))
    share = np.maximum(volumes / volumes.sum(), SMALLEST_SHARE)
    return np.asarray(share / share.sum(), float)


def _effects(rng: np.random.Generator, keys: Sequence[str], measure: MeasureTruth) -> dict[str, float]:
    drawn = rng.normal(0, measure.spread, len(keys)).clip(-2 * measure.spread, 2 * measure.spread)
    return {key: measure.named.get(key, float(effect)) for key, effect in zip(keys, drawn, strict=True)}


def covariate(draw: Draw, term: str) -> Floats:
    """The column of a design matrix that a term names: `age`, or `asa_class=3`."""
    name, _, level = term.partition("=")
    if level:
        return draw.is_code(name, int(level)).astype(float)
    centre, scale = SCALES.get(name, (0, 1))
    return np.asarray((draw[name] - centre) / scale, float)


def _chance(draw: Draw, measure: MeasureTruth, effects: Mapping[str, float]) -> Floats:
    time = draw.day / DAYS
    logit = measure.intercept + draw.by_hospital(lambda hospital: effects[hospital.key])
    logit += time * (measure.trend + draw.by_hospital(lambda hospital: measure.trends.get(hospital.key, 0)))
    for term, coefficient in measure.terms.items():
        logit += coefficient * covariate(draw, term)
    return expit(logit)


def expit(logit: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logit)), float)


def pick(rng: np.random.Generator, weights: npt.ArrayLike) -> Integers:
    """One code, counted from 1, for each row of `weights`."""
    cumulated = np.cumsum(np.asarray(weights, float), axis=1)
    dice = rng.random(len(cumulated)) * cumulated[:, -1]
    return np.asarray((dice[:, None] >= cumulated).sum(axis=1) + 1, np.int64)


def _by_code(code: Floats, *rows: Sequence[float]) -> Floats:
    """For each case the row that belongs to its code, counted from 1."""
    return np.asarray(np.array(rows, float)[code.astype(int) - 1], float)


def _draw_patients(rng: np.random.Generator, draw: Draw) -> None:
    set_ = draw.columns.__setitem__
    teaching, rural = (draw.by_hospital(lambda each: each.teaching), draw.by_hospital(lambda each: each.rural))
    colectomy = expit(-0.45 + 0.5 * teaching - 0.6 * rural + draw.shift(rng, 0.25))
    procedure = pick(rng, np.column_stack([colectomy, (1 - colectomy) * 0.42, (1 - colectomy) * 0.58])).astype(float)
    set_("procedure", procedure)
    weights = _by_code(procedure, (74, 15, 11), (91, 5, 4), (95, 2, 3))
    weights[:, 1:] *= np.exp(0.25 * teaching + draw.shift(rng, 0.2))[:, None]
    set_("urgency", pick(rng, weights).astype(float))
    age = rng.normal(_by_code(procedure, (62,), (56,), (57,))[:, 0] + draw.shift(rng, 1.5), 14)
    set_("age", age.round().clip(18, 97))
    set_("sex", pick(rng, _by_code(procedure, (52, 48), (50, 50), (12, 88))).astype(float))
    _draw_body(rng, draw)
    _draw_health(rng, draw, 0.25 * teaching + draw.shift(rng, 0.25))


def _draw_body(rng: np.random.Generator, draw: Draw) -> None:
    female = draw.is_code("sex", 1)
    height = rng.normal(np.where(female, 163, 176.5), 7).clip(142, 204).round(1)
    index = rng.normal(_by_code(draw["procedure"], (28.5,), (32,), (27,))[:, 0], 5.5).clip(17, 57)
    weight = (index * height**2 / 10_000).clip(41, 198).round(1)
    draw.columns.update(height_cm=height, weight_kg=weight, bmi=weight * 10_000 / height**2)


def _draw_health(rng: np.random.Generator, draw: Draw, severity: Floats) -> None:
    age, bmi, urgency = draw["age"], draw["bmi"], draw["urgency"]
    illness = 0.03 * (age - 60) + 0.04 * (bmi - 28) + 0.5 * (urgency - 1) + severity + rng.normal(0, 1, len(draw))
    asa = (1 + np.digitize(illness, (-1.1, 0.5, 2.2))).astype(float)
    asa[(urgency == 3) & (illness > 3)] = 5
    frail = expit(-3.4 + 0.04 * (age - 60) + 0.6 * (asa - 2))
    smoker = rng.random(len(draw)) < expit(-1.35 - 0.02 * (age - 60))
    diabetic = expit(-1.9 + 0.07 * (bmi - 28) + 0.02 * (age - 60))
    haematocrit = rng.normal(41.5 - 2.0 * draw.is_code("procedure", 1) - 1.2 * (asa >= 3), 4.3)
    draw.columns.update(
        asa_class=asa,
        functional_status=pick(rng, np.column_stack([1 - frail, 0.78 * frail, 0.22 * frail])).astype(float),
        smoker=smoker.astype(float),
        diabetes=(pick(rng, np.column_stack([1 - diabetic, 0.68 * diabetic, 0.32 * diabetic])) - 1).astype(float),
        haematocrit=haematocrit.clip(19, 59).round(1),
    )


def _draw_operations(rng: np.random.Generator, draw: Draw) -> None:
    procedure, emergency = draw["procedure"], draw.is_code("urgency", 3)
    approach = _by_code(procedure, (28, 42, 21, 9), (54, 20, 25, 1), (54, 20, 25.5, 0.5))
    approach[emergency] = (72, 17, 2, 9)
    approach[draw.by_hospital(lambda each: each.rural) > 0, 2] = 0
    clean = _by_code(procedure, (0, 90, 8, 2), (88, 9, 2, 1), (93, 6, 0.7, 0.3))
    clean[draw.is_code("urgency", 2) & (procedure == 1)] = (0, 73, 18, 9)
    clean[emergency & (procedure == 1)] = (0, 42, 27, 31)
    clean[emergency & (procedure > 1)] = (66, 22, 8, 4)
    draw.columns.update(approach=pick(rng, approach).astype(float), wound_class=pick(rng, clean).astype(float))
    robotic = 1 + 0.2 * draw.is_code("approach", 3)
    duration = rng.lognormal(np.log(_by_code(procedure, (165,), (100,), (62,))[:, 0] * robotic), 0.35)
    blood = rng.lognormal(np.log(_by_code(procedure, (90,), (25,), (8,))[:, 0]), 0.9)
    incision = np.where(emergency, rng.uniform(150, 1380, len(draw)), rng.uniform(450, 930, len(draw)))
    draw.columns.update(
        duration_min=duration.round().clip(16, 590),
        blood_loss_ml=(blood / 5).round().clip(0, 580) * 5,
        incision=incision.round(),
    )
