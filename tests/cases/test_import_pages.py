"""The pages of an import, as a browser without JavaScript uses them."""

import csv
import io
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cases.http import LARGEST_UPLOAD
from cases.models import CaseImport
from cases.selectors.imports import ROWS_SHOWN
from events.models import AccessLog, Job
from tests.world import World
from tests.worlds.cases import BAD_ROWS, IMPORTS
from tests.worlds.counting import page_queries


HEADING = "case_number,age,asa,operation_date,antibiotic,ssi"
GOOD = "N-1,70,2,2026-03-05,1,0"
pytestmark = pytest.mark.django_db


def _url(name: str, which: str = "") -> str:
    """The page of one of the world's imports, or one that needs none."""
    return reverse(f"cases:{name}", args=["colectomy-mi", *([IMPORTS[which]] if which else [])])


def _post(client: Client, content: bytes, name: str = "cases.csv") -> HttpResponse:
    return client.post(_url("import-new"), {"form": "colectomy", "file": SimpleUploadedFile(name, content)})


def _text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def _states(world: World, kind: str) -> list[tuple[str, str]]:
    """File, state of the import and kind of the newest job, as its people see them."""
    with world.acting_as("alder.abstractor"):
        job = Job.objects.filter(kind=kind).latest("pk")
        case_import = CaseImport.objects.get(pk=job.subject_id)
        return [(case_import.file_name, case_import.state)]


def test_upload_waits_for_a_worker(world: World) -> None:
    client = world.client("alder.abstractor")

    page = _text(client.get(_post(client, f"{HEADING}\n{GOOD}\n".encode(), "C:\\temp\\may.csv")["Location"]))

    assert "Waiting for a worker" in page
    assert "hx-trigger" in page
    assert _states(world, "cases.check_import") == [("may.csv", "checking")]


def test_checked_file_shows_what_it_would_do(world: World) -> None:
    response = world.client("alder.abstractor").get(_url("import-detail", "checked"))
    page = response.context["page"]

    assert [(group.title, group.column, group.count, group.can_fix, group.can_map) for group in page.errors] == [
        ("Age is out of range", "age", BAD_ROWS, False, False),
        ("ASA class: unknown code", "asa", BAD_ROWS // 2, False, True),
        ("Comment cannot be read", "comment", 1, True, False),
    ]
    shown = response.context["shown"]
    assert (len(shown.rows), shown.total, page.rejected, page.to_write, page.ready) == (ROWS_SHOWN, 121, 121, 1, 1)
    assert "Import the 1 row without errors" in _text(response)


def test_committing_waits_for_a_worker(world: World) -> None:
    client = world.client("alder.abstractor")

    page = _text(client.post(_url("import-commit", "checked"), {"rows": "valid"}, follow=True))

    assert "Waiting for a worker" in page
    assert _states(world, "cases.commit_import") == [("alder-march.csv", "committing")]


def test_rejected_rows_want_a_decision(world: World) -> None:
    response = world.client("alder.abstractor").post(_url("import-commit", "checked"), {"rows": "all"}, follow=True)

    assert "121 rows have errors, so none was imported." in _text(response)


def test_list_shows_the_own_files_only(world: World) -> None:
    own = _text(world.client("alder.sampler").get(_url("import-list")))
    other = _text(world.client("birch.abstractor").get(_url("import-list")))
    centre = _text(world.client("cora").get(_url("import-list")))

    assert [name in own for name in ("alder-march.csv", "alder-april.csv", "cases.csv")] == [True, True, False]
    assert "No files yet" in other
    assert [name in centre for name in ("alder-march.csv", "cases.csv")] == [False, True]


def test_committed_file_says_how_many(world: World) -> None:
    with world.acting_as("cora"):
        committed = CaseImport.objects.get(participation=None)

    page = _text(world.client("cora").get(reverse("cases:import-commit", args=["colectomy-mi", committed.public_id])))

    assert "<b>466 cases imported</b>" in page


def test_detail_takes_few_queries_whatever_the_size(world: World) -> None:
    assert len(page_queries(world.client("alder.abstractor"), _url("import-detail", "checked"))) <= 9


def test_problems_come_back_as_the_same_file_with_two_columns(world: World) -> None:
    response = world.client("alder.abstractor").get(_url("import-problems", "checked"))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))

    assert response["Content-Disposition"] == 'attachment; filename="problems.csv"'
    assert rows[0] == ["case_number", "age", "asa", "operation_date", "antibiotic", "ssi", "comment", "row", "problem"]
    assert len(rows) == 122
    assert rows[1][-2:] == ["3", "age: 131 is more than 110. Enter 18 to 110 years."]
    assert rows[-1][-3:] == [
        "'=cmd()",
        "123",
        'comment: "=cmd()" would run as a formula in a spreadsheet. Remove the = at its start.',
    ]
    with world.acting_as("alder.abstractor"):
        noted = AccessLog.objects.filter(action="exported").values_list("subject", flat=True)
        assert list(noted) == [f"problems of import {IMPORTS['checked']}"]


def test_refused_file_names_the_columns_it_lacks(world: World) -> None:
    page = _text(world.client("alder.abstractor").get(_url("import-detail", "refused")))

    assert "<b>Nothing was imported.</b> The file has no column for Age (age); ASA class (asa);" in page
    assert "<title>Error: " in page


def test_columns_are_corrected_on_their_page(world: World) -> None:
    client = world.client("alder.abstractor")
    page = client.get(_url("import-columns", "refused")).context["page"]

    client.post(
        _url("import-columns", "refused"),
        {"column:0": "case_number", "column:1": "age", "constant:comment": "From a file", "by_row": ""},
    )

    with world.acting_as("alder.abstractor"):
        case_import = CaseImport.objects.get(public_id=IMPORTS["refused"])
    assert [(column.name, list(column.samples)) for column in page.columns] == [("number", ["N-1"]), ("years", ["70"])]
    assert case_import.state == "checking"
    assert case_import.mapping == {
        "columns": {"number": "case_number", "years": "age"},
        "constants": {"comment": "From a file"},
        "by_row": False,
    }


def test_template_has_the_columns_of_the_form(world: World) -> None:
    def heading(name: str) -> list[str]:
        content = world.client(name).get(reverse("cases:import-template", args=["colectomy-mi", "colectomy"])).content
        return next(csv.reader(io.StringIO(content.decode("utf-8-sig"))))

    hospital, centre = heading("alder.abstractor"), heading("cora")
    assert centre == ["hospital", *hospital]
    assert hospital[:3] == ["case_number", "age", "weight"]
    assert "stay" not in hospital


def test_template_of_no_form_is_not_found(world: World) -> None:
    url = reverse("cases:import-template", args=["colectomy-mi", "none"])

    assert world.client("cora").get(url).status_code == 404


def test_discarded_files_change_nothing(world: World) -> None:
    client = world.client("alder.abstractor")

    response = client.post(_url("import-discard", "checked"), follow=True)
    late = client.post(_url("import-discard", "checked"), follow=True)

    assert "The file is discarded. No case was changed." in _text(response)
    assert "This file was discarded." in _text(response)
    assert "This import is already: discarded." in _text(late)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "The file is empty. Export it again."), (None, "This field is required.")],
)
def test_upload_without_a_file_says_so(world: World, content: bytes | None, words: str) -> None:
    data = {"form": "colectomy"} | ({"file": SimpleUploadedFile("x.csv", content)} if content is not None else {})

    response = world.client("alder.abstractor").post(_url("import-new"), data)

    assert words in _text(response)
    assert "<title>Error: " in _text(response)


def test_a_file_too_large_is_refused_while_it_arrives(world: World) -> None:
    response = _post(world.client("alder.abstractor"), b"a" * (LARGEST_UPLOAD + 1))

    assert response.status_code == 413
    assert "The file is larger than 20 MB. Split it, for example by year, and upload the parts." in _text(response)
    with world.acting_as("alder.abstractor"):
        assert CaseImport.objects.count() == len(IMPORTS)


@pytest.mark.parametrize("name", ["birch.abstractor", "cora", "hanna"])
def test_nobody_else_reaches_a_hospitals_file(world: World, name: str) -> None:
    client = world.client(name)

    statuses = [
        client.get(_url(route, "checked")).status_code
        for route in ("import-detail", "import-problems", "import-columns")
    ]
    posted = [client.post(_url(route, "checked")).status_code for route in ("import-commit", "import-discard")]

    assert statuses + posted == [404] * 5


@pytest.mark.parametrize("name", ["alder.clinician", "ben"])
def test_insiders_without_the_right_are_refused(world: World, name: str) -> None:
    assert world.client(name).get(_url("import-list")).status_code == 403


def test_no_such_import(world: World) -> None:
    url = reverse("cases:import-detail", args=["colectomy-mi", uuid4()])

    assert world.client("alder.abstractor").get(url).status_code == 404


# The steps ------------------------------------------------------------------------------------------------------------


def test_every_step_has_its_address_and_the_rail_shows_where_one_is(world: World) -> None:
    client = world.client("alder.abstractor")
    pages = ["import-columns", "import-codes", "import-detail", "import-commit"]

    found = {name: client.get(_url(name, "checked")).context["steps"] for name in pages}

    assert [[step.label for step in steps if step.current] for steps in found.values()] == [
        ["2 Columns"],
        ["3 Codes"],
        ["4 Check"],
        ["5 Commit"],
    ]
    assert [(step.state, step.note) for step in found["import-detail"]] == [
        ("done", "CSV, UTF-8, 122 rows"),
        ("done", "7 of 7 used"),
        ("problem", "1 unknown"),
        ("problem", "121 with errors"),
        ("waiting", ""),
    ]
    assert [step.url for step in found["import-detail"]] == [
        "",
        _url("import-columns", "checked"),
        _url("import-codes", "checked"),
        "",
        _url("import-commit", "checked"),
    ]


def test_rows_come_by_tab_by_rule_and_in_pages(world: World) -> None:
    client = world.client("alder.abstractor")

    def shown(query: str) -> tuple[int, int, list[int]]:
        rows = client.get(f"{_url('import-detail', 'checked')}?{query}").context["shown"]
        return rows.total, rows.number, [row.line for row in rows.rows]

    assert shown("tab=ready") == (1, 1, [2])
    assert shown("tab=errors&page=3") == (121, 3, list(range(103, 124)))
    assert shown("tab=errors&rule=value:comment") == (1, 1, [123])
    assert shown("tab=warnings") == (0, 1, [])
    assert shown("page=x")[:2] == (121, 1)


def test_codes_are_chosen_on_their_page(world: World) -> None:
    client = world.client("alder.abstractor")
    (asa,) = [table for table in client.get(_url("import-codes", "checked")).context["tables"] if table.unknown]
    unknown = asa.rows[0]

    client.post(_url("import-codes", "checked"), {unknown.name: "3"})

    with world.acting_as("alder.abstractor"):
        case_import = CaseImport.objects.get(public_id=IMPORTS["checked"])
    assert (unknown.text, unknown.count, [target.label for target in unknown.targets][:2]) == (
        "8",
        60,
        ["Not known yet", "1 Healthy"],
    )
    assert (case_import.state, case_import.mapping["codes"]) == ("checking", {"asa": {"8": "3"}})


def test_a_code_that_the_form_does_not_have_is_not_taken(world: World) -> None:
    client = world.client("alder.abstractor")
    (asa,) = [table for table in client.get(_url("import-codes", "checked")).context["tables"] if table.unknown]

    client.post(_url("import-codes", "checked"), {asa.rows[0].name: "17"})

    with world.acting_as("alder.abstractor"):
        assert "codes" not in CaseImport.objects.get(public_id=IMPORTS["checked"]).mapping


def test_small_counts_are_fixed_on_their_page(world: World) -> None:
    client, url = world.client("alder.abstractor"), f"{_url('import-fix', 'checked')}?rule=value:comment"
    (row,) = client.get(url).context["rows"]

    client.post(
        url, {"cell:123:6": "seen", "was:123:6": "=cmd()", "cell:123:1": "31", "was:123:1": "31", "cell:9:999": "x"}
    )

    with world.acting_as("alder.abstractor"):
        case_import = CaseImport.objects.get(public_id=IMPORTS["checked"])
    assert (row.line, row.cells) == (123, ((6, "comment", "=cmd()"),))
    assert (case_import.state, case_import.corrections) == ("checking", {"123": {"comment": "seen"}})
    assert case_import.summary["recheck"] == [123]


def test_large_counts_are_not_fixed_cell_by_cell(world: World) -> None:
    response = world.client("alder.abstractor").get(f"{_url('import-fix', 'checked')}?rule=hard_range:age")

    assert response["Location"] == _url("import-detail", "checked")


def test_all_or_nothing_leads_back_to_the_errors(world: World) -> None:
    page = _text(world.client("alder.abstractor").get(f"{_url('import-commit', 'checked')}?rows=all"))

    assert "121 rows still have errors. Correct them first, or import the others." in page


def test_a_committed_file_links_to_its_cases_and_can_be_undone(world: World) -> None:
    client = world.client("cora")
    with world.acting_as("cora"):
        public_id = CaseImport.objects.get(participation=None).public_id
    url = reverse("cases:import-commit", args=["colectomy-mi", public_id])
    page = _text(client.get(url))

    response = client.post(reverse("cases:import-undo", args=["colectomy-mi", public_id]), follow=True)

    assert f"?tab=all&amp;import={public_id}" in page
    assert "Undo this import" in page
    assert response.context["page"].state == "undoing"
