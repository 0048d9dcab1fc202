"""What people write is never HTML of the page."""

import pytest

from ui.markdown import rendered


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("[press](javascript:alert(1))", "href"),
        ("![dot](https://example.org/dot.png)", "<img"),
        ('<a href="https://example.org" onclick="x()">a</a>', "<a"),
    ],
)
def test_nothing_of_theirs_runs_or_calls_home(text: str, never: str) -> None:
    assert never not in rendered(text)


def test_headings_stand_below_that_of_the_page() -> None:
    assert rendered("# Purpose\n\n- **all** cases") == (
        "<h2>Purpose</h2>\n<ul>\n<li><strong>all</strong> cases</li>\n</ul>\n"
    )
