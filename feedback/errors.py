class ReleaseStateError(Exception):
    """The release is not in the state this step needs; the message says which step comes first."""


class TwoPeopleError(Exception):
    """Whoever approved the statistics may not also release them."""


class ScheduleError(Exception):
    """A release cannot be scheduled for this moment; the message says what would do."""


class ReasonMissingError(Exception):
    """A step needs a reason that was not written. `names` are the checks that wait for one."""

    def __init__(self, message: str, names: tuple[str, ...] = ()) -> None:
        self.names = names
        super().__init__(message)


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


class TrialError(Exception):
    """A risk model cannot be tried; the message says why, and what to do."""


class FigureStateError(Exception):
    """A file of supplied figures is past the point where this can be done, or does not fit any more."""


class HospitalNamedError(Exception):
    """Every member reads it, and must not learn of single hospitals; the message names those that were named."""


class FigureSourceError(Exception):
    """Where figures come from is read by every member, and names a hospital."""


class BaselineError(Exception):
    """The baseline of a chart cannot begin anew here; the message says what is lacking."""
