from coordination.groups.models.group import Admission, Membership, WorkingGroup
from coordination.groups.models.work import (
    AgendaWish,
    GroupDecision,
    GroupDocument,
    GroupDocumentVersion,
    GroupMeeting,
    GroupPost,
)


__all__ = [
    "Admission",
    "AgendaWish",
    "GroupDecision",
    "GroupDocument",
    "GroupDocumentVersion",
    "GroupMeeting",
    "GroupPost",
    "Membership",
    "WorkingGroup",
]
