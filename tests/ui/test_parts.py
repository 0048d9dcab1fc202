import pytest

from ui.parts import Caution, Field, Pages, Problem, Step


@pytest.mark.parametrize(
    ("number", "total", "shown"),
    [
        (1, 0, [1]),
        (1, 50, [1]),
        (1, 51, [1, 2]),
        (4, 412, [1, None, 3, 4, 5, None, 9]),
        (2, 412, [1, 2, 3, None, 9]),
        (9, 412, [1, None, 8, 9]),
    ],
)
def test_pages_link_to_the_ends_and_the_neighbours(number, total, shown):
    assert list(Pages(number=number, total=total).near) == shown


def test_pages_of_an_empty_list_begin_and_end_at_nothing():
    pages = Pages(number=1, total=0)

    assert (pages.first, pages.last, pages.previous, pages.next) == (0, 0, None, None)


def test_last_page_ends_with_the_last_row():
    pages = Pages(number=9, total=412)

    assert (pages.first, pages.last, pages.previous, pages.next) == (401, 412, 8, None)


def test_field_is_described_by_what_is_said_about_it_and_nothing_else():
    plain = Field(name="age", label="Age")
    talked_about = Field(
        name="age",
        label="Age",
        hint="In years.",
        echo="Born 1950",
        notes=("Changed in May.",),
        errors=(Problem("410 is more than 120."),),
        cautions=(Caution(message="Unusual."),),
    )

    assert plain.described_by == ""
    assert (
        talked_about.described_by == "field-age-error field-age-caution field-age-notes field-age-echo field-age-hint"
    )


@pytest.mark.parametrize(
    ("state", "kind", "text"),
    [
        ("done", "good", "complete"),
        ("now", "warn", "in progress"),
        ("problem", "bad", "has problems"),
        ("waiting", "", "not started"),
    ],
)
def test_step_says_its_state_in_words_too(state, kind, text):
    step = Step("Operation", state)

    assert (step.kind, step.state_text) == (kind, text)
