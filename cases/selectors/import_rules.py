"""What the problems of a file are called: by the words of the form, not by the names of rules."""

import re

from measures.definition.spec import FormSpec, VariableType


OF_FILES = {
    "ragged_row": "Row with too few or too many cells",
    "other_hospital": "Not your hospital",
    "unknown_hospital": "Unknown hospital",
    "case_number": "Not a case number",
    "duplicate_case_number": "Case number twice in the file",
    "number_of_other_form": "Case number of another form",
    "leading_zeros": "Case number without its leading zeros",
    "no_form_version": "Date outside the form",
    "formula": "Formula in place of a value",
    "encoding": "Letters of another encoding",
}
OF_VALUES = {
    "required": "{} is not answered",
    "hard_range": "{} is out of range",
    "soft_range": "{} is unusual",
    "codes": "{}: unknown code",
    "type": "{} cannot be read",
    "missing_kind": "{}: not that kind of missing",
    "future": "{} is in the future",
    "value": "{} cannot be read",
}
CODED = (VariableType.ONE_OF, VariableType.MANY_OF, VariableType.YES_NO)


def rule_title(rule: str, spec: FormSpec) -> str:
    """A short name for all findings of a rule."""
    if rule in OF_FILES:
        return OF_FILES[rule]
    kind, _, name = rule.partition(":")
    if kind in OF_VALUES and name in spec.by_name:
        words = OF_VALUES["codes"] if can_map_codes(rule, spec) else OF_VALUES[kind]
        return words.format(spec.variable(name).label)
    named = next((each for each in spec.rules if each.name == rule), None)
    return _without_values(named.message, spec) if named else rule.replace("_", " ").capitalize()


def can_map_codes(rule: str, spec: FormSpec) -> bool:
    """Whether saying what the texts stand for would settle it."""
    kind, _, name = rule.partition(":")
    return kind == "value" and name in spec.by_name and spec.variable(name).type in CODED


def _without_values(message: str, spec: FormSpec) -> str:
    """A rule's message without the answers of one case: "Discharge ({discharge}) is before …"."""
    bare = re.sub(r"\s*\(\{[a-z0-9_]+\}\)", "", message)
    named = re.sub(
        r"\{([a-z0-9_]+)\}", lambda found: spec.by_name[found[1]].label if found[1] in spec.by_name else "", bare
    )
    return named.strip().rstrip(".")
