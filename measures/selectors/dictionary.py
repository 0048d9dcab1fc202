"""The data dictionary: every question of a form version, as people read it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from measures.definition.display import plain
from measures.definition.spec import Code, FormSpec, Section, Value, VariableSpec, VariableType
from measures.models import Form, FormVersion
from measures.selectors.definitions import forms_of


TYPE_WORDS = {
    VariableType.INTEGER: "whole number",
    VariableType.DECIMAL: "number",
    VariableType.TEXT: "text",
    VariableType.DATE: "date",
    VariableType.TIME: "time of day",
    VariableType.DATETIME: "date and time",
    VariableType.YES_NO: "yes or no",
    VariableType.ONE_OF: "one of",
    VariableType.MANY_OF: "several of",
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    name: str
    label: str
    type: str
    units: str
    codes: tuple[Code, ...]
    limits: tuple[str, ...]
    asked: tuple[str, ...]
    missing: str
    definition: str
    scenarios: tuple[str, ...]
    aliases: str


@dataclass(frozen=True, kw_only=True)
class SectionEntries:
    name: str
    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class DictionaryPage:
    forms: Sequence[Form]
    form: Form
    version: FormVersion
    versions: Sequence[FormVersion]
    sections: tuple[SectionEntries, ...]
    search: str

    @property
    def count(self) -> int:
        return sum(len(section.entries) for section in self.sections)


def dictionary_page(collaborative_id: int, *, form: str, version: str, search: str) -> DictionaryPage | None:
    """The wanted form and version, else the first form and its newest version; None while nothing is published."""
    forms = forms_of(collaborative_id)
    chosen = next((each for each in forms if each.slug == form), forms[0] if forms else None)
    if chosen is None:
        return None
    versions = list(chosen.versions.all())
    wanted = next((each for each in versions if str(each.number) == version), versions[-1])
    return DictionaryPage(
        forms=forms,
        form=chosen,
        version=wanted,
        versions=versions,
        sections=tuple(_sections(wanted.definition, search.strip().casefold())),
        search=search.strip(),
    )


def _sections(spec: FormSpec, search: str) -> Iterator[SectionEntries]:
    for section in spec.sections:
        entries = tuple(_entry(each) for each in spec.in_section(section.name) if _matches(each, section, search))
        if entries:
            yield SectionEntries(name=section.name, label=section.label, entries=entries)


def _matches(variable: VariableSpec, section: Section, search: str) -> bool:
    words = (variable.name, variable.label, variable.definition, section.label, *variable.aliases)
    labels = (code.label for code in variable.codes)
    return not search or any(search in word.casefold() for word in (*words, *labels))


def _entry(variable: VariableSpec) -> Entry:
    return Entry(
        name=variable.name,
        label=variable.label,
        type=TYPE_WORDS[variable.type],
        units=variable.units,
        codes=variable.codes or (_yes_no() if variable.type is VariableType.YES_NO else ()),
        limits=tuple(_limits(variable)),
        asked=tuple(_asked(variable)),
        missing=", ".join(kind.label for kind in variable.missing),
        definition=variable.definition,
        scenarios=variable.scenarios,
        aliases=", ".join(variable.aliases),
    )


def _yes_no() -> tuple[Code, ...]:
    return Code(value="1", label="Yes"), Code(value="0", label="No")


def _limits(variable: VariableSpec) -> Iterator[str]:
    bounds = variable.range
    if hard := _between(bounds.hard_min, bounds.hard_max):
        yield f"Possible: {hard}"
    if soft := _between(bounds.soft_min, bounds.soft_max):
        yield f"Usual: {soft}; beyond that a reason is asked"


def _between(low: Value | None, high: Value | None) -> str:
    if low is not None and high is not None:
        return f"{plain(low)} to {plain(high)}"
    if low is not None:
        return f"from {plain(low)}"
    return f"up to {plain(high)}" if high is not None else ""


def _asked(variable: VariableSpec) -> Iterator[str]:
    if variable.calculation:
        yield f"Calculated: {variable.calculation}"
    if variable.required:
        yield "Needed for a complete case"
    if variable.required_if:
        yield f"Needed if {variable.required_if}"
    if variable.show_if:
        yield f"Asked if {variable.show_if}"
