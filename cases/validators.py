"""Rules about single values that the form, the import and the services share."""

import re

from cases.errors import CaseNumberError
from measures.definition.check import Finding
from measures.definition.spec import FormSpec


LONGEST_CASE_NUMBER = 40


def clean_case_number(text: str) -> str:
    """The case number that the text is, or `CaseNumberError`."""
    number = re.sub(r"\s+", " ", text).strip()
    if not number:
        raise CaseNumberError("The case number is empty. Enter the hospital's own number.")
    if len(number) > LONGEST_CASE_NUMBER:
        raise CaseNumberError(f"The case number has {len(number)} characters. Shorten it to {LONGEST_CASE_NUMBER}.")
    if not re.fullmatch(r"\w[\w .,:;/#()+-]*", number):
        raise CaseNumberError(
            f'"{number}" is not a case number. Use letters, digits, spaces and . , : / # ( ) + - only.'
        )
    return number


def finding_key(spec: FormSpec, finding: Finding) -> str:
    """Under which key of `Case.reasons` the reason for this finding is kept."""
    named = any(rule.name == finding.rule for rule in spec.rules)
    return finding.rule if named else f"{finding.rule}:{finding.variable}"
