from datetime import date


class LogError(Exception):
    """Something about the log, its sample or its locks that the person can mend."""


class EmptyFrameError(LogError):
    def __init__(self) -> None:
        super().__init__("No eligible case is listed in this cycle, so there is nothing to draw. Upload the log first.")


class RuleTextError(LogError):
    """A line of a sampling rule that cannot be read."""

    def __init__(self, line: int, message: str, remedy: str) -> None:
        super().__init__(f"Line {line}: {message} {remedy}")


class SchemeError(LogError):
    """The numbers do not belong to the scheme; the message says which are needed."""


class RuleMissingError(LogError):
    def __init__(self, form: str) -> None:
        super().__init__(
            f"The coordinating centre has not said yet how {form} is sampled. Ask it to write the sampling rule."
        )


class DrawnAlreadyError(LogError):
    def __init__(self, cycle: str, drawn_on: date) -> None:
        super().__init__(
            f"{cycle} was drawn on {drawn_on:%-d %B %Y}, and a drawn cycle is not drawn again. If a sampled operation cannot "
            "be abstracted, substitute it, with the reason."
        )


class DrawTooEarlyError(LogError):
    def __init__(self, cycle: str, last_day: date) -> None:
        super().__init__(f"{cycle} runs until {last_day:%-d %B %Y}. Draw its sample when that day is over.")


class LeftBeforeError(LogError):
    def __init__(self, left_on: date) -> None:
        super().__init__(
            f"The hospital left the collaborative on {left_on:%-d %B %Y}. Nothing of a later cycle is collected."
        )


class UploadStateError(LogError):
    """The file is decided already, or has rows to correct; the message says which."""


class EntryStateError(LogError):
    """The entry of the log is not where this can be done; the message says why."""


class AttemptError(LogError):
    """An attempt that cannot have been made so; the message says why."""


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


class HospitalNamedError(LogError):
    """Whoever reads it must not learn of another hospital; the message names those that were named."""
