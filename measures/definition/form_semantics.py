"""Checks the meaning of the forms of a definition file."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from measures.definition.build import Placed
from measures.definition.check import placeholders
from measures.definition.compiled import find_cycle
from measures.definition.draft import DraftForm, Version
from measures.definition.errors import did_you_mean, one_of
from measures.definition.expression.coerce import KINDS
from measures.definition.expression.errors import ExpressionError, UnknownVariableError
from measures.definition.expression.nodes import Kind, Node, names
from measures.definition.expression.resolve import calculation, condition
from measures.definition.spec import CaseNumberSource, FormSpec, Range, Rule, VariableSpec, VariableType
from measures.definition.yaml_source import Path, Source


CODED = (VariableType.ONE_OF, VariableType.MANY_OF)
RANGED = (
    VariableType.INTEGER,
    VariableType.DECIMAL,
    VariableType.DATE,
    VariableType.TIME,
    VariableType.DATETIME,
)
Item = TypeVar("Item")


def check_form(draft: DraftForm, source: Source) -> None:
    """Add to `source` what is wrong with a form in any of its versions."""
    _check_versions(draft, source)
    _check_sections(draft, source)
    for placed in draft.variables:
        _check_variable(placed, draft, source)
    numbers = [placed.spec.number for placed in draft.versions] or [1]
    _check_version_bounds(draft, source, numbers)
    for number in numbers:
        _FormChecker(draft, source, number).check()
    _check_types(draft, source)


def _check_versions(draft: DraftForm, source: Source) -> None:
    for first, second in pairwise(sorted(draft.versions, key=lambda placed: placed.spec.effective_from)):
        _check_successive(first.spec, second, source)
    for placed in draft.versions:
        version = placed.spec
        if version.effective_to is not None and version.effective_to < version.effective_from:
            message = (
                f"Version {version.number} ends ({version.effective_to}) before it begins ({version.effective_from})."
            )
            source.add((*placed.path, "effective_to"), message, "Correct one of the dates.")
    for twice in _repeated(draft.versions, lambda version: str(version.number)):
        source.add(twice.path, f"Version {twice.spec.number} is here twice.", "Number the versions 1, 2, 3.")


def _check_successive(first: Version, second: Placed[Version], source: Source) -> None:
    start = second.spec.effective_from
    if first.effective_to is None or first.effective_to >= start:
        end = f"ends on {first.effective_to}" if first.effective_to else "has no end"
        message = f"Version {second.spec.number} begins on {start}, and version {first.number} {end}: they overlap."
        remedy = (
            f"End version {first.number} on the day before: effective_to: {start.fromordinal(start.toordinal() - 1)}."
        )
        source.add((*second.path, "effective_from"), message, remedy)


def _check_sections(draft: DraftForm, source: Source) -> None:
    for twice in _repeated(draft.sections, lambda section: section.name):
        source.add(twice.path, f'Section "{twice.spec.name}" is here twice.', "Rename or remove one of them.")


def _repeated(items: Iterable[Placed[Item]], name: Callable[[Item], str]) -> Iterator[Placed[Item]]:
    """Those whose name an earlier one has, in a form version that both belong to."""
    seen: dict[str, list[Placed[Item]]] = defaultdict(list)
    for item in items:
        earlier = seen[name(item.spec)]
        if any(_share_a_version(item, other) for other in earlier):
            yield item
        earlier.append(item)


def _share_a_version(one: Placed[Item], other: Placed[Item]) -> bool:
    return one.is_in(other.from_version) or other.is_in(one.from_version)


def _check_version_bounds(draft: DraftForm, source: Source, numbers: Sequence[int]) -> None:
    parts: list[Placed[VariableSpec] | Placed[Rule]] = [*draft.variables, *draft.rules]
    for placed in parts:
        for key, number in (("from_version", placed.from_version), ("to_version", placed.to_version)):
            if number is not None and number not in (*numbers, 1):
                known = one_of([str(known) for known in numbers])
                source.add((*placed.path, key), f"There is no version {number} of this form.", f"Use {known}.")


def _check_types(draft: DraftForm, source: Source) -> None:
    """A name keeps its type, so that measures can read the cases of all versions."""
    first: dict[str, VariableSpec] = {}
    for placed in draft.variables:
        variable = first.setdefault(placed.spec.name, placed.spec)
        if variable.type is not placed.spec.type:
            message = f'"{variable.name}" is {variable.type} in one version and {placed.spec.type} in another.'
            source.add((*placed.path, "type"), message, "Give the changed variable a new name.")


def _check_variable(placed: Placed[VariableSpec], draft: DraftForm, source: Source) -> None:
    variable, path = placed.spec, placed.path
    sections = [section.spec.name for section in draft.sections]
    if variable.section not in sections and not source.has_errors((*draft.path, "sections")):
        remedy = did_you_mean(variable.section, sections)
        source.add((*path, "section"), f'There is no section "{variable.section}".', remedy)
    if variable.type in CODED and not variable.codes:
        source.add(path, f"{variable.name} is {variable.type} without codes.", 'Add `codes:`, such as {1: "Yes"}.')
    if variable.codes and variable.type not in CODED:
        message = f"{variable.name} is {variable.type}, which has no codes."
        source.add((*path, "codes"), message, "Make its type one_of or many_of, or remove the codes.")
    _check_range(placed, source)
    _check_derived(placed, source)


def _check_range(placed: Placed[VariableSpec], source: Source) -> None:
    variable, path = placed.spec, (*placed.path, "range")
    if variable.range != Range() and variable.type not in RANGED:
        source.add(path, f"{variable.name} is {variable.type}, which has no range.", "Remove the range.")
        return
    bounds = [(key, value) for key in BOUNDS if (value := getattr(variable.range, key)) is not None]
    for (key, lower), (other, upper) in pairwise(bounds):
        if lower > upper:
            source.add((*path, other), f"{key} ({lower}) is more than {other} ({upper}).", "Correct one of them.")


BOUNDS = ("hard_min", "soft_min", "soft_max", "hard_max")


def _check_derived(placed: Placed[VariableSpec], source: Source) -> None:
    variable = placed.spec
    if not variable.calculation:
        return
    if variable.type in CODED:
        message = f"{variable.name} is calculated, and {variable.type} cannot be."
        source.add((*placed.path, "calculation"), message, "Make it an integer, decimal, yes_no, text or date.")
    for key in ("required", "required_if", "missing"):
        if getattr(variable, key):
            message = f"{variable.name} is calculated, so nobody answers it."
            source.add((*placed.path, key), message, f"Remove `{key}:`.")


@dataclass(frozen=True)
class Scope:
    """What the expressions of a form can name."""

    source: Source
    form: FormSpec
    broken: frozenset[str]

    def resolved(self, path: Path, text: str | None, kind: Kind | None = None) -> Node | None:
        """The expression at `path`, a condition unless `kind` says otherwise; adds what is wrong with it."""
        if not text:
            return None
        try:
            return calculation(text, self.form, kind) if kind else condition(text, self.form)
        except ExpressionError as error:
            if not (isinstance(error, UnknownVariableError) and error.name in self.broken):
                self.source.add(path, f"{error.message[:-1]} (character {error.position}).", error.remedy)
            return None


class _FormChecker:
    """Checks one version of a form, expression by expression."""

    def __init__(self, draft: DraftForm, source: Source, version: int) -> None:
        self.draft = draft
        self.source = source
        self.form = draft.form(version)
        self.scope = Scope(source, self.form, draft.broken_names)
        self.variables = [placed for placed in draft.variables if placed.is_in(version)]
        self.rules = [placed for placed in draft.rules if placed.is_in(version)]
        self.needs: dict[str, frozenset[str]] = {}

    def check(self) -> None:
        self.check_names()
        self.check_event_date()
        self.check_aliases()
        for placed in self.variables:
            self.check_expressions(placed)
        self.check_cycle()
        for rule in self.rules:
            self.check_rule(rule)

    def check_names(self) -> None:
        for twice in _repeated(self.variables, lambda variable: variable.name):
            message = f'"{twice.spec.name}" is the name of two variables.'
            self.source.add((*twice.path, "name"), message, "Rename one of them.")
        for again in _repeated(self.rules, lambda rule: rule.name):
            self.source.add(
                (*again.path, "name"), f'"{again.spec.name}" is the name of two rules.', "Rename one of them."
            )

    def check_event_date(self) -> None:
        name, path = self.draft.event_date, (*self.draft.path, "event_date")
        variable = self.form.by_name.get(name)
        if variable is None:
            if name and name not in self.draft.broken_names:
                dates = [item.name for item in self.form.variables if item.type is VariableType.DATE]
                remedy = did_you_mean(name, dates, otherwise="Add a required variable of type date.")
                self.source.add(path, f'There is no variable "{name}" to be the event date.', remedy)
        elif variable.type is not VariableType.DATE or not (variable.required or name in self.form.imports.constants):
            message = f"{name} is the event date, and must be a required date."
            self.source.add(path, message, f"Give {name} type: date and required: true.")

    def check_aliases(self) -> None:
        """A column heading of an import must mean one thing."""
        seen: dict[str, str] = {}
        for owner, path, heading in self.headings():
            folded = " ".join(heading.casefold().replace("_", " ").split())
            first = seen.setdefault(folded, owner)
            if first != owner:
                message = f'The column heading "{heading}" would mean both {first} and {owner}.'
                self.source.add(path, message, "Remove or change one of them.")

    def headings(self) -> Iterator[tuple[str, Path, str]]:
        for placed in self.variables:
            yield placed.spec.name, (*placed.path, "name"), placed.spec.name
        for placed in self.variables:
            for place, alias in enumerate(placed.spec.aliases):
                yield placed.spec.name, (*placed.path, "aliases", place), alias
        path = (*self.draft.path, "import")
        for place, alias in enumerate(self.form.imports.hospital_aliases):
            yield "the hospital", (*path, "hospital_aliases", place), alias
        if self.form.imports.case_number is CaseNumberSource.COLUMN:
            for place, alias in enumerate(self.form.imports.case_number_aliases):
                yield "the case number", (*path, "case_number_aliases", place), alias

    def check_expressions(self, placed: Placed[VariableSpec]) -> None:
        variable, path = placed.spec, placed.path
        self.scope.resolved((*path, "required_if"), variable.required_if)
        found = [self.scope.resolved((*path, "show_if"), variable.show_if)]
        if variable.type not in CODED:
            found.append(self.scope.resolved((*path, "calculation"), variable.calculation, KINDS[variable.type]))
        needed = [names(node) for node in found if node is not None]
        if needed:
            self.needs[variable.name] = frozenset().union(*needed)

    def check_cycle(self) -> None:
        ring = find_cycle(self.needs)
        if ring:
            placed = next(placed for placed in self.variables if placed.spec.name == ring[0])
            key = "show_if" if placed.spec.show_if else "calculation"
            message = f"Skip logic and calculations run in a circle: {' needs '.join(ring)}."
            remedy = "Change one of them so that none depends on itself."
            self.source.add((*placed.path, key), message, remedy)

    def check_rule(self, placed: Placed[Rule]) -> None:
        self.scope.resolved((*placed.path, "when"), placed.spec.when)
        known = list(self.form.by_name)
        shown = [("message", name) for name in placeholders(placed.spec)]
        for key, name in [*shown, *(("variables", name) for name in placed.spec.variables)]:
            if name not in known and name not in self.draft.broken_names:
                remedy = did_you_mean(name, known, otherwise="Add it to the form first.")
                self.source.add((*placed.path, key), f'There is no variable "{name}" in the form.', remedy)
