from datetime import date


class LogError(Exception):
    """Something about the log, its sample or its locks that the person can mend."""


class EmptyFrameError(LogError):
    def __init__(self) -> None:
        super().__init__("No eligible case is listed in this cycle, so there is nothing to draw. Upload the log first.")


class CycleOverlapError(LogError):
    def __init__(self, name: str, first: date, last: date) -> None:
        super().__init__(
            f"The cycle {name} covers {first:%-d %B %Y} to {last:%-d %B %Y} already. Cycles of a form cannot overlap: "
            "choose another year or another form."
        )


class LockDateError(LogError):
    """The date cannot be the one on which cases are locked; the message says why."""


class NotLockedError(LogError):
    def __init__(self) -> None:
        super().__init__("This case is not locked. Re-open it to change an answer.")


class ReasonMissingError(LogError):
    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is empty. Write it, in words and without anything that identifies a patient.")


class AskedAlreadyError(LogError):
    def __init__(self) -> None:
        super().__init__("Somebody of your hospital has asked already. The coordinating centre has not decided yet.")


class DecidedAlreadyError(LogError):
    def __init__(self, decision: str) -> None:
        super().__init__(f"This request is {decision} already. If the case is to change again, the hospital asks anew.")
