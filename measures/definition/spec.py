"""What a collaborative measures, as plain values: forms, variables, measures, risk models.

Nothing here knows Django. The same values come out of a definition file, out of a REDCap
dictionary and out of the database, and go into the form, the import and the release.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from measures.definition.canonical import digest_of


Value = bool | int | Decimal | str | date | time | datetime | tuple[str, ...]


class VariableType(StrEnum):
    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    YES_NO = "yes_no"
    ONE_OF = "one_of"
    MANY_OF = "many_of"


class MissingKind(StrEnum):
    """Why a question that was answered has no value. "Not yet answered" is no answer at all."""

    UNKNOWN = "unknown"
    NOT_DOCUMENTED = "not_documented"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class IdentifierClass(StrEnum):
    NONE = "none"
    DATE = "date"
    LOCAL_REFERENCE = "local_reference"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class MeasureKind(StrEnum):
    PROPORTION = "proportion"
    RATE = "rate"
    CONTINUOUS = "continuous"
    RATIO = "ratio"

    @property
    def is_per_value(self) -> bool:
        """Whether it is events by what each case adds up: exposure, or expectation."""
        return self in {MeasureKind.RATE, MeasureKind.RATIO}


class Average(StrEnum):
    """How a continuous measure compares hospitals: by the ratio of geometric means, or the difference of means."""

    GEOMETRIC = "geometric"
    ARITHMETIC = "arithmetic"


class MeasureSource(StrEnum):
    """Where its figures come from: counted from cases, or supplied for each hospital as sums."""

    CASES = "cases"
    AGGREGATE = "aggregate"


class Domain(StrEnum):
    STRUCTURE = "structure"
    PROCESS = "process"
    OUTCOME = "outcome"
    BALANCING = "balancing"


class Direction(StrEnum):
    LOWER = "lower"
    HIGHER = "higher"


class Chart(StrEnum):
    SORTED_DOTS = "sorted_dots"
    FUNNEL = "funnel"
    TREND = "trend"


class CovariateKind(StrEnum):
    YES_NO = "yes_no"
    CATEGORY = "category"
    LINEAR = "linear"
    SPLINE = "spline"
    SQUARE = "square"


class MissingRule(StrEnum):
    """What a risk model does with a case that lacks a covariate."""

    INDICATOR = "indicator"
    EXCLUDE = "exclude"


class DateOrder(StrEnum):
    MONTH_FIRST = "mdy"
    DAY_FIRST = "dmy"
    YEAR_FIRST = "ymd"


class CaseNumberSource(StrEnum):
    COLUMN = "column"
    BY_ROW = "by_row"


@dataclass(frozen=True, kw_only=True)
class Code:
    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Range:
    """Bounds that no value may pass (hard), and bounds beyond which a reason is asked (soft)."""

    hard_min: Value | None = None
    hard_max: Value | None = None
    soft_min: Value | None = None
    soft_max: Value | None = None


@dataclass(frozen=True, kw_only=True)
class VariableSpec:
    name: str
    label: str
    type: VariableType
    section: str
    units: str = ""
    codes: tuple[Code, ...] = ()
    range: Range = field(default_factory=Range)
    required: bool = False
    required_if: str | None = None
    show_if: str | None = None
    calculation: str | None = None
    definition: str = ""
    scenarios: tuple[str, ...] = ()
    missing: tuple[MissingKind, ...] = ()
    identifier: IdentifierClass = IdentifierClass.NONE
    tier: int = 2
    aliases: tuple[str, ...] = ()

    @cached_property
    def code_labels(self) -> Mapping[str, str]:
        return {code.value: code.label for code in self.codes}


@dataclass(frozen=True, kw_only=True)
class Section:
    name: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A check over several answers. `when` describes what is wrong: true makes a finding."""

    name: str
    when: str
    severity: Severity
    message: str
    remedy: str
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ImportDefaults:
    constants: Mapping[str, Value] = field(default_factory=dict)
    case_number: CaseNumberSource = CaseNumberSource.COLUMN
    case_number_aliases: tuple[str, ...] = ()
    hospital_aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FormSpec:
    """One version of one form."""

    slug: str
    name: str
    case_noun: str
    case_noun_plural: str
    event_date: str
    sections: tuple[Section, ...]
    variables: tuple[VariableSpec, ...]
    rules: tuple[Rule, ...] = ()
    imports: ImportDefaults = field(default_factory=ImportDefaults)

    @cached_property
    def by_name(self) -> Mapping[str, VariableSpec]:
        return {variable.name: variable for variable in self.variables}

    def variable(self, name: str) -> VariableSpec:
        return self.by_name[name]

    def in_section(self, section: str) -> tuple[VariableSpec, ...]:
        return tuple(variable for variable in self.variables if variable.section == section)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything above: two forms with one digest ask and check the same."""
        return digest_of(self)

    def __hash__(self) -> int:
        return hash(self.digest)


@dataclass(frozen=True, kw_only=True)
class FormVersionSpec:
    number: int
    effective_from: date
    effective_to: date | None
    note: str
    form: FormSpec

    def in_force_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


@dataclass(frozen=True, kw_only=True)
class FormHistory:
    """A form and its versions, oldest first."""

    slug: str
    versions: tuple[FormVersionSpec, ...]

    def version_on(self, day: date) -> FormVersionSpec | None:
        return next((version for version in self.versions if version.in_force_on(day)), None)

    @property
    def latest(self) -> FormVersionSpec:
        return self.versions[-1]

    @cached_property
    def merged(self) -> FormSpec:
        return merge_versions([version.form for version in self.versions])


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    name: str
    label: str
    when: str


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What is to be reached. `target` is in the measure's own unit; a proportion is 0 to 1."""

    statement: str
    measure: str | None = None
    target: Decimal | None = None
    by: date | None = None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What the coordinating centre supplies of each hospital and period for an aggregate measure: two sums, in words.

    `expected`: also how many of the numerator the supplier's own model expects of that hospital's patients.
    """

    numerator: str
    denominator: str
    expected: bool = False


@dataclass(frozen=True, kw_only=True)
class MeasureSpec:
    """A measure of one form, or of supplied figures. See evaluate.py for what a case becomes under it."""

    slug: str
    name: str
    short_name: str
    kind: MeasureKind
    domain: Domain
    direction: Direction
    form: str = ""  # none where figures are supplied
    population: str = "true"
    exclusions: tuple[Exclusion, ...] = ()
    numerator: str | None = None
    value: str | None = None
    unit_noun: str = "cases"
    stratifiers: tuple[str, ...] = ()
    risk_model: str | None = None
    minimum_cases: int = 11
    chart: Chart = Chart.SORTED_DOTS
    aim: Aim | None = None
    why_it_matters: str = ""
    evidence: str = ""
    what_you_can_do: tuple[str, ...] = ()
    author: str = ""
    checker: str = ""
    reviewed_on: date | None = None
    next_review_on: date | None = None
    source: MeasureSource = MeasureSource.CASES
    figures: Figures | None = None
    value_unit: str = ""  # of the value, in the plural: minutes, line days
    per: int = 1  # a rate is told per so many of its unit
    decimals: int = 1  # of the own value; what peers see is coarser
    average: Average = Average.GEOMETRIC

    @property
    def has_value(self) -> bool:
        """Whether cases carry a number besides yes or no."""
        return self.kind is not MeasureKind.PROPORTION

    @property
    def smallest_value(self) -> float:
        """Half of the last decimal: what stands for 0 or less where a logarithm is taken."""
        return 0.5 * 10.0**-self.decimals

    @property
    def is_aggregate(self) -> bool:
        return self.source is MeasureSource.AGGREGATE

    @property
    def is_adjusted(self) -> bool:
        """Whether hospitals are compared with what is expected of their own patients."""
        return bool(self.risk_model) or (self.figures is not None and self.figures.expected)


@dataclass(frozen=True, kw_only=True)
class Covariate:
    variable: str
    kind: CovariateKind
    reference: str | None = None
    centre: Decimal | None = None
    scale: Decimal | None = None
    knots: tuple[Decimal, ...] = ()

    @property
    def name(self) -> str:
        return self.variable


@dataclass(frozen=True, kw_only=True)
class RiskModelSpec:
    """What is expected of a hospital's patients. Its population is that of the measure it predicts (ADR 16)."""

    slug: str
    name: str
    form: str
    method: str
    outcome: str
    covariates: tuple[Covariate, ...]
    missing_rule: MissingRule = MissingRule.INDICATOR
    reviewed_on: date | None = None
    next_review_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Policy:
    minimum_cases: int = 11
    minimum_peers: int = 5
    due_days: int = 60


@dataclass(frozen=True, kw_only=True)
class CollaborativeSpec:
    slug: str
    name: str
    specialty: str
    time_zone: str
    date_order: DateOrder
    confidentiality_footer: str
    aim: Aim | None = None
    policy: Policy = field(default_factory=Policy)


@dataclass(frozen=True, kw_only=True)
class Definition:
    collaborative: CollaborativeSpec
    forms: tuple[FormHistory, ...]
    measures: tuple[MeasureSpec, ...]
    risk_models: tuple[RiskModelSpec, ...]

    def form(self, slug: str) -> FormHistory:
        return next(form for form in self.forms if form.slug == slug)

    def measures_of(self, form: str) -> tuple[MeasureSpec, ...]:
        return tuple(measure for measure in self.measures if measure.form == form)


def merge_versions(versions: Sequence[FormSpec]) -> FormSpec:
    """One form that understands the cases of all its versions, given oldest first.

    Measures are compiled against it: a variable that a version did not ask is missing in that
    version's cases, never "no". Codes are joined; all else is as the latest version says.
    """
    latest = versions[-1]
    variables: dict[str, VariableSpec] = {}
    for form in versions:
        for variable in form.variables:
            earlier = variables.get(variable.name)
            labels = {**(earlier.code_labels if earlier else {}), **variable.code_labels}
            codes = tuple(Code(value=value, label=label) for value, label in labels.items())
            variables[variable.name] = replace(variable, codes=codes)
    sections = {section.name: section for form in versions for section in form.sections}
    return replace(latest, sections=tuple(sections.values()), variables=tuple(variables.values()))
