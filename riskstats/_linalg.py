"""Linear algebra of small symmetric matrices, and one thread for it inside a fit.

Threads of numpy times workers make a fit slower, not faster.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from threadpoolctl import threadpool_limits

from riskstats._arrays import Floats


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit BLAS to one thread while the block runs; results then repeat to the last bit."""
    with threadpool_limits(limits=1, user_api="blas"):
        yield


def inverse(matrix: Floats) -> Floats:
    """Give back the inverse."""
    return np.linalg.inv(matrix).astype(np.float64, copy=False)


def solve(matrix: Floats, right: Floats) -> Floats:
    """Give back the solution of ``matrix x = right``."""
    return np.linalg.solve(matrix, right).astype(np.float64, copy=False)


def log_determinant(matrix: Floats) -> float:
    """Give back the logarithm of the determinant of a positive definite matrix."""
    return float(np.linalg.slogdet(matrix)[1])
