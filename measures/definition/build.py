"""From the data of a definition file to specs, each with the place it came from.

Runs also over a file whose shape is wrong, so that all errors come out at once: what is wrong
in shape was already reported, is left out here, and its name counts as known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from measures.definition.errors import ValueProblem
from measures.definition.spec import (
    Aim,
    Average,
    Chart,
    Code,
    CollaborativeSpec,
    Covariate,
    CovariateKind,
    DateOrder,
    Direction,
    Domain,
    Exclusion,
    Figures,
    IdentifierClass,
    MeasureKind,
    MeasureSource,
    MeasureSpec,
    MissingKind,
    MissingRule,
    Policy,
    Range,
    RiskModelSpec,
    Rule,
    Section,
    Severity,
    Value,
    VariableSpec,
    VariableType,
)
from measures.definition.values import parse_value
from measures.definition.yaml_source import Data, Path, Source


Spec = TypeVar("Spec")
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class Placed(Generic[Spec]):
    """A spec, where it stands in the file, and the form versions it belongs to."""

    path: Path
    spec: Spec
    from_version: int = 1
    to_version: int | None = None

    def is_in(self, version: int) -> bool:
        return self.from_version <= version and (self.to_version is None or version <= self.to_version)


@dataclass(frozen=True)
class Reader:
    """The mapping at `path` of a file, read key by key."""

    source: Source
    path: Path

    @property
    def mapping(self) -> dict[str, Data]:
        found = self.source.at(self.path)
        return found if isinstance(found, dict) else {}

    @property
    def is_sound(self) -> bool:
        return isinstance(self.source.at(self.path), dict) and not self.source.has_errors(self.path)

    def into(self, key: str) -> "Reader":
        return Reader(self.source, (*self.path, key))

    def children(self, key: str) -> Iterator["Reader"]:
        """The mappings in the list or mapping at `key`."""
        found = self.mapping.get(key)
        steps = range(len(found)) if isinstance(found, list) else found if isinstance(found, dict) else ()
        for step in steps:
            yield Reader(self.source, (*self.path, key, step))

    def text(self, key: str, default: str = "") -> str:
        found = self.mapping.get(key)
        return found.strip() if isinstance(found, str) else default

    def optional(self, key: str) -> str | None:
        return self.text(key) or None

    def texts(self, key: str) -> tuple[str, ...]:
        found = self.mapping.get(key)
        return tuple(item.strip() for item in found if isinstance(item, str)) if isinstance(found, list) else ()

    def number(self, key: str, default: int) -> int:
        found = self.mapping.get(key)
        return found if isinstance(found, int) else default

    def decimal(self, key: str) -> Decimal | None:
        found = self.mapping.get(key)
        return Decimal(found) if isinstance(found, int | Decimal) else None

    def date(self, key: str) -> date | None:
        found = self.text(key)
        try:
            return date.fromisoformat(found) if found else None
        except ValueError:
            if not self.source.has_errors((*self.path, key)):
                self.source.add((*self.path, key), f'"{found}" is not a date.', "Write it as 2026-01-05.")
            return None

    def word(self, key: str, kind: type[Word], default: Word) -> Word:
        found = self.text(key, default.value)
        return kind(found) if found in [word.value for word in kind] else default


def build_collaborative(reader: Reader) -> CollaborativeSpec:
    policy = reader.into("policy")
    return CollaborativeSpec(
        slug=reader.text("slug"),
        name=reader.text("name"),
        specialty=reader.text("specialty"),
        time_zone=reader.text("time_zone"),
        date_order=reader.word("date_order", DateOrder, DateOrder.YEAR_FIRST),
        confidentiality_footer=reader.text("confidentiality_footer"),
        aim=build_aim(reader),
        policy=Policy(
            minimum_cases=policy.number("minimum_cases", Policy.minimum_cases),
            minimum_peers=policy.number("minimum_peers", Policy.minimum_peers),
            due_days=policy.number("due_days", Policy.due_days),
        ),
    )


def build_aim(parent: Reader) -> Aim | None:
    if "aim" not in parent.mapping:
        return None
    aim = parent.into("aim")
    return Aim(
        statement=aim.text("statement"),
        measure=aim.optional("measure"),
        target=aim.decimal("target"),
        by=aim.date("by"),
    )


def build_section(reader: Reader) -> Section:
    return Section(name=reader.text("name"), label=reader.text("label"))


def build_variable(reader: Reader) -> VariableSpec:
    kind = reader.word("type", VariableType, VariableType.TEXT)
    codes = reader.into("codes").mapping
    return VariableSpec(
        name=reader.text("name"),
        label=reader.text("label"),
        type=kind,
        section=reader.text("section"),
        units=reader.text("units"),
        codes=tuple(Code(value=value, label=str(label)) for value, label in codes.items()),
        range=_build_range(reader.into("range"), kind),
        required=reader.mapping.get("required") is True,
        required_if=reader.optional("required_if"),
        show_if=reader.optional("show_if"),
        calculation=reader.optional("calculation"),
        definition=reader.text("definition"),
        scenarios=reader.texts("scenarios"),
        missing=tuple(MissingKind(word) for word in reader.texts("missing")),
        identifier=reader.word("identifier", IdentifierClass, IdentifierClass.NONE),
        tier=reader.number("tier", 2),
        aliases=reader.texts("aliases"),
    )


def _build_range(reader: Reader, kind: VariableType) -> Range:
    bare = VariableSpec(name="bound", label="the bound", type=kind, section="")
    bounds: dict[str, Value | None] = {}
    if kind in (VariableType.ONE_OF, VariableType.MANY_OF):  # no value of theirs bounds others: form_semantics says so
        return Range(**{key: str(value) for key, value in reader.mapping.items()})
    for key in reader.mapping:
        try:
            bounds[key] = constant(bare, reader.mapping[key])
        except ValueProblem as problem:
            reader.source.add((*reader.path, key), problem.message, problem.remedy)
    return Range(**bounds)


def constant(variable: VariableSpec, data: Data) -> Value | None:
    """A value written in the file, as an abstractor would type it; ISO dates only."""
    text = ("1" if data else "0") if isinstance(data, bool) else str(data)
    value = parse_value(variable, text)
    if isinstance(value, MissingKind):
        raise ValueProblem(f'"{text}" is no value.', "Give a value, or leave the key out.")
    return value


def build_rule(reader: Reader) -> Rule:
    return Rule(
        name=reader.text("name"),
        when=reader.text("when"),
        severity=reader.word("severity", Severity, Severity.ERROR),
        message=reader.text("message"),
        remedy=reader.text("remedy"),
        variables=reader.texts("variables"),
    )


def build_measure(reader: Reader, slug: str, policy: Policy) -> MeasureSpec:
    return MeasureSpec(
        slug=slug,
        name=reader.text("name"),
        short_name=reader.text("short_name"),
        kind=reader.word("kind", MeasureKind, MeasureKind.PROPORTION),
        domain=reader.word("domain", Domain, Domain.OUTCOME),
        direction=reader.word("direction", Direction, Direction.LOWER),
        form=reader.text("form"),
        population=reader.text("population", "true"),
        exclusions=tuple(map(_build_exclusion, reader.children("exclusions"))),
        numerator=reader.optional("numerator"),
        value=reader.optional("value"),
        unit_noun=reader.text("unit_noun", "cases"),
        stratifiers=reader.texts("stratifiers"),
        risk_model=reader.optional("risk_model"),
        minimum_cases=reader.number("minimum_cases", policy.minimum_cases),
        chart=reader.word("chart", Chart, Chart.SORTED_DOTS),
        aim=build_aim(reader),
        why_it_matters=reader.text("why_it_matters"),
        evidence=reader.text("evidence"),
        what_you_can_do=reader.texts("what_you_can_do"),
        author=reader.text("author"),
        checker=reader.text("checker"),
        reviewed_on=reader.date("reviewed_on"),
        next_review_on=reader.date("next_review_on"),
        source=reader.word("source", MeasureSource, MeasureSource.CASES),
        figures=_build_figures(reader),
        value_unit=reader.text("value_unit"),
        per=reader.number("per", 1),
        decimals=reader.number("decimals", 1),
        average=reader.word("average", Average, Average.GEOMETRIC),
    )


def _build_figures(parent: Reader) -> Figures | None:
    if "figures" not in parent.mapping:
        return None
    figures = parent.into("figures")
    return Figures(
        numerator=figures.text("numerator"),
        denominator=figures.text("denominator"),
        expected=figures.mapping.get("expected") is True,
    )


def _build_exclusion(reader: Reader) -> Exclusion:
    return Exclusion(name=reader.text("name"), label=reader.text("label"), when=reader.text("when"))


def build_risk_model(reader: Reader, slug: str) -> RiskModelSpec:
    return RiskModelSpec(
        slug=slug,
        name=reader.text("name"),
        form=reader.text("form"),
        method=reader.text("method"),
        outcome=reader.text("outcome"),
        covariates=tuple(map(_build_covariate, reader.children("covariates"))),
        missing_rule=reader.word("missing_rule", MissingRule, MissingRule.INDICATOR),
        reviewed_on=reader.date("reviewed_on"),
        next_review_on=reader.date("next_review_on"),
    )


def _build_covariate(reader: Reader) -> Covariate:
    knots = reader.mapping.get("knots")
    return Covariate(
        variable=reader.text("variable"),
        kind=reader.word("kind", CovariateKind, CovariateKind.LINEAR),
        reference=reader.optional("reference"),
        centre=reader.decimal("centre"),
        scale=reader.decimal("scale"),
        knots=tuple(Decimal(knot) for knot in knots if isinstance(knot, int | Decimal))
        if isinstance(knots, list)
        else (),
    )
