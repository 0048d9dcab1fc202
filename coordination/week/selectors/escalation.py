"""After how many days which kind of task is told to whom: as the programme decided, else as shipped."""

from collections.abc import Mapping
from dataclasses import dataclass

from coordination.week.definition.escalation import KINDS, Days, KindOfTask, steps
from coordination.week.enums import Step
from coordination.week.models import EscalationRule
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@dataclass(frozen=True, kw_only=True)
class RuleRow:
    """One kind of task with what holds today."""

    kind: str
    about: KindOfTask
    days: Days
    is_own: bool

    @property
    def cells(self) -> list[tuple[str, str]]:
        """Of each step: its words, and after how many days."""
        return [(step.label, f"after {day} days" if (day := self.days[step]) is not None else "not") for step in Step]


@dataclass(frozen=True, kw_only=True)
class RulePage:
    rows: tuple[RuleRow, ...]
    steps: tuple[str, ...]


def days_by_kind(collaborative_id: int) -> Mapping[str, Days]:
    """Of every kind that can be told further."""
    own = {each.kind: _days(each) for each in EscalationRule.objects.filter(collaborative_id=collaborative_id)}
    return {kind: own.get(kind, shipped.days) for kind, shipped in KINDS.items()}


def rule_page(viewer: Viewer) -> RulePage:
    """The table, for whoever reminds hospitals."""
    require(viewer, Permission.HOSPITAL_REMIND)
    own = set(EscalationRule.objects.filter(collaborative_id=viewer.collaborative_id).values_list("kind", flat=True))
    days = days_by_kind(viewer.collaborative_id)
    rows = tuple(RuleRow(kind=kind, about=about, days=days[kind], is_own=kind in own) for kind, about in KINDS.items())
    return RulePage(rows=rows, steps=tuple(step.label.capitalize() for step in Step))


def _days(rule: EscalationRule) -> Days:
    return steps(rule.champion_after, rule.administrator_after, rule.coordinator_after)
