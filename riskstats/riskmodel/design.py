"""From covariates to a design matrix: learned once, frozen with the model version, the same in every later release.

Records are columns, a mapping from a covariate's name to its values, one for each case, ``None`` where the value
is missing. Columns, not rows, because a million cases then take seconds. Masked arrays of numbers, and categories as
:class:`Coded`, are taken as they are, without a look at every case in Python.
"""

import dataclasses
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from riskstats._arrays import Booleans, Floats
from riskstats.riskmodel.columns import Coded, Column, Term


Values = Sequence[object] | npt.NDArray[np.generic] | Coded
Records = Mapping[str, Values]

OTHER = "other/missing"
MISSING = "missing"
FORMAT = 1  # of the JSON text
DEFAULT_KNOTS = (0.05, 0.275, 0.5, 0.725, 0.95)  # quantiles for five knots, Harrell table 2.3


@dataclasses.dataclass(frozen=True)
class DesignMatrix:
    """The matrix of a design for some records; ``values, names = result`` unpacks it.

    Attributes
    ----------
    values : ndarray, shape (n, p)
        One row for each case, without a column for the intercept.
    names : tuple of str
        Names of the p columns.
    missing, unseen : dict of str to int
        For each covariate that had any: cases without a value, and cases with a level the design does not know.
    warnings : tuple of str
        The same counts as sentences.
    """

    values: Floats
    names: tuple[str, ...]
    missing: Mapping[str, int]
    unseen: Mapping[str, int]
    warnings: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Floats | tuple[str, ...]]:
        return iter((self.values, self.names))


@dataclasses.dataclass(frozen=True)
class Design:
    """The covariates of a model version with everything needed to build the same matrix again.

    Parameters
    ----------
    columns : tuple of Column
        Settled columns; use :meth:`learn` when something is open.

    Raises
    ------
    ValueError
        A covariate named twice, or a column with something left to learn.

    Notes
    -----
    A missing category and a level that the design does not know share the column ``<name>=other/missing``; a missing
    number becomes the median, with the indicator ``<name>=missing``. These columns exist even if nothing was
    missing in the development data: they are then constant, the fit drops them, and a later missing value counts
    as the median or as the reference.

    Examples
    --------
    >>> cases = {"age": [61, 70, None, 55], "type": ["1", "2", "1", None], "white": [True, False, True, None]}
    >>> design = Design.learn(
    ...     [Column(name="age", kind="linear", centre=60, scale=10), Column(name="type", kind="category", reference="1"),
    ...      Column(name="white", kind="yes_no")],
    ...     cases,
    ... )
    >>> values, names = design.matrix(cases)
    >>> names
    ('age', 'age=missing', 'type=2', 'type=other/missing', 'white', 'white=missing')
    >>> values
    array([[ 0.1,  0. ,  0. ,  0. ,  1. ,  0. ],
           [ 1. ,  0. ,  1. ,  0. ,  0. ,  0. ],
           [ 0.1,  1. ,  0. ,  0. ,  1. ,  0. ],
           [-0.5,  0. ,  0. ,  1. ,  0. ,  1. ]])
    >>> later = design.matrix({"age": [80], "type": ["9"], "white": [1]})
    >>> later.unseen, Design.from_json(design.to_json()) == design
    ({'type': 1}, True)
    """

    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        twice = [name for name, times in Counter(column.name for column in self.columns).items() if times > 1]
        if twice:
            raise ValueError(
                f"expected each covariate once, but got {', '.join(twice)} more than once; square and spline already hold the linear term"
            )
        open_columns = [column.name for column in self.columns if not column.settled]
        if open_columns:
            raise ValueError(
                f"expected settled columns, but got something to learn in {', '.join(open_columns)}: use Design.learn"
            )

    @classmethod
    def learn(cls, columns: Sequence[Column], records: Records) -> Self:
        """Settle what the columns leave open (levels, reference, median, knots) from development records.

        Parameters
        ----------
        columns : sequence of Column
            Columns, settled or not.
        records : mapping of str to sequence
            Columns of values, ``None`` where missing.

        Returns
        -------
        Design
            With settled columns only.

        Raises
        ------
        ValueError
            A covariate is not in the records, has no value at all, NaN, or values of the wrong kind.
        """
        _length([column.name for column in columns], records)
        return cls(tuple(_settle(column, records[column.name]) for column in columns))

    @property
    def terms(self) -> tuple[Term, ...]:
        """The columns of the matrix, in order."""
        return tuple(term for column in self.columns for term in _terms(column))

    def matrix(self, records: Records) -> DesignMatrix:
        """Build the matrix of some records.

        Parameters
        ----------
        records : mapping of str to sequence
            Columns of values, ``None`` where missing; other keys are ignored.

        Returns
        -------
        DesignMatrix
            ``values`` of shape (n, p) and ``names``, with the missing and unseen values counted.

        Raises
        ------
        ValueError
            A covariate is not in the records, columns of different lengths, no case, NaN, values of the wrong
            kind, or a missing value where the design refuses it.
        """
        rows = _length([column.name for column in self.columns], records)
        terms = self.terms
        values = np.zeros((rows, len(terms)))
        missing: dict[str, int] = {}
        unseen: dict[str, int] = {}
        at = 0
        for column in self.columns:
            width = len(_terms(column))
            block = values[:, at : at + width]
            write = _write_category if column.kind == "category" else _write_number
            without, unknown = write(column, records[column.name], block)
            if without and column.missing == "refuse":
                raise ValueError(f"expected a value of {column.name} in every case, but got {without} without one")
            missing |= {column.name: without} if without else {}
            unseen |= {column.name: unknown} if unknown else {}
            at += width
        notes = [f"{name}: {count:,} of {rows:,} cases without a value" for name, count in missing.items()]
        notes += [
            f"{name}: {count:,} of {rows:,} cases with a level the model does not know"
            for name, count in unseen.items()
        ]
        return DesignMatrix(values, tuple(term.name for term in terms), missing, unseen, tuple(notes))

    def to_json(self) -> str:
        """Give back the design as JSON text; floats keep every digit."""
        return json.dumps({"format": FORMAT, "columns": [dataclasses.asdict(column) for column in self.columns]})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a design from the text of :meth:`to_json`.

        Raises
        ------
        ValueError
            Not JSON, or of another format.
        """
        stored = json.loads(text)
        if not isinstance(stored, dict) or stored.get("format") != FORMAT:
            raise ValueError(f"expected a design of format {FORMAT}, but got {text[:60]!r}")
        return cls(
            tuple(
                Column(**{**column, "levels": tuple(column["levels"]), "knots": tuple(column["knots"])})
                for column in stored["columns"]
            )
        )


def _length(names: Sequence[str], records: Records) -> int:
    if not names:
        raise ValueError("expected at least one covariate, but got none")
    absent = [name for name in names if name not in records]
    if absent:
        raise ValueError(f"expected records with {', '.join(absent)}, but got only {', '.join(records) or 'nothing'}")
    lengths = {name: len(records[name]) for name in names}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ValueError(f"expected columns of the same length, but got {listed}")
    rows = lengths[names[0]]
    if rows == 0:
        raise ValueError("expected records of at least one case, but got none")
    return rows


def _terms(column: Column) -> list[Term]:
    name = column.name
    terms: list[Term] = []
    if column.kind == "category":
        terms += [Term(f"{name}={level}", name, level) for level in column.levels if level != column.reference]
    else:
        terms.append(Term(name, name))
    if column.kind == "square":
        terms.append(Term(f"{name}^2", name, "squared"))
    terms += [Term(name + "'" * curve, name, f"spline {curve}") for curve in range(1, len(column.knots) - 1)]
    if column.missing == "indicator":
        part = OTHER if column.kind == "category" else MISSING
        terms.append(Term(f"{name}={part}", name, part))
    return terms


def _settle(column: Column, values: Values) -> Column:
    if column.settled:
        return column
    if column.kind == "category":
        return _settle_category(column, values)
    found, without = _numbers(column, values)
    present = found[~without]
    if present.size == 0:
        raise ValueError(f"expected at least one value of {column.name}, but got only missing ones")
    knots = column.knots
    if column.kind == "spline" and not knots:
        knots = tuple(float(knot) for knot in np.unique(np.quantile(present, DEFAULT_KNOTS)))
        if len(knots) < 3:
            raise ValueError(
                f"expected {column.name} to vary enough for three knots, but got {knots}: use kind linear or category"
            )
    middle = 0.0 if column.kind == "yes_no" else float(np.median(present))
    return dataclasses.replace(
        column,
        fill=middle if column.fill is None else column.fill,
        centre=column.centre or 0.0,
        scale=column.scale or 1.0,
        knots=knots,
    )


def _settle_category(column: Column, values: Values) -> Column:
    coded = _coded(column, values)
    counts = np.bincount(coded.places[coded.places >= 0], minlength=len(coded.values)).tolist()
    seen = {code: count for code, count in zip(coded.values, counts, strict=True) if count}
    if not seen:
        raise ValueError(f"expected at least one value of {column.name}, but got only missing ones")
    levels = column.levels or tuple(sorted(seen))
    # The most frequent level; among equals the first.
    reference = column.reference or max(levels, key=lambda level: seen.get(level, 0))
    return dataclasses.replace(column, levels=levels, reference=reference)


def _coded(column: Column, values: Values) -> Coded:
    if isinstance(values, Coded):
        return values
    # Python takes True for 1; as codes they are two.
    listed = [(type(value), value) for value in _listed(values)]
    codes = {typed: _code(column, typed[1]) for typed in dict.fromkeys(listed) if typed[1] is not None}
    distinct = {code: place for place, code in enumerate(dict.fromkeys(codes.values()))}
    places = {typed: distinct[code] for typed, code in codes.items()} | {(type(None), None): -1}
    return Coded(tuple(distinct), np.fromiter((places[typed] for typed in listed), np.int64, len(listed)))


def _listed(values: Sequence[object] | npt.NDArray[np.generic]) -> Sequence[object]:
    return values.tolist() if isinstance(values, np.ndarray) else values


def _code(column: Column, value: object) -> str:
    if isinstance(value, float):
        if np.isnan(value):
            raise ValueError(f"expected {column.name} to hold codes, or None where missing, but got NaN")
        if value.is_integer():
            return str(int(value))
    return str(value)


def _numbers(column: Column, values: Values) -> tuple[Floats, Booleans]:
    found, without = _masked(values) if isinstance(values, np.ma.MaskedArray) else _read(column, values)
    unusable = ~np.isfinite(found) & ~without
    if unusable.any():
        where = int(np.flatnonzero(unusable)[0])
        raise ValueError(
            f"expected {column.name} to be finite, or None where missing, but got {found[where]} at position {where}"
        )
    if column.kind == "yes_no" and (other := ~without & (found != 0) & (found != 1)).any():
        raise ValueError(f"expected {column.name} to be yes or no, but got {found[other][0]:g}")
    return found, without


def _masked(values: np.ma.MaskedArray[Any, np.dtype[np.float64]]) -> tuple[Floats, Booleans]:
    without = np.ma.getmaskarray(values)
    return np.where(without, np.nan, values.data.astype(np.float64)), without


def _read(column: Column, values: Values) -> tuple[Floats, Booleans]:
    if isinstance(values, Coded):
        raise ValueError(f"expected numbers in {column.name}, but got codes")  # noqa: TRY004 -- a value, as for lists
    listed = _listed(values)
    without = np.fromiter((value is None for value in listed), np.bool_, len(listed))
    try:
        return np.array(listed, dtype=np.float64), without
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"expected numbers, or None where missing, in {column.name}, but got something else: {error}"
        ) from error


def _write_category(column: Column, values: Values, block: Floats) -> tuple[int, int]:
    coded = _coded(column, values)
    others = [level for level in column.levels if level != column.reference]
    places = {level: place for place, level in enumerate(others)} | {str(column.reference): -1}
    rest = len(others) if column.missing == "indicator" else -1
    # Each distinct code is looked at once, however many cases hold it. The last place is that of a missing one.
    table = np.array([*(places.get(code, rest) for code in coded.values), rest], dtype=np.int64)
    unknown = np.array([*(code not in places for code in coded.values), False])
    looked_up = np.where(coded.places < 0, len(coded.values), coded.places)
    at = table[looked_up]
    rows = np.flatnonzero(at >= 0)
    block[rows, at[rows]] = 1.0
    return int((coded.places < 0).sum()), int(unknown[looked_up].sum())


def _write_number(column: Column, values: Values, block: Floats) -> tuple[int, int]:
    found, without = _numbers(column, values)
    centre, scale = column.centre or 0.0, column.scale or 1.0
    x = (np.where(without, column.fill or 0.0, found) - centre) / scale
    block[:, 0] = x
    if column.kind == "square":
        block[:, 1] = x * x
    if column.kind == "spline":
        knots = (np.asarray(column.knots) - centre) / scale
        block[:, 1 : len(knots) - 1] = _spline(x, knots)
    if column.missing == "indicator":
        block[:, -1] = without
    return int(without.sum()), 0


def _spline(x: Floats, knots: Floats) -> Floats:
    """Give back the k - 2 curved columns of a restricted cubic spline, in units of the squared range of the knots."""
    cubes = np.maximum(x[:, None] - knots, 0.0) ** 3
    last, before = knots[-1], knots[-2]
    high = cubes[:, -2:-1] * (last - knots[:-2]) / (last - before)
    highest = cubes[:, -1:] * (before - knots[:-2]) / (last - before)
    return np.asarray((cubes[:, :-2] - high + highest) / (last - knots[0]) ** 2)
