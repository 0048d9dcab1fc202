"""Lines with gaps: where a period has no value, the line stops and starts again."""

from collections.abc import Iterable


def runs_of(places: Iterable[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    """Split places of a line into its unbroken stretches."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, value in places:
        if value is None:
            runs.append([])
        else:
            runs[-1].append((x, value))
    return [run for run in runs if run]
