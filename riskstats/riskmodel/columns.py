"""How one covariate enters a model, and the columns of the matrix it becomes.

References
----------
.. [1] Harrell FE. Regression modeling strategies. 2nd ed. Springer 2015, section 2.4.5 (restricted cubic splines).
"""

import dataclasses
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt


Kind = Literal["yes_no", "category", "linear", "square", "spline"]
MissingRule = Literal["indicator", "fill", "refuse"]


@dataclasses.dataclass(frozen=True)
class Coded:
    """Values of a category as places in a short list, so that a million cases are looked at as a handful of values.

    Attributes
    ----------
    values : tuple of str
        Distinct codes, in any order; some may occur in no case.
    places : ndarray of int, shape (n,)
        Place of each case's code in `values`; negative where it is missing.
    """

    values: tuple[str, ...]
    places: npt.NDArray[np.signedinteger[Any]]

    def __post_init__(self) -> None:
        if self.places.size and self.places.max() >= len(self.values):
            raise ValueError(f"expected places below {len(self.values)}, but got {self.places.max()}")

    def __len__(self) -> int:
        return len(self.places)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Column:
    """How one covariate enters the model. What is left open is learned from the development data.

    Attributes
    ----------
    name : str
        Key of the covariate in the records.
    kind : {"yes_no", "category", "linear", "square", "spline"}
        ``yes_no`` takes True, False, 1, 0. ``category`` compares codes as text. ``linear`` is
        ``(x - centre)/scale``; ``square`` is that and its square; ``spline`` a restricted cubic spline [1]_.
    levels : tuple of str
        Codes of a category; learned: all codes seen, sorted.
    reference : str, optional
        Code without a column of its own; learned: the most frequent one.
    centre, scale : float, optional
        Learned: 0 and 1, so that coefficients are in the covariate's own unit.
    knots : tuple of float
        At least three, rising; learned: five at Harrell's quantiles.
    fill : float, optional
        Stands for a missing number; learned: the median (0 for yes_no).
    missing : {"indicator", "fill", "refuse"}
        ``indicator`` adds a column that is 1 where the value is missing (categories: missing or unseen);
        ``fill`` only fills (categories: as the reference); ``refuse`` raises.
    """

    name: str
    kind: Kind
    levels: tuple[str, ...] = ()
    reference: str | None = None
    centre: float | None = None
    scale: float | None = None
    knots: tuple[float, ...] = ()
    fill: float | None = None
    missing: MissingRule = "indicator"

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"expected the kind of {self.name} to be one of {get_args(Kind)}, but got {self.kind!r}")
        if self.missing not in get_args(MissingRule):
            rules = get_args(MissingRule)
            raise ValueError(f"expected the missing rule of {self.name} to be one of {rules}, but got {self.missing!r}")
        if self.levels and self.reference is not None and self.reference not in self.levels:
            raise ValueError(f"expected the reference of {self.name} among {self.levels}, but got {self.reference!r}")
        if self.scale is not None and not self.scale > 0:
            raise ValueError(f"expected the scale of {self.name} to be above 0, but got {self.scale!r}")
        if self.knots and (len(self.knots) < 3 or any(np.diff(self.knots) <= 0)):
            raise ValueError(f"expected at least three rising knots for {self.name}, but got {self.knots!r}")

    @property
    def settled(self) -> bool:
        """Whether nothing is left to learn."""
        if self.kind == "category":
            return bool(self.levels) and self.reference is not None
        numeric = self.fill is not None and self.centre is not None and self.scale is not None
        return numeric and (self.kind != "spline" or bool(self.knots))


@dataclasses.dataclass(frozen=True)
class Term:
    """One column of the matrix.

    Attributes
    ----------
    name : str
        Unique name, such as ``type=2`` or ``age^2``.
    variable : str
        The covariate it belongs to.
    part : str
        The level, ``missing``, ``other/missing``, ``squared``, ``spline 1`` …; empty for the covariate itself.
    """

    name: str
    variable: str
    part: str = ""
