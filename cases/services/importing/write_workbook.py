"""Write rows as a workbook. No cell can run: text is text whatever it begins with."""

import io
import re
from collections.abc import Iterable, Sequence

import xlsxwriter  # type: ignore[import-untyped]  # it has no types


NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,10})?")  # else it is text, and keeps its leading zeros


def write_workbook(rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet, written row by row; numbers are numbers, all else is text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Cases")
        for line, row in enumerate(rows):
            for position, cell in enumerate(row):
                if NUMBER.fullmatch(cell):
                    sheet.write_number(line, position, float(cell))
                elif cell:
                    sheet.write_string(line, position, cell)
    return out.getvalue()
