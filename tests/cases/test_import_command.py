"""The command that imports a file: what it prints, what it refuses."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.models import Case
from tests.world import World
from tests.worlds import agreements


HEADING = "hospital,case_number,age,asa,operation_date,antibiotic,ssi"
GOOD, BAD = "0100,N-1,70,2,2026-03-05,1,0", "0100,N-2,131,2,2026-03-05,1,0"
pytestmark = [pytest.mark.worker, pytest.mark.django_db]


def _run(tmp_path: Path, *rows: str, user: str = "cora@example.org", more: tuple[str, ...] = ()) -> list[str]:
    file, out = tmp_path / "cases.csv", StringIO()
    file.write_text("\n".join([HEADING, *rows]), encoding="utf-8")
    call_command("import_cases", str(file), "--collaborative", "colectomy-mi", "--user", user, *more, stdout=out)
    return out.getvalue().splitlines()


def test_it_prints_counts_and_examples(world: World, tmp_path: Path) -> None:
    lines = _run(tmp_path, GOOD, BAD, more=("--valid-only",))

    assert lines == [
        "new: 1",
        "changed: 0",
        "unchanged: 0",
        "rejected: 1",
        "error in 1 rows, such as row 3: 131 is more than 110. Enter 18 to 110 years.",
        "1 cases written.",
    ]


def test_rows_with_errors_stop_it(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="1 rows have errors, so none was imported"):
        _run(tmp_path, GOOD, BAD)

    with world.acting_as("alder.abstractor"):
        assert not Case.objects.filter(case_number="N-1").exists()


def test_a_person_of_two_hospitals_names_one(world: World, tmp_path: Path) -> None:
    birch = _run(tmp_path, GOOD, user="ida@example.org", more=("--hospital", "0201", "--valid-only"))
    alder = _run(tmp_path, GOOD, user="ida@example.org", more=("--hospital", "0100"))

    assert (birch[3], alder[0]) == ("rejected: 1", "new: 1")


def test_a_hospital_that_sites_know_joins_with_its_name(world: World, tmp_path: Path) -> None:
    with world.acting_as("dana") as dana:
        agreements.need_none(dana)
    lines = _run(tmp_path, GOOD.replace("0100", "0908"), more=("--create-hospitals",))

    assert lines[:2] == ["Hospital 0908 joined.", "new: 1"]
    with world.acting_as("cora"):
        assert Case.objects.get(case_number="N-1").participation.site.name == "Ibisfield Sarnak Hospital"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"user": "nobody@example.org"}, "Nobody signs in as nobody@example.org"),
        ({"user": "ben@example.org"}, "ben@example.org may not import cases into colectomy-mi"),
        ({"more": ("--hospital", "5555")}, "No hospital has the number 5555"),
        ({"more": ("--form", "hernia")}, "Say with --form which form the file holds. Published: colectomy"),
    ],
)
def test_it_says_what_is_wrong_with_the_call(
    world: World, tmp_path: Path, arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        _run(tmp_path, GOOD, **arguments)  # type: ignore[arg-type]  # two of its options


def test_a_file_that_cannot_be_read_says_why(world: World, tmp_path: Path) -> None:
    who = ("--collaborative", "colectomy-mi", "--user", "cora@example.org")
    workbook = tmp_path / "cases.xlsx"
    workbook.write_bytes(b"PK\x03\x04")

    with pytest.raises(CommandError, match="No such file"):
        call_command("import_cases", str(tmp_path / "none.csv"), *who)
    with pytest.raises(CommandError, match="The file is a damaged workbook"):
        call_command("import_cases", str(workbook), *who)
    with pytest.raises(CommandError, match="The file is a damaged workbook"):
        call_command("import_cases", str(workbook), *who, "--create-hospitals")
