"""Files from their content: tagged PDFs, the same bytes whenever they are made of the same content."""

import json
from collections.abc import Mapping
from pathlib import Path

import typst
from django.conf import settings

from measures.definition.canonical import Json


TEMPLATES = Path(settings.BASE_DIR) / "templates" / "reports"
Content = Mapping[str, Json]


def typeset(template: str, content: Content) -> bytes:
    """The file, dated as its content says and without a word about the machine that made it."""
    made = typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(content, ensure_ascii=False, sort_keys=True)},
        pdf_standards="ua-1",
        timestamp=int(str(content["dated"])),
    )
    if not isinstance(made, bytes):
        raise TypeError(f"expected one PDF, but got {type(made).__name__}")
    return made
