"""What waits for everybody of the cast, as a worker counts it, with nothing left to do."""

from coordination.week.services.keeping import refresh
from tests.worlds import programme
from tests.worlds.releases import worker


def build() -> None:
    for slug in programme.DIRECTORS:
        count(slug)


def count(slug: str = "colectomy-mi") -> int:
    """What the clock asks for every minute."""
    return refresh(worker(slug).collaborative_id)
