"""What stops a step of a question; each message says the way out."""


class QuestionError(Exception):
    """The step was not taken; the message is for the person who tried."""


class TextMissingError(QuestionError):
    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is empty. Write it, in words and without anything that identifies a patient.")


class StepRefusedError(QuestionError):
    """Somebody else was faster, or this side does not take this step."""

    def __init__(self, kind: str, state: str) -> None:
        super().__init__(f"This {kind} is {state}, so that cannot be done now. Look at its latest message.")


class NothingCorrectedError(QuestionError):
    def __init__(self, label: str) -> None:
        super().__init__(
            f"{label} has not changed since the query was raised. Correct it in the case first, or confirm it as it is."
        )


class UnknownVariableError(QuestionError):
    def __init__(self, name: str) -> None:
        super().__init__(f'This case has no question "{name}". Choose one from the list.')


class PromotionError(QuestionError):
    """The answer cannot become a scenario; the message says why."""


class HospitalNamedError(QuestionError):
    """Whoever reads it must not learn of another hospital; the message names those that were named."""
