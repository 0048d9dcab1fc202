"""Which tasks of a hospital are told further when they wait too long, and after how many days, as shipped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from coordination.week.enums import Step


Days = Mapping[Step, int | None]


@dataclass(frozen=True, kw_only=True)
class KindOfTask:
    """`words` fit behind «A task has waited for 30 days: »; they name nobody, and nothing of what is in it.

    `days` after the day it was due (or since it waits, where it has no such day); None tells nobody.
    """

    label: str
    words: str
    days: Days
    why: str = ""


def steps(champion: int | None, administrator: int | None, coordinator: int | None) -> Days:
    return {Step.CHAMPION: champion, Step.ADMINISTRATOR: administrator, Step.COORDINATOR: coordinator}


NOBODY = steps(None, None, None)
PERSONAL = "Off as shipped: it is one person's own matter, and telling others of it would shame them."
# What stops a hospital's work (agreements, cases, audits) is told further; what one person owes to themselves is not.
KINDS: Mapping[str, KindOfTask] = {
    "cases": KindOfTask(label="Cases past their day", words="complete cases", days=steps(14, 30, 45)),
    "agreement": KindOfTask(label="Agreements to sign or renew", words="sign an agreement", days=steps(7, 14, 21)),
    "audit": KindOfTask(label="Reviews of an audit", words="review what an audit found", days=steps(3, 7, 10)),
    "vacancy": KindOfTask(label="Vacant roles", words="fill a vacant role", days=steps(30, None, 60)),
    "onboarding": KindOfTask(label="Steps of a new hospital", words="take a step of the way in", days=steps(7, 14, 21)),
    "access_review": KindOfTask(
        label="Review of access", words="look through who has access", days=steps(None, 14, 30)
    ),
    "meeting_action": KindOfTask(label="Actions of meetings", words="do what was agreed in a meeting", days=NOBODY, why=PERSONAL),
    "document": KindOfTask(label="Documents to confirm", words="confirm a document", days=NOBODY, why=PERSONAL),
    "review": KindOfTask(label="Releases to review", words="review a release", days=NOBODY, why=PERSONAL),
}  # fmt: skip


def days_late(due_on: date | None, since: date | None, today: date) -> int:
    """Since it was due; where it has no day, since it waits. Below one: it is not late."""
    counted_from = due_on or since
    return (today - counted_from).days if counted_from else 0


def next_step(days: Days, done: Mapping[Step, date], late: int, today: date) -> Step | None:
    """The first one not taken yet, if its day has come: one a day, so that everybody has a day to act."""
    if today in done.values():
        return None
    following = next((step for step in Step if days.get(step) is not None and step not in done), None)
    if following is None or late < (days[following] or 0):
        return None
    return following
