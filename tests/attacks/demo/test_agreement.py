"""One result, many places: sentence, tag, chart, table, file, report, program. For every hospital and measure of the demo.

What must be said is worked out here from the stored row, not by the functions that say it.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

import pytest
from django.db import transaction
from django.test import Client

from collaboratives.selectors.places import Place, acting_for, places_of
from config.demo.accounts import user_of
from config.demo.cast import ACCOUNTS, PROGRAMME, SURGERY, Account
from config.demo.rosters import VACANT
from feedback.models import PeerDistribution, Release, SiteResult
from feedback.reports.selectors.fhir import own_bundle
from feedback.reports.selectors.hospital import hospital_content
from feedback.reports.selectors.results import own_results_page
from feedback.reports.services.contents import full
from measures.definition.spec import Direction, MeasureSpec
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting


HERE = f"/c/{SURGERY}/"
CHAMPIONS = {
    account.hospital.key: account
    for account in ACCOUNTS
    if account.slug == SURGERY and account.role is Role.CHAMPION and account.hospital
}
COMPARING = re.compile(r"higher than|lower than|close to|chance alone|best hospitals|quarter|rank", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What every place must say of one result."""

    slug: str
    short_name: str
    hospital: str
    few: bool
    minimum: int
    counts: str
    rate: str
    value: str
    collaborative: str
    benchmark: str
    reading: str
    kind: str
    way: str
    interval: str
    numbers: dict[str, float | None]
    median: str


@dataclass(frozen=True)
class Visit:
    """One champion's look at everything: pages through the browser, files and resources as programs get them."""

    told: tuple[Told, ...]
    pages: dict[str, str]
    files: dict[str, str]
    lists: dict[str, str]
    report: dict[str, dict[str, object]]
    numbers: dict[str, dict[str, object]]
    fhir: dict[str, dict[str, object]]


@pytest.fixture(params=sorted({*PROGRAMME[SURGERY].hospitals} - {VACANT}))
def visit(demo: None, db: None, request: pytest.FixtureRequest) -> Visit:
    account = CHAMPIONS[request.param]
    client = Client()
    client.force_login(user_of(account))
    viewer, place = _viewer(account)
    with acting(acting_for(viewer)), transaction.atomic():
        release = Release.objects.get(name="2026-2")
        told = tuple(_told(result, release, place) for result in _results(viewer, release))
        content = full(hospital_content(release, place))["measures"]
        report = {each["slug"]: each for each in content}  # type: ignore[index,union-attr,call-overload]
        numbers = {each["measure"]: each for each in own_results_page(viewer, place, release.public_id)["results"]}
        fhir = {_measure_of(entry["resource"]): entry["resource"] for entry in own_bundle(viewer, place, "")["entry"]}
    return Visit(
        told,
        pages={each.slug: _get(client, f"measures/{each.slug}/") for each in told},
        files={each.slug: _get(client, f"measures/{each.slug}/numbers.csv") for each in told},
        lists={
            name: _get(client, path)
            for name, path in {"home": "", "list": "measures/", "sheet": "measures.csv"}.items()
        },
        report=report,
        numbers=numbers,
        fhir=fhir,
    )


def _viewer(account: Account) -> tuple[Viewer, Place]:
    user = user_of(account)
    place = next(each for each in places_of(user.pk) if each.collaborative.slug == SURGERY)
    return place.viewer(user.pk, user.full_name), place


def _get(client: Client, path: str) -> str:
    with transaction.atomic():
        response = client.get(f"{HERE}{path}")
        transaction.set_rollback(True)
    assert response.status_code == 200, path
    return response.content.decode("utf-8-sig")


def _measure_of(resource: dict[str, str]) -> str:
    return resource["measure"].rpartition(":")[2].partition("|")[0]


def _results(viewer: Viewer, release: Release) -> list[SiteResult]:
    own = SiteResult.objects.filter(release=release, participation_id=viewer.participation_id)
    return list(own.select_related("measure_version__measure"))


def _told(result: SiteResult, release: Release, place: Place) -> Told:
    spec = result.measure_version.definition
    peers = PeerDistribution.objects.get(release=release, measure_version=result.measure_version, stratum="all")
    minimum = max(place.collaborative.disclosure_rules.minimum_cases, spec.minimum_cases)
    few = result.denominator < minimum
    adjusted = result.adjusted_rate is not None
    value = result.adjusted_rate if adjusted else result.rate
    low, high = (result.adjusted_low, result.adjusted_high) if adjusted else (result.rate_low, result.rate_high)
    reading, kind = _reading(result, minimum, compared=peers.collaborative_value is not None)
    return Told(
        slug=spec.slug,
        short_name=spec.short_name,
        hospital=place.site_name,
        few=few,
        minimum=minimum,
        counts=_counts(result, spec),
        rate=_own(result.rate, spec),
        value=_own(value, spec),
        collaborative=_peer(peers.collaborative_value, spec, peers.step),
        benchmark=_peer(peers.benchmark, spec, peers.step),
        reading=reading,
        kind=kind,
        way=_way(result, value or 0.0, peers.collaborative_value or 0.0, peers.step),
        interval=_between(low, high, spec),
        numbers={
            "rate": _number(result.rate, spec),
            "value": _number(value, spec),
            "interval_low": _number(low, spec),
            "interval_high": _number(high, spec),
            "collaborative": _rounded(peers.collaborative_value, spec),
            "benchmark": _rounded(peers.benchmark, spec),
        },
        median=_own(result.values.get("median"), spec),
    )


def _counts(result: SiteResult, spec: MeasureSpec) -> str:
    return f"{result.denominator:,}" if spec.kind == "continuous" else f"{result.observed:,} / {result.denominator:,}"


def _factor(spec: MeasureSpec) -> float:
    return {"proportion": 100.0, "rate": float(spec.per)}.get(spec.kind.value, 1.0)


def _unit(spec: MeasureSpec) -> str:
    words = {"proportion": "%", "rate": f" per {spec.per:,} {spec.value_unit}", "continuous": f" {spec.value_unit}"}
    return words.get(spec.kind.value, "")


def _decimals(spec: MeasureSpec) -> int:
    return spec.decimals if spec.kind != "proportion" else 1


def _own(value: float | None, spec: MeasureSpec) -> str:
    """With the decimals of the definition."""
    return "" if value is None else f"{_factor(spec) * value:,.{_decimals(spec)}f}{_unit(spec)}"


def _between(low: float | None, high: float | None, spec: MeasureSpec) -> str:
    if low is None or high is None:
        return ""
    first = _own(low, spec) if spec.kind == "proportion" else _own(low, spec).removesuffix(_unit(spec))
    return f"{first} to {_own(high, spec)}"


def _peer(value: float | None, spec: MeasureSpec, step: float | None) -> str:
    """With the decimals of the step that told values are rounded to."""
    if value is None:
        return ""
    written = (step or 0.01) * _factor(spec)
    places = next(places for places in range(6) if abs(round(written, places) - written) < 1e-9)
    return f"{_factor(spec) * value:,.{places}f}{_unit(spec)}"


def _number(value: float | None, spec: MeasureSpec) -> float | None:
    return None if value is None else round(_factor(spec) * value, _decimals(spec))


def _rounded(value: float | None, spec: MeasureSpec) -> float | None:
    return None if value is None else round(_factor(spec) * value, 6)


def _reading(result: SiteResult, minimum: int, *, compared: bool) -> tuple[str, str]:
    """The words of the tag, and its colour."""
    if result.denominator < minimum:
        return (f"Too few cases to compare (n < {minimum})" if result.denominator else "No cases in this period"), ""
    if not compared:
        return "Not compared", ""
    higher = result.measure_version.definition.direction is Direction.HIGHER
    worse = ("Lower" if higher else "Higher") + " than the collaborative"
    words = {"better": ("Better than the collaborative", "good"), "worse": (worse, "warn")}
    return words.get(result.reading, ("Within expected variation", ""))


def _way(result: SiteResult, value: float, collaborative: float, step: float | None) -> str:
    """Lower than; of a time, by how much: 1.2 days shorter than."""
    spec = result.measure_version.definition
    higher = spec.direction is Direction.HIGHER
    if result.reading == "as_expected" and abs(value - collaborative) <= (step or 0.01) / 2:
        return "close to"
    above = value > collaborative if result.reading == "as_expected" else (result.reading == "better") == higher
    if spec.kind == "continuous":
        return f"{_own(abs(value - collaborative), spec)} {'longer' if above else 'shorter'} than"
    return "higher than" if above else "lower than"


def same(one: str, other: str) -> bool:
    """As numbers: charts write values that are told in whole per cent with a decimal, 4.0% for 4%."""
    return _figure(one) == _figure(other)


def _figure(text: str) -> tuple[float, str]:
    number, _, unit = text.replace("%", " %").partition(" ")
    return float(number.replace(",", "")), unit


def words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html))).strip()


# The test -------------------------------------------------------------------------------------------------------------


def test_everything_that_is_said_of_a_result_agrees(visit: Visit) -> None:
    assert len(visit.told) >= 8
    for each in visit.told:
        sentence = _sentence(visit.pages[each.slug])
        _check_sentence(each, sentence)
        _check_page(each, visit.pages[each.slug])
        _check_chart(each, visit.pages[each.slug])
        _check_file(each, visit.files[each.slug], sentence)
        _check_lists(each, visit.lists)
        _check_programs(each, visit, sentence)


def _sentence(page: str) -> str:
    found = re.search(r'<p class="lede">(.*?)</p>', page, re.DOTALL)
    assert found
    return words(found[1])


def _check_sentence(each: Told, sentence: str) -> None:
    if each.reading.startswith("No cases"):
        assert COMPARING.search(sentence) is None
        return
    assert f"({each.rate})" in sentence
    if each.few:
        assert sentence.endswith(f"{each.reading}.")
        assert COMPARING.search(sentence) is None
    elif each.collaborative:
        assert f"{each.way} the collaborative ({each.collaborative})" in sentence
        assert ("more than chance alone would explain" in sentence) == bool(each.kind)
        assert each.value in sentence


def _check_page(each: Told, page: str) -> None:
    """The tag with its colour, and the table of numbers."""
    tags = re.findall(r'<span class="tag ?(\w*)"[^>]*>(.*?)</span>', page, re.DOTALL)
    assert {kind for kind, text in tags if words(text) == each.reading} == {each.kind}
    facts = words(page)
    assert f"{'Numerator / denominator' if '/' in each.counts else 'Cases'} {each.counts}" in facts
    assert not each.median or f"Median {each.median}" in facts
    for label, value in (("Collaborative", each.collaborative), ("Achievable benchmark", each.benchmark)):
        assert not value or f"{label} {value}" in facts


def _check_chart(each: Told, page: str) -> None:
    """Own mark with its label, the levels with theirs, and the table of the same numbers; none of it below the minimum."""
    chart = re.search(r'<svg class="plot dots".*?</figure>.*?</table>', page, re.DOTALL)
    if each.few or not each.collaborative:
        assert chart is None or 'class="own-mark"' not in chart[0]
        assert chart is None or re.search(r"quarter|level with most", chart[0]) is None
        return
    assert chart
    assert chart[0].count('class="own-mark"') >= 1
    assert f"{each.hospital} {each.value}" in words(chart[0])
    rows = {cells[0]: cells[1:] for cells in _rows(chart[0])}
    assert rows[f"{each.hospital} (your hospital)"][:2] == [each.value, each.interval]
    assert same(rows["Collaborative"][0], each.collaborative)
    assert not each.benchmark or same(rows["Achievable benchmark"][0], each.benchmark)


def _rows(html: str) -> Iterator[list[str]]:
    for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL):
        yield [words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]


def _check_file(each: Told, file: str, sentence: str) -> None:
    rows = list(csv.reader(io.StringIO(file)))
    facts = {row[0]: row[1] for row in rows if len(row) > 1}
    assert [sentence] in rows
    assert facts["Numerator / denominator" if "/" in each.counts else "Cases"] == each.counts
    assert not each.collaborative or same(facts["Collaborative"], each.collaborative)
    assert not each.benchmark or same(facts["Achievable benchmark"], each.benchmark)
    own = [row for row in rows if row and row[0] == f"{each.hospital} (your hospital)"]
    assert [row[1] for row in own] == ([] if each.few or not each.collaborative else [each.value])


def _check_lists(each: Told, lists: dict[str, str]) -> None:
    for name in ("home", "list"):
        row = next(
            part for part in re.findall(r"<tr>(.*?)</tr>", lists[name], re.DOTALL) if f"measures/{each.slug}/" in part
        )
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
        told = [each.value or "no cases", each.collaborative or "not shown", each.benchmark or "not shown"]
        assert [words(cell) for cell in cells[:3]] == told
        (tag,) = re.findall(r'<span class="tag ?(\w*)">(.*?)</span>', row, re.DOTALL)
        assert (tag[0], words(tag[1])) == (each.kind, each.reading)
        assert ("own-mark" in cells[3]) == (bool(each.collaborative) and not each.few)
    line = next(row for row in csv.reader(io.StringIO(lists["sheet"])) if row[:1] == [each.short_name])
    assert {each.value, each.collaborative or "not shown", each.reading} <= set(line)


def _check_programs(each: Told, visit: Visit, sentence: str) -> None:
    """What PDFs are typeset from, the API and FHIR."""
    report, numbers, resource = visit.report[each.slug], visit.numbers[each.slug], visit.fhir[each.slug]
    assert (report["sentence"], report["value"], report["reading"]) == (sentence, each.value, each.reading)
    assert (numbers["sentence"], numbers["reading"]) == (sentence, each.reading)
    counts = f"{numbers['numerator']:,} / {numbers['denominator']:,}"
    assert (counts if "/" in each.counts else f"{numbers['denominator']:,}") == each.counts
    assert {name: numbers[name] for name in each.numbers} == each.numbers
    score = resource["group"][0].get("measureScore")  # type: ignore[index]
    assert (score["value"] if score else None) == each.numbers["rate"]
    texts = {part["url"].rpartition(":")[2]: part for part in resource["extension"]}  # type: ignore[index,attr-defined]
    assert (texts["sentence"]["valueString"], texts["reading"]["valueString"]) == (sentence, each.reading)


@pytest.mark.worker
def test_the_demo_has_every_reading(surgery: Acting) -> None:
    """Else nothing above would speak of it."""
    found = SiteResult.objects.filter(release__name="2026-2").values_list("reading", flat=True).distinct()

    assert set(found) == {"better", "as_expected", "worse", "too_few"}
    versions = SiteResult.objects.filter(release__name="2026-2").select_related("measure_version")
    assert {row.measure_version.definition.kind.value for row in versions} == {"proportion", "rate", "continuous"}
