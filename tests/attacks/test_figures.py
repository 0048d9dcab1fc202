"""What charts and peer tables are made of: an allow-list, so that nothing can hide in them. BA-07, BA-19, BA-21, BA-30, BA-36."""

import json
import re
import xml.etree.ElementTree as ET

import pytest
from django.apps import apps

from feedback.models import PeerDistribution, PooledResult, Release
from privacy.fields import FieldClass
from tests.attacks.looking import SLUG, addresses, look, text_of
from tests.world import World
from tests.worlds import releases


MEMBERS = ("alder.champion", "alder.clinician", "sam")
TAGS = {"svg", "g", "title", "desc", "circle", "line", "path", "polyline", "polygon", "rect", "text", "tspan"}
PLACES = {"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "d", "points", "width", "height", "rx", "dx", "dy"}
ATTRIBUTES = PLACES | {
    *("class", "id", "role", "viewBox", "preserveAspectRatio", "overflow", "text-anchor", "transform", "aria-hidden"),
    *("aria-labelledby", "aria-describedby", "focusable"),
}
# Keys of what peers are told; anything new is thought about before it is added here.
KEYS = {"public_id", "collaborative", "release", "measure_version", "stratum"}
PEERS = KEYS | {"values", "withheld", "step", "collaborative_value", "middle", "benchmark"}
TELLTALE = re.compile(
    r"participation|hospital(?!s_band)|site|code|volume|denominator|numerator|\bden|\bnum|cases|count|\bn\b|_ci|ci_|low|high|"
    r"\bse\b|error|interval|region|beds|teaching|rural|system|city|order|rank"
)
# Stated here again: a key that the drawing code allows itself is thought about here, too.
TRACE_KEYS, MARKER_KEYS = {"x", "y", "type", "mode", "marker"}, {"symbol", "size"}
LAYOUT_KEYS = {"xaxis", "yaxis", "shapes", "annotations"}


def drawings(world: World, name: str) -> dict[str, list[ET.Element]]:
    """Every chart of every page, by its address."""
    client = world.client(name)
    found = {}
    for address in addresses(world, name):
        text = text_of(look(client, address))
        starts = [match.start() for match in re.finditer(r"<svg\b[^>]*role=\"img\"", text)]
        found[address] = [ET.fromstring(_whole(text[start:])) for start in starts]  # noqa: S314 -- our own charts
    return found


def _whole(svg: str) -> str:
    """The first element alone: charts hold charts, so it ends where as many have ended as begun."""
    depth = 0
    for tag in re.finditer(r"<svg\b[^>]*?(/?)>|</svg>", svg):
        depth += 0 if tag[1] else -1 if tag[0].startswith("</") else 1
        if depth == 0:
            return svg[: tag.end()].replace("&nbsp;", " ")
    raise AssertionError("a chart without an end")


@pytest.mark.parametrize("name", MEMBERS)
def test_charts_hold_marks_and_words_only(world: World, name: str) -> None:
    """BA-07: no data attribute, no hidden text, no id but those of the chart itself."""
    found = [svg for svgs in drawings(world, name).values() for svg in svgs]
    elements = [element for svg in found for element in svg.iter()]

    assert len(found) > 2
    assert {element.tag for element in elements} <= TAGS
    assert {name for element in elements for name in element.attrib} <= ATTRIBUTES
    ids = {value for element in elements for name, value in element.attrib.items() if name == "id"}
    assert [each for each in ids if not re.fullmatch(r"[a-z][a-z0-9-]*-(title|description)", each)] == []


def test_peers_differ_in_their_value_and_in_nothing_else(world: World) -> None:
    """BA-36, BA-21: one mark, one size, one colour for all peers; no interval, no name, no place but that of the value."""
    groups = [
        group
        for svgs in drawings(world, "alder.champion").values()
        for svg in svgs
        for group in svg.iter("g")
        if group.get("class") == "peer"
    ]

    assert groups
    for group in groups:
        assert {child.tag for child in group} == {"circle"}
        assert {tuple(sorted(child.attrib)) for child in group} == {("cx", "cy", "r")}
        assert len({child.get("r") for child in group}) == 1
        assert [child for child in group if len(child) or child.text] == []


def test_peers_of_a_strip_are_one_path_of_dots(world: World) -> None:
    """BA-36, BA-06: a place for each value, piled where values are equal, in the order of the values; nothing besides."""
    strips = [
        path
        for svgs in drawings(world, "alder.champion").values()
        for svg in svgs
        for path in svg.iter("path")
        if svg.get("class") == "strip" and path.get("class") == "peer"
    ]

    assert len(strips) > 3
    for path in strips:
        assert set(path.attrib) == {"class", "d"}
        assert re.fullmatch(r"(M\d+ \d+(\.\d)?h0)+", path.attrib["d"])
        places = [int(place) for place in re.findall(r"M(\d+) ", path.attrib["d"])]
        assert places == sorted(places)


def test_peers_stand_in_the_order_of_their_values(world: World) -> None:
    """BA-06: the order of elements is that of what they show; keys have no part in it."""
    for svgs in drawings(world, "alder.champion").values():
        for svg in svgs:
            for group in svg.iter("g"):
                if group.get("class") == "peer":
                    heights = [float(child.get("cy", "0")) for child in group]
                    assert heights == sorted(heights, reverse=True)


def test_what_peers_are_told_has_no_column_for_more() -> None:
    """BA-21, BA-30: no cases, no interval, no code, no region, size or teaching of a peer."""
    blinded = [
        model for model in apps.get_models() if FieldClass.BLINDED in getattr(model, "field_classes", {}).values()
    ]
    columns = {model.__name__: {field.name for field in model._meta.concrete_fields} for model in blinded}

    assert columns["PeerDistribution"] <= PEERS
    told = {
        f"{model.__name__}.{name}"
        for model in blinded
        for name, each in model.field_classes.items()
        if each is FieldClass.BLINDED and TELLTALE.search(name.replace("hospitals_band", "band"))
    }
    # A fit is of all hospitals together; its counts are told to the nearest ten (test_injected_sql.py).
    assert {each for each in told if not each.startswith("MemberFit.")} == set()
    # Two belong to their readers: a private notice, of values of all hospitals together, and a group of similar
    # hospitals, where the participation says who reads and not whose a value is.
    readers = {model.__name__ for model in blinded if "participation" in columns[model.__name__]}
    assert readers <= {"PrivateNotice", "GroupPeers"}
    assert columns["GroupPeers"] <= PEERS | {"participation"}
    assert [name for name in readers if "values" in columns[name]] == ["GroupPeers"]


@pytest.mark.worker
def test_stored_values_are_whole_percents_in_order(world: World) -> None:
    """BA-20, BA-21: what is stored for members is already rounded; a page cannot forget to do it."""
    with releases.acting(releases.worker()):
        released = Release.objects.get(name=releases.NAME)
        rows = list(PeerDistribution.objects.filter(release=released))
        pooled = list(PooledResult.objects.filter(release=released))
    numbers = [value for row in rows for value in (*row.values, row.collaborative_value, row.benchmark)]
    numbers += [point["rate"] for row in pooled for point in row.trend] + [row.rate for row in pooled]

    assert rows
    assert [row.values for row in rows if row.values != sorted(row.values)] == []
    assert [each for each in numbers if each is not None and abs(100 * each - round(100 * each)) > 1e-9] == []
    assert {key for row in pooled for point in row.trend for key in point} == {"quarter", "rate"}
    assert {key for row in rows for value in row.values for key in [type(value)]} <= {float, int}


def test_no_hospital_has_a_code(world: World) -> None:
    """BA-19: there is nothing to photograph: peers are told apart by nothing but their value (ADR 7)."""
    client, labels = world.client("alder.champion"), set()
    for slug in ("ssi", "antibiotic"):
        page = text_of(look(client, f"/c/{SLUG}/measures/{slug}/"))
        labels |= set(re.findall(r"<th scope=\"row\">([^<]*[Pp]eer[^<]*)</th>", page))
        labels |= set(re.findall(r"<t[dh][^>]*>\s*(Hospital [A-Z0-9]+|Peer [A-Z0-9]+)\s*</t[dh]>", page))

    assert labels <= {"Peers, blinded"}
    coded = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("feedback")
        for field in model._meta.concrete_fields
        if "code" in field.name and field.name != "code_version"
    ]
    assert coded == []


def test_figures_for_scripts_hold_listed_keys_only(world: World) -> None:
    """BA-07: what a script draws from has places and marks; no names, keys or hidden text of points, nothing packed."""
    client, figures = world.client("alder.champion"), []
    for address in addresses(world, "alder.champion"):
        text = text_of(look(client, address))
        for each in re.findall(r"<script[^>]*type=\"application/json\"[^>]*>(.*?)</script>", text, re.DOTALL):
            held = json.loads(each)
            figures += [held] if isinstance(held, dict) and "layout" in held else []
    traces = [trace for figure in figures for trace in figure["data"]]

    assert figures
    assert {key for figure in figures for key in figure} <= {"data", "layout"}
    assert {key for figure in figures for key in figure["layout"]} <= LAYOUT_KEYS
    assert {key for trace in traces for key in trace} <= TRACE_KEYS
    assert {key for trace in traces for key in trace.get("marker", {})} <= MARKER_KEYS
    for trace in traces:
        assert isinstance(trace["x"], list)
        assert isinstance(trace["y"], list)
        symbol = trace.get("marker", {}).get("symbol", "circle")
        assert isinstance(symbol, str) or len(symbol) == len(trace["x"])
