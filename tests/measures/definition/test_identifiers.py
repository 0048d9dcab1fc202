"""What looks like a patient's identifier, and what only looks a little like one."""

import pytest

from measures.definition.answers import Answers
from measures.definition.check import check
from measures.definition.identifiers import find_identifiers
from measures.definition.spec import FormSpec, IdentifierClass, Section, Severity, VariableSpec, VariableType


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("MRN 448812", ["record_number"]),
        ("see med rec no. A-12345", ["record_number"]),
        ("chart # 5512", ["record_number"]),
        ("123-45-6789", ["social_security"]),
        ("SSN: 6789", ["social_security"]),
        ("call (313) 555-0199", ["telephone"]),
        ("+1 313-555-0199 after five", ["telephone"]),
        ("ada.brown@mail.example.org", ["email"]),
        ("DOB 3/14/1951", ["birth_date"]),
        ("born 14 March 1951", ["birth_date"]),
        ("born on Mar 14, 1951", ["birth_date"]),
        ("Mrs. O'Brien went home", ["name"]),
        ("account 20418877", ["long_number"]),
        ("MRN 20418877", ["record_number", "long_number"]),
        ("platelets 250000, lactate 2.1, BP 120/80", []),
        ("seen 3/14/2026 and again on 12 May 2026", []),
        ("gave 1000 mL over 30 min, see note 123456", []),
        ("born prematurely, ms in 2019 excluded", []),
        ("emergency @ 23:50", []),
        ("", []),
    ],
)
def test_identifiers_are_found_by_kind(text: str, kinds: list[str]) -> None:
    assert [found.name for found in find_identifiers(text)] == kinds


def _form(identifier: IdentifierClass) -> FormSpec:
    variables = (
        VariableSpec(name="day", label="Day", type=VariableType.DATE, section="all"),
        VariableSpec(name="comment", label="Comment", type=VariableType.TEXT, section="all", identifier=identifier),
    )
    return FormSpec(
        slug="f",
        name="F",
        case_noun="case",
        case_noun_plural="cases",
        event_date="day",
        sections=(Section(name="all", label="All"),),
        variables=variables,
    )


def test_identifier_in_free_text_wants_a_reason() -> None:
    (found,) = check(_form(IdentifierClass.NONE), Answers({"comment": "MRN 20418877"}))

    assert (found.severity, found.rule, found.variable) == (Severity.WARNING, "identifier", "comment")
    assert found.message == "Comment seems to hold a medical record number."


def test_local_reference_may_hold_a_number() -> None:
    assert check(_form(IdentifierClass.LOCAL_REFERENCE), Answers({"comment": "20418877"})) == []
