"""Many hospitals, many tests: adjusted p values.

References
----------
.. [1] Benjamini Y, Hochberg Y. Controlling the false discovery rate. JRSS B 1995;57:289-300.
.. [2] Benjamini Y, Yekutieli D. The control of the false discovery rate in multiple testing under dependency.
   Ann Stat 2001;29:1165-1188.
.. [3] Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat 1979;6:65-70.
.. [4] Jones HE, Ohlssen DI, Spiegelhalter DJ. Use of the false discovery rate when comparing multiple health care
   providers. J Clin Epidemiol 2008;61:232-240.
"""

import dataclasses

import numpy as np
import numpy.typing as npt

from riskstats._arrays import Booleans, Floats, between, probabilities


@dataclasses.dataclass(frozen=True)
class Adjusted:
    """P values adjusted for their number.

    Attributes
    ----------
    p : ndarray, shape (I,)
        Adjusted p values, in the order given.
    rejected : ndarray of bool, shape (I,)
        Those at or below the rate asked for.
    warnings : tuple of str
        Always empty.
    """

    p: Floats
    rejected: Booleans
    warnings: tuple[str, ...] = ()


def bh(p: npt.ArrayLike, rate: float = 0.05) -> Adjusted:
    """Control the false discovery rate by Benjamini and Hochberg's rule.

    Parameters
    ----------
    p : array_like, shape (I,)
        P values of one measure and release, 0 to 1.
    rate : float
        False discovery rate to keep, strictly between 0 and 1.

    Returns
    -------
    Adjusted
        Adjusted p values and which are rejected.

    Raises
    ------
    ValueError
        NaN, empty, outside 0 to 1, or a rate outside (0, 1).

    Notes
    -----
    In rising order ``min over j >= i of p_j I/j`` [1]_; for hospitals see [4]_. Holds for independent and for positively
    dependent tests.

    Examples
    --------
    >>> result = bh([0.001, 0.02, 0.04, 0.5])
    >>> result.p.round(4), result.rejected
    (array([0.004 , 0.04  , 0.0533, 0.5   ]), array([ True,  True, False, False]))
    """
    return _step_up(p, rate, dependence=False)


def by(p: npt.ArrayLike, rate: float = 0.05) -> Adjusted:
    """Control the false discovery rate under any dependence, by Benjamini and Yekutieli's rule.

    Parameters
    ----------
    p : array_like, shape (I,)
        P values, 0 to 1.
    rate : float
        False discovery rate to keep, strictly between 0 and 1.

    Returns
    -------
    Adjusted
        Adjusted p values and which are rejected.

    Raises
    ------
    ValueError
        NaN, empty, outside 0 to 1, or a rate outside (0, 1).

    Notes
    -----
    As :func:`bh`, times ``1 + 1/2 + ... + 1/I`` [2]_.

    Examples
    --------
    >>> by([0.001, 0.02, 0.04, 0.5]).p.round(4)
    array([0.0083, 0.0833, 0.1111, 1.    ])
    """
    return _step_up(p, rate, dependence=True)


def holm(p: npt.ArrayLike, rate: float = 0.05) -> Adjusted:
    """Control the chance of any false rejection, by Holm's rule.

    Parameters
    ----------
    p : array_like, shape (I,)
        P values, 0 to 1.
    rate : float
        Chance of at least one false rejection, strictly between 0 and 1.

    Returns
    -------
    Adjusted
        Adjusted p values and which are rejected.

    Raises
    ------
    ValueError
        NaN, empty, outside 0 to 1, or a rate outside (0, 1).

    Notes
    -----
    In rising order ``max over j <= i of p_j (I - j + 1)`` [3]_.

    Examples
    --------
    >>> holm([0.001, 0.02, 0.04, 0.5]).p
    array([0.004, 0.06 , 0.08 , 0.5  ])
    """
    values = probabilities("p", p)
    between("rate", rate)
    order = np.argsort(values, kind="stable")
    stepped = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    return _in_order(stepped, order, rate)


def _step_up(p: npt.ArrayLike, rate: float, *, dependence: bool) -> Adjusted:
    values = probabilities("p", p)
    between("rate", rate)
    order = np.argsort(values, kind="stable")
    place = np.arange(1, len(values) + 1)
    price = (1 / place).sum() if dependence else 1.0
    stepped = np.minimum.accumulate((values[order] * len(values) / place * price)[::-1])[::-1]
    return _in_order(stepped, order, rate)


def _in_order(stepped: Floats, order: npt.NDArray[np.intp], rate: float) -> Adjusted:
    adjusted = np.empty(len(stepped))
    adjusted[order] = np.minimum(stepped, 1.0)
    return Adjusted(adjusted, adjusted <= rate)
