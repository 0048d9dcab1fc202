"""Access is looked through once in half a year."""

from datetime import date


def half_year_of(day: date) -> str:
    """As 2026-2, the second half of 2026."""
    return f"{day.year}-{1 if day.month <= 6 else 2}"


def in_words(half_year: str) -> str:
    year, half = half_year.split("-")
    return f"{'first' if half == '1' else 'second'} half of {year}"


def last_day_of(half_year: str) -> date:
    year, half = half_year.split("-")
    return date(int(year), 6, 30) if half == "1" else date(int(year), 12, 31)
