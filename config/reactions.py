"""What follows from what: every kind of event with its reactions, every kind of job with its work.

News travels upwards only through here; no package imports one above it.
"""

from collections.abc import Callable, Mapping, Sequence

from cases.services.check_import import check_import
from cases.services.take_over import take_over
from collaboratives.services.invitations import send_invitation
from events.enums import EventKind
from events.models import Event, Job


def mail_invitation(event: Event) -> None:
    send_invitation(invitation_id=event.subject_id, inviter_capacity=event.capacity)


REACTIONS: Mapping[str, Sequence[Callable[[Event], None]]] = {
    **dict.fromkeys(EventKind, ()),
    EventKind.INVITATION_CREATED: (mail_invitation,),
}
JOBS: Mapping[str, Callable[[Job], None]] = {
    "cases.check_import": check_import,
    "cases.commit_import": take_over,
}
