"""The data-quality page of one hospital: its figures beside the programme's middle, its questions, what looks odd."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse

from cases.quality.definition.figures import Answered, Figures, percent_of, share, statement
from cases.quality.models import Anomaly, ProgrammeMedians, QualityFigures
from cases.quality.selectors.reading import figures_of
from collaboratives.models import Collaborative, Participation
from measures.definition.spec import FormSpec
from measures.selectors.definitions import merged_spec
from privacy.viewer import Viewer
from ui.parts import Kind


@dataclass(frozen=True, kw_only=True)
class FigureRow:
    """One figure: what it is, its value, the counts behind it, and the middle hospital."""

    label: str
    value: str
    behind: str
    middle: str = ""
    compared: bool = True


@dataclass(frozen=True, kw_only=True)
class CycleRow:
    name: str
    first_day: date
    last_day: date
    figures: Figures
    completeness: str
    timeliness: str
    by_lock: str
    capture: str


@dataclass(frozen=True, kw_only=True)
class QuestionRow:
    """How often a question was answered, and the four ways in which it was not."""

    label: str
    answered: Answered
    known: str


@dataclass(frozen=True, kw_only=True)
class OddRow:
    """What a rule found, with the numbers behind it."""

    rule: str
    kind: Kind
    reason: str
    numbers: tuple[tuple[str, str], ...]
    first_day: date
    last_day: date
    found_at: datetime
    gone_at: datetime | None
    question_url: str


@dataclass(frozen=True, kw_only=True)
class FormQuality:
    name: str
    slug: str
    first_day: date
    last_day: date
    statement: str
    figures: tuple[FigureRow, ...]
    cycles: tuple[CycleRow, ...]
    questions: tuple[QuestionRow, ...]
    odd: tuple[OddRow, ...]


@dataclass(frozen=True, kw_only=True)
class HospitalPage:
    name: str
    public_id: UUID
    due_days: int
    forms: tuple[FormQuality, ...]
    computed_at: datetime | None


def hospital_page(viewer: Viewer, collaborative: Collaborative, hospital: Participation) -> HospitalPage:
    found = QualityFigures.objects.filter(participation=hospital).select_related("form", "cycle")
    rows = list(found.order_by("form", "-first_day", "pk"))
    medians = {each.form_id: each for each in ProgrammeMedians.objects.filter(collaborative=collaborative)}
    odd = _odd(viewer, hospital)
    forms: dict[int, list[QualityFigures]] = {}
    for row in rows:
        forms.setdefault(row.form_id, []).append(row)
    return HospitalPage(
        name=hospital.site.name,
        public_id=hospital.public_id,
        due_days=collaborative.due_days,
        forms=tuple(_form(each, medians.get(key), odd.get(key, ())) for key, each in forms.items()),
        computed_at=min((row.computed_at for row in rows), default=None),
    )


def own_hospital(viewer: Viewer) -> Participation | None:
    found = Participation.objects.filter(pk=viewer.participation_id or 0)
    return found.select_related("site").first()


def hospital_for(viewer: Viewer, public_id: UUID) -> Participation | None:
    found = Participation.objects.filter(collaborative_id=viewer.collaborative_id, public_id=public_id)
    return found.select_related("site").first()


def _form(rows: Sequence[QualityFigures], medians: ProgrammeMedians | None, odd: Sequence[OddRow]) -> FormQuality:
    year = next(row for row in rows if row.cycle_id is None)
    figures, spec = figures_of(year), merged_spec(year.form)
    return FormQuality(
        name=year.form.name,
        slug=year.form.slug,
        first_day=year.first_day,
        last_day=year.last_day,
        statement=" · ".join(statement(figures)),
        figures=tuple(_figures(figures, medians or ProgrammeMedians())),
        cycles=tuple(_cycle(row) for row in rows if row.cycle),
        questions=tuple(_questions(figures, spec)),
        odd=tuple(odd),
    )


def _figures(own: Figures, middle: ProgrammeMedians) -> Iterator[FigureRow]:
    yield FigureRow(
        label="Completeness",
        value=percent_of(own.completeness) or "no complete case",
        behind=f"{own.known:,} of {own.required:,} required answers are known",
        middle=percent_of(middle.completeness),
    )
    yield FigureRow(
        label="Answered",
        value=percent_of(share(own.answered, own.asked)) or "no cases",
        behind=f"{own.answered:,} of {own.asked:,} questions, drafts too; “unknown” is an answer here",
        compared=False,
    )
    yield FigureRow(
        label="Complete by the due date",
        value=percent_of(own.timeliness) or "no case is due yet",
        behind=f"{own.on_time:,} of {own.due:,} cases that are due",
        middle=percent_of(middle.timeliness),
    )
    yield FigureRow(
        label="Days from event to completion",
        value=days_words(own.median_days) or "no complete case",
        behind=f"median of {own.complete:,} complete cases",
        middle=days_words(middle.median_days),
    )
    yield from _outside(own, middle)


def _outside(own: Figures, middle: ProgrammeMedians) -> Iterator[FigureRow]:
    """What other people's records say: the log, the audit, the queries, the locks."""
    log = own.capture is not None
    yield FigureRow(
        label="Case capture",
        value=percent_of(own.capture) or "not known",
        behind=f"{own.captured:,} of {own.eligible:,} cases to be entered by the log"
        if log
        else "no case log of these days",
        middle=percent_of(middle.capture),
    )
    audited = own.audited_on is not None
    yield FigureRow(
        label="Last audit",
        value=f"{percent_of(own.agreement)} agreement" if audited else "not audited yet",
        behind=f"{own.agreeing:,} of {own.compared:,} fields, {own.audited_on:%-d %b %Y}" if audited else "",
        middle=percent_of(middle.agreement),
    )
    yield FigureRow(
        label="Open queries", value=f"{own.open_queries:,}", behind="about these cases, not closed", compared=False
    )
    yield FigureRow(
        label="Cases locked",
        value=f"{own.locked:,} of {own.cases:,}",
        behind=f"{own.complete:,} complete, {own.cases - own.complete:,} in progress",
        compared=False,
    )


def days_words(days: float | None) -> str:
    if days is None:
        return ""
    return f"{days:.1f}".removesuffix(".0") + (" day" if days == 1 else " days")


def _cycle(row: QualityFigures) -> CycleRow:
    figures = figures_of(row)
    return CycleRow(
        name=row.cycle.name if row.cycle else "",
        first_day=row.first_day,
        last_day=row.last_day,
        figures=figures,
        completeness=percent_of(figures.completeness),
        timeliness=percent_of(figures.timeliness),
        by_lock=percent_of(share(figures.by_lock, figures.lock_due)),
        capture=percent_of(figures.capture),
    )


def _questions(figures: Figures, spec: FormSpec) -> list[QuestionRow]:
    """Least known first; in the order of the form where they are alike."""
    order = {variable.name: place for place, variable in enumerate(spec.variables)}
    asked = [(name, each) for name, each in figures.questions.items() if each.asked and name in order]
    asked.sort(key=lambda pair: (pair[1].known / pair[1].asked, order[pair[0]]))
    return [
        QuestionRow(label=spec.variable(name).label, answered=each, known=percent_of(each.known / each.asked))
        for name, each in asked
    ]


def _odd(viewer: Viewer, hospital: Participation) -> Mapping[int, list[OddRow]]:
    found: dict[int, list[OddRow]] = {}
    rows = Anomaly.objects.filter(participation=hospital).select_related("question").order_by("-found_at", "-pk")
    for row in rows[:MOST_ODD]:
        found.setdefault(row.form_id, []).append(_odd_row(viewer, row))
    return found


MOST_ODD = 50


def _odd_row(viewer: Viewer, row: Anomaly) -> OddRow:
    question = row.question
    url = reverse("questions:question-detail", args=[viewer.collaborative_slug, question.public_id]) if question else ""
    return OddRow(
        rule=row.get_rule_display(),
        kind="" if row.gone_at else "warn",
        reason=row.reason,
        numbers=tuple((words, number) for words, number in row.numbers),
        first_day=row.first_day,
        last_day=row.last_day,
        found_at=row.found_at,
        gone_at=row.gone_at,
        question_url=url,
    )
