"""One thread for linear algebra inside a fit: threads of numpy times workers make a fit slower, not faster."""

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit BLAS to one thread while the block runs; results then repeat to the last bit."""
    with threadpool_limits(limits=1, user_api="blas"):
        yield
