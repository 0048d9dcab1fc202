"""Whether a row has nothing to say, told in a fraction of the time that all of it takes to say.

Where it is not clean, `measures.definition.check.check` finds the words. Tests hold the two together.
"""

from collections.abc import Mapping
from datetime import date

from measures.definition.check import Derived, value_findings
from measures.definition.compiled import compile_form
from measures.definition.spec import FormSpec, Severity, Value, VariableSpec


class QuickCheck:
    """The checks of one form version, but for those of single values."""

    def __init__(self, spec: FormSpec, today: date) -> None:
        compiled = compile_form(spec)
        self.today, self.event_date = today, spec.event_date
        asked = [variable for variable in spec.variables if not variable.calculation]
        self.required = frozenset(variable.name for variable in asked if variable.required)
        always = self.required
        self.required_if = tuple((name, when) for name, when in compiled.required_if.items() if name not in always)
        self.rules = tuple(applies for rule, applies in compiled.rules if rule.severity is not Severity.NOTE)
        self.computed = tuple(variable for variable in spec.variables if variable.calculation)
        self._odd: dict[tuple[str, Value], bool] = {}

    def is_clean(self, derived: Derived) -> bool:
        """No error and no warning, given that every value by itself has none."""
        answers = derived.answers
        values, missing, hidden = answers.values, answers.missing, derived.hidden
        if not self.required <= values.keys() and not self._excused(derived):
            return False
        day = values.get(self.event_date)
        if isinstance(day, date) and day > self.today:
            return False
        for name, when in self.required_if:
            if name not in values and name not in missing and name not in hidden and when(answers):
                return False
        if any(applies(answers) for applies in self.rules):
            return False
        return not (self.computed and any(self._is_odd(variable, values) for variable in self.computed))

    def _excused(self, derived: Derived) -> bool:
        lacking = self.required - derived.answers.values.keys()
        return all(name in derived.answers.missing or name in derived.hidden for name in lacking)

    def _is_odd(self, variable: VariableSpec, values: Mapping[str, Value]) -> bool:
        value = values.get(variable.name)
        if value is None:
            return False
        key = (variable.name, value)
        if key not in self._odd:
            if len(self._odd) > 10_000:
                self._odd.clear()
            self._odd[key] = bool(value_findings(variable, value))
        return self._odd[key]
