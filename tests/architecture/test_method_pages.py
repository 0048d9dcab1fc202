"""The pages for statisticians: each method has its plot, drawn by the script, small and on white."""

import re
import runpy
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest


ROOT = Path(__file__).resolve().parents[2]
METHODS = ROOT / "docs" / "methods"
NO_METHODS = {"README", "benchmarks", "coverage", "mutants"}
PAGES = sorted(page.stem for page in METHODS.glob("*.md") if page.stem not in NO_METHODS)


@pytest.fixture(scope="module")
def plots():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        return runpy.run_path(str(ROOT / "scripts" / "draw_method_plots.py"))["PLOTS"]


def test_every_method_has_a_plot(plots):
    assert sorted(plots) == PAGES
    assert sorted(path.stem for path in (METHODS / "plots").iterdir()) == PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_its_plot_and_says_what_is_in_it(name):
    (described,) = re.findall(r"^!\[(.+)\]\(plots/(.+)\.svg\)$", (METHODS / f"{name}.md").read_text(), re.MULTILINE)

    assert described[1] == name
    assert described[0].endswith(".")


@pytest.mark.parametrize("name", PAGES)
def test_a_plot_is_small_and_stands_alone(name):
    path = METHODS / "plots" / f"{name}.svg"
    picture = ET.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 - our own file

    assert path.stat().st_size < 20_000
    assert picture[0].tag.endswith("title")
    assert picture[1].get("fill") == "#ffffff"
    assert {element.tag.rpartition("}")[2] for element in picture.iter()} <= {
        "svg", "title", "rect", "path", "circle", "text",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["agreement", "funnel-plots", "reliability", "small-counts"])
def test_a_plot_is_what_the_script_draws_today(name, plots):
    """The ones without random numbers: those of numpy may change with its version."""
    assert plots[name]() == (METHODS / "plots" / f"{name}.svg").read_text(encoding="utf-8")
