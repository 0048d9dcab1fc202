"""Codes, agendas and files."""

import re
from uuid import UUID

import pytest

from coordination.meetings.definition.agenda import Point, points_of
from coordination.meetings.definition.codes import code_of, is_code
from coordination.meetings.errors import MeetingError
from coordination.meetings.validators import LARGEST_FILE, clean_link, type_of


ONE, OTHER = UUID(int=1), UUID(int=2)


def test_a_code_is_short_and_another_with_every_turn_and_meeting() -> None:
    codes = {code_of("secret", meeting, turn) for meeting in (ONE, OTHER) for turn in range(50)}

    assert len(codes) > 95
    assert all(re.fullmatch(r"[A-Z][2-9]-[A-Z]{3}", code) for code in codes)
    assert not any(each in "".join(codes) for each in "0O1I")
    assert code_of("secret", ONE, 0) == code_of("secret", ONE, 0) != code_of("other", ONE, 0)


def test_a_code_is_read_as_people_write_it() -> None:
    code = code_of("secret", ONE, 0)

    assert is_code(f" {code.lower().replace('-', ' ')} ", code)
    assert not is_code("", code)
    assert not is_code(code[:-1], code)


def test_an_agenda_is_written_in_lines() -> None:
    points = points_of("10 Welcome | Dr Adams\n\n40' Results: SSI\n 5 min  Close |")

    assert points == [
        Point(minutes=10, title="Welcome", lead="Dr Adams"),
        Point(minutes=40, title="Results: SSI"),
        Point(minutes=5, title="Close"),
    ]


@pytest.mark.parametrize("line", ["Welcome", "0 Welcome", "999 Welcome", "10", "ten Welcome"])
def test_a_line_without_its_minutes_is_named(line: str) -> None:
    with pytest.raises(MeetingError, match="Line 2 of the agenda"):
        points_of(f"10 Welcome\n{line}")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("slides.pdf", b"MZ\x90 a program"),
        ("slides.pdf", b"<html><script>"),
        ("slides.html", b"%PDF-1.7"),
        ("slides.exe", b"PK\x03\x04"),
        ("slides.svg", b"<svg/>"),
        ("slides.pdf", b""),
        ("slides.pdf", b"%PDF-" + bytes(LARGEST_FILE)),
    ],
)
def test_a_file_that_is_something_else_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(MeetingError, match=re.escape(name)):
        type_of(name, data)


def test_a_file_is_what_it_begins_with() -> None:
    assert type_of("Slides.PDF", b"%PDF-1.7") == "application/pdf"
    assert type_of("deck.pptx", b"PK\x03\x04").endswith("presentationml.presentation")
    assert type_of("room.jpg", b"\xff\xd8\xff\xe0") == "image/jpeg"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "//example.org"])
def test_a_link_leads_to_the_web(link: str) -> None:
    with pytest.raises(MeetingError, match="must begin with https"):
        clean_link(link, "The link")
