class ReleaseStateError(Exception):
    """The release is not in the state this step needs; the message says which step comes first."""


class TwoPeopleError(Exception):
    """Whoever approved the statistics may not also release them."""


class WindowError(Exception):
    """The window of a release is not made of whole months, or ends before it begins."""


class ReleaseNameTakenError(Exception):
    """Another release of the collaborative has this name."""
