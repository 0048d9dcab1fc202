"""A draft on real cases: the same as the Python evaluator says, case by case."""

from collections import Counter
from dataclasses import replace
from datetime import date
from unittest import mock

import pytest
from django.test import Client
from scipy.stats import binom

from cases.models import Case
from collaboratives.models import Collaborative
from events.models import AccessLog
from feedback.errors import PreviewTooSlowError
from feedback.selectors import measure_preview as module
from feedback.selectors.measure_preview import Preview, closed_months, preview_of
from feedback.selectors.preview_chart import limits
from feedback.selectors.raw_reading import wilson
from measures.definition.answers import from_json
from measures.definition.evaluate import compile_measure
from measures.definition.spec import Exclusion, MeasureKind, MeasureSpec
from measures.models import MeasureVersion
from measures.selectors.definitions import merged_spec
from privacy.viewer import PermissionRefusedError
from riskstats.intervals import wilson as exact
from tests.clock import today
from tests.world import World


PREVIEW = "/c/colectomy-mi/manage/measures/ssi/preview/"
OLD = Exclusion(name="old", label="Over seventy", when="[age] > 70")
YOUNG = Exclusion(name="young", label="Under thirty", when="[age] < 30")


@pytest.fixture(autouse=True)
def _all_years(monkeypatch: pytest.MonkeyPatch) -> None:
    """The world's cases are of 2025 and 2026, whatever today is."""
    monkeypatch.setattr(module, "closed_months", lambda *_: (date(2025, 7, 1), date(2026, 12, 31)))


def version() -> MeasureVersion:
    return MeasureVersion.objects.select_related("measure", "form").get(measure__slug="ssi", number=1)


def preview(world: World, **change: object) -> Preview:
    with world.acting_as("cora") as by:
        found = version()
        spec = replace(found.definition, **change)  # type: ignore[arg-type]  # fields of a measure
        return preview_of(by, Collaborative.objects.get(pk=by.collaborative_id), found, spec)


def by_python(world: World, spec: MeasureSpec) -> Counter[tuple[str, str]]:
    with world.acting_as("cora"):
        form = merged_spec(version().form)
        evaluate = compile_measure(spec, form)
        cases = Case.objects.filter(
            status__in=("complete", "locked"),
            event_date__range=(date(2025, 7, 1), date(2026, 12, 31)),
            form_version__form__slug="colectomy",
        )
        found = [evaluate(from_json(form, case.answers, case.missing)) for case in cases]
    return Counter((outcome.kind.value, outcome.reason) for outcome in found)


SPECS: tuple[dict[str, object], ...] = (
    {},
    {"population": "[age] >= 50"},
    {"exclusions": (OLD, YOUNG)},
    {"exclusions": (YOUNG, OLD), "population": '[drain] = "1"'},
    {"numerator": '[ssi] = "1" or [readmitted] = "1"'},
    {"kind": MeasureKind.CONTINUOUS, "numerator": None, "value": "[age]"},
)


@pytest.mark.parametrize("change", SPECS)
def test_the_preview_counts_what_the_python_evaluator_counts(world: World, change: dict[str, object]) -> None:
    with world.acting_as("cora"):
        spec = replace(version().definition, **change)  # type: ignore[arg-type]  # fields of a measure

    shown, expected = preview(world, **change), by_python(world, spec)

    assert shown.cases == sum(expected.values()) > 0
    assert shown.met == expected["met", ""]
    assert shown.denominator == expected["met", ""] + expected["not_met", ""]
    assert shown.cannot_tell == expected["cannot_tell", ""]
    names = ["not_in_population", *(each.name for each in spec.exclusions)]
    assert [step.count for step in shown.steps[:-1]] == [expected["excluded", name] for name in names]
    assert shown.steps[-1].left == shown.denominator


def test_every_example_stands_where_the_python_evaluator_puts_it(world: World) -> None:
    shown = preview(world, exclusions=(OLD,))
    with world.acting_as("cora"):
        form = merged_spec(version().form)
        evaluate = compile_measure(replace(version().definition, exclusions=(OLD,)), form)
        numbers = [[each.url.split("/")[-2] for each in group.examples] for group in shown.examples]
        found = [
            {evaluate(case.values).kind.value for case in Case.objects.filter(public_id__in=keys)} for keys in numbers
        ]

    assert found == [{"met"}, {"not_met"}, {"excluded"}, {"cannot_tell"}]
    assert [len(keys) for keys in numbers] == [5, 5, 5, min(5, shown.cannot_tell)]


def test_examples_say_why(world: World) -> None:
    shown = preview(world, exclusions=(OLD,))

    met, not_met, excluded, unknown = (group.examples[0].why for group in shown.examples)
    assert met == "Counted: Surgical-site infection Yes"
    assert not_met == "Not counted: Surgical-site infection No"
    assert excluded.startswith("Left out, Over seventy: Age ")
    assert unknown == "Missing: Surgical-site infection"
    assert shown.missing == (("Surgical-site infection", shown.cannot_tell),)


def test_without_a_change_nothing_moves(world: World) -> None:
    change = preview(world).change

    assert change is not None
    assert (change.number, change.cases, change.moves, change.hospitals) == (1, 0, (), 0)


def test_what_moves_is_counted_case_by_case(world: World) -> None:
    with world.acting_as("cora"):
        before = version().definition
        after = replace(before, exclusions=(OLD,))
        form = merged_spec(version().form)
        old, new = compile_measure(before, form), compile_measure(after, form)
        cases = Case.objects.filter(
            status__in=("complete", "locked"),
            event_date__range=(date(2025, 7, 1), date(2026, 12, 31)),
            form_version__form__slug="colectomy",
        )
        answers = [from_json(form, case.answers, case.missing) for case in cases]
        moved = sum((old(each).kind, old(each).reason) != (new(each).kind, new(each).reason) for each in answers)

    change = preview(world, exclusions=(OLD,)).change

    assert change is not None
    assert change.cases == moved > 0


def test_hospitals_that_change_reading_are_counted(world: World) -> None:
    change = preview(world, numerator="[age] > 0").change

    assert change is not None
    assert change.hospitals == sum(move.count for move in change.readings)
    assert {move.after for move in change.readings} <= {"Within expected variation", "Too few cases to compare"}


def test_a_mean_is_not_compared(world: World) -> None:
    change = preview(world, kind=MeasureKind.CONTINUOUS, numerator=None, value="[age]").change

    assert change is not None
    assert change.hospitals is None


@pytest.mark.parametrize(("met", "cases"), [(0, 11), (3, 41), (40, 41), (500, 1000)])
def test_the_interval_is_that_of_releases(met: int, cases: int) -> None:
    found = exact([met], [cases], 0.95)

    assert wilson(met, cases) == pytest.approx((found.lo[0], found.hi[0]), abs=1e-9)


@pytest.mark.parametrize(("rate", "cases"), [(0.05, 20), (0.05, 411), (0.5, 1), (0.3, 20_000), (0.998, 900)])
def test_limits_of_the_funnel_are_binomial_quantiles(rate: float, cases: int) -> None:
    low, high = float(binom.ppf(0.025, cases, rate)), float(binom.ppf(0.975, cases, rate))

    assert limits(rate, cases) == (low / cases, high / cases)


def test_the_chart_names_no_hospital(world: World) -> None:
    chart = preview(world).chart

    assert chart is not None
    assert "Hospital 8 by volume" in str(chart.table)
    assert "Alder" not in f"{chart.svg}{chart.table}{chart.description}"


def test_twelve_months_that_are_over_where_the_collaborative_is() -> None:
    with mock.patch("feedback.selectors.measure_preview.today_of", return_value=date(2026, 3, 1)):
        assert closed_months(Collaborative(time_zone="America/Detroit")) == (date(2025, 3, 1), date(2026, 2, 28))


def test_only_who_reads_cases_previews(world: World) -> None:
    with world.acting_as("cora") as by:
        programme, found = Collaborative.objects.get(pk=by.collaborative_id), version()

        with pytest.raises(PermissionRefusedError):
            preview_of(world.viewer("sam"), programme, found, found.definition)


def test_a_preview_that_takes_too_long_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback.selectors.preview_counts.SECONDS", 0.001)

    with pytest.raises(PreviewTooSlowError, match="Try again in a minute"):
        preview(world)


# The page -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def cora(world: World) -> Client:
    client = world.client("cora")
    client.post("/c/colectomy-mi/manage/measures/ssi/start/")
    return client


def test_the_saved_draft_is_shown_and_the_look_is_noted(world: World, cora: Client) -> None:
    page = cora.post(PREVIEW, {"saved": "1"})
    with world.acting_as("cora") as by:
        looks = list(AccessLog.objects.filter(user_id=by.user_id).values_list("action", "subject", "participation_id"))

    assert b"Examples" in page.content
    assert b"<h1>" in page.content
    assert looks == [("cases_listed", "preview of measure ssi", None)]


def test_a_part_alone_is_shown_to_htmx(cora: Client) -> None:
    page = cora.post(PREVIEW, {"saved": "1"}, headers={"HX-Request": "true"})

    assert b"<h1>" not in page.content
    assert b"Case flow" in page.content


def test_a_page_that_cannot_be_read_is_not_previewed(world: World, cora: Client) -> None:
    page = cora.post(PREVIEW, {"name": ""})
    with world.acting_as("cora") as by:
        looks = AccessLog.objects.filter(user_id=by.user_id).count()

    assert b"The page cannot be read yet" in page.content
    assert looks == 0


@pytest.mark.parametrize("name", ["alder.champion", "alder.abstractor", "sam", "vera"])
def test_others_do_not_preview(world: World, name: str) -> None:
    assert world.client(name).post(PREVIEW, {"saved": "1"}).status_code == 403


def test_the_page_tells_that_counting_is_under_way(world: World, cora: Client) -> None:
    cora.post("/c/colectomy-mi/manage/measures/ssi/draft/submit/", {"note": "Same."})
    day = today().isoformat()
    world.client("dana").post(f"{PREVIEW.removesuffix('preview/')}review/", {"effective_from": day, "note": "Same."})

    page = cora.get("/c/colectomy-mi/manage/measures/ssi/counting/")

    assert b"A worker counts the cases" in page.content
    assert b"every 1s" in page.content
