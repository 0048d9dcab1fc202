"""One question with everything that helps to answer it: the field in its context, its values, the thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from django.utils import timezone

from accounts.models import User
from cases.models import Case
from cases.questions.enums import Outcome, QuestionKind, QuestionState, Side, Step
from cases.questions.models import Message, Question
from cases.questions.selectors.ages import duration_in_words
from cases.questions.selectors.inbox import about, visible_to, waiting_words
from cases.questions.selectors.values import EarlierValue, changes_of, current_value, earlier_values, value_in_words
from cases.selectors.clock import in_zone
from collaboratives.models import Collaborative
from measures.definition.spec import FormSpec, Rule, VariableSpec
from privacy.viewer import Viewer


ViewedQuestion: TypeAlias = Question  # the name for views, which may hold a question but not look one up


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one person said or did."""

    who: str
    side: str
    did: str
    text: str
    at: datetime
    mine: bool


@dataclass(frozen=True, kw_only=True)
class QuestionPage:
    question: Question
    about: str
    waits: str
    outcome: str
    variable: VariableSpec | None
    case_is_complete: bool
    value: str
    earlier: tuple[EarlierValue, ...]
    changed_since: bool
    rule: Rule | None
    lines: tuple[Line, ...]
    promotable: bool

    @property
    def draft_is_open(self) -> bool:
        """Whether the version that the answer went to is still being written."""
        return self.question.promoted_to is not None and self.question.promoted_to.published_at is None

    @property
    def case(self) -> Case | None:
        return self.question.case


def question_for(viewer: Viewer, public_id: str) -> Question | None:
    """The question, when the viewer may know that it exists."""
    return (
        visible_to(viewer)
        .filter(public_id=public_id)
        .select_related(
            "case__collaborative",
            "form_version__form",
            "participation__site",
            "asked_by",
            "assigned_to",
            "promoted_by",
            "promoted_to",
        )
        .first()
    )


def question_page(viewer: Viewer, question: Question, collaborative: Collaborative) -> QuestionPage:
    spec = question.form_version.definition if question.form_version else None
    variable = spec.by_name.get(question.variable) if spec else None
    lines = tuple(_lines(question, viewer, collaborative))
    return QuestionPage(
        question=question,
        about=about(question),
        waits=waiting_words(question, viewer, timezone.now()),
        outcome=Outcome(question.outcome).label if question.outcome else "",
        variable=variable,
        case_is_complete=bool(question.case and question.case.completed_at),
        value=current_value(question),
        earlier=tuple(earlier_values(question)),
        changed_since=bool(question.case) and changes_of(question, since=question.asked_at).exists(),
        rule=_rule(spec, question.rule),
        lines=lines,
        promotable=_promotable(question, lines),
    )


def _rule(spec: FormSpec | None, name: str) -> Rule | None:
    return next((rule for rule in spec.rules if rule.name == name), None) if spec else None


def _promotable(question: Question, lines: tuple[Line, ...]) -> bool:
    """An answer of the centre about a variable, not yet in the manual."""
    answered = any(line.did == Step.ANSWER.label for line in lines)
    return answered and bool(question.variable) and question.promoted_at is None


def _lines(question: Question, viewer: Viewer, collaborative: Collaborative) -> Iterator[Line]:
    yield _line(
        question.asked_by,
        Side.HOSPITAL if question.kind == QuestionKind.QUESTION else Side.CENTRE,
        "asked" if question.kind == QuestionKind.QUESTION else "raised this query",
        question.text,
        in_zone(question.asked_at, collaborative),
        viewer,
    )
    for message in question.messages.select_related("written_by"):
        yield _line(
            message.written_by,
            Side(message.side),
            Step(message.step).label,
            message.text,
            in_zone(message.written_at, collaborative),
            viewer,
        )


def _line(who: User | None, side: Side, did: str, text: str, at: datetime, viewer: Viewer) -> Line:  # noqa: PLR0913,PLR0917
    name = who.full_name if who else "A rule of the form"
    mine = bool(who) and who is not None and who.pk == viewer.user_id
    return Line(who=name, side=side.label, did=did, text=text, at=at, mine=mine)


def proposed_scenario(question: Question, collaborative: Collaborative) -> str:
    """The centre's latest answer, with its day, as the scenario that it may become."""
    latest: Message | None = question.messages.filter(step=Step.ANSWER).order_by("-id").first()
    if latest is None:
        return ""
    return f"{latest.text} (Answer of the coordinating centre, {in_zone(latest.written_at, collaborative):%-d %b %Y}.)"


@dataclass(frozen=True, kw_only=True)
class AskedAbout:
    """The field of a case from which somebody asks."""

    variable: VariableSpec
    value: str


def asked_about(case: Case, name: str) -> AskedAbout | None:
    variable = case.form_version.definition.by_name.get(name)
    if variable is None:
        return None
    value = value_in_words(case.form_version.definition, name, case.answers.get(name), case.missing.get(name))
    return AskedAbout(variable=variable, value=value)


@dataclass(frozen=True, kw_only=True)
class CaseQuestion:
    public_id: str
    kind: str
    about: str
    excerpt: str
    waits: str


def questions_of_case(viewer: Viewer, case: Case) -> list[CaseQuestion]:
    """What is not closed, for the box of the case page; the oldest first."""
    found = visible_to(viewer).filter(case=case).exclude(state=QuestionState.CLOSED).order_by("asked_at", "id")
    now = timezone.now()
    return [
        CaseQuestion(
            public_id=each.public_id,
            kind=each.get_kind_display(),
            about=each.label or "The case as a whole",
            excerpt=each.text,
            waits=f"{waiting_words(each, viewer, now)}, asked {duration_in_words(now - each.asked_at)} ago",
        )
        for each in found
    ]
