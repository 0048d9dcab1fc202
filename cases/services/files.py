"""Files that people take away from an import: the template, and their own file with its problems."""

from itertools import chain

from django.db import transaction

from cases.errors import ImportRefusedError
from cases.models import CaseImport
from cases.selectors.imports import problems_by_line
from cases.services.columns import CASE_NUMBER, HOSPITAL
from cases.services.csv_file import write_table
from cases.services.importing.read_file import read_file
from cases.services.importing.write_workbook import write_workbook
from cases.services.imports import choices_of
from events.enums import AccessAction
from events.services import record_access
from measures.definition.display import input_text
from measures.definition.spec import CaseNumberSource, FormSpec, VariableSpec, VariableType
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def problems_file(*, case_import: CaseImport, everything: bool, by: Viewer) -> tuple[bytes, str]:
    """The uploaded file (`everything`), or its rows with problems, plus the columns `row` and `problem`; and its name.

    A CSV file comes back as CSV with its delimiter, a workbook as XLSX. Corrected, it can be uploaded.
    """
    require(by, Permission.CASE_IMPORT)
    content = bytes(CaseImport.objects.values_list("content", flat=True).get(pk=case_import.pk))
    if not content:
        raise ImportRefusedError("The file was cleared.", "Upload it again.")
    table, problems = read_file(content, choices_of(case_import).sheet), problems_by_line(case_import)
    width = len(table.header)
    rows = (
        [*row.cells[:width], *[""] * (width - len(row.cells)), str(row.line), problems.get(row.line, "")]
        for row in table.rows
        if everything or row.line in problems
    )
    record_access(
        AccessAction.EXPORTED,
        by=by,
        subject=f"problems of import {case_import.public_id}",
        participation_id=case_import.participation_id,
    )
    lines = chain([[*table.header, "row", "problem"]], rows)
    if table.kind == "CSV":
        return write_table(lines, table.delimiter), "problems.csv"
    return write_workbook(lines), "problems.xlsx"


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
