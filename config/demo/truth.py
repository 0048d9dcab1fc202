"""What the generator knows and the product must find out: coefficients of risk, and how good each hospital really is.

All numbers are log odds. They are invented; sizes are those of published surgical risk models.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


FIRST_DAY, LAST_DAY = date(2023, 11, 1), date(2026, 10, 31)
Coefficients = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class MeasureTruth:
    """How the chance of counting in a measure's numerator comes about.

    `terms` are named as the columns of the product's risk models are: `asa_class=3` against the reference, `age` in the
    model's own unit. `named` hospitals differ from the others by design; the others vary by chance, with standard deviation
    `spread`. `trend` is the change of all hospitals over the whole period; `trends` that of single ones.
    """

    intercept: float
    terms: Coefficients
    named: Coefficients
    spread: float
    trend: float = 0.0
    trends: Coefficients = field(default_factory=dict)


ASA_SSI = {"asa_class=1": -0.25, "asa_class=3": 0.30, "asa_class=4": 0.55, "asa_class=5": 0.80}

MEASURES: Mapping[str, MeasureTruth] = {
    "ssi": MeasureTruth(
        intercept=-2.60,
        terms={
            "age": 0.02,
            "bmi": 0.16,
            "procedure=2": -0.75,
            "procedure=3": -1.55,
            "urgency=2": 0.15,
            "urgency=3": 0.35,
            **ASA_SSI,
            "wound_class=1": -0.30,
            "wound_class=3": 0.55,
            "wound_class=4": 0.90,
            "smoker": 0.30,
            "diabetes=1": 0.20,
            "diabetes=2": 0.40,
        },
        named={
            "northgate": 0.30,
            "three-rivers": 0.85,
            "st-agnes": 0.70,
            "great-oaks": -0.70,
            "clearwater": -0.80,
            "st-brendans": 0.75,
        },
        spread=0.10,
        trend=-0.55,
        trends={"st-brendans": -1.30},
    ),
    "readmission": MeasureTruth(
        intercept=-2.45,
        terms={
            "age": 0.05,
            "procedure=2": -0.60,
            "procedure=3": -1.20,
            "urgency=2": 0.15,
            "urgency=3": 0.30,
            "asa_class=1": -0.25,
            "asa_class=3": 0.35,
            "asa_class=4": 0.65,
            "asa_class=5": 0.80,
            "functional_status=2": 0.40,
            "functional_status=3": 0.55,
            "diabetes=1": 0.15,
            "diabetes=2": 0.35,
        },
        named={"westmoor": 0.60, "maplewood": 0.60, "beaumaris": -0.65, "holy-family": -0.80},
        spread=0.08,
    ),
    "death_or_serious_complication": MeasureTruth(
        intercept=-2.50,
        terms={
            "age": 0.22,
            "bmi": 0.06,
            "haematocrit": -0.22,
            "procedure=2": -0.90,
            "procedure=3": -1.90,
            "urgency=2": 0.45,
            "urgency=3": 0.85,
            "asa_class=1": -0.40,
            "asa_class=3": 0.50,
            "asa_class=4": 1.10,
            "asa_class=5": 1.90,
            "functional_status=2": 0.50,
            "functional_status=3": 0.90,
            "wound_class=1": -0.20,
            "wound_class=3": 0.30,
            "wound_class=4": 0.45,
            "smoker": 0.20,
        },
        named={"mercy-east": 0.55, "lakeside-general": 0.50, "university": -0.50, "st-clement": -0.70},
        spread=0.08,
    ),
    "antibiotic_timing": MeasureTruth(
        intercept=3.05,
        terms={"urgency=2": -0.25, "urgency=3": -0.60},
        named={
            "northgate": -0.60,
            "alder-valley": -1.10,
            "kestrel": -0.90,
            "great-oaks": 1.00,
            "st-clement": 1.10,
            "lakeside-general": 0.90,
        },
        spread=0.20,
    ),
    "multimodal_pain": MeasureTruth(
        intercept=1.50,
        terms={"procedure=3": -0.30, "urgency=3": -0.30},
        named={"northgate": 0.60, "university": 0.80, "westmoor": 0.80, "clearwater": -0.80, "mercy-east": -0.60},
        spread=0.25,
    ),
    "vte_prophylaxis": MeasureTruth(
        intercept=2.60,
        terms={"procedure=2": -0.40},
        named={"st-agnes": -0.90, "marlow": -0.90, "mercy-east": 0.90, "alder-valley": 0.80},
        spread=0.20,
    ),
    "normothermia": MeasureTruth(
        intercept=1.85,
        terms={"approach=1": -0.25, "urgency=3": -0.35},
        named={"holy-family": -0.80, "st-brendans": -0.60, "maplewood": 0.80, "clearwater": 0.70},
        spread=0.20,
    ),
    "long_stay": MeasureTruth(
        intercept=-1.75,
        terms={
            "age": 0.15,
            "approach=1": 0.55,
            "approach=4": 0.35,
            "urgency=2": 0.60,
            "urgency=3": 0.90,
            "asa_class=3": 0.35,
        },
        named={"beaumaris": 0.65, "huron-view": 0.70, "st-brendans": -0.60, "great-oaks": -0.60},
        spread=0.12,
    ),
}
HIGHER_IS_BETTER = frozenset({"antibiotic_timing", "multimodal_pain", "vte_prophylaxis", "normothermia"})

# More answers that nobody could find than elsewhere.
POOR_RECORDS = "riverbend"
ROUNDS_MINUTES = "st-agnes"  # reads the length of an operation from the wall, down to ten minutes
# Hospitals whose abstractors are behind: October is not finished.
BEHIND = ("three-rivers", "copper-harbor", "holy-family", "marlow")
# Hospitals in which some of October's cases have been left lying.
SLOW = ("northgate", "alder-valley", "university", "westmoor", "huron-view")
# Small effects that no chance of finding is promised for.
SUBTLE = 0.4


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The effects that were drawn, by measure and hospital, with the measures they belong to."""

    measures: Mapping[str, MeasureTruth]
    effects: Mapping[str, Coefficients]

    def unlike(self, measure: str, sign: int) -> tuple[str, ...]:
        """Hospitals made clearly more (1) or less (-1) likely to count in the numerator, over the whole period."""
        truth = self.measures[measure]
        return tuple(key for key, effect in truth.named.items() if effect * sign > SUBTLE and key not in truth.trends)

    def better(self, measure: str) -> tuple[str, ...]:
        return self.unlike(measure, 1 if measure in HIGHER_IS_BETTER else -1)

    def worse(self, measure: str) -> tuple[str, ...]:
        return self.unlike(measure, -1 if measure in HIGHER_IS_BETTER else 1)
