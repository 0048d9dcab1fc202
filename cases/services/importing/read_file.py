"""Any uploaded file as a table, told apart by its first bytes and not by its name."""

from cases.errors import ImportRefusedError
from cases.services.csv_file import RIGHT_WAY, read_csv
from cases.services.importing.table import Table
from cases.services.importing.workbook import read_workbook


def read_file(content: bytes, sheet: str = "") -> Table:
    """Raises ImportRefusedError: what is wrong with the file as a whole, and how to save it so that it can be read."""
    if content.startswith(b"PK\x03\x04"):
        return read_workbook(content, sheet)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportRefusedError(
            "The file is an old Excel workbook (.xls), or one with a password.",
            f"Save it as .xlsx without one. Or: {RIGHT_WAY}",
        )
    return read_csv(content)
