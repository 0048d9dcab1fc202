"""Where the two abstractions differ, in words, with what the hospital and the adjudicator say of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from cases.audits.enums import SHOWN, Answer
from cases.audits.models import Audit, Disagreement
from cases.questions.selectors.values import value_in_words
from measures.definition.spec import FormSpec
from privacy.viewer import Viewer


ViewedDisagreement: TypeAlias = Disagreement  # the name for views, which may hold one but not look one up


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field of one case."""

    public_id: str
    case_number: str
    label: str
    tier: int
    original: str
    second: str
    answer: str
    answer_reason: str
    answered_by: str
    verdict: str
    verdict_reason: str
    decided_by: str
    corrected: bool

    @property
    def is_contested(self) -> bool:
        return self.answer == Answer.CONTESTED.label

    @property
    def outcome(self) -> str:
        """What stands of it now, in a word or two."""
        if self.verdict:
            return self.verdict
        return self.answer or "Not answered"


def differences(audit: Audit) -> tuple[Difference, ...]:
    """Key indicators (tier 1) first, then by case; nothing before the comparison is over."""
    return tuple(_differences(audit)) if audit.state in SHOWN else ()


def _differences(audit: Audit) -> Iterator[Difference]:
    found = audit.disagreements.select_related("audited_case__form_version", "response__given_by", "ruling__decided_by")
    for each in found.order_by("tier", "audited_case__case_number", "pk"):
        spec = each.audited_case.form_version.definition
        response, ruling = getattr(each, "response", None), getattr(each, "ruling", None)
        yield Difference(
            public_id=each.public_id,
            case_number=each.audited_case.case_number,
            label=spec.variable(each.variable).label,
            tier=each.tier,
            original=_words(spec, each.variable, each.original),
            second=_words(spec, each.variable, each.second),
            answer=response.get_answer_display() if response else "",
            answer_reason=response.reason if response else "",
            answered_by=response.given_by.full_name if response else "",
            verdict=ruling.get_verdict_display() if ruling else "",
            verdict_reason=ruling.reason if ruling else "",
            decided_by=ruling.decided_by.full_name if ruling else "",
            corrected=each.corrected_at is not None,
        )


def _words(spec: FormSpec, name: str, side: Mapping[str, object]) -> str:
    return value_in_words(spec, name, side.get("value"), side.get("missing"))


def disagreement_for(viewer: Viewer, audit: Audit, public_id: str) -> Disagreement | None:
    """One of this audit, which the viewer may see."""
    found = audit.disagreements.filter(collaborative_id=viewer.collaborative_id, public_id=public_id)
    return found.select_related("audit__participation__site", "audit__collaborative").first()
