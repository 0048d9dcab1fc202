"""A draft of a measure on real cases: case flow, what nobody can tell, examples, and what changes for hospitals."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, zip_longest
from math import exp
from time import perf_counter

from django.urls import reverse

from cases.models import Case
from collaboratives.models import Collaborative
from collaboratives.selectors.clock import today_of
from feedback.charts import Drawing
from feedback.enums import Outcome, Reading
from feedback.selectors.preview_chart import preview_funnel
from feedback.selectors.preview_counts import Group, Window, count_preview
from feedback.selectors.raw_reading import Counts, Rule, readings
from feedback.selectors.units import form_of
from measures.definition.answers import Answers, from_json
from measures.definition.display import format_value
from measures.definition.evaluate import NOT_IN_POPULATION, resolve_measure
from measures.definition.expression.nodes import names
from measures.definition.spec import Average, FormSpec, MeasureKind, MeasureSpec
from measures.models import MeasureVersion
from measures.selectors.definitions import counted_form
from privacy.roles import Permission
from privacy.viewer import Viewer, require


EXAMPLES, MOVES, MOST_MISSING = 5, 8, 8
COUNTING = {Outcome.MET, Outcome.NOT_MET}


@dataclass(frozen=True)
class FlowStep:
    label: str
    count: int
    left: int


@dataclass(frozen=True)
class Example:
    case_number: str
    hospital: str
    event_date: date
    url: str
    why: str


@dataclass(frozen=True)
class ExampleGroup:
    title: str
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Move:
    before: str
    after: str
    count: int


@dataclass(frozen=True)
class Change:
    """Against the version in use. Readings are None for kinds whose hospitals are not compared here."""

    number: int
    cases: int
    moves: tuple[Move, ...]
    hospitals: int | None
    readings: tuple[Move, ...]


@dataclass(frozen=True, kw_only=True)
class Preview:
    first_day: date
    last_day: date
    cases: int
    seconds: float
    steps: tuple[FlowStep, ...]
    cannot_tell: int
    missing: tuple[tuple[str, int], ...]
    denominator: int
    met: int
    result: str
    examples: tuple[ExampleGroup, ...]
    change: Change | None
    chart: Drawing | None


def closed_months(collaborative: Collaborative, months: int = 12) -> tuple[date, date]:
    """First and last day of the last months that are over where the collaborative is."""
    last = today_of(collaborative).replace(day=1) - timedelta(days=1)
    count = last.year * 12 + last.month - months
    return date(count // 12, count % 12 + 1, 1), last


def preview_of(viewer: Viewer, collaborative: Collaborative, version: MeasureVersion, spec: MeasureSpec) -> Preview:
    """What `spec` makes of the cases; `version` says of which form, and what it would follow.

    Raises
    ------
    ExpressionError, PreviewTooSlowError
        It cannot be shown; the message says why.
    """
    require(viewer, Permission.CASE_VIEW)
    begun = perf_counter()
    form, days, of_form = counted_form(version), closed_months(collaborative), version.form_id or 0
    before = version.measure.versions.filter(status="published", form_id=of_form).first()
    known = before.definition if before else None
    groups = count_preview(form, spec, known, Window(collaborative.pk, of_form, *days))
    told = _Told(viewer, spec, form, groups)
    minimum = max(spec.minimum_cases, collaborative.minimum_cases)
    change = told.change(before.number, before.definition, minimum) if before else None
    return told.preview(days, change, begun)


@dataclass(frozen=True)
class _Told:
    """The groups in words."""

    viewer: Viewer
    spec: MeasureSpec
    form: FormSpec
    groups: Sequence[Group]

    def preview(self, days: tuple[date, date], change: Change | None, begun: float) -> Preview:
        return Preview(
            first_day=days[0],
            last_day=days[1],
            cases=sum(group.cases for group in self.groups),
            steps=tuple(self.flow()),
            cannot_tell=self.count(Outcome.CANNOT_TELL),
            missing=tuple(self.missing()),
            denominator=self.count(*COUNTING),
            met=self.count(Outcome.MET),
            result=self.result(),
            examples=tuple(self.examples()),
            change=change,
            chart=self.chart(),
            seconds=perf_counter() - begun,
        )

    def count(self, *outcomes: Outcome) -> int:
        return sum(group.cases for group in self.groups if group.outcome in outcomes)

    def flow(self) -> Iterator[FlowStep]:
        left = sum(group.cases for group in self.groups)
        reasons: Counter[str] = Counter()
        for group in self.groups:
            reasons[group.reason] += group.cases
        labels = {
            NOT_IN_POPULATION: "Not in the population",
            **{each.name: each.label for each in self.spec.exclusions},
        }
        for name, label in labels.items():
            left -= reasons[name]
            yield FlowStep(label, reasons[name], left)
        unknown = self.count(Outcome.CANNOT_TELL)
        yield FlowStep("Cannot tell: an answer is missing", unknown, left - unknown)

    def missing(self) -> list[tuple[str, int]]:
        found: Counter[str] = Counter()
        for group in self.groups:
            if group.outcome == Outcome.CANNOT_TELL:
                found.update(dict.fromkeys(group.missing, group.cases))
        return [(self._label(name), count) for name, count in found.most_common(MOST_MISSING)]

    def _label(self, name: str) -> str:
        return self.form.variable(name).label if name in self.form.by_name else name

    def result(self) -> str:
        cases, total = self.count(*COUNTING), sum(group.total for group in self.groups)
        met = self.count(Outcome.MET)
        if not cases:
            return "No case is counted."
        if self.spec.kind is MeasureKind.PROPORTION:
            return f"{met:,} of {cases:,} {self.spec.unit_noun}: {100 * met / cases:.1f}%"
        if self.spec.kind is MeasureKind.CONTINUOUS:
            return self.typical(cases, total)
        if not total:
            return f"{met:,}, by nothing"
        return f"{met:,} by {total:,.1f} {self.spec.value_unit}: {form_of(self.spec).write(met / total)}"

    def typical(self, cases: int, total: float) -> str:
        """As a release averages; with a word where logarithms do not fit the values."""
        write = form_of(self.spec).write
        if self.spec.average is Average.ARITHMETIC:
            return f"Mean of {cases:,} cases: {write(total / cases)}"
        found = f"Geometric mean of {cases:,} cases: {write(exp(sum(group.logs for group in self.groups) / cases))}"
        below = sum(group.not_above_0 for group in self.groups)
        if not below:
            return found
        return f"{found}. {below:,} of them are 0 or less and stand for {write(self.spec.smallest_value)}: use the mean if there are many"

    def chart(self) -> Drawing | None:
        return preview_funnel(self.spec, self._sites(was=False).values())

    # Examples ---------------------------------------------------------------------------------------------------------

    def examples(self) -> Iterator[ExampleGroup]:
        chosen = {outcome: self._chosen(outcome) for outcome in Outcome}
        cases = self._cases([key for keys in chosen.values() for key in keys])
        why = {key: group for outcome in Outcome for group in self.groups for key in (group.first, group.last)}
        for outcome, keys in chosen.items():
            found = tuple(self._example(cases[key], why[key]) for key in keys if key in cases)
            yield ExampleGroup(self._title(outcome), self.count(outcome), found)

    def _chosen(self, outcome: Outcome) -> list[int]:
        """Up to five cases, of as many reasons and hospitals as there are."""
        by_reason: dict[object, list[int]] = {}
        for group in sorted(self.groups, key=lambda each: (each.reason, tuple(each.missing), each.first)):
            if group.outcome == outcome:
                by_reason.setdefault((group.reason, tuple(group.missing)), []).extend({group.first: 0, group.last: 0})
        rounds: Iterable[int | None] = chain.from_iterable(zip_longest(*by_reason.values()))
        return [key for key in rounds if key is not None][:EXAMPLES]

    def _cases(self, keys: Sequence[int]) -> dict[int, Case]:
        rows = Case.objects.filter(collaborative_id=self.viewer.collaborative_id).select_related("participation__site")
        return rows.in_bulk(keys)

    def _title(self, outcome: Outcome) -> str:
        if outcome is Outcome.MET and self.spec.numerator:
            return f"Counted ({self.spec.unit_noun})"
        return {Outcome.MET: "Counted", Outcome.NOT_MET: "Not counted", Outcome.EXCLUDED: "Left out"}.get(
            outcome, "Cannot tell"
        )

    def _example(self, case: Case, group: Group) -> Example:
        return Example(
            case_number=case.case_number,
            hospital=case.participation.site.name,
            event_date=case.event_date,
            url=reverse("cases:case-detail", args=[self.viewer.collaborative_slug, case.public_id]),
            why=self._why(from_json(self.form, case.answers, case.missing), group),
        )

    def _why(self, answers: Answers, group: Group) -> str:
        if group.outcome == Outcome.CANNOT_TELL:
            return f"Missing: {', '.join(map(self._label, group.missing))}"
        resolved = resolve_measure(self.spec, self.form)
        exclusions = dict(resolved.exclusions)
        read = {NOT_IN_POPULATION: resolved.population, **exclusions}.get(group.reason, resolved.numerator)
        said = [self._answer(answers, name) for name in self.form.by_name if read is not None and name in names(read)]
        label = self.reason(f"{group.outcome} {group.reason}")
        return f"{label}: {'; '.join(said)}" if said else label

    def _answer(self, answers: Answers, name: str) -> str:
        variable, value = self.form.variable(name), answers.values.get(name)
        if value is not None:
            return f"{variable.label} {format_value(variable, value)}"
        kind = answers.missing.get(name)
        return f"{variable.label} {kind.label.lower() if kind else 'not answered'}"

    def reason(self, outcome: str, spec: MeasureSpec | None = None) -> str:
        """`excluded asa_5` in words."""
        kind, _, name = outcome.partition(" ")
        labels = {each.name: each.label for each in (spec or self.spec).exclusions}
        if kind == Outcome.EXCLUDED:
            return "Not in the population" if name == NOT_IN_POPULATION else f"Left out, {labels.get(name, name)}"
        return {Outcome.MET.value: "Counted", Outcome.NOT_MET.value: "Not counted"}.get(kind, "Cannot tell")

    # Against the version in use ---------------------------------------------------------------------------------------

    def change(self, number: int, before: MeasureSpec, minimum: int) -> Change:
        moved: Counter[tuple[str, str]] = Counter()
        for group in self.groups:
            old, new = self.reason(group.was or "", before), self.reason(f"{group.outcome} {group.reason}")
            if old != new or (group.was or "").split(" ")[0] != group.outcome:
                moved[old, new] += group.cases
        turned = self._turned(before, minimum)
        return Change(
            number=number,
            cases=sum(moved.values()),
            moves=tuple(Move(*pair, count) for pair, count in moved.most_common(MOVES)),
            hospitals=None if turned is None else sum(turned.values()),
            readings=tuple(Move(*pair, count) for pair, count in (turned or Counter()).most_common()),
        )

    def _turned(self, before: MeasureSpec, minimum: int) -> "Counter[tuple[str, str]] | None":
        """Hospitals by the reading they had and the one they would have."""
        if {self.spec.kind, before.kind} != {MeasureKind.PROPORTION}:
            return None
        now, old = self._sites(was=False), self._sites(was=True)
        after = readings(now, Rule(self.spec.direction, minimum, is_mean=False))
        earlier = readings(old, Rule(before.direction, max(minimum, before.minimum_cases), is_mean=False))
        pairs = [
            (earlier.get(key, Reading.TOO_FEW).label, after.get(key, Reading.TOO_FEW).label) for key in {**now, **old}
        ]
        return Counter(pair for pair in pairs if pair[0] != pair[1])

    def _sites(self, *, was: bool) -> dict[int, Counts]:
        found: dict[int, Counts] = {}
        for group in self.groups:
            outcome = (group.was or "").split(" ")[0] if was else group.outcome
            if outcome in COUNTING:
                met = group.cases if outcome == Outcome.MET else 0
                found[group.hospital] = found.get(group.hospital, Counts()) + Counts(group.cases, met)
        return found
