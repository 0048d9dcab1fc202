"""What changed from one version of a form to another, in words, with the changed words marked."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeVar

from measures.definition.display import plain
from measures.definition.spec import (
    Covariate,
    Exclusion,
    FormSpec,
    Range,
    Rule,
    Section,
    Value,
    VariableSpec,
    VariableType,
)


TYPE_WORDS: Mapping[VariableType, str] = {
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
Item = TypeVar("Item", VariableSpec, Section, Rule, Exclusion, Covariate)
Mark = Literal["same", "removed", "added"]
State = Literal["added", "removed", "changed", "moved"]
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    text: str
    mark: Mark = "same"


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


@dataclass(frozen=True)
class PartChange:
    """A question, section or check that is not as it was. `fields` of an added or removed one are all it says."""

    state: State
    name: str
    label: str
    fields: tuple[FieldChange, ...] = ()

    @property
    def about(self) -> str:
        """Names its table among the others of the page."""
        return f"{self.label} ({self.name})"


@dataclass(frozen=True, kw_only=True)
class Difference:
    form: tuple[FieldChange, ...]
    sections: tuple[PartChange, ...]
    variables: tuple[PartChange, ...]
    rules: tuple[PartChange, ...]

    def __bool__(self) -> bool:
        return bool(self.form or self.sections or self.variables or self.rules)

    @property
    def added(self) -> int:
        return self._count("added")

    @property
    def changed(self) -> int:
        return self._count("changed")

    @property
    def removed(self) -> int:
        return self._count("removed")

    def _count(self, state: State) -> int:
        return sum(change.state == state for change in self.variables)


def difference(old: FormSpec, new: FormSpec) -> Difference:
    sections = {each.name: each.label for each in (*old.sections, *new.sections)}

    def variable(each: VariableSpec) -> dict[str, str]:
        return _variable(each, sections)

    return Difference(
        form=tuple(changed_fields(_form(old), _form(new))),
        sections=tuple(changed_parts(old.sections, new.sections, _section, lambda each: each.label)),
        variables=tuple(changed_parts(old.variables, new.variables, variable, lambda each: each.label)),
        rules=tuple(changed_parts(old.rules, new.rules, _rule, lambda each: each.message)),
    )


def part_changes(
    old: VariableSpec | Section | Rule | None, new: VariableSpec | Section | Rule, form: FormSpec
) -> tuple[FieldChange, ...]:
    """What is not the same in two states of one part."""
    sections = {each.name: each.label for each in form.sections}

    def say(part: VariableSpec | Section | Rule | None) -> dict[str, str]:
        if part is None:
            return {}
        if isinstance(part, VariableSpec):
            return {"Name": part.name, **_variable(part, sections)}
        return {"Name": part.name, **(_section(part) if isinstance(part, Section) else _rule(part))}

    return tuple(changed_fields(say(old), say(new)))


def changed_variables(old: FormSpec, new: FormSpec) -> frozenset[str]:
    """Names whose question is new or not the same any more."""
    return frozenset(each.name for each in new.variables if old.by_name.get(each.name) != each)


def changed_parts(
    old: Sequence[Item], new: Sequence[Item], say: Callable[[Item], dict[str, str]], label: Callable[[Item], str]
) -> Iterator[PartChange]:
    """What is new, changed, moved or gone among parts that have names."""
    before, after = {each.name: each for each in old}, {each.name: each for each in new}
    shifted = _shifted([name for name in before if name in after], [name for name in after if name in before])
    for each in new:
        earlier = before.get(each.name)
        if earlier is None:
            yield PartChange("added", each.name, label(each), _all(say(each), new=True))
            continue
        fields = tuple(changed_fields(say(earlier), say(each)))
        if fields:
            yield PartChange("changed", each.name, label(each), fields)
        elif each.name in shifted:
            yield PartChange("moved", each.name, label(each))
    for each in old:
        if each.name not in after:
            yield PartChange("removed", each.name, label(each), _all(say(each), new=False))


def _all(said: Mapping[str, str], *, new: bool) -> tuple[FieldChange, ...]:
    """All that a new or removed part says, on its side; there is nothing to mark."""
    sides = [(label, (Piece(text),)) for label, text in said.items() if text]
    return tuple(FieldChange(label, () if new else text, text if new else ()) for label, text in sides)


def _shifted(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """Those that stand elsewhere among the ones that stayed."""
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    kept = {name for block in blocks for name in old[block.a : block.a + block.size]}
    return set(new) - kept


def changed_fields(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[FieldChange]:
    """Where two sayings of one thing are not the same."""
    for label in {**before, **after}:
        one, other = before.get(label, ""), after.get(label, "")
        if one != other:
            yield FieldChange(label, *marked(one, other))


def marked(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces, the words that only one of them has marked."""
    one, other = _WORD.findall(before), _WORD.findall(after)
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, start, end, first, last in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        same = kind == "equal"
        if start < end:
            left.append(Piece("".join(one[start:end]), "same" if same else "removed"))
        if first < last:
            right.append(Piece("".join(other[first:last]), "same" if same else "added"))
    return tuple(left), tuple(right)


def _form(form: FormSpec) -> dict[str, str]:
    imports = form.imports
    return {
        "Name": form.name,
        "What a case is called": f"{form.case_noun}, {form.case_noun_plural}",
        "Event date": form.event_date,
        "Case number in files": f"{imports.case_number.value} {', '.join(imports.case_number_aliases)}".strip(),
        "Hospital in files": ", ".join(imports.hospital_aliases),
        "Fixed values": "\n".join(f"{name} = {plain(value)}" for name, value in imports.constants.items()),
    }


def _section(section: Section) -> dict[str, str]:
    return {"Label": section.label}


def _variable(variable: VariableSpec, sections: Mapping[str, str]) -> dict[str, str]:
    return {
        "Label": variable.label,
        "Section": sections.get(variable.section, variable.section),
        "Type": TYPE_WORDS[variable.type],
        "Units": variable.units,
        "Codes": "\n".join(f"{code.value} {code.label}" for code in variable.codes),
        "Range": "\n".join(range_words(variable.range)),
        "Needed": "Yes" if variable.required else "",
        "Needed if": variable.required_if or "",
        "Asked if": variable.show_if or "",
        "Calculation": variable.calculation or "",
        "Also answered": ", ".join(kind.label for kind in variable.missing),
        "Definition": variable.definition,
        "Scenarios": "\n".join(variable.scenarios),
        "Identifier": "" if variable.identifier.value == "none" else variable.identifier.value.replace("_", " "),
        "Tier": str(variable.tier),
        "Other names in files": ", ".join(variable.aliases),
    }


def range_words(bounds: Range) -> Iterator[str]:
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


def _rule(rule: Rule) -> dict[str, str]:
    return {
        "When": rule.when,
        "Severity": rule.severity.value,
        "Message": rule.message,
        "Remedy": rule.remedy,
        "Questions": ", ".join(rule.variables),
    }
