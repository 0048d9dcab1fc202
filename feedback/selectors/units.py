"""How the values of a measure are written: proportions as per cent, everything else in the unit that its definition names."""

from feedback.charts import PERCENT, ValueFormat
from measures.definition.spec import Average, MeasureKind, MeasureSpec


TIMES = frozenset({"seconds", "minutes", "hours", "days", "weeks", "months", "years"})


def form_of(spec: MeasureSpec, step: float | None = None) -> ValueFormat:
    """The own value with the decimals of the definition; told values to the step that a release settled on."""
    if not spec.has_value:
        return PERCENT
    per = spec.per if spec.kind is MeasureKind.RATE else 1
    coarse = 10.0**-spec.decimals if step is None else float(f"{step * per:.6g}")
    return ValueFormat(factor=float(per), words=unit_words(spec), decimals=spec.decimals, peer_step=coarse)


def unit_words(spec: MeasureSpec) -> str:
    """What follows the number: ` minutes`, ` per 1,000 line days`; a ratio stands alone."""
    if spec.kind is MeasureKind.CONTINUOUS:
        return f" {spec.value_unit}"
    if spec.kind is MeasureKind.RATE:
        return f" per {spec.per:,} {spec.value_unit}" if spec.per > 1 else f" per {one_of(spec.value_unit)}"
    return ""


def one_of(unit: str) -> str:
    """The unit of one: line day."""
    return unit.removesuffix("s")


def value_name(spec: MeasureSpec) -> str:
    if spec.kind is MeasureKind.CONTINUOUS:
        return "Geometric mean" if spec.average is Average.GEOMETRIC else "Mean"
    return "Ratio" if spec.kind is MeasureKind.RATIO else "Rate"


def case_value(spec: MeasureSpec, value: float) -> str:
    """What a single case brings: 43 minutes; 6 line days."""
    unit = one_of(spec.value_unit) if value == 1 else spec.value_unit
    return f"{value:,.10g} {unit}".strip()


def is_time(unit: str) -> bool:
    """Whether more of it is longer."""
    return unit.rpartition(" ")[2] in TIMES


def target_value(spec: MeasureSpec, target: float) -> float:
    """A target as the definition writes it, in the unit that values are kept in: 2 per 1,000 is 0.002."""
    return target / spec.per if spec.kind is MeasureKind.RATE else target


def table_value(spec: MeasureSpec, value: float) -> float:
    """The other way: as programs are told it. A proportion is in per cent."""
    form = form_of(spec)
    return value * form.factor
