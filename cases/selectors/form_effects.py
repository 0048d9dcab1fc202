"""What a version of a form does to the cases there are: which stay, which follow, and how much more is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.db.models import Count, Q, QuerySet

from cases.enums import COUNTED, CaseStatus
from cases.models import Case
from measures.definition.answers import from_json
from measures.definition.check import hidden
from measures.definition.errors import StoredAnswerError
from measures.definition.spec import FormSpec, VariableSpec, VariableType
from measures.models import Form, FormVersion


RECENT = 100
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Effects:
    """Cases of events from the first day on. Complete ones keep their version; drafts follow."""

    first_day: date
    complete: int
    drafts: int

    def sentence(self, number: int) -> str:
        """What becomes of them under version `number`."""
        day = f"{self.first_day:%-d %B %Y}"
        if not (self.complete or self.drafts):
            return f"No case falls on or after {day} yet."
        return f"Of the cases on or after {day}, {self._complete()}{self._drafts(number)}."

    def _complete(self) -> str:
        if self.complete == 0:
            return "none is complete"
        return (
            "1 is complete and stays with its version"
            if self.complete == 1
            else f"{self.complete:,} are complete and stay with their version"
        )

    def _drafts(self, number: int) -> str:
        if self.drafts == 0:
            return ""
        return (
            f"; 1 draft follows to version {number}"
            if self.drafts == 1
            else f"; {self.drafts:,} drafts follow to version {number}"
        )


def effects_from(form: Form, first_day: date) -> Effects:
    cases = _cases(form).filter(event_date__gte=first_day)
    complete = Count("pk", filter=Q(status__in=COUNTED))
    counts = cases.aggregate(complete=complete, drafts=Count("pk", filter=Q(status=CaseStatus.IN_PROGRESS)))
    return Effects(first_day, counts["complete"], counts["drafts"])


def _cases(form: Form) -> QuerySet[Case]:
    return Case.objects.filter(collaborative_id=form.collaborative_id, form_version__form=form)


@dataclass(frozen=True)
class Burden:
    """How much a version asks: of all questions, and in a typical case. None without complete cases."""

    number: int
    questions: int
    needed: int
    typical: float | None


def burdens(versions: Sequence[FormVersion]) -> list[Burden]:
    """Of each version, over the same recent complete cases, so that they can be compared (CO-6)."""
    if not versions:
        return []
    recent = _cases(versions[0].form).filter(status__in=COUNTED).order_by("-event_date", "-pk")
    stored = list(recent.values_list("answers", "missing")[:RECENT])
    return [_burden(version, stored) for version in versions]


def _burden(version: FormVersion, stored: Sequence[tuple[dict[str, object], dict[str, object]]]) -> Burden:
    spec = version.definition
    asked = [variable for variable in spec.variables if not variable.calculation]
    return Burden(
        number=version.number,
        questions=len(asked),
        needed=sum(variable.required or bool(variable.required_if) for variable in asked),
        typical=median(counts) if (counts := list(_asked(spec, asked, stored))) else None,
    )


def _asked(
    spec: FormSpec, questions: Sequence[VariableSpec], stored: Sequence[tuple[dict[str, object], dict[str, object]]]
) -> Iterator[int]:
    for answers, missing in stored:
        try:
            unseen = hidden(spec, from_json(spec, answers, missing))
        except StoredAnswerError:  # an answer of another type: the version cannot be published
            continue
        yield sum(variable.name not in unseen for variable in questions)


@dataclass(frozen=True)
class CodeUse:
    """A code that a version takes away, and how many cases say it."""

    variable: str
    label: str
    code: str
    cases: int

    @property
    def count(self) -> str:
        return f"more than {MOST_COUNTED:,}" if self.cases > MOST_COUNTED else f"{self.cases:,}"


def lost_codes(form: Form, old: FormSpec, new: FormSpec) -> list[CodeUse]:
    """Codes that cases say and that cannot be said any more."""
    return [use for use in _code_uses(form, old, new) if use.cases]


def _code_uses(form: Form, old: FormSpec, new: FormSpec) -> Iterator[CodeUse]:
    for before in old.variables:
        after = new.by_name.get(before.name)
        gone = [code for code in before.codes if after is not None and code.value not in after.code_labels]
        for code in gone:
            many = before.type is VariableType.MANY_OF
            says = {f"answers__{before.name}__contains" if many else f"answers__{before.name}": code.value}
            found = _cases(form).filter(**says).order_by()[: MOST_COUNTED + 1].count()
            yield CodeUse(before.name, code.label, code.value, found)
