"""Rules of Nelson and of Western Electric. Do not switch on all of them: false alarms add up.

References
----------
.. [1] Nelson LS. The Shewhart control chart: tests for special causes. J Qual Technol 1984;16:237-239.
.. [2] Western Electric Company. Statistical quality control handbook. 1956.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from riskstats._arrays import Booleans, Floats, Integers
from riskstats.spc._patterns import trend, windows
from riskstats.spc._series import points


def nelson(z: npt.ArrayLike, rules: Sequence[int] = (1, 2, 3, 4, 5, 6, 7, 8)) -> dict[int, Integers]:
    """Find the points that belong to patterns of Nelson's rules.

    Parameters
    ----------
    z : array_like, shape (n,)
        Points in standard deviations from the centre line, in order of time; a gap (NaN) breaks every pattern.
    rules : sequence of int
        Rules to apply, 1 to 8.

    Returns
    -------
    dict of int to ndarray
        For each rule the positions of all points of its patterns, rising.

    Raises
    ------
    ValueError
        Empty, infinite, or a rule that does not exist.

    Notes
    -----
    [1]_: (1) one point beyond 3; (2) nine in a row on one side; (3) six rising or falling in a row; (4) fourteen alternating up and down;
    (5) two of three beyond 2 on one side; (6) four of five beyond 1 on one side; (7) fifteen within 1; (8) eight beyond 1, on either side.

    Examples
    --------
    >>> nelson([0.1, 3.4, -0.2, 2.2, 0.4, 2.5], rules=[1, 5])
    {1: array([1]), 5: array([1, 3, 5])}
    """
    values = points("z", z)
    unknown = [rule for rule in rules if rule not in _NELSON]
    if unknown:
        raise ValueError(f"expected rules from 1 to 8, but got {unknown[0]}")
    return {rule: np.flatnonzero(_NELSON[rule](values)) for rule in rules}


def western_electric(z: npt.ArrayLike) -> dict[int, Integers]:
    """Find the points that belong to patterns of the four Western Electric rules.

    Parameters
    ----------
    z : array_like, shape (n,)
        Points in standard deviations from the centre line, in order of time; a gap (NaN) breaks every pattern.

    Returns
    -------
    dict of int to ndarray
        For rules 1 to 4 the positions of all points of their patterns, rising.

    Raises
    ------
    ValueError
        Empty or infinite.

    Notes
    -----
    [2]_: (1) one point beyond 3; (2) two of three beyond 2 on one side; (3) four of five beyond 1 on one side; (4) eight in a row on one side.

    Examples
    --------
    >>> western_electric([0.1, 1.2, 1.4, 0.2, 1.1, 1.6])[3]
    array([1, 2, 4, 5])
    """
    values = points("z", z)
    found = (_NELSON[1](values), _NELSON[5](values), _NELSON[6](values), _one_side(values, 8))
    return {rule: np.flatnonzero(marked) for rule, marked in enumerate(found, start=1)}


def _either_side(values: Floats, beyond: float, length: int, enough: int) -> Booleans:
    there = ~np.isnan(values)
    return windows(values > beyond, length, enough, there) | windows(values < -beyond, length, enough, there)


def _one_side(values: Floats, length: int) -> Booleans:
    return _either_side(values, 0.0, length, length)


def _alternating(values: Floats) -> Booleans:
    step = np.sign(np.diff(values))
    turns = windows(step[1:] * step[:-1] == -1, 12, 12)
    marked = np.zeros(len(values), dtype=np.bool_)
    for shift in range(3):
        marked[shift : shift + len(turns)] |= turns
    return marked


_NELSON: dict[int, Callable[[Floats], Booleans]] = {
    1: lambda z: np.abs(z) > 3,
    2: lambda z: _one_side(z, 9),
    3: lambda z: np.logical_or(*trend(z, 6)),
    4: _alternating,
    5: lambda z: _either_side(z, 2.0, 3, 2),
    6: lambda z: _either_side(z, 1.0, 5, 4),
    7: lambda z: windows(np.abs(z) < 1, 15, 15),
    8: lambda z: windows(np.abs(z) > 1, 8, 8),
}
