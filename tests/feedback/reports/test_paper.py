"""Charts on paper: the same marks, in a form that a PDF keeps short."""

import re

from feedback.charts import PERCENT, Dots, Own, draw_dots
from feedback.reports.definition.figures import WIDTH, paper


PEERS = (0.04, 0.05, 0.05, 0.07)


def dots(**changed: object) -> str:
    given = {
        "key": "compare",
        "title": "t",
        "value_name": "Rate",
        "form": PERCENT,
        "peers": PEERS,
        "collaborative": 0.05,
    }
    return str(paper(draw_dots(Dots(**{**given, **changed})))["svg"])


def test_peers_are_one_path_on_paper_at_the_places_of_their_circles() -> None:
    drawn = draw_dots(
        Dots(key="compare", title="t", value_name="Rate", form=PERCENT, peers=PEERS, collaborative=0.05)
    ).svg
    circles = [(float(x) / 100 * WIDTH, float(y)) for x, y in re.findall(r'cx="([0-9.]+)%" cy="([0-9.]+)"', drawn)]
    svg = dots()

    assert "<circle" not in svg
    assert svg.count('<path class="peer" stroke-width="9.2"') == 1
    places = [(float(x), float(y)) for x, y in re.findall(r"M([0-9.]+) ([0-9.]+)h0", svg)]
    assert len(places) == len(PEERS)
    assert [(round(x, 1), y) for x, y in circles] == places


def test_a_chart_without_peers_stays_as_it_is() -> None:
    svg = dots(peers=(), own=Own(name="Alder", value=0.06))

    assert 'class="peer"' not in svg
    assert 'class="own-mark"' in svg
