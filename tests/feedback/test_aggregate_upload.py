"""Supplied figures are looked at first: every bad row is named, nothing is half done, what is replaced is kept."""

import io
import re
from datetime import date

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, transaction

from events.models import AccessLog, Event
from feedback.enums import FigureState
from feedback.errors import FigureStateError
from feedback.models import AggregateFigure, FigureUpload
from feedback.selectors.aggregate import aggregate_measures, current_figures, figures_page, own_figures
from feedback.selectors.aggregate_template import last_quarter
from feedback.services.aggregate_upload import commit_figures, discard_figures
from privacy.viewer import PermissionRefusedError
from tests.world import World
from tests.worlds import figures, programme


HERE = "/c/colectomy-mi/manage/figures"
ALDER, BIRCH = "0100", programme.HOSPITALS["birch"][0]
CENTRE_ONLY = ("alder.champion", "alder.clinician", "alder.abstractor", "vera", "sam", "pat", "dana")


@pytest.fixture(autouse=True)
def measure(world: World) -> None:
    figures.publish_measure()


def text_of(page: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))


def told(upload: FigureUpload) -> list[str]:
    return [f"{each['line']} {each['column']}: {each['message']} {each['remedy']}" for each in upload.problems]


def kept() -> list[tuple[str, str, int, int, float | None]]:
    return [
        (each.participation.site.identifier, str(each), each.numerator, each.denominator, each.expected)
        for each in AggregateFigure.objects.select_related("participation__site").order_by("pk")
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("9999,2025-Q3,1,30,2", '2 hospital: "9999" is no member hospital. Use its number or name as the page Hospitals has it, or remove the row.'),
        ("Aldermoor Quillen Hospitl,2025-Q3,1,30,2", '2 hospital: "Aldermoor Quillen Hospitl" is no member hospital. Did you mean "Aldermoor Quillen Hospital"?'),
        (",2025-Q3,1,30,2", "2 hospital: The hospital is empty. Write its official number or its name, or remove the row."),
        ("0100,2025-Q3,31,30,2", "2 numerator: The numerator 31 is larger than the denominator 30. Look whether the two columns are swapped."),
        ("0100,2025-Q3,-1,30,2", "2 numerator: -1 is below 0. Give a count, 0 or more."),
        ("0100,2025-Q3,few,30,2", '2 numerator: "few" is not a whole number. Write the count in digits.'),
        ("0100,2025-Q3,1.5,30,2", '2 numerator: "1.5" is not a whole number. Write the count in digits.'),
        ("0100,2025-Q3,<11,30,2", '2 numerator: "<11" hides the count. Ask the supplier for the count itself: small counts are kept from members by the release.'),
        ("0100,2025-Q3,1,,2", "2 denominator: The denominator is empty. Write 0 where there was none, or remove the row."),
        ("0100,2025-Q3,1,30,", "2 expected: The expected count is missing. This measure compares with it: add it, or remove the row."),
        ("0100,2025-Q3,1,30,-2", "2 expected: -2 is below 0. Give the number of events expected."),
        ("0100,2025-Q3,1,30,two", '2 expected: "two" is not a number. Write it in digits with a decimal point: 14.2.'),
        ("0100,2025-Q3,1,30,0", "2 expected: An expected count of 0 cannot be compared with. Give it with more decimals, or pool the period with others."),
        ("0100,2025-Q3,1,30,31", "2 expected: The expected count 31 is larger than the denominator 30. Give a count of events: cases times the expected rate."),
        ("0100,autumn,1,30,2", '2 period: "autumn" is no period. Write a quarter, 2025-Q3, a year, 2025, or years, 2023-2025.'),
        ("0100,,1,30,2", "2 period: The period is empty. Write a quarter, 2025-Q3, a year, 2025, or years, 2023-2025."),
        ("0100,2025-2023,1,30,2", "2 period: 2025-2023 ends before it begins. Write the earlier year first."),
        ("0100,1890,1,30,2", "2 period: 1890 is before 1990. Check the year."),
        ("0100,2199-Q1,1,30,2", "2 period: 2199-Q1 is not over yet. Check the period; supply its figures when it is over."),
        ("0100,2025-Q3", "2 : The row has 2 cells, the heading has 5. Look for a missing or unquoted delimiter."),
    ],
)  # fmt: skip
def test_bad_row_is_named_with_line_column_and_remedy(row: str, problem: str) -> None:
    upload = figures.upload(row, f"{BIRCH},2025-Q3,2,40,3.5")

    assert (told(upload), upload.state, upload.content) == ([problem], FigureState.REFUSED, None)


def test_all_bad_rows_come_at_once_and_nothing_is_taken_over(world: World) -> None:
    upload = figures.upload("9999,2025-Q3,1,30,2", "0100,2025-Q3,1,30,2", "0100,2025-Q3,2,40,3", "0100,2025,5,90,6")

    assert told(upload) == [
        '2 hospital: "9999" is no member hospital. Use its number or name as the page Hospitals has it, or remove the row.',
        "4 period: Aldermoor Quillen Hospital, 2025-Q3 is in line 3 already. Remove one of the two rows.",
        "5 period: 2025 overlaps 2025-Q3 of the same hospital in line 3. Give either the year or its quarters.",
    ]
    with world.acting_as("cora") as cora, pytest.raises(FigureStateError, match="has rows to correct already"):
        commit_figures(upload=upload, by=cora)
    with world.acting_as("cora"):
        assert kept() == []


def test_file_without_a_needed_column_is_refused_as_a_whole() -> None:
    upload = figures.upload("0100,2025-Q3,1", heading="hospital,period,numerator")

    assert told(upload) == [
        (
            "0 : The file has no column denominator, expected. "
            "Name the columns hospital, period, numerator, denominator, expected, or fill in the template of this page."
        )
    ]


def test_columns_may_be_called_as_the_definition_calls_them() -> None:
    heading = "Facility,Quarter,Readmissions within 30 days,Discharges,Expected,Region"
    upload = figures.upload("Aldermoor Quillen Hospital,Q3 2025,1,30,2,Lake", heading=heading)

    assert (upload.state, upload.summary["not_read"]) == (FigureState.CHECKED, ["Region"])


def test_number_that_lost_its_zeros_is_known_by_the_name_beside_it(world: World) -> None:
    heading = f"hospital,hospital_name{figures.HEADING.removeprefix('hospital')}"
    good = figures.upload("100,Aldermoor Quillen Hospital,2025-Q3,1,30,2", heading=heading)
    bad = figures.upload(f"0100,{programme.HOSPITALS['birch'][1]},2025-Q3,1,30,2", heading=heading)

    assert good.problems == []
    assert told(bad) == [
        f"2 hospital_name: 0100 is Aldermoor Quillen Hospital, not {programme.HOSPITALS['birch'][1]}. Correct the number or the name."
    ]


def test_preview_says_what_would_happen_and_nothing_happens_before(world: World) -> None:
    figures.supply("0100,2025-Q2,3,80,4.5", f"{BIRCH},2025-Q2,6,90,5")
    upload = figures.upload("0100,2025-Q2,4,80,4.5", "0100,2025-Q3,1,30,2")
    names = {each.site.name for each in figures.members()} - {"Aldermoor Quillen Hospital"}
    summary = upload.summary

    counts = [summary[name] for name in ("new", "changed", "same", "absent", "hospitals")]
    assert counts == [1, 1, 0, 1, 1]
    assert (summary["numerator"], summary["denominator"], summary["expected"]) == (5, 110, 6.5)
    assert summary["periods"] == ["2025-Q2", "2025-Q3"]
    assert set(summary["without"]) == names
    assert summary["changes"] == [
        {
            "hospital": "Aldermoor Quillen Hospital",
            "period": "2025-Q2",
            "before": "3 of 80, 4.5 expected",
            "after": "4 of 80, 4.5 expected",
        }
    ]
    with world.acting_as("cora"):
        assert len(kept()) == 2


def test_second_file_replaces_and_keeps_what_it_replaced(world: World) -> None:
    figures.supply("0100,2025-Q2,3,80,4.5")
    figures.supply("0100,2025-Q2,4,80,4.5", by="ben", source="Claims, corrected")

    with world.acting_as("cora") as cora:
        (now,) = current_figures(cora.collaborative_id or 0, figures.measure().pk)
        (line,) = figures_page(cora, figures.SLUG).lines
    assert (now.numerator, now.source, len(line.earlier)) == (4, "Claims, corrected", 1)
    assert re.fullmatch(r"3 of 80, 4\.5 expected until then, supplied by Cora \w+ on \d+ \w+ \d{4}", line.earlier[0])


def test_same_file_again_adds_nothing(world: World) -> None:
    figures.supply("0100,2025-Q2,3,80,4.5")
    again = figures.supply("0100,2025-Q2,3,80,4.5")

    assert (again.summary["new"], again.summary["changed"], again.summary["same"]) == (0, 0, 1)
    with world.acting_as("cora"):
        assert len(kept()) == 1


def test_year_beside_its_quarters_is_refused_until_they_are_taken_back(world: World) -> None:
    figures.supply("0100,2025-Q2,3,80,4.5")
    refused = figures.upload("0100,2025,12,320,18")
    figures.supply("0100,2025-Q2,0,0,")
    figures.supply("0100,2024,12,320,18")

    assert told(refused) == [
        (
            "2 period: 2025 overlaps 2025-Q2, which was supplied for Aldermoor Quillen Hospital already. "
            "Supply the same periods, or first take 2025-Q2 back with 0 of 0."
        )
    ]
    with world.acting_as("cora") as cora:
        left = current_figures(cora.collaborative_id or 0, figures.measure().pk)
        lines = figures_page(cora, figures.SLUG).lines
    assert [(each.first_day, each.denominator) for each in left] == [(date(2024, 1, 1), 320)]
    assert [(each.period, each.taken_back) for each in lines] == [("2024", False), ("2025-Q2", True)]


def test_another_file_of_the_measure_puts_the_waiting_one_aside(world: World) -> None:
    first, second = figures.upload("0100,2025-Q2,3,80,4.5"), figures.upload("0100,2025-Q2,4,80,4.5")

    with world.acting_as("cora") as cora:
        with pytest.raises(FigureStateError, match="discarded already"):
            commit_figures(upload=first, by=cora)
        discard_figures(upload=second, by=cora)
        assert kept() == []
        assert set(FigureUpload.objects.values_list("state", "content")) == {(FigureState.DISCARDED, None)}


def test_every_step_is_an_event(world: World) -> None:
    figures.supply("0100,2025-Q2,3,80,4.5")
    looked_at = figures.upload("0100,2025-Q3,3,80,4.5")
    with world.acting_as("cora") as cora:
        discard_figures(upload=looked_at, by=cora)
        found = Event.objects.filter(kind__startswith="figures_").order_by("pk").values_list("kind", "details")

        assert list(found) == [
            ("figures_uploaded", {"measure": figures.SLUG, "state": "checked"}),
            ("figures_committed", {"measure": figures.SLUG, "new": 1, "changed": 0, "same": 0}),
            ("figures_uploaded", {"measure": figures.SLUG, "state": "checked"}),
            ("figures_discarded", {"measure": figures.SLUG}),
        ]


@pytest.mark.parametrize("name", CENTRE_ONLY)
def test_only_coordinator_and_biostatistician_supply(world: World, name: str) -> None:
    waiting = figures.upload("0100,2025-Q2,3,80,4.5")
    client = world.client(name)
    pages = [
        f"{HERE}/",
        f"{HERE}/{figures.SLUG}/",
        f"{HERE}/{figures.SLUG}/upload/",
        f"{HERE}/files/{waiting.public_id}/",
    ]
    with world.acting_as(name) as viewer:
        for refused in (commit_figures, discard_figures):
            with pytest.raises(PermissionRefusedError):
                refused(upload=waiting, by=viewer)

    assert [client.get(page).status_code for page in pages] == [403, 403, 403, 403]


def test_hospital_reads_its_own_figures_and_no_file(world: World) -> None:
    figures.supply("0100,2025-Q2,3,80,4.5", f"{BIRCH},2025-Q2,6,90,5")

    with world.acting_as("alder.clinician") as alder:
        assert [(each.numerator, each.denominator) for each in AggregateFigure.objects.all()] == [(3, 80)]
        assert [each.numerator for each in own_figures(alder, figures.measure().pk)] == [3]
    with world.acting_as("alder.clinician"), pytest.raises(Error, match="permission denied"), transaction.atomic():
        list(FigureUpload.objects.all())
    for name, slug in (("sam", "colectomy-mi"), ("pat", "colectomy-mi")):
        with world.acting_as(name, slug), pytest.raises(Error, match="permission denied"), transaction.atomic():
            list(AggregateFigure.objects.all())
    with world.acting_as("dieter", "hernia-lakes"):
        assert list(AggregateFigure.objects.all()) == []


@pytest.mark.parametrize("name", ["cora", "alder.champion"])
def test_figure_is_never_changed_by_anybody(world: World, name: str) -> None:
    figures.supply("0100,2025-Q2,3,80,4.5")

    for change in (lambda: AggregateFigure.objects.update(numerator=1), lambda: AggregateFigure.objects.all().delete()):
        with world.acting_as(name), pytest.raises(Error, match="permission denied"), transaction.atomic():
            change()


def test_coordinator_uploads_looks_and_takes_over_in_pages(world: World) -> None:
    client, here = world.client("cora"), f"{HERE}/{figures.SLUG}/"
    assert "No figures yet" in text_of(client.get(here).content)
    template = client.get(f"{here}template.csv").content.decode("utf-8-sig")
    heading, *rows = template.splitlines()
    assert heading == "hospital,hospital_name,period,numerator,denominator,expected"
    assert len(rows) == len(figures.members())
    file = SimpleUploadedFile("claims.csv", b"hospital,period,numerator,denominator,expected\n0100,2025-Q3,7,210,9.8\n")
    sent = client.post(f"{here}upload/", {"file": file, "source": "Claims of 2025"})
    preview = text_of(client.get(sent["Location"]).content)
    assert "Taking it over adds 1 new figure and replaces 0" in preview
    assert "7 of 210 altogether; 9.8 expected, so observed over expected is 0.714" in preview
    taken = text_of(client.post(sent["Location"], {"do": "commit"}, follow=True).content)
    assert "The figures are taken over: 1 new, 0 changed, 0 as before." in taken
    assert "Aldermoor Quillen Hospital 1 period" in taken
    assert "2025-Q3 7 210 3.3% 9.8" in taken
    assert "Claims of 2025" in taken
    with world.acting_as("cora") as cora:
        (row,) = aggregate_measures(cora)
        looked = AccessLog.objects.filter(subject__contains="figures").values_list("action", flat=True)
        assert (row.hospitals, row.periods) == (1, "2025-Q3")
        assert set(looked) == {"results_viewed", "exported"}


def test_upload_page_names_what_is_missing(world: World) -> None:
    client, here = world.client("ben"), f"{HERE}/{figures.SLUG}/upload/"
    answer = client.post(here, {"source": ""})

    assert answer.status_code == 422
    assert "Where they come from" in text_of(answer.content)


def test_source_that_every_member_reads_names_no_hospital(world: World) -> None:
    client, name = world.client("cora"), programme.HOSPITALS["birch"][1]
    file = SimpleUploadedFile("claims.csv", f"{figures.HEADING}\n0100,2025-Q3,7,210,9.8\n".encode())
    answer = client.post(f"{HERE}/{figures.SLUG}/upload/", {"file": file, "source": f"Sent again by {name}"})

    assert answer.status_code == 422
    assert f"the text names {name}" in text_of(answer.content)
    with world.acting_as("cora"):
        assert not FigureUpload.objects.exists()


def test_measure_of_cases_has_no_figures(world: World) -> None:
    client = world.client("cora")

    assert client.get(f"{HERE}/ssi/").status_code == 404
    assert client.get(f"{HERE}/ssi/upload/").status_code == 404


def test_hospital_sees_its_figures_before_the_first_release(world: World) -> None:
    figures.supply("0100,2025-Q2,3,80,4.5", f"{BIRCH},2025-Q2,61,977,55")
    client, here = world.client("alder.clinician"), f"/c/colectomy-mi/measures/{figures.SLUG}/"
    own, first = (text_of(client.get(f"{here}{view}").content) for view in ("?view=cases", ""))

    assert "Our figures" in own
    assert "2025-Q2 3 80 3.8% 4.5" in own
    assert f"Figures supplied by the coordinating centre · {figures.SOURCE}" in own
    assert "No released result yet" in first
    assert "2025-Q2 3 80 3.8% 4.5" in first
    assert [word in own + first for word in ("977", "61", programme.HOSPITALS["birch"][1])] == [False, False, False]


def test_workbook_is_read_like_a_file_of_text(world: World) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, figures.HEADING.split(","))
        sheet.write_row(1, 0, ["0100", "2025-Q3", 7, 210, 9.8])
    client = world.client("cora")
    file = SimpleUploadedFile("claims.xlsx", out.getvalue())
    sent = client.post(f"{HERE}/{figures.SLUG}/upload/", {"file": file, "source": "Claims"})

    assert "Taking it over adds 1 new figure" in text_of(client.get(sent["Location"]).content)


def test_collaborative_that_counts_cases_only_is_told_how_to_get_such_a_measure(world: World) -> None:
    page = world.client("hanna").get("/c/hernia-lakes/manage/figures/")

    assert "No measure of supplied figures" in text_of(page.content)


@pytest.mark.parametrize(
    ("today", "quarter"),
    [(date(2026, 1, 2), "2025-Q4"), (date(2026, 4, 15), "2026-Q1"), (date(2026, 12, 31), "2026-Q3")],
)
def test_template_asks_for_the_quarter_that_was_over_last(today: date, quarter: str) -> None:
    assert last_quarter(today) == quarter
