"""A form as an XLSForm workbook, for ODK, KoboToolbox and others.

Skip logic, requirements and formulas become XPath. Rules become notes that appear where they apply:
XLSForm has no warnings. What has no place there, kinds of missing and soft ranges, is named in notes.
"""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal

import xlsxwriter  # type: ignore[import-untyped]  # it has no types

from measures.definition.compiled import ResolvedForm, resolve_form
from measures.definition.display import input_text
from measures.definition.expression.errors import ExpressionError
from measures.definition.expression.nodes import Node
from measures.definition.expression.xpath import condition_to_xpath, literal, value_to_xpath
from measures.definition.spec import FormSpec, FormVersionSpec, Rule, Value, VariableSpec, VariableType


SURVEY = ("type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message", "calculation")
CHOICES = ("list_name", "name", "label")
SETTINGS = ("form_title", "form_id", "version")
_TYPES = {
    VariableType.INTEGER: "integer",
    VariableType.DECIMAL: "decimal",
    VariableType.TEXT: "text",
    VariableType.DATE: "date",
    VariableType.TIME: "time",
    VariableType.DATETIME: "dateTime",
    VariableType.YES_NO: "select_one yes_no",
}
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")

Line = Mapping[str, str]


@dataclass(frozen=True)
class WrittenXlsForm:
    content: bytes
    # What XLSForm cannot say, one sentence each.
    notes: tuple[str, ...]


def write_xlsform(version: FormVersionSpec) -> WrittenXlsForm:
    """The form version as an .xlsx workbook with the sheets survey, choices and settings."""
    writer = _Writer(version.form)
    settings: Line = {"form_title": version.form.name, "form_id": version.form.slug, "version": str(version.number)}
    sheets: dict[str, tuple[tuple[str, ...], list[Line]]] = {
        "survey": (SURVEY, [*writer.survey()]),
        "choices": (CHOICES, [*_choices(version.form)]),
        "settings": (SETTINGS, [settings]),
    }
    return WrittenXlsForm(_workbook(sheets, version.effective_from), tuple(writer.notes))


def _workbook(sheets: Mapping[str, tuple[tuple[str, ...], list[Line]]], day: date) -> bytes:
    """The same bytes for the same form: no clock is read."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as workbook:
        workbook.set_properties({"created": datetime.combine(day, time(0), UTC)})
        for name, (columns, lines) in sheets.items():
            sheet = workbook.add_worksheet(name)
            for row, cells in enumerate([dict(zip(columns, columns, strict=True)), *lines]):
                for place, column in enumerate(columns):
                    sheet.write_string(row, place, cells.get(column, ""))
    return file.getvalue()


@dataclass
class _Writer:
    form: FormSpec
    notes: list[str] = field(default_factory=list)

    @property
    def resolved(self) -> ResolvedForm:
        return resolve_form(self.form)

    def survey(self) -> Iterator[Line]:
        resolved = self.resolved
        for section in self.form.sections:
            if variables := self.form.in_section(section.name):
                yield {"type": "begin group", "name": f"section_{section.name}", "label": _words(section.label)}
                for variable in variables:
                    yield self.line(variable, resolved)
                yield {"type": "end group"}
        for rule, node in resolved.rules:
            if relevant := self.translated(condition_to_xpath, node, f'The rule "{rule.name}"'):
                yield {"type": "note", "name": f"rule_{rule.name}", "label": _rule_words(rule), "relevant": relevant}

    def line(self, variable: VariableSpec, resolved: ResolvedForm) -> Line:
        self.note_losses(variable)
        shown, formula = resolved.show_if.get(variable.name), resolved.calculations.get(variable.name)
        about = f'of "{variable.name}"'
        relevant = self.translated(condition_to_xpath, shown, f"Skip logic {about}") if shown else ""
        common = {"name": variable.name, "label": _label(variable), "relevant": relevant}
        if formula:
            calculation = self.translated(value_to_xpath, formula, f"The calculation {about}")
            return {**common, "type": "calculate", "calculation": calculation or "''"}
        required = resolved.required_if.get(variable.name)
        when = self.translated(condition_to_xpath, required, f"The condition {about}") if required else ""
        constraint = _constraint(variable)
        return {
            **common,
            "type": _TYPES.get(variable.type) or _select(variable),
            "hint": _words(variable.definition) if variable.definition.strip() else "",
            "required": "yes" if variable.required else when,
            "constraint": constraint,
            "constraint_message": _allowed(variable) if constraint else "",
        }

    def translated(self, translate: Callable[[Node], str], node: Node, what: str) -> str:
        try:
            return translate(node)
        except ExpressionError as error:
            self.notes.append(f"{what} is left out: {error.message}")
            return ""

    def note_losses(self, variable: VariableSpec) -> None:
        bounds = variable.range
        if variable.missing:
            kinds = ", ".join(kind.label for kind in variable.missing)
            self.notes.append(f'"{variable.name}" may be left blank, but not answered with {kinds}.')
        if bounds.soft_min is not None or bounds.soft_max is not None:
            self.notes.append(f'The usual range of "{variable.name}" is left out: XLSForm has no warnings.')
        if variable.type is VariableType.TIME and not (bounds.hard_min is bounds.hard_max is None):
            self.notes.append(f'The range of "{variable.name}" is left out: XLSForm compares no times of day.')


def _words(text: str) -> str:
    """Text in which pyxform sees no reference, and which is not blank."""
    return text.replace("${", "$ {") if text.strip() else "-"


def _label(variable: VariableSpec) -> str:
    return _words(f"{variable.label} ({variable.units})" if variable.units else variable.label)


def _rule_words(rule: Rule) -> str:
    return _PLACEHOLDER.sub(r"${\1}", _words(f"{rule.severity.value.capitalize()}: {rule.message} {rule.remedy}"))


def _select(variable: VariableSpec) -> str:
    kind = "select_one" if variable.type is VariableType.ONE_OF else "select_multiple"
    return f"{kind} {variable.name}_codes"


def _choices(form: FormSpec) -> Iterator[Line]:
    if any(variable.type is VariableType.YES_NO for variable in form.variables):
        yield {"list_name": "yes_no", "name": "1", "label": "Yes"}
        yield {"list_name": "yes_no", "name": "0", "label": "No"}
    for variable in form.variables:
        for code in variable.codes:
            yield {"list_name": f"{variable.name}_codes", "name": code.value, "label": _words(code.label)}


def _constraint(variable: VariableSpec) -> str:
    if variable.type is VariableType.TIME:
        return ""
    bounds = ((">=", variable.range.hard_min), ("<=", variable.range.hard_max))
    return " and ".join(f". {sign} {_fixed(bound)}" for sign, bound in bounds if bound is not None)


def _fixed(bound: Value) -> str:
    if isinstance(bound, datetime):
        return f"date-time('{bound.isoformat()}')"
    if isinstance(bound, date):
        return f"date('{bound.isoformat()}')"
    return literal(Decimal(str(bound)))


def _allowed(variable: VariableSpec) -> str:
    least, most = (None if bound is None else input_text(bound) for bound in _hard(variable))
    if least and most:
        return f"Enter {least} to {most}."
    return f"Enter at least {least}." if least else f"Enter at most {most}."


def _hard(variable: VariableSpec) -> tuple[Value | None, Value | None]:
    return variable.range.hard_min, variable.range.hard_max
