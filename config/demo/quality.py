"""What a night's count leaves: what looks odd, the figures of every hospital, the middle of the programme."""

from cases.log.services.follow_up_counts import count_follow_up
from cases.log.services.window_counts import count_windows
from cases.quality.services.refreshing import measure_night
from cases.services.case_counts import count_cases
from config.demo.cast import SURGERY
from config.demo.people import Cast
from feedback.services.no_events import look_for_no_events
from privacy.roles import Role
from tenancy.context import Acting, acting


def count_quality(cast: Cast) -> None:
    """Before the releases, whose statements count the queries that were raised."""
    collaborative_id = cast.viewer(Role.DIRECTOR, SURGERY).collaborative_id
    with acting(Acting("compute", collaborative_id=collaborative_id)):
        look_for_no_events(collaborative_id)
        measure_night(collaborative_id)
        count_follow_up(collaborative_id)
        count_cases(collaborative_id)
        count_windows(collaborative_id)
