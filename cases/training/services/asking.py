"""Who may do what in the training area, asked by each of its services."""

from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


def require_centre(by: Viewer, collaborative_id: int) -> None:
    """Only the centre of this collaborative writes what people are taught and judged by."""
    require(by, Permission.TRAINING_MANAGE)
    if by.capacity is not Capacity.CENTRE or collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.TRAINING_MANAGE)


def require_taker(by: Viewer, collaborative_id: int) -> int:
    """The hospital at which this person practises and takes exams."""
    require(by, Permission.TRAINING_TAKE)
    if by.participation_id is None or collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.TRAINING_TAKE)
    return by.participation_id
