import pytest

from feedback.charts.svg import Svg, element, number, percent, together


@pytest.mark.parametrize(
    ("value", "written"), [(4.0, "4"), (4.25, "4.2"), (-0.01, "0"), (0.0, "0"), (-14.0, "-14"), (100.0, "100")]
)
def test_number_is_as_short_as_a_screen_needs(value, written):
    assert number(value) == written


@pytest.mark.parametrize(("share", "written"), [(0.0, "0%"), (0.125, "12.5%"), (1.0, "100%"), (1 / 3, "33.3%")])
def test_percent_is_a_share_of_the_width(share, written):
    assert percent(share) == written


def test_element_escapes_words_and_keeps_markup():
    html = element("text", "<b>", Svg("<tspan/>"), aria_label='"x"', class_="a", x=None)

    assert html == '<text aria-label="&quot;x&quot;" class="a">&lt;b&gt;<tspan/></text>'


def test_finished_markup_says_so_to_template_engines():
    html = together((element("g"), element("g")))

    assert (html, html.__html__()) == ("<g/><g/>", "<g/><g/>")
