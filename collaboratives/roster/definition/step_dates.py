"""When a step is planned, and when somebody ticked it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class StepDates:
    planned_on: date | None = None
    done_on: date | None = None
