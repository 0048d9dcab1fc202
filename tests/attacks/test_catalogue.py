"""The table of attacks names a test for each, and every test that it names is there to be collected."""

import ast
import re
from pathlib import Path

import pytest


ROOT = Path(__file__).resolve().parents[2]
ROWS = re.findall(
    r"^\| (BA-\d\d) \|(.*)$", (Path(__file__).parent / "README.md").read_text(encoding="utf-8"), re.MULTILINE
)
NAMED = sorted({test for _, row in ROWS for test in re.findall(r"`(tests/[\w/]+\.py::\w+)`", row)})


def test_every_attack_is_in_the_table_once() -> None:
    assert [attack for attack, _ in ROWS] == [f"BA-{number:02d}" for number in range(1, 37)]


def test_every_attack_has_a_test() -> None:
    assert [attack for attack, row in ROWS if "::test_" not in row] == []


@pytest.mark.parametrize("test", NAMED)
def test_a_named_test_is_collected(test: str) -> None:
    """A function of that name at the top of a test module, and nothing that leaves it out."""
    path, _, name = test.partition("::")
    module = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = [each for each in module.body if isinstance(each, ast.FunctionDef) and each.name == name]

    assert Path(path).name.startswith("test_")
    assert len(found) == 1
    assert [mark for mark in found[0].decorator_list if re.search(r"skip|xfail", ast.unparse(mark))] == []
