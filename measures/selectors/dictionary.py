"""The data dictionary: every question of a form version, as people read it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.http import Http404

from measures.definition.difference import TYPE_WORDS, Difference, changed_variables, difference, range_words
from measures.definition.spec import Code, FormSpec, Section, VariableSpec, VariableType
from measures.enums import UNPUBLISHED, VersionStatus
from measures.models import Form, FormVersion
from measures.selectors.consequences import Reader, readers_of
from measures.selectors.definitions import forms_of, merged
from measures.selectors.files import FORMATS
from privacy.roles import Permission
from privacy.viewer import Viewer


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
    since: str = ""
    used_in: tuple[Reader, ...] = ()


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
    formats: tuple[tuple[str, str], ...] = ()

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
    shown = _Shown(
        search=search.strip().casefold(),
        since=_since([each for each in versions if each.number <= wanted.number]),
        readers=readers_of(chosen, merged(tuple(each.definition for each in versions))),
    )
    return DictionaryPage(
        forms=forms,
        form=chosen,
        version=wanted,
        versions=versions,
        sections=tuple(_sections(wanted.definition, shown)),
        search=search.strip(),
        formats=tuple(FORMATS.items()),
    )


@dataclass(frozen=True)
class _Shown:
    """What is said of a question beside its own words."""

    search: str
    since: Mapping[str, str]
    readers: Sequence[Reader]


def _since(versions: Sequence[FormVersion]) -> dict[str, str]:
    """The last version that made or changed a question; nothing for those that are as they were in the first."""
    since: dict[str, str] = {}
    for before, after in pairwise(versions):
        for name in changed_variables(before.definition, after.definition):
            is_new = name not in before.definition.by_name
            since[name] = f"{'new' if is_new else 'changed'} in version {after.number}"
    return since


def _sections(spec: FormSpec, shown: _Shown) -> Iterator[SectionEntries]:
    for section in spec.sections:
        found = [each for each in spec.in_section(section.name) if _matches(each, section, shown.search)]
        entries = tuple(_entry(each, shown) for each in found)
        if entries:
            yield SectionEntries(name=section.name, label=section.label, entries=entries)


def _matches(variable: VariableSpec, section: Section, search: str) -> bool:
    words = (variable.name, variable.label, variable.definition, section.label, *variable.aliases)
    labels = (code.label for code in variable.codes)
    return not search or any(search in word.casefold() for word in (*words, *labels))


def _entry(variable: VariableSpec, shown: _Shown) -> Entry:
    return Entry(
        name=variable.name,
        label=variable.label,
        type=TYPE_WORDS[variable.type],
        units=variable.units,
        codes=variable.codes or (_yes_no() if variable.type is VariableType.YES_NO else ()),
        limits=tuple(range_words(variable.range)),
        asked=tuple(_asked(variable)),
        missing=", ".join(kind.label for kind in variable.missing),
        definition=variable.definition,
        scenarios=variable.scenarios,
        aliases=", ".join(variable.aliases),
        since=shown.since.get(variable.name, ""),
        used_in=tuple(each for each in shown.readers if variable.name in each.variables),
    )


def _yes_no() -> tuple[Code, ...]:
    return Code(value="1", label="Yes"), Code(value="0", label="No")


def _asked(variable: VariableSpec) -> Iterator[str]:
    if variable.calculation:
        yield f"Calculated: {variable.calculation}"
    if variable.required:
        yield "Needed for a complete case"
    if variable.required_if:
        yield f"Needed if {variable.required_if}"
    if variable.show_if:
        yield f"Asked if {variable.show_if}"


@dataclass(frozen=True)
class DifferencePage:
    """Two versions of a form, side by side."""

    form: Form
    versions: tuple[FormVersion, ...]
    old: FormVersion
    new: FormVersion
    difference: Difference

    @property
    def old_label(self) -> str:
        return f"Version {self.old.number}"

    @property
    def new_label(self) -> str:
        return f"Version {self.new.number}"


def difference_page(viewer: Viewer, slug: str, *, old: str, new: str) -> DifferencePage | None:
    """The newest two unless others are wanted; None while there is only one. Drafts only for who may edit them."""
    versions = FormVersion.objects.filter(collaborative_id=viewer.collaborative_id, form__slug=slug)
    if not viewer.can(Permission.DEFINITION_EDIT):
        versions = versions.exclude(status__in=UNPUBLISHED)
    found = list(versions.exclude(status=VersionStatus.DISCARDED).select_related("form").order_by("number"))
    if not found:
        raise Http404("There is no such form here.")
    later = next((each for each in found if str(each.number) == new), found[-1])
    before = [each for each in found if each.number < later.number]
    earlier = next((each for each in found if str(each.number) == old), before[-1] if before else None)
    if earlier is None or earlier.pk == later.pk:
        return None
    compared = difference(earlier.definition, later.definition)
    return DifferencePage(later.form, tuple(found), earlier, later, compared)
