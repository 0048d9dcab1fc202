"""Two people changed one case: both answers side by side, to choose from."""

from dataclasses import dataclass

from cases.errors import CaseChangedError
from cases.forms.submission import Answer, answer_text, base_text
from cases.models import Case
from cases.selectors.clock import in_zone
from measures.definition.display import format_value
from measures.definition.spec import FormSpec, MissingKind, VariableSpec


@dataclass(frozen=True, kw_only=True)
class Side:
    text: str
    words: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One question with two answers. Where only one person changed it, that answer is chosen already."""

    name: str
    label: str
    before: str
    mine: Side
    theirs: Side


@dataclass(frozen=True, kw_only=True)
class ConflictPage:
    case: Case
    changed_by: str
    changed_at: str
    choices: tuple[Choice, ...]
    base: str

    @property
    def shown(self) -> str:
        return " ".join(choice.name for choice in self.choices)


def conflict_page(case: Case, changed: CaseChangedError) -> ConflictPage:
    """`case` is the row as the other person left it."""
    spec = case.form_version.definition
    choices = (_choice(spec, name, changed) for name in changed.names if name in spec.by_name)
    return ConflictPage(
        case=case,
        changed_by=changed.changed_by,
        changed_at=f"{in_zone(changed.changed_at, case.collaborative):%H:%M:%S}",
        choices=tuple(choice for choice in choices if not spec.variable(choice.name).calculation),
        base=base_text(case.answers, case.missing),
    )


def _choice(spec: FormSpec, name: str, changed: CaseChangedError) -> Choice:
    base, mine, theirs = (each.answer(name) for each in (changed.base, changed.mine, changed.theirs))
    variable = spec.variable(name)
    return Choice(
        name=name,
        label=variable.label,
        before=_words(variable, base),
        mine=Side(text=answer_text(mine), words=_words(variable, mine), chosen=theirs == base),
        theirs=Side(text=answer_text(theirs), words=_words(variable, theirs), chosen=mine == base),
    )


def _words(variable: VariableSpec, answer: Answer) -> str:
    if answer is None:
        return "Not answered"
    return answer.label if isinstance(answer, MissingKind) else format_value(variable, answer)
