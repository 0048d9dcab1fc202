"""A definition file between reading and checking: its parts, with their places."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from measures.definition.build import (
    Placed,
    Reader,
    build_collaborative,
    build_measure,
    build_risk_model,
    build_rule,
    build_section,
    build_variable,
    constant,
)
from measures.definition.errors import ValueProblem, did_you_mean
from measures.definition.spec import (
    CaseNumberSource,
    CollaborativeSpec,
    Definition,
    FormHistory,
    FormSpec,
    FormVersionSpec,
    ImportDefaults,
    MeasureSpec,
    RiskModelSpec,
    Rule,
    Section,
    Value,
    VariableSpec,
)
from measures.definition.yaml_source import Path, Source


Spec = TypeVar("Spec", VariableSpec, Rule)


@dataclass(frozen=True)
class Version:
    number: int
    effective_from: date
    effective_to: date | None
    note: str


@dataclass(frozen=True)
class DraftForm:
    reader: Reader
    slug: str
    event_date: str
    versions: tuple[Placed[Version], ...]
    sections: tuple[Placed[Section], ...]
    variables: tuple[Placed[VariableSpec], ...]
    rules: tuple[Placed[Rule], ...]
    # Names whose entry is wrong in shape: references to them are not reported a second time.
    broken_names: frozenset[str]

    @property
    def path(self) -> Path:
        return self.reader.path

    def form(self, version: int) -> FormSpec:
        reader = self.reader
        variables = tuple(placed.spec for placed in self.variables if placed.is_in(version))
        asked = {variable.section for variable in variables}
        return FormSpec(
            slug=self.slug,
            name=reader.text("name"),
            case_noun=reader.text("case_noun"),
            case_noun_plural=reader.text("case_noun_plural"),
            event_date=self.event_date,
            # A section that a later version begins must not change the versions published before it.
            sections=tuple(placed.spec for placed in self.sections if placed.spec.name in asked),
            variables=variables,
            rules=tuple(placed.spec for placed in self.rules if placed.is_in(version)),
            imports=self._imports(version),
        )

    def _imports(self, version: int) -> ImportDefaults:
        reader = self.reader.into("import")
        variables = {placed.spec.name: placed.spec for placed in self.variables if placed.is_in(version)}
        constants: dict[str, Value] = {}
        for name in reader.into("constants").mapping:
            if name in variables:
                constants.update(_constant(reader.into("constants"), variables[name]))
            elif name not in {placed.spec.name for placed in self.variables} | self.broken_names:
                message = f'"{name}" is not a variable of this form.'
                reader.source.add((*reader.path, "constants", name), message, did_you_mean(name, list(variables)))
        return ImportDefaults(
            constants=constants,
            case_number=reader.word("case_number", CaseNumberSource, CaseNumberSource.COLUMN),
            case_number_aliases=reader.texts("case_number_aliases"),
            hospital_aliases=reader.texts("hospital_aliases"),
        )

    def history(self) -> FormHistory:
        versions = sorted((placed.spec for placed in self.versions), key=lambda version: version.effective_from)
        return FormHistory(
            slug=self.slug,
            versions=tuple(
                FormVersionSpec(
                    number=version.number,
                    effective_from=version.effective_from,
                    effective_to=version.effective_to,
                    note=version.note,
                    form=self.form(version.number),
                )
                for version in versions
            ),
        )


@dataclass(frozen=True)
class Draft:
    source: Source
    collaborative: Placed[CollaborativeSpec]
    forms: dict[str, DraftForm]
    measures: dict[str, Placed[MeasureSpec]]
    risk_models: dict[str, Placed[RiskModelSpec]]
    # All slugs of the file, with those whose entry is wrong in shape.
    known: dict[str, list[str]] = field(default_factory=dict)

    def definition(self) -> Definition:
        return Definition(
            collaborative=self.collaborative.spec,
            forms=tuple(form.history() for form in self.forms.values()),
            measures=tuple(placed.spec for placed in self.measures.values()),
            risk_models=tuple(placed.spec for placed in self.risk_models.values()),
        )


def read_draft(source: Source) -> Draft:
    top = Reader(source, ())
    collaborative = build_collaborative(top.into("collaborative"))
    measures = {
        slug: Placed(reader.path, build_measure(reader, slug, collaborative.policy))
        for slug, reader in _sound(top, "measures")
    }
    return Draft(
        source=source,
        collaborative=Placed(("collaborative",), collaborative),
        forms={str(reader.path[-1]): _read_form(reader) for reader in top.children("forms")},
        measures=measures,
        risk_models={
            slug: Placed(reader.path, build_risk_model(reader, slug)) for slug, reader in _sound(top, "risk_models")
        },
        known={key: list(top.into(key).mapping) for key in ("forms", "measures", "risk_models")},
    )


def _sound(top: Reader, key: str) -> Iterator[tuple[str, Reader]]:
    return ((str(reader.path[-1]), reader) for reader in top.children(key) if reader.is_sound)


def _read_form(reader: Reader) -> DraftForm:
    variables = list(reader.children("variables"))
    return DraftForm(
        reader=reader,
        slug=str(reader.path[-1]),
        event_date=reader.text("event_date"),
        versions=tuple(_read_versions(reader)),
        sections=tuple(Placed(item.path, build_section(item)) for item in reader.children("sections") if item.is_sound),
        variables=tuple(_in_versions(item, build_variable(item)) for item in variables if item.is_sound),
        rules=tuple(_in_versions(item, build_rule(item)) for item in reader.children("rules") if item.is_sound),
        broken_names=frozenset(item.text("name") for item in variables if not item.is_sound),
    )


def _read_versions(form: Reader) -> Iterator[Placed[Version]]:
    for reader in form.children("versions"):
        start = reader.date("effective_from")
        if reader.is_sound and start is not None:
            end = reader.date("effective_to")
            yield Placed(reader.path, Version(reader.number("number", 1), start, end, reader.text("note")))


def _in_versions(reader: Reader, spec: Spec) -> Placed[Spec]:
    last = reader.number("to_version", 0)
    return Placed(reader.path, spec, reader.number("from_version", 1), last or None)


def _constant(reader: Reader, variable: VariableSpec) -> dict[str, Value]:
    try:
        value = constant(variable, reader.mapping[variable.name])
    except ValueProblem as problem:
        reader.source.add((*reader.path, variable.name), problem.message, problem.remedy)
        return {}
    return {} if value is None else {variable.name: value}
