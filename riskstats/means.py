"""The interval of a mean; on logarithms, of a geometric mean.

References
----------
.. [1] Student. The probable error of a mean. Biometrika 1908;6:1-25.
.. [2] Bland JM, Altman DG. Transformations, means, and confidence intervals. BMJ 1996;312:1079.
"""

import dataclasses

import numpy as np
import numpy.typing as npt
import scipy

from riskstats._arrays import between, vector


@dataclasses.dataclass(frozen=True)
class MeanInterval:
    """A mean with its interval.

    Attributes
    ----------
    n : int
        Values.
    mean, sd : float
        Mean and standard deviation (n - 1); ``sd`` is NaN for a single value.
    lo, hi : float
        Limits, minus and plus infinity for a single value.
    """

    n: int
    mean: float
    sd: float
    lo: float
    hi: float


def mean_interval(y: npt.ArrayLike, level: float = 0.95) -> MeanInterval:
    """Give the mean of the values with Student's interval.

    Parameters
    ----------
    y : array_like, shape (n,)
        Values; logarithms for a geometric mean, whose limits are then the exponentials.
    level : float
        Coverage of the interval.

    Returns
    -------
    MeanInterval

    Raises
    ------
    ValueError
        NaN, infinite or empty values, or a level outside (0, 1).

    Notes
    -----
    ``mean -+ t(n - 1) sd/sqrt(n)`` [1]_. Of logarithms, the exponentials are the geometric mean and its limits, and differences are
    ratios of geometric means [2]_.

    Examples
    --------
    >>> found = mean_interval([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    >>> round(found.mean, 2), round(found.lo, 4), round(found.hi, 4)
    (2.33, 0.8977, 3.7623)
    """
    values = vector("y", y)
    between("level", level)
    n, mean = len(values), float(values.mean())
    if n == 1:
        return MeanInterval(1, mean, np.nan, -np.inf, np.inf)
    sd = float(values.std(ddof=1))
    reach = float(scipy.stats.t.ppf((1 + level) / 2, n - 1)) * sd / float(np.sqrt(n))
    return MeanInterval(n, mean, sd, mean - reach, mean + reach)
