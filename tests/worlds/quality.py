"""The figures and counts of every hospital as a night's count leaves them. Release "Autumn 2026" has its statements by itself."""

from cases.log.services.follow_up_counts import count_follow_up
from cases.log.services.window_counts import count_windows
from cases.quality.services.refreshing import measure_night
from cases.services.case_counts import count_cases
from tenancy.context import acting
from tests.worlds import programme
from tests.worlds.releases import worker


def build() -> None:
    for slug in programme.DIRECTORS:
        count(slug)


def count(slug: str = "colectomy-mi") -> None:
    """What the clock asks for."""
    who = worker(slug)
    with acting(who):
        measure_night(who.collaborative_id)
        count_follow_up(who.collaborative_id)
        count_cases(who.collaborative_id)
        count_windows(who.collaborative_id)
