class HospitalAlreadyMemberError(Exception):
    """The hospital takes part already."""


class RoleNotAllowedError(Exception):
    """The viewer may not give this role here."""


class InvitationClosedError(Exception):
    """The invitation was used, revoked or has expired; the message says which and what to do."""
