"""How long something took or waits, in words a colleague would use."""

from datetime import timedelta


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def duration_in_words(taken: timedelta) -> str:
    """`40 minutes`, `5 hours`, `2 days`, `5 weeks`."""
    if taken < HOUR:
        return _some(max(1, taken // timedelta(minutes=1)), "minute")
    if taken < DAY:
        return _some(taken // HOUR, "hour")
    if taken < timedelta(days=21):
        return _some(taken // DAY, "day")
    return _some(taken // timedelta(days=7), "week")


def _some(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
