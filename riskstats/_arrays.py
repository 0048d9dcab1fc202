"""Checks of what comes in: every public function refuses nonsense in the same words."""

import dataclasses
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt


Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class Limits:
    """A lower and an upper limit for each value; ``lo, hi = result`` unpacks it.

    Attributes
    ----------
    lo, hi : ndarray of float
        Limits, of the shape the inputs broadcast to.
    warnings : tuple of str
        What the reader should know about these limits.
    """

    lo: Floats
    hi: Floats
    warnings: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Floats]:
        return iter((self.lo, self.hi))


def floats(name: str, values: npt.ArrayLike) -> Floats:
    """Give back ``values`` as float64, of any shape, NaN and infinity included."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"expected numbers in {name}, but got {values!r:.80}") from error


def numbers(name: str, values: npt.ArrayLike) -> Floats:
    """Give back ``values`` as float64, or refuse them when empty or not finite."""
    array = floats(name, values)
    if array.size == 0:
        raise ValueError(f"expected {name} to hold at least one value, but got an empty array")
    unusable = ~np.isfinite(array)
    if unusable.any():
        where = int(np.flatnonzero(unusable)[0])
        raise ValueError(f"expected {name} to be finite, but got {array.ravel()[where]} at position {where}")
    return array


def vector(name: str, values: npt.ArrayLike) -> Floats:
    """Give back ``values`` as a one-dimensional float64 array."""
    array = numbers(name, values)
    if array.ndim != 1:
        raise ValueError(f"expected {name} to have one dimension, but got shape {array.shape}")
    return array


def matrix(name: str, values: npt.ArrayLike, rows: int | None = None) -> Floats:
    """Give back ``values`` as a two-dimensional float64 array; a matrix without columns is allowed."""
    array = floats(name, values)
    if array.ndim != 2:
        raise ValueError(f"expected {name} to have two dimensions (cases, columns), but got shape {array.shape}")
    if array.shape[1] > 0:
        array = numbers(name, array)
    if array.shape[0] == 0:
        raise ValueError(f"expected {name} to hold at least one row, but got shape {array.shape}")
    if rows is not None and array.shape[0] != rows:
        raise ValueError(f"expected {name} to have {rows} rows like the outcome, but got {array.shape[0]}")
    return array


def at_least(name: str, array: Floats, bound: float) -> Floats:
    """Refuse values below ``bound``."""
    if (array < bound).any():
        raise ValueError(f"expected {name} to be at least {bound:g}, but got {array.min():g}")
    return array


def above(name: str, array: Floats, bound: float) -> Floats:
    """Refuse values at or below ``bound``."""
    if (array <= bound).any():
        raise ValueError(f"expected {name} to be above {bound:g}, but got {array.min():g}")
    return array


def counts(name: str, values: npt.ArrayLike) -> Floats:
    """Give back whole numbers from 0 upwards, as float64."""
    array = at_least(name, numbers(name, values), 0.0)
    broken = array != np.floor(array)
    if broken.any():
        raise ValueError(f"expected {name} to hold whole numbers, but got {array[broken].flat[0]:g}")
    return array


def together(**arrays: Floats) -> tuple[Floats, ...]:
    """Broadcast arrays against each other, or say whose shapes do not fit."""
    try:
        return tuple(np.broadcast_arrays(*arrays.values()))
    except ValueError as error:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(f"expected arrays of fitting shapes, but got {shapes}") from error


def same_length(**arrays: Floats | Integers) -> int:
    """Give back the common length of one-dimensional arrays, or say which lengths differ."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ValueError(f"expected arrays of the same length, but got {listed}")
    return next(iter(lengths.values()))


def counts_of(x_name: str, x: npt.ArrayLike, n_name: str, n: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Give back numerators and denominators of one shape; a numerator above its denominator is refused."""
    numerators, denominators = together(**{x_name: counts(x_name, x), n_name: counts(n_name, n)})
    above_all = numerators > denominators
    if above_all.any():
        where = int(np.flatnonzero(above_all)[0])
        raise ValueError(
            f"expected {x_name} to be at most {n_name}, "
            f"but got {numerators.flat[where]:g} of {denominators.flat[where]:g} at position {where}"
        )
    return numerators, denominators


def between(name: str, value: float, low: float = 0.0, high: float = 1.0) -> float:
    """Give back one number strictly between ``low`` and ``high``."""
    if not low < value < high:
        raise ValueError(f"expected {name} to lie strictly between {low:g} and {high:g}, but got {value!r}")
    return float(value)


def probabilities(name: str, values: npt.ArrayLike, *, closed: bool = True) -> Floats:
    """Give back a vector of probabilities; ``closed`` allows 0 and 1."""
    array = vector(name, values)
    outside = (array < 0) | (array > 1) if closed else (array <= 0) | (array >= 1)
    if outside.any():
        where = int(np.flatnonzero(outside)[0])
        rule = "between 0 and 1" if closed else "strictly between 0 and 1"
        raise ValueError(f"expected {name} to lie {rule}, but got {array[where]:g} at position {where}")
    return array


def binary(name: str, values: npt.ArrayLike) -> Floats:
    """Give back a vector of 0 and 1."""
    array = vector(name, values)
    other = (array != 0) & (array != 1)
    if other.any():
        raise ValueError(f"expected {name} to hold only 0 and 1, but got {array[other][0]:g}")
    return array


def codes(name: str, values: npt.ArrayLike) -> Integers:
    """Give back group codes 0..H-1 as int64."""
    array = counts(name, values)
    if array.ndim != 1:
        raise ValueError(f"expected {name} to have one dimension, but got shape {array.shape}")
    return array.astype(np.int64)


def group_sums(group: Integers, values: Floats, groups: int | None = None) -> Floats:
    """Give back the sum of ``values`` in each group 0..H-1."""
    return np.bincount(group, weights=values, minlength=groups or 0).astype(np.float64)


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Give back ``numerator/denominator``, NaN where the denominator is not above 0."""
    usable = denominator > 0
    return np.where(usable, numerator / np.where(usable, denominator, 1.0), np.nan)
