from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from measures.definition.answers import Answers
from measures.definition.check import Finding
from privacy.roles import Permission
from privacy.viewer import PermissionRefusedError


LOCKED_WORDS = (
    "This case is locked, for its cycle is closed. Only the coordinating centre can unlock it: "
    "open the case and ask, with the reason."
)


class CaseNumberError(Exception):
    """The text cannot be a case number; the message says why."""


class CaseNumberTakenError(CaseNumberError):
    """The hospital has a case with this number already."""

    def __init__(self, case_number: str, public_id: str) -> None:
        self.case_number, self.public_id = case_number, public_id
        super().__init__(f"Your hospital has a case {case_number} already. Open that case, or check the number.")


class CaseDateError(Exception):
    """A case cannot be entered for this date; the message says why."""


class CaseCompletedError(Exception):
    """The case is complete, so its answers stand until somebody re-opens it."""

    def __init__(self) -> None:
        super().__init__("This case is complete. Re-open it to change an answer.")


class CaseLockedError(CaseCompletedError):
    """The case's cycle is closed: its answers stand until the coordinating centre unlocks the case."""

    def __init__(self) -> None:
        Exception.__init__(self, LOCKED_WORDS)


class EntryRefusedError(PermissionRefusedError):
    """The person's role would allow it, but a rule of the collaborative keeps them from entering real cases for now.

    `page` is the name of the address where they can change that, `label` what its link says.
    """

    def __init__(self, words: str, page: str = "", label: str = "") -> None:
        super().__init__(Permission.CASE_EDIT)
        self.args = (words,)
        self.page, self.label = page, label


class ReasonMissingError(Exception):
    """Re-opening asks for a reason."""

    def __init__(self) -> None:
        super().__init__("Give the reason for re-opening the case.")


class CaseChangedError(Exception):
    """Somebody else saved the case since it was opened here.

    `clashing` names the questions that both changed; a caller who cannot tell leaves it empty.
    """

    def __init__(  # noqa: PLR0913 -- the three versions of the answers, and who made the last
        self,
        *,
        base: Answers,
        mine: Answers,
        theirs: Answers,
        changed_by: str,
        changed_at: datetime,
        clashing: tuple[str, ...] = (),
    ) -> None:
        self.base, self.mine, self.theirs, self.clashing = base, mine, theirs, clashing
        self.changed_by, self.changed_at = changed_by, changed_at
        super().__init__(f"{changed_by} saved this case while you had it open.")

    @property
    def names(self) -> tuple[str, ...]:
        """Variables whose answers differ between me and the other, whoever changed them."""
        both = dict.fromkeys((*self.mine.values, *self.mine.missing, *self.theirs.values, *self.theirs.missing))
        return tuple(name for name in both if self.mine.answer(name) != self.theirs.answer(name))


class CurrentCase(Protocol):
    """A case as it stands, in the database."""

    revision: int
    updated_at: datetime

    @property
    def values(self) -> Answers: ...


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


class KeyReusedError(Exception):
    """The idempotency key came with another request before."""

    def __init__(self) -> None:
        super().__init__("This key was used for another request. Use a new key for each case.")


class KeyFormatError(Exception):
    """The text cannot be an idempotency key."""

    def __init__(self) -> None:
        super().__init__("A key has 8 to 80 characters without spaces. Use a random one, such as a UUID.")


class CaseRevisionError(Exception):
    """The case is not the one that was read: somebody saved it since."""

    def __init__(self, current: "CurrentCase", changed_by: str) -> None:
        self.current, self.changed_by = current, changed_by
        super().__init__(f"The case is at revision {current.revision} now. Nothing was saved.")


class NoCasesChosenError(Exception):
    """Nothing was chosen to be given away or downloaded."""

    def __init__(self) -> None:
        super().__init__("Choose one or more cases first, or all that match.")


class TooManyCasesError(Exception):
    """More than one request may take."""

    def __init__(self, count: int, most: int) -> None:
        super().__init__(f"These are {count:,} cases; {most:,} can be taken at once. Narrow the list, by month say.")


class NotAColleagueError(Exception):
    """Whoever is to get the cases does not enter cases of this hospital: another hospital's person looks the same."""

    def __init__(self) -> None:
        super().__init__("This person does not enter cases of your hospital. Choose somebody from the list.")


class TooLateToUndoError(Exception):
    """The hour is over, or it is not this person's to undo."""

    def __init__(self) -> None:
        super().__init__("This cannot be undone any more. Assign the cases again instead.")


class SeveralFormsError(Exception):
    """A file has the columns of one form."""

    def __init__(self) -> None:
        super().__init__("These cases belong to several forms. Choose one form, and download its cases.")


class SavedFilterError(Exception):
    """The view cannot be kept; the message says why."""


class EffectsUnseenError(Exception):
    """A version would begin before complete cases, and nobody has said that they are to keep theirs."""

    def __init__(self, complete: int) -> None:
        cases = "1 complete case falls" if complete == 1 else f"{complete:,} complete cases fall"
        super().__init__(
            f"{cases} on or after this day and keep the version they have. Say that you know it, or choose a later day."
        )
