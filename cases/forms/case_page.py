"""The page of one case: sections of questions, the rail beside them, what is wrong, how far it is."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from cases.enums import REBOUND, REOPENED, CaseStatus
from cases.forms.fields import Answered, case_field, shown_by, target
from cases.forms.submission import Submission, base_text
from cases.models import Case
from cases.selectors.clock import in_zone, today_of
from cases.validators import finding_key
from measures.definition.answers import Answers
from measures.definition.check import Finding, check, derive
from measures.definition.display import format_value
from measures.definition.spec import DateOrder, Section, Severity, VariableSpec
from ui.parts import Fact, Field, Problem, Step


@dataclass(frozen=True, kw_only=True)
class SectionPart:
    """One section as it is drawn; `hidden` says in words what is not asked, and why."""

    name: str
    label: str
    fields: tuple[Field, ...]
    facts: tuple[Fact, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"section-{self.name}"


@dataclass(frozen=True, kw_only=True)
class CasePage:
    case: Case
    editable: bool
    sections: tuple[SectionPart, ...]
    rail: tuple[Step, ...]
    answered: int
    questions: int
    problems: tuple[Problem, ...]
    saved: str
    shown: str
    base: str
    reopened_because: str
    rebound_because: str
    order: str
    today: date
    reasons: str

    @property
    def digest(self) -> str:
        return self.case.form_version.digest

    @property
    def progress(self) -> str:
        return f"{self.answered} of {self.questions} answered"

    @property
    def is_complete(self) -> bool:
        return self.case.is_counted

    @property
    def is_locked(self) -> bool:
        return self.case.is_locked


@dataclass(frozen=True, kw_only=True)
class Asked:
    """For whom and when a page is drawn."""

    editable: bool
    today: date
    dictionary_url: str
    completing: bool = False
    submission: Submission | None = field(default=None)


def case_page(case: Case, asked: Asked) -> CasePage:
    spec, answers = case.form_version.definition, case.values
    derived = derive(spec, answers)
    everything = check(spec, answers, today=asked.today)
    unread = asked.submission.problems if asked.submission else {}
    findings = [each for each in everything if asked.completing or each.rule != "required"]
    state = Answered(
        spec=spec,
        order=DateOrder(case.collaborative.date_order),
        answers=answers,
        findings=findings,
        reasons=case.reasons,
        problems=unread,
        texts=asked.submission.texts if asked.submission else {},
        dictionary_url=asked.dictionary_url,
        concealed=derived.hidden,
    )
    visible = [variable for variable in spec.variables if variable.name not in derived.hidden]
    questions = [variable for variable in visible if not variable.calculation]
    sections = tuple(_section(each, state, asked) for each in spec.sections if spec.in_section(each.name))
    return CasePage(
        case=case,
        editable=asked.editable,
        sections=sections,
        rail=tuple(_step(section, state, everything, questions) for section in sections),
        answered=sum(answers.is_answered(variable.name) for variable in questions),
        questions=len(questions),
        problems=tuple(_problems(state, questions, asked)) if asked.completing or unread else (),
        saved=saved_words(case),
        shown=" ".join(variable.name for variable in questions),
        base=base_text(case.answers, case.missing),
        reopened_because=case.reasons.get(REOPENED, ""),
        rebound_because=case.reasons.get(REBOUND, ""),
        order=case.collaborative.date_order,
        today=asked.today,
        reasons=json.dumps(case.reasons, ensure_ascii=False),
    )


def _section(section: Section, state: Answered, asked: Asked) -> SectionPart:
    variables = state.spec.in_section(section.name)
    concealed = [variable for variable in variables if variable.name in state.concealed]
    shown = [variable for variable in variables if variable.name not in state.concealed]
    return SectionPart(
        name=section.name,
        label=section.label,
        fields=tuple(case_field(variable, state) for variable in variables) if asked.editable else (),
        facts=() if asked.editable else tuple(_told(variable, state) for variable in shown),
        hidden=tuple(_hidden_words(concealed, state)),
    )


def _told(variable: VariableSpec, state: Answered) -> Fact:
    """An answer to read, with the reason that somebody gave for an unusual one."""
    keys = [f"{rule}:{variable.name}" for rule in ("soft_range", "identifier")]
    keys += [rule.name for rule in state.spec.rules if rule.variables[:1] == (variable.name,)]
    reasons = [state.reasons[key] for key in keys if state.reasons.get(key)]
    fact = _fact(variable, state.answers)
    return Fact(fact.label, fact.value, f"Reason: {' '.join(reasons)}" if reasons else "")


def _fact(variable: VariableSpec, answers: Answers) -> Fact:
    if variable.name in answers.missing:
        return Fact(variable.label, answers.missing[variable.name].label)
    value = answers.values.get(variable.name)
    return Fact(variable.label, "Not answered" if value is None else format_value(variable, value))


def _hidden_words(concealed: Sequence[VariableSpec], state: Answered) -> Iterator[str]:
    """One line for each reason: "3 questions hidden (Operation done: No)"."""
    reasons: dict[str, int] = {}
    for variable in concealed:
        reason = _reason(variable, state)
        reasons[reason] = reasons.get(reason, 0) + 1
    for reason, count in reasons.items():
        yield f"{count} question{'s' if count > 1 else ''} hidden ({reason})"


def _reason(variable: VariableSpec, state: Answered) -> str:
    name = shown_by(variable, state.spec)
    if not name:
        return "not asked here"
    fact = _fact(state.spec.variable(name), state.answers)
    return f"{fact.label}: {fact.value.lower() if fact.value == 'Not answered' else fact.value}"


def _step(
    section: SectionPart, state: Answered, findings: Sequence[Finding], questions: Sequence[VariableSpec]
) -> Step:
    own = [variable.name for variable in questions if variable.section == section.name]
    answered = sum(state.answers.is_answered(name) for name in own)
    lacking = any(each.rule == "required" and each.variable in own for each in findings)
    wrong = sum(_is_wrong(each, state) for each in findings if each.variable in own and each.rule != "required")
    wrong += sum(name in state.problems for name in own)
    label, url = section.label, f"#{section.id}"
    if wrong:
        return Step(label, "problem", f"{wrong} to check", url)
    if not answered:
        return Step(label, "waiting", "", url)
    return Step(label, "now", f"{answered}/{len(own)}", url) if lacking else Step(label, "done", "", url)


def _is_wrong(finding: Finding, state: Answered) -> bool:
    if finding.severity is Severity.WARNING:
        return not state.reasons.get(finding_key(state.spec, finding))
    return finding.severity is Severity.ERROR


def _problems(state: Answered, questions: Sequence[VariableSpec], asked: Asked) -> Iterator[Problem]:
    """For the summary at the top: unreadable answers, then whatever stands in the way of completion."""
    for variable in questions:
        if unread := state.problems.get(variable.name):
            yield Problem(f"{variable.label}: {unread.message}", unread.remedy, target(variable))
    for finding in state.findings if asked.completing else ():
        if _is_wrong(finding, state) and finding.variable not in state.problems:
            link = target(state.spec.variable(finding.variable)) if finding.variable else ""
            remedy = "" if finding.rule == "required" else finding.remedy
            yield Problem(_named(finding, state), remedy, link)


def _named(finding: Finding, state: Answered) -> str:
    """Away from its question a message about a value says which question it is about."""
    name = finding.variable if finding.rule in {"hard_range", "soft_range"} else None
    return f"{state.spec.variable(name).label}: {finding.message}" if name else finding.message


def saved_words(case: Case) -> str:
    moment = in_zone(case.updated_at, case.collaborative)
    kind = {CaseStatus.COMPLETE: "Completed", CaseStatus.LOCKED: "Locked"}.get(CaseStatus(case.status), "Draft saved")
    today = moment.date() == today_of(case.collaborative)
    return f"{kind} {moment:%H:%M:%S}" if today else f"{kind} {moment:%-d %b %Y %H:%M}"
