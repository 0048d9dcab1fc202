"""What can be wrong with an expression: always where, and what to write instead."""


class ExpressionError(Exception):
    """A mistake in an expression. `position` counts characters from 1."""

    def __init__(self, message: str, remedy: str, position: int) -> None:
        super().__init__(f"{message} {remedy}".rstrip() + f" (character {position})")
        self.message = message
        self.remedy = remedy
        self.position = position


class UnknownVariableError(ExpressionError):
    """A name that the form does not have."""

    def __init__(self, name: str, remedy: str, position: int) -> None:
        super().__init__(f'There is no variable "{name}" in the form.', remedy, position)
        self.name = name
