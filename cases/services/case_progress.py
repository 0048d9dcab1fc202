"""How far a case is, in numbers the work list can sort and count by. Every way of saving a case keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cases.models import Case
from cases.validators import finding_key
from measures.definition.answers import Answers
from measures.definition.check import Finding, check, hidden
from measures.definition.spec import FormSpec, Severity


@dataclass(frozen=True, kw_only=True)
class CaseProgress:
    """`errors` and `warnings` leave out what is merely unanswered and what has its reason.

    `sections` holds [answered, asked, to check] by the section's name; a finding counts where its first variable is.
    """

    answered: int
    questions: int
    errors: int
    warnings: int
    sections: Mapping[str, Sequence[int]]

    def put_into(self, case: Case) -> None:
        case.answered, case.questions = self.answered, self.questions
        case.errors, case.warnings = self.errors, self.warnings
        case.sections = {name: [*counts] for name, counts in self.sections.items()}


def measure_case(
    spec: FormSpec,
    answers: Answers,
    reasons: Mapping[str, str],
    *,
    findings: Sequence[Finding] | None = None,
    concealed: frozenset[str] | None = None,
) -> CaseProgress:
    """Count; whoever has checked the answers already passes `findings`, and `concealed` if it knows what is hidden."""
    found = check(spec, answers) if findings is None else findings
    unseen = hidden(spec, answers) if concealed is None else concealed
    sections = {section.name: [0, 0, 0] for section in spec.sections}
    for name, section in _questions(spec):
        if name not in unseen:
            sections[section][1] += 1
            sections[section][0] += answers.is_answered(name)
    errors = warnings = 0
    for finding in found:
        if not needs_attention(spec, finding, reasons):
            continue
        errors += finding.severity is Severity.ERROR
        warnings += finding.severity is Severity.WARNING
        if finding.variable:
            sections[spec.variable(finding.variable).section][2] += 1
    return CaseProgress(
        answered=sum(counts[0] for counts in sections.values()),
        questions=sum(counts[1] for counts in sections.values()),
        errors=errors,
        warnings=warnings,
        sections=sections,
    )


def needs_attention(spec: FormSpec, finding: Finding, reasons: Mapping[str, str]) -> bool:
    """An answer to correct, or an unusual one that still wants its reason."""
    if finding.severity is Severity.WARNING:
        return not reasons.get(finding_key(spec, finding))
    return finding.severity is Severity.ERROR and finding.rule != "required"


@lru_cache(maxsize=256)
def _questions(spec: FormSpec) -> tuple[tuple[str, str], ...]:
    return tuple((variable.name, variable.section) for variable in spec.variables if not variable.calculation)
