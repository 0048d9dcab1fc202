"""Other hospitals in what somebody writes for one of them, or for all."""

from collaboratives.models import Participation
from privacy.naming import hospitals_named


def naming_problem(text: str, *, collaborative_id: int, reader: int | None) -> str:
    """Why the text may not be sent: it names hospitals besides its reader's. Nothing where it names none.

    `reader` is the participation it is written to, or none where every member reads it. A writer finds those hospitals
    only whose names they may know: the centre all, a hospital its own.
    """
    members = Participation.objects.filter(collaborative_id=collaborative_id).exclude(pk=reader or 0)
    named = hospitals_named(text, members.order_by("site__name").values_list("site__name", flat=True))
    if not named:
        return ""
    return f"Not sent: the text names {', '.join(named)}, and another hospital reads it. Leave the name out."
