from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from measures.definition.check import Finding


class TrainingError(Exception):
    """The step was not taken; the message says what to do instead."""


class MaterialFrozenError(TrainingError):
    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} is published, and people are judged by it. Write a new one, then take this one out of use."
        )


class MaterialIncompleteError(TrainingError):
    """It cannot be published yet; the message says what is missing."""


class ModulesUnreadError(TrainingError):
    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__(f"Read these modules before the exam: {', '.join(titles)}.")


class TooSoonError(TrainingError):
    """The last attempt failed a short while ago."""

    def __init__(self, moment: datetime, zone: str) -> None:
        local = moment.astimezone(ZoneInfo(zone))
        super().__init__(f"You can try again from {local:%-d %B %Y, %H:%M}. Use the time to practise.")


class NotOpenError(TrainingError):
    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not open. Go back to the training area and choose from there.")


class SubmittedError(TrainingError):
    def __init__(self) -> None:
        super().__init__("These answers are submitted already, so they stay as they are.")


class ExerciseProblemsError(TrainingError):
    """The answers cannot be submitted yet, as those of a real case could not."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(f"{len(self.findings)} to put right before the answers can be submitted.")


class NobodyCertifiedError(TrainingError):
    def __init__(self, form: str) -> None:
        super().__init__(f"There is no published exam for {form}, so nobody could enter a case. Publish one first.")
