"""What a tab of a meeting shows."""

from collections.abc import Mapping

from collaboratives.models import Collaborative
from coordination.meetings.selectors.outcomes import actions_tab, measures_of, minutes_tab, poll_tab
from coordination.meetings.selectors.page import Frame, agenda
from coordination.meetings.selectors.people import people_tab
from privacy.viewer import Viewer


def tab_content(viewer: Viewer, programme: Collaborative, page: Frame) -> Mapping[str, object]:
    """Only what the chosen tab needs is asked of the database."""
    meeting = page.meeting
    match page.tab:
        case "people":
            return {"people": people_tab(viewer, meeting)}
        case "poll":
            return {"poll": poll_tab(viewer, meeting)}
        case "minutes":
            return {"minutes": minutes_tab(viewer, meeting)}
        case "actions":
            return {"outcome": actions_tab(viewer, meeting, programme)}
        case _:
            return {"agenda": agenda(viewer, meeting), "measures": measures_of(viewer) if page.may_manage else ()}
