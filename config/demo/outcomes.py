"""From what is true of a case to what its chart says: process of care and the thirty days after the operation."""

import numpy as np

from config.demo.generator import Booleans, Draw, Floats, Integers, expit, pick


ON_TIME, HALF_DAY = 60, 720
LONGEST_STAY, LAST_DAY_OF_FOLLOW_UP = 28, 30
LEAK, PNEUMONIA = 1, 7
COMPLICATIONS = (14, 16, 4, 6, 5, 3, 12, 7, 12, 2, 19)  # how often, relative to each other, codes 1 to 11
CONDITIONS = (0.02, 0.08, 0.012, 0.05, 0.045)  # codes 1 to 5
PAIN_RELIEF = (30, 20, 10, 14, 18, 8)  # codes 1 to 6


def chart(rng: np.random.Generator, draw: Draw) -> None:
    """Add the columns that follow from the outcomes to `draw`."""
    draw.columns["comorbidities"] = _conditions(rng, draw)
    _antibiotic(rng, draw)
    _clots_pain_warmth(rng, draw)
    _complications(rng, draw)
    _stay(rng, draw)
    _infection(rng, draw)
    _return(rng, draw)


def bits(chosen: Booleans) -> Floats:
    """Several answers of one question as one number; bit 0 is code 0, «none»."""
    codes = 1 << np.arange(1, chosen.shape[1] + 1)
    packed = (chosen * codes).sum(axis=1)
    return np.where(packed == 0, 1, packed).astype(float)


def _some(rng: np.random.Generator, weights: tuple[float, ...], count: Integers) -> Booleans:
    """`count` different codes for each case, the heavier the likelier."""
    keys = rng.random((len(count), len(weights))) ** (1 / np.array(weights, float))
    rank = (-keys).argsort(axis=1).argsort(axis=1)
    return np.asarray(rank < count[:, None], bool)


def _conditions(rng: np.random.Generator, draw: Draw) -> Floats:
    likelier = np.where(draw["asa_class"] >= 3, 1.8, 0.5)[:, None] * np.ones((1, len(CONDITIONS)))
    likelier[:, 1] *= 1 + draw["smoker"]
    likelier[:, 3] *= draw.is_code("procedure", 1)
    return bits(rng.random(likelier.shape) < likelier * CONDITIONS)


def _antibiotic(rng: np.random.Generator, draw: Draw) -> None:
    n, met = len(draw), draw.met["antibiotic_timing"]
    infected = np.select([draw.is_code("wound_class", 4), draw.is_code("urgency", 3)], [0.6, 0.2], 0.015)
    treated = rng.random(n) < infected
    late = rng.random(n)
    before = np.select(
        [met, late < 0.65],
        [rng.integers(5, ON_TIME + 1, n), rng.integers(ON_TIME + 1, 116, n)],
        -rng.integers(1, 35, n),
    )
    given = np.where(met, 1, late < 0.88)
    draw.columns.update(
        on_antibiotics=treated.astype(float),
        antibiotic_given=np.where(treated, rng.random(n) < 0.4, given).astype(float),
        antibiotic=draw["incision"] - before,
    )


def _clots_pain_warmth(rng: np.random.Generator, draw: Draw) -> None:
    n, day_case = len(draw), draw.is_code("procedure", 3)
    reason = rng.random(n) < np.where(day_case, 0.01, 0.04)
    drug = ~reason & np.where(day_case, rng.random(n) < 0.3, draw.met["vte_prophylaxis"])
    kinds = np.where(draw.met["multimodal_pain"], rng.integers(2, 5, n), rng.integers(0, 2, n))
    away = np.abs(rng.normal(0, 0.45, n)).round(1)
    draw.columns.update(
        vte_prophylaxis=np.select([drug, rng.random(n) < 0.75], [1.0, 2.0], 3.0),
        vte_contraindicated=reason.astype(float),
        pain_modalities=bits(_some(rng, PAIN_RELIEF, kinds)),
        recovery_temperature_c=np.where(draw.met["normothermia"], 36 + away, 35.9 - away).clip(33.6, 38.4).round(1),
        opioid_tablets=rng.poisson(np.where(day_case, 6, 12) * rng.gamma(2, 0.5, n)).clip(0, 58).astype(float),
    )


def _complications(rng: np.random.Generator, draw: Draw) -> None:
    n, serious = len(draw), draw.met["death_or_serious_complication"]
    risk = -2.9 + 0.05 * (draw["age"] - 60) + 0.6 * (draw["asa_class"] - 2) + 0.5 * (draw["functional_status"] - 1)
    died = serious & (rng.random(n) < expit(risk))
    complicated = serious & ~(died & (rng.random(n) < 0.2))
    chosen = _some(rng, COMPLICATIONS, np.where(complicated, 1 + rng.poisson(0.4, n), 0))
    leak = chosen[:, LEAK - 1] & ~draw.is_code("procedure", 1)
    chosen[leak, LEAK - 1], chosen[leak, PNEUMONIA - 1] = False, True
    draw.columns.update(died=died.astype(float), complications=bits(chosen))


def _stay(rng: np.random.Generator, draw: Draw) -> None:
    n, procedure = len(draw), draw["procedure"]
    before = np.select(
        [draw.is_code("urgency", 2), draw.is_code("urgency", 3)], [rng.integers(0, 5, n), rng.integers(0, 2, n)]
    )
    short = np.select(
        [procedure == 1, procedure == 2], [rng.integers(2, 8, n), rng.integers(0, 4, n)], rng.random(n) < 0.15
    )
    long = np.minimum(7 + rng.geometric(0.28, n), LONGEST_STAY)
    stay = np.where((procedure == 1) & draw.met["long_stay"], long, short)
    in_hospital = (draw["died"] == 1) & (rng.random(n) < 0.7)
    stay = np.where(in_hospital, np.minimum(rng.geometric(0.12, n), LONGEST_STAY), stay)
    facility = rng.random(n) < expit(-4.2 + 0.06 * (draw["age"] - 60) + 1.2 * (draw["functional_status"] - 1))
    draw.columns.update(
        before=before.astype(float),
        stay=stay.astype(float),
        discharged_to=np.select([in_hospital, facility], [3.0, 2.0], 1.0),
    )


def _infection(rng: np.random.Generator, draw: Draw) -> None:
    n, serious = len(draw), draw.met["death_or_serious_complication"]
    depth = pick(rng, np.where(serious[:, None], (40, 12, 48), (82, 18, 0))).astype(float)
    ssi = np.where(draw.met["ssi"], depth, 0)
    leak = (ssi == 3) & draw.is_code("procedure", 1) & (draw["complications"] != 1)
    complications = draw["complications"].astype(int)
    complications[leak] |= 1 << LEAK
    last = np.where(draw["discharged_to"] == 3, draw["stay"], LAST_DAY_OF_FOLLOW_UP)
    draw.columns.update(
        ssi=ssi,
        complications=complications.astype(float),
        ssi_after=np.minimum(3 + rng.integers(0, 24, n), last),
    )


def _return(rng: np.random.Generator, draw: Draw) -> None:
    n, unplanned = len(draw), draw.met["readmission"]
    planned = rng.random(n) < np.where(draw.is_code("procedure", 1), 0.02, 0.003)
    draw.columns.update(readmitted=(unplanned | planned).astype(float), readmission_planned=(~unplanned).astype(float))
