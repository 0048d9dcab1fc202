"""From what a person typed, or a file holds, to the value of a variable.

One function for the web form and the CSV import, so that both accept and refuse the same.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from measures.definition.errors import ValueProblem, nearest, one_of
from measures.definition.moments import parse_date, parse_datetime, parse_time
from measures.definition.spec import Code, DateOrder, MissingKind, Value, VariableSpec, VariableType


# What a JSON number keeps without loss on every side: Python, PostgreSQL and the browser.
MAXIMUM_DIGITS = 15
MAXIMUM_DECIMALS = 10
MAXIMUM_TEXT = 4000
MISSING_WORDS = {
    MissingKind.NOT_APPLICABLE: (".", "n/a", "na", "not applicable"),
    MissingKind.NOT_DOCUMENTED: ("not documented", "nd", "not_documented"),
    MissingKind.UNKNOWN: ("unknown", "unk", "not available", "too few to report"),
}
_MISSING = {word: kind for kind, words in MISSING_WORDS.items() for word in (*words, kind.value)}
_YES_NO = {
    "1": True,
    "1.0": True,
    "0.0": False,
    "y": True,
    "yes": True,
    "true": True,
    "0": False,
    "n": False,
    "no": False,
    "false": False,
}
_NUMBER = re.compile(r"[-+]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]*)?|[-+]?\.[0-9]+")
_DECIMAL_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BLANKS = re.compile(r"\s+")


def parse_value(
    variable: VariableSpec, text: str, date_order: DateOrder = DateOrder.YEAR_FIRST, *, today: date | None = None
) -> Value | MissingKind | None:
    """The answer that `text` is to `variable`; None where it is empty, which is no answer.

    With `today` (web forms only) dates may be written `t`, `t-3` and `5 jan`.

    Raises
    ------
    ValueProblem
        Says what is wrong with the text and what would be right.
    """
    words = text.strip() if variable.type is VariableType.TEXT else _BLANKS.sub(" ", text).strip()
    if not words:
        return None
    kind = _MISSING.get(words.casefold())
    if kind is not None and not _is_code(variable, words):
        return _allowed(variable, words, kind)
    if variable.type is VariableType.DATE:
        return parse_date(words, date_order, today)
    if variable.type is VariableType.DATETIME:
        return parse_datetime(words, date_order, today)
    return _PARSERS[variable.type](variable, words)


def says_missing(variable: VariableSpec, text: str) -> bool:
    """Whether the text is empty, or words for why there is no value; a code that is written so is a value."""
    words = _BLANKS.sub(" ", text).strip()
    return not words or (words.casefold() in _MISSING and not _is_code(variable, words))


def _is_code(variable: VariableSpec, words: str) -> bool:
    return any(words.casefold() in (code.value.casefold(), code.label.casefold()) for code in variable.codes)


def _allowed(variable: VariableSpec, words: str, kind: MissingKind) -> MissingKind:
    if kind in variable.missing:
        return kind
    message = f'"{words}" means {kind.label.lower()}, which is not an answer to {variable.label}.'
    otherwise = "" if variable.missing else ", or leave it empty until it is known"
    raise ValueProblem(message, f"Enter {answers_to(variable)}{otherwise}.")


def expected(variable: VariableSpec) -> str:
    """What a value of `variable` looks like, as the object of "Enter"."""
    return one_of(_ways(variable))


def answers_to(variable: VariableSpec) -> str:
    """All that answers `variable`, the missing kinds it allows among them."""
    return one_of([*_ways(variable), *(f'"{kind.label}"' for kind in variable.missing)])


def _ways(variable: VariableSpec) -> list[str]:
    return _code_names(variable.codes) if variable.codes else [*_EXPECTED[variable.type]]


def choices(codes: Iterable[Code]) -> str:
    return one_of(_code_names(codes))


def _code_names(codes: Iterable[Code]) -> list[str]:
    return [f"{code.value} {code.label}" if code.value != code.label else code.value for code in codes]


def _parse_integer(variable: VariableSpec, words: str) -> Value:
    number = _number(variable, words)
    if number != number.to_integral_value():
        raise ValueProblem(f"{words} is not a whole number.", f"Enter {variable.label} without decimals.")
    return int(number)


def _parse_decimal(variable: VariableSpec, words: str) -> Value:
    return _number(variable, words)


def _number(variable: VariableSpec, words: str) -> Decimal:
    # A minus sign from a word processor; a unit written after the number.
    plain = words.replace("\N{MINUS SIGN}", "-")
    if variable.units and plain.casefold().endswith(variable.units.casefold()):
        plain = plain[: -len(variable.units)].rstrip()
    if not _NUMBER.fullmatch(plain):
        comma = bool(_DECIMAL_COMMA.fullmatch(plain))
        remedy = "Write decimals with a point, such as 36.5." if comma else f"Enter {expected(variable)}."
        raise ValueProblem(f'"{words}" is not a number.', remedy)
    return _storable(plain.replace(",", ""))


def _storable(plain: str) -> Decimal:
    whole, _, decimals = plain.lstrip("+-").partition(".")
    whole, decimals = whole.lstrip("0"), decimals.rstrip("0")
    if len(whole) + len(decimals) > MAXIMUM_DIGITS or len(decimals) > MAXIMUM_DECIMALS:
        remedy = f"Enter at most {MAXIMUM_DIGITS} digits, {MAXIMUM_DECIMALS} of them decimals."
        raise ValueProblem(f"{plain[:40]} has too many digits.", remedy)
    return abs(Decimal(plain)) if not (whole or decimals) else Decimal(plain)


def _parse_text(_variable: VariableSpec, words: str) -> Value:
    if _FORBIDDEN.search(words):
        raise ValueProblem("The text has a character that cannot be kept.", "Type it again without control characters.")
    if words[0] in "=@":
        raise ValueProblem(
            f'"{words[:40]}" would run as a formula in a spreadsheet.', f"Remove the {words[0]} at its start."
        )
    if len(words) > MAXIMUM_TEXT:
        raise ValueProblem(f"The text has {len(words):,} characters.", f"Shorten it to {MAXIMUM_TEXT:,}.")
    return words


def _parse_yes_no(variable: VariableSpec, words: str) -> Value:
    try:
        return _YES_NO[words.casefold()]
    except KeyError:
        raise ValueProblem(f'"{words}" is neither yes nor no.', f"Enter {expected(variable)}.") from None


def _parse_code(variable: VariableSpec, words: str) -> Value:
    code = find_code(variable, words)
    if code is None:
        raise _not_a_code(variable, words)
    return code


def _not_a_code(variable: VariableSpec, words: str) -> ValueProblem:
    labels = {label: code for code, label in variable.code_labels.items()}
    guess = nearest(words, labels)
    if guess and len(words) > 2:
        remedy = f'Did you mean {labels[guess]} "{guess}"? Use {choices(variable.codes)}.'
    else:
        remedy = f"Use {choices(variable.codes)}."
    return ValueProblem(f'"{words}" is not a code of {variable.label}.', remedy)


def _parse_codes(variable: VariableSpec, words: str) -> Value:
    parts = [part.strip() for part in re.split(r"[;|]", words)]
    found = {_parse_code(variable, part) for part in parts if part}
    return tuple(code.value for code in variable.codes if code.value in found)


def find_code(variable: VariableSpec, words: str) -> str | None:
    """The code written as itself, as a number that a spreadsheet made of it, or as its label."""
    if words in variable.code_labels:
        return words
    folded = words.casefold()
    same = [code.value for code in variable.codes if folded in (code.value.casefold(), code.label.casefold())]
    if not same and re.fullmatch(r"[0-9]+\.0+", words):
        return find_code(variable, words.partition(".")[0])
    return same[0] if same else None


def _parse_time(_variable: VariableSpec, words: str) -> Value:
    return parse_time(words)


_PARSERS: dict[VariableType, Callable[[VariableSpec, str], Value]] = {
    VariableType.INTEGER: _parse_integer,
    VariableType.DECIMAL: _parse_decimal,
    VariableType.TEXT: _parse_text,
    VariableType.TIME: _parse_time,
    VariableType.YES_NO: _parse_yes_no,
    VariableType.ONE_OF: _parse_code,
    VariableType.MANY_OF: _parse_codes,
}
_EXPECTED = {
    VariableType.INTEGER: ("a whole number",),
    VariableType.DECIMAL: ("a number, such as 36.5",),
    VariableType.TEXT: ("text",),
    VariableType.DATE: ("a date, such as 2026-01-05",),
    VariableType.TIME: ("a time, such as 08:41",),
    VariableType.DATETIME: ("a date and a time, such as 2026-01-05 08:41",),
    VariableType.YES_NO: ("1 for yes", "0 for no"),
}
