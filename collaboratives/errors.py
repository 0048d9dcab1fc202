class HospitalAlreadyMemberError(Exception):
    """The hospital takes part already."""


class RoleNotAllowedError(Exception):
    """The viewer may not give this role here."""


class InvitationClosedError(Exception):
    """The invitation was used, revoked or has expired; the message says which and what to do."""


class KeyRefusedError(Exception):
    """No key for programs, or one that opens nothing. Which of its parts is wrong is never said."""

    def __init__(self) -> None:
        super().__init__("The key is missing, wrong, expired or revoked, or its owner's role here has ended.")


class NoSuchTimeError(Exception):
    """Clocks go forward over the time that was written; the message names one that exists."""
