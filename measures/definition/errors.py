"""What can be wrong with a definition, an expression or a value, in words for people."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class ValueProblem(Exception):  # noqa: N818 - a finding about what somebody typed, not a fault
    """Text that is no answer to its variable. `message` says why, `remedy` the way out."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.message = message
        self.remedy = remedy


class StoredAnswerError(ValueError):
    """A stored answer that its variable's type cannot hold."""

    def __init__(self, variable: str, expected: str, got: object) -> None:
        super().__init__(f"{variable} must be stored as {expected}, but got {got!r}")
        self.variable = variable


@dataclass(frozen=True, kw_only=True)
class DefinitionError:
    """One thing to correct in a definition file, and where."""

    path: str
    line: int
    where: str
    message: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}: {self.where}" if self.where else f"{self.path}:{self.line}"
        return f"{place}: {self.message} {self.remedy}".rstrip()


class DefinitionErrors(Exception):  # noqa: N818 - all of them at once
    """Everything that is wrong with a definition file, in the order of its lines."""

    def __init__(self, errors: Iterable[DefinitionError]) -> None:
        self.errors: tuple[DefinitionError, ...] = tuple(errors)
        super().__init__("\n".join(map(str, self.errors)))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` was most likely meant to be."""
    by_fold = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else None


def did_you_mean(name: str, known: Sequence[str], *, otherwise: str = "") -> str:
    """A remedy: the nearest name, else all of a short list, else what the caller says."""
    if guess := nearest(name, known):
        return f'Did you mean "{guess}"?'
    if otherwise or not known or len(known) > 12:
        return otherwise
    return f"Use {one_of(known)}."


def one_of(words: Sequence[str]) -> str:
    """Words as a list for people: "a, b or c"."""
    if not words:  # the codes of a question that is still being drafted
        return "a code, once there is one"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
