from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from measures.definition.answers import Answers
from measures.definition.check import Finding
from measures.definition.spec import MissingKind, Value


class CaseNumberTakenError(Exception):
    """The hospital has a case with this number already."""

    def __init__(self, case_number: str, public_id: str) -> None:
        self.case_number, self.public_id = case_number, public_id
        super().__init__(f"Your hospital has a case {case_number} already. Open that case, or check the number.")


class CaseNumberError(Exception):
    """The text cannot be a case number; the message says why."""


class CaseDateError(Exception):
    """A case cannot be entered for this date; the message says why."""


class CaseCompletedError(Exception):
    """The case is complete, so its answers stand until somebody re-opens it."""

    def __init__(self) -> None:
        super().__init__("This case is complete. Re-open it to change an answer.")


class ReasonMissingError(Exception):
    """Re-opening asks for a reason."""

    def __init__(self) -> None:
        super().__init__("Give the reason for re-opening the case.")


@dataclass(frozen=True)
class CaseSide:
    """The answers of a case from one side of a conflict."""

    answers: Answers

    def answer(self, name: str) -> Value | MissingKind | None:
        return self.answers.values.get(name, self.answers.missing.get(name))

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.answers.values, *self.answers.missing)


class CaseChangedError(Exception):
    """Somebody else saved the case since it was opened here."""

    def __init__(self, *, base: Answers, mine: Answers, theirs: Answers, changed_by: str, changed_at: datetime) -> None:
        self.base, self.mine, self.theirs = CaseSide(base), CaseSide(mine), CaseSide(theirs)
        self.changed_by, self.changed_at = changed_by, changed_at
        super().__init__(f"{changed_by} saved this case while you had it open.")

    @property
    def names(self) -> tuple[str, ...]:
        """Variables whose answers differ between me and the other, whoever changed them."""
        both = dict.fromkeys((*self.mine.names, *self.theirs.names))
        return tuple(name for name in both if self.mine.answer(name) != self.theirs.answer(name))


class CaseProblemsError(Exception):
    """The case cannot be completed yet: errors to correct, warnings that want a reason."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(f"{len(self.findings)} to put right before the case is complete.")


class ImportRefusedError(Exception):
    """The file cannot be read as cases; nothing of it was used."""

    def __init__(self, message: str, remedy: str) -> None:
        self.message, self.remedy = message, remedy
        super().__init__(f"{message} {remedy}")


class ImportStateError(Exception):
    """The import is past the point where this can be done; the message says where it stands."""
