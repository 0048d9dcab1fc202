"""Other hospitals in what somebody writes for one of them, or for all."""

from collaboratives.models import Participation
from privacy.naming import hospitals_named


def others_named(text: str, *, collaborative_id: int, reader: int | None) -> tuple[str, ...]:
    """Hospitals that the text names besides its reader's; `reader` is their participation, or none for every member.

    A writer finds those hospitals only whose names they may know: the centre all, a hospital its own.
    """
    members = Participation.objects.filter(collaborative_id=collaborative_id).exclude(pk=reader)
    return hospitals_named(text, members.order_by("site__name").values_list("site__name", flat=True))
