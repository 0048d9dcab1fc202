"""Inviting a list of people: all of them, or nobody."""

from django.db import transaction

from collaboratives.roster.errors import RosterError
from collaboratives.roster.selectors.bulk import check_people
from collaboratives.services.invitations import invite
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def invite_people(*, text: str, by: Viewer) -> int:
    """Look at the list again, as it may be a while since it was shown, and invite everybody in it; how many."""
    require(by, Permission.PEOPLE_MANAGE)
    checked = check_people(by, text)
    if checked.bad:
        raise RosterError("Nobody was invited: correct the lines below, and check the list again.")
    for each in checked.rows:
        if each.role:
            invite(
                email=each.row.email, full_name=each.row.name, role=each.role, participation=each.participation, by=by
            )
    return len(checked.rows)
