"""The programme decides when tasks that wait too long are told further."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from coordination.week.definition.escalation import KINDS, Days
from coordination.week.enums import Step
from coordination.week.errors import EscalationRuleError
from coordination.week.models import EscalationRule
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Permission
from privacy.viewer import Viewer, require


LONGEST = 365


@transaction.atomic
def set_rules(*, rules: Mapping[str, Days], by: Viewer) -> int:
    """All of them, or none; how many were set."""
    return len([set_rule(kind=kind, days=days, by=by) for kind, days in rules.items()])


@transaction.atomic
def set_rule(*, kind: str, days: Days, by: Viewer) -> EscalationRule:
    """From the next day on. No day for a step tells nobody of it.

    Raises
    ------
    EscalationRuleError
        A later step would be told before an earlier one, or a number is no sensible number of days.
    """
    require(by, Permission.HOSPITAL_REMIND)
    if kind not in KINDS:
        raise EscalationRuleError("There is no such kind of task.")
    given = [day for step in Step if (day := days.get(step)) is not None]
    if any(not 1 <= day <= LONGEST for day in given):
        raise EscalationRuleError(f"{KINDS[kind].label}: write a number of days from 1 to {LONGEST}, or nothing.")
    if given != sorted(given):
        raise EscalationRuleError(
            f"{KINDS[kind].label}: the administrator is told after the champion, the coordinator after both. "
            "Write numbers that do not fall from left to right."
        )
    rule, _ = EscalationRule.objects.update_or_create(
        collaborative_id=by.collaborative_id,
        kind=kind,
        defaults={
            **{f"{step}_after": days.get(step) for step in Step},
            "decided_at": timezone.now(),
            "decided_by_id": by.user_id,
        },
    )
    record_event(EventKind.ESCALATION_RULE_SET, by=by, subject=rule, details={"kind": kind})
    return rule
