"""What stops a step; each message says the way out."""


class ReviewError(Exception):
    """The step was not taken; the message is for the person who tried."""


class AlreadyAttestedError(ReviewError):
    def __init__(self, name: str) -> None:
        super().__init__(f"You have said already that you reviewed {name}. Once is enough; nothing was changed.")


class NotReleasedError(ReviewError):
    def __init__(self) -> None:
        super().__init__("This release is not in force for members, so there is nothing to review.")


class AlreadyContestedError(ReviewError):
    def __init__(self, case_number: str) -> None:
        super().__init__(
            f"Case {case_number} is contested for this measure already. The coordinating centre has not decided yet."
        )


class NotCountedError(ReviewError):
    def __init__(self, case_number: str) -> None:
        super().__init__(f"Case {case_number} is not among the cases behind this number.")


class AlreadyDecidedError(ReviewError):
    def __init__(self) -> None:
        super().__init__("Somebody has decided this already. Look at the decision; it was not changed.")


class NothingToExcludeError(ReviewError):
    def __init__(self) -> None:
        super().__init__("The definition leaves this case out already, so there is nothing to exclude.")


class NotExcludedError(ReviewError):
    def __init__(self) -> None:
        super().__init__("This case is not excluded by a decision any more.")


class NotYoursError(ReviewError):
    def __init__(self) -> None:
        super().__init__("Only whoever wrote a comment can delete it.")


class HospitalNamedError(ReviewError):
    """Whoever reads it must not learn of another hospital; the message names those that were named."""
