"""Finds what looks like a patient's identifier in free text. A warning, never a refusal: a chart number may be a dose.

The patterns are written in what Python and JavaScript share, so that the browser uses the very same (program.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class IdentifierPattern:
    """`words` say what the text looks like, as in "Comment seems to hold …"."""

    name: str
    words: str
    pattern: str
    ignore_case: bool = True


_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = rf"(?:[0-9]{{1,4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,4}}|[0-9]{{1,2}} {_MONTH} [0-9]{{2,4}}|{_MONTH} [0-9]{{1,2}},? [0-9]{{4}})"
# The first that fits is told, so the particular stand before the general.
PATTERNS = (
    IdentifierPattern("email", "an e-mail address", r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}"),
    IdentifierPattern(
        "record_number",
        "a medical record number",
        r"\b(?:mrn|m\.r\.n\.|mr ?#|med(?:ical)? rec(?:ord)?(?: ?(?:no|number|num|#))?|chart (?:no|number|#)|patient id)"
        r"[ .:#=-]*[a-z]{0,3}[- ]?[0-9]{3,}",
    ),
    IdentifierPattern("birth_date", "a date of birth", rf"\b(?:dob|d\.o\.b\.?|born|birth ?date|date of birth)\b[^0-9a-z]*(?:on )?{_DAY}"),
    IdentifierPattern("social_security", "a social security number", r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b|\bssn\b[ .:#=-]*[0-9]{4,}"),
    IdentifierPattern("telephone", "a telephone number", r"(?:\+1[ .-]?)?(?:\([0-9]{3}\) ?|\b[0-9]{3}[ .-])[0-9]{3}[ .-][0-9]{4}\b"),
    IdentifierPattern("name", "a person's name", r"\b(?:Mr|Mrs|Ms|Miss)\b\.? [A-Z][a-z'A-Z-]+", ignore_case=False),
    IdentifierPattern("long_number", "a long number, such as a record number", r"\b[0-9]{7,}\b"),
)  # fmt: skip
_COMPILED = tuple(
    (each, re.compile(each.pattern, re.ASCII | (re.IGNORECASE if each.ignore_case else 0))) for each in PATTERNS
)
REMEDY = "Take out whatever tells who the patient is. If it does not, give the reason."


def find_identifiers(text: str) -> Iterator[IdentifierPattern]:
    """Each kind of identifier that the text seems to hold, at most once."""
    return (each for each, compiled in _COMPILED if compiled.search(text))
