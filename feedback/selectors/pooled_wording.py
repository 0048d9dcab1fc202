"""A result of all hospitals in words: for a sponsor, and for somebody who never read a statistic."""

from feedback.selectors.units import form_of, is_time
from feedback.selectors.wording import NO_NOUN, counted
from measures.definition.spec import Direction, MeasureKind, MeasureSpec


def pooled_sentence(spec: MeasureSpec, noun: str, rate: float | None, before: str, *, step: float | None = None) -> str:
    """All hospitals together: about 6 infections in 100 operations. It was 8% in Q4 2023."""
    if rate is None:
        return ""
    was = f" It was {before}." if before else ""
    return f"All hospitals together: {_count(spec, noun, rate, step)}.{was}"


def plain_sentence(spec: MeasureSpec, noun: str, rate: float | None, *, step: float | None = None) -> str:
    """In 100 operations, there were about 6 infections."""
    if rate is None:
        return ""
    if spec.kind is not MeasureKind.PROPORTION:
        return _plain_value(spec, noun, rate, step)
    number = about(rate)
    if spec.direction is Direction.HIGHER:
        return f"In {number} of 100 {noun}, this was done."
    if spec.unit_noun in NO_NOUN:
        return f"In {number} of 100 {noun}, this happened."
    verb = "was" if round(100 * rate) == 1 else "were"
    return f"In 100 {noun}, there {verb} {number} {counted(spec.unit_noun, round(100 * rate))}."


def _plain_value(spec: MeasureSpec, noun: str, value: float, step: float | None) -> str:
    told = form_of(spec, step).write_peer(value)
    if spec.kind is MeasureKind.CONTINUOUS:
        return f"For a typical one of the {noun}, it was about {told}."
    if spec.kind is MeasureKind.RATE:
        return f"There were about {told.replace(' per ', f' {_events(spec)} per ', 1)}."
    return f"For every one of the {_events(spec)} that were expected, there were about {told}."


def _events(spec: MeasureSpec) -> str:
    return "events" if spec.unit_noun in NO_NOUN else spec.unit_noun


def about(rate: float) -> str:
    """A rounded share of a hundred. What was rounded to none or to all need not be."""
    number = round(100 * rate)
    return {0: "fewer than 1", 100: "more than 99"}.get(number, f"about {number}")


def which_is_better(spec: MeasureSpec) -> str:
    if spec.kind is MeasureKind.CONTINUOUS:
        words = ("Longer", "Shorter") if is_time(spec.value_unit) else ("Higher", "Lower")
        return f"{words[spec.direction is Direction.LOWER]} is better."
    return "More is better." if spec.direction is Direction.HIGHER else "Fewer is better."


def counted_words(spec: MeasureSpec) -> str:
    """What a filled mark is."""
    if spec.direction is Direction.HIGHER:
        return "it was done"
    return "it happened" if spec.unit_noun in NO_NOUN else spec.unit_noun


def rest_words(spec: MeasureSpec) -> str:
    """What an empty mark is."""
    if spec.direction is Direction.HIGHER:
        return "it was not done"
    return "it did not happen" if spec.unit_noun in NO_NOUN else f"without {spec.unit_noun}"


def _count(spec: MeasureSpec, noun: str, rate: float, step: float | None) -> str:
    if spec.kind is not MeasureKind.PROPORTION:
        about_it = f"about {form_of(spec, step).write_peer(rate)}"
        return about_it if spec.kind is MeasureKind.CONTINUOUS else f"{_events(spec)}, {about_it}"
    if spec.direction is Direction.HIGHER or spec.unit_noun in NO_NOUN:
        return f"{about(rate)} of 100 {noun}"
    return f"{about(rate)} {counted(spec.unit_noun, round(100 * rate))} in 100 {noun}"
