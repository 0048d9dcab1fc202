"""Values as people read them, and as a file or a text box holds them."""

from datetime import date, datetime, time
from decimal import Decimal

from measures.definition.spec import Value, VariableSpec, VariableType


def format_value(variable: VariableSpec, value: Value) -> str:
    """For reading: `22,000 mL`, `Mon 5 Jan 2026`, `Laparoscopic`."""
    if isinstance(value, tuple):
        return "; ".join(variable.code_labels.get(code, code) for code in value) or "None of these"
    if variable.type is VariableType.ONE_OF:
        return variable.code_labels.get(str(value), str(value))
    text = plain(value)
    return f"{text} {variable.units}" if variable.units and isinstance(value, int | Decimal) else text


def plain(value: Value) -> str:
    """A value in words, without its units or labels."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | Decimal):
        return f"{value:,}" if isinstance(value, int) else f"{trimmed(value):,f}"
    if isinstance(value, datetime):
        return f"{_day(value)} {_clock(value.time())}"
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, time):
        return _clock(value)
    return "; ".join(value) if isinstance(value, tuple) else value


def input_text(value: Value) -> str:
    """For a text box, a template or an export: what parse_value reads back as the same value."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return f"{trimmed(value):f}"
    if isinstance(value, datetime):
        return f"{value.date().isoformat()} {_clock(value.time())}"
    if isinstance(value, time):
        return _clock(value)
    return ";".join(value) if isinstance(value, tuple) else str(value)


def trimmed(number: Decimal) -> Decimal:
    """The same number without zeros at the end of its decimals."""
    whole = number.to_integral_value()
    return whole if whole == number else number.normalize()


def _day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def _clock(moment: time) -> str:
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


# Not strftime: its names follow the locale of the process.
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
