"""The sampling rules of a form, and which of them is in force for a cycle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeAlias
from uuid import UUID

from cases.log.definition.rule import Eligibility, LogColumn, LogExclusion
from cases.log.definition.sampling import Plan, Scheme
from cases.log.models import Cycle, SamplingRule
from measures.definition.spec import VariableType
from privacy.roles import Permission
from privacy.viewer import Viewer, require


ViewedRule: TypeAlias = SamplingRule  # the name for views, which may hold a rule but not look one up
FOLLOW_UP_DAYS, FOLLOW_UP_ATTEMPTS = 30, 3  # where the centre has said nothing


@dataclass(frozen=True, kw_only=True)
class FollowUpPlan:
    """How long after the event a patient is asked, and how often at the most before it is given up."""

    days: int = FOLLOW_UP_DAYS
    attempts: int = FOLLOW_UP_ATTEMPTS


def rule_for(form_id: int, first_day: date) -> SamplingRule | None:
    """The highest number among the rules that are in force on the first day of a cycle."""
    found = SamplingRule.objects.filter(form_id=form_id, effective_from__lte=first_day)
    return found.order_by("-number").first()


def rule_of(cycle: Cycle) -> SamplingRule | None:
    return rule_for(cycle.form_id, cycle.first_day)


def follow_up_plans(form_ids: Sequence[int], day: date) -> dict[int, FollowUpPlan]:
    """By form, as its rule in force on a day says."""
    rules = SamplingRule.objects.filter(form_id__in=form_ids, effective_from__lte=day).order_by("number")
    said = rules.values_list("form_id", "follow_up_days", "follow_up_attempts")
    plans = {form: FollowUpPlan(days=days, attempts=attempts) for form, days, attempts in said}
    return {form: plans.get(form, FollowUpPlan()) for form in form_ids}


def eligibility_of(rule: SamplingRule | None) -> Eligibility:
    """Without a rule everybody is eligible."""
    if rule is None:
        return Eligibility()
    return Eligibility(
        columns=tuple(LogColumn(name=name, label=label, type=VariableType(kind)) for name, kind, label in rule.columns),
        exclusions=tuple(LogExclusion(code=code, label=label, when=when) for code, label, when in rule.exclusions),
    )


def plan_of(rule: SamplingRule) -> Plan:
    return Plan(
        scheme=Scheme(rule.scheme),
        fraction=Fraction(rule.fraction) if rule.fraction is not None else Fraction(1),
        quota=rule.quota or 0,
        caps=rule.caps,
    )


def scheme_in_words(rule: SamplingRule) -> str:
    """How many are drawn, as a sentence without its full stop."""
    caps = ", ".join(f"at most {most} of {procedure}" for procedure, most in rule.caps.items())
    more = f"; {caps}" if caps else ""
    apart = f", in each {rule.stratum} apart" if rule.stratum else ""
    return {
        Scheme.ALL: "Every eligible operation",
        Scheme.FRACTION: f"{rule.fraction or 0:.0%} of the eligible operations, by lot{apart}",
        Scheme.EIGHT_DAY: f"The first {rule.quota} eligible operations of a cycle{more}",
        Scheme.SYSTEMATIC: f"{rule.quota} eligible operations of a cycle, every k-th from a random start{more}",
    }[Scheme(rule.scheme)]


@dataclass(frozen=True, kw_only=True)
class RuleRow:
    """One version as the page lists it."""

    rule: SamplingRule
    words: str
    exclusions: Sequence[Sequence[str]]
    columns: Sequence[Sequence[str]]


def rule_list(viewer: Viewer) -> tuple[RuleRow, ...]:
    """All versions, by form and the latest first."""
    require(viewer, Permission.CASE_VIEW)
    found = SamplingRule.objects.filter(collaborative_id=viewer.collaborative_id).select_related("form", "created_by")
    return tuple(
        RuleRow(rule=each, words=scheme_in_words(each), exclusions=each.exclusions, columns=each.columns)
        for each in found.order_by("form__name", "-number")
    )


def rule_with(viewer: Viewer, public_id: UUID) -> SamplingRule | None:
    found = SamplingRule.objects.filter(collaborative_id=viewer.collaborative_id, public_id=public_id)
    return found.select_related("form").first()
