class ReleaseStateError(Exception):
    """The release is not in the state this step needs; the message says which step comes first."""


class TwoPeopleError(Exception):
    """Whoever approved the statistics may not also release them."""


class WindowError(Exception):
    """The window of a release is not made of whole months, or ends before it begins."""


class ReleaseNameTakenError(Exception):
    """Another release of the collaborative has this name."""


class PreviewTooSlowError(Exception):
    """Nobody should wait any longer for a preview."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            f"The preview was stopped after {seconds} seconds: there are many cases, or the server is busy. "
            "Try again in a minute, or make the conditions simpler. Nothing is lost, and the draft can be saved."
        )
