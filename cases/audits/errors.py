from datetime import date


class AuditError(Exception):
    """Something about an audit that stops the step; the message says the way out."""


class PeriodError(AuditError):
    """The days or numbers of the notice cannot be; the message says why."""


class AuditUnderWayError(AuditError):
    def __init__(self, hospital: str) -> None:
        super().__init__(f"An audit of this form at {hospital} is under way already. Finish or cancel it first.")


class AbstractorError(AuditError):
    """Not a person who can do the second abstraction; the message says why."""


class NoticeError(AuditError):
    def __init__(self, until: date) -> None:
        super().__init__(
            f"The hospital was given notice until {until:%-d %B %Y}. Draw the sample on that day or later."
        )


class DrawnAlreadyError(AuditError):
    def __init__(self) -> None:
        super().__init__("The sample of this audit is drawn already. A sample is drawn once and stands.")


class EmptyFrameError(AuditError):
    def __init__(self, first: date, last: date) -> None:
        super().__init__(
            f"The hospital has no complete case with an event from {first:%-d %B %Y} to {last:%-d %B %Y}, so there is "
            "nothing to draw. Wait until cases are complete, or cancel this audit and announce one of other days."
        )


class HospitalLeftError(AuditError):
    def __init__(self, hospital: str, left_on: date) -> None:
        super().__init__(
            f"{hospital} left the collaborative on {left_on:%-d %B %Y}, so this audit goes no further. What was found so "
            "far is kept and not reported."
        )


class StepRefusedError(AuditError):
    """Somebody else was faster, or it is another side's turn."""

    def __init__(self, state: str) -> None:
        super().__init__(f'This audit is at the step "{state}" now, so that cannot be done. Look at its page again.')


class ProblemsError(AuditError):
    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} thing{'s' if count > 1 else ''} to settle before the second abstraction of this case is finished."
        )


class ReasonMissingError(AuditError):
    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is empty. Write it, in words and without anything that identifies a patient.")


class SamePersonError(AuditError):
    def __init__(self) -> None:
        super().__init__(
            "You did the second abstraction, so you cannot decide between it and the first. Ask somebody else of the centre."
        )


class StillOpenError(AuditError):
    """Something has to be settled before the step; the message says what."""


class HospitalNamedError(AuditError):
    """Whoever reads it must not learn of another hospital; the message names those that were named."""
