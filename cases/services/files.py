"""Files that people take away from an import: the template, and their own file with its problems."""

from django.db import transaction

from cases.models import CaseImport
from cases.selectors.imports import problems_by_line
from cases.services.columns import CASE_NUMBER, HOSPITAL
from cases.services.csv_file import write_table
from cases.services.importing.read_file import read_file
from events.enums import AccessAction
from events.services import record_access
from measures.definition.display import input_text
from measures.definition.spec import CaseNumberSource, FormSpec, VariableSpec, VariableType
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def problems_file(*, case_import: CaseImport, by: Viewer) -> bytes:
    """The rows with problems as they were uploaded, plus the columns `row` and `problem`. Corrected, it can be uploaded."""
    require(by, Permission.CASE_IMPORT)
    table, problems = read_file(bytes(case_import.content)), problems_by_line(case_import)
    rows = [[*row.cells, str(row.line), problems[row.line]] for row in table.rows if row.line in problems]
    record_access(
        AccessAction.EXPORTED,
        by=by,
        subject=f"problems of import {case_import.public_id}",
        participation_id=case_import.participation_id,
    )
    return write_table([[*table.header, "row", "problem"], *rows])


def template_file(spec: FormSpec, *, by: Viewer) -> bytes:
    """The heading of a file for this form, and one row that shows what each column takes; it is to be deleted."""
    header, example = [], []
    if by.capacity is Capacity.CENTRE:
        header.append(HOSPITAL)
        example.append("number of the hospital")
    if spec.imports.case_number is CaseNumberSource.COLUMN:
        header.append(CASE_NUMBER)
        example.append("example, delete this row")
    for variable in spec.variables:
        if not variable.calculation:
            header.append(variable.name)
            example.append(_example(variable))
    return write_table([header, example])


def _example(variable: VariableSpec) -> str:
    if variable.type in {VariableType.ONE_OF, VariableType.MANY_OF}:
        mark = ";" if variable.type is VariableType.MANY_OF else " or "
        return mark.join(code.value for code in variable.codes)
    low = variable.range.hard_min
    examples = {
        VariableType.YES_NO: "1 or 0",
        VariableType.DATE: "2026-01-05",
        VariableType.TIME: "08:41",
        VariableType.DATETIME: "2026-01-05 08:41",
        VariableType.TEXT: "text",
    }
    return examples.get(variable.type) or (input_text(low) if low is not None else "1")
