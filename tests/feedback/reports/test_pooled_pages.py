"""Results of all hospitals as sponsors and patient partners read them."""

import re
from html import unescape

import pytest

from feedback.charts import Icons, draw_icons
from feedback.models import PooledResult, Release
from feedback.selectors import pooled
from feedback.selectors.pooled_wording import about, plain_sentence, pooled_sentence
from feedback.selectors.statements import with_statement
from measures.definition.spec import MeasureSpec
from tests.architecture.pdf_text import pdf_words
from tests.world import World
from tests.worlds import releases


HERE = "/c/colectomy-mi/"


def text(world: World, name: str, path: str) -> str:
    answer = world.client(name).get(f"{HERE}{path}")
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def spec(world: World, slug: str) -> MeasureSpec:
    with world.acting_as("sam"):
        return PooledResult.objects.get(
            release__name=releases.NAME, measure_version__measure__slug=slug
        ).measure_version.definition


def test_a_patient_partner_begins_with_plain_words(world: World) -> None:
    for path in ("", "results/"):
        plain = text(world, "pat", path)
        assert "In 100 cases, there were about 11 infections." in plain
        assert "Fewer is better." in plain
        assert "A hundred marks: 11 filled (infections), 89 empty (without infections)." in plain
    assert "In figures" in plain
    assert "A hundred marks" not in text(world, "pat", "results/?words=figures")


def test_a_sponsor_reads_a_sentence_with_every_number(world: World) -> None:
    figures = text(world, "sam", "")

    assert "All hospitals together: about 11 infections in 100 cases." in figures
    assert "Cases of Jul 2025" in figures
    assert tuple(each for each in ("How these numbers are made", "Who can see what") if each in figures) == (
        "How these numbers are made",
        "Who can see what",
    )
    assert "A hundred marks" in text(world, "sam", "?words=plain")


@pytest.mark.parametrize("name", ["sam", "pat", "alder.clinician", "cora"])
def test_the_page_and_its_file_say_the_same(world: World, name: str) -> None:
    with world.acting_as("sam"):
        rates = [
            f"{100 * each.rate:.0f}" for each in PooledResult.objects.filter(release__name=releases.NAME) if each.rate
        ]
    for words in ("figures", "plain"):
        page = text(world, name, f"results/?words={words}")
        file = pdf_words(world.client(name).get(f"{HERE}results/report.pdf?words={words}").content)
        sentences = re.findall(r"(?:All hospitals together: about|In 100|In about)[^.]*\.", page)
        assert len(sentences) == len(rates) == 3
        assert [each for each in sentences if re.sub(r"\s+", "", each) not in file] == []


def test_what_is_withheld_is_nowhere(world: World) -> None:
    """Suppressed under five others: no rate, no marks, no quarter, no sentence."""
    with world.acting_as("sam"):
        found = PooledResult.objects.filter(release__name=releases.NAME, measure_version__measure__slug="ssi")
        result = with_statement(found.select_related("measure_version__measure")).get()
        result.rate, result.withheld = None, "too_few_hospitals"
        row = pooled._row(result)

    assert (row.rate, row.sentence, row.plain, row.icons, row.quarters) == ("", "", "", None, ())
    assert row.withheld.startswith("Too few hospitals")


def test_sentences_do_not_claim_none_or_all(world: World) -> None:
    ssi, antibiotic = spec(world, "ssi"), spec(world, "antibiotic")

    assert (about(0.0), about(1.0), about(0.061)) == ("fewer than 1", "more than 99", "about 6")
    assert plain_sentence(ssi, "operations", 0.0) == "In 100 operations, there were fewer than 1 infections."
    assert plain_sentence(ssi, "operations", 0.01) == "In 100 operations, there was about 1 infection."
    assert plain_sentence(antibiotic, "operations", 0.94) == "In about 94 of 100 operations, this was done."
    assert pooled_sentence(antibiotic, "operations", 0.94, "90% in Q4 2023") == (
        "All hospitals together: about 94 of 100 operations. It was 90% in Q4 2023."
    )
    assert (pooled_sentence(ssi, "operations", None, ""), plain_sentence(ssi, "operations", None)) == ("", "")


@pytest.mark.parametrize("full", [0, 1, 57, 100])
def test_a_hundred_marks_are_a_hundred(full: int) -> None:
    drawing = draw_icons(Icons(key="of-100", title="Infections", full=full, counted="infections", rest="without"))

    filled, _, empty = drawing.svg.partition('<g class="empty">')
    assert (filled.count("<circle"), empty.count("<circle")) == (full, 100 - full)
    assert ('<g class="full">' in filled) == bool(full)
    assert f"{full} filled" in drawing.description
    assert 'role="img"' in drawing.svg


def test_more_than_a_hundred_marks_are_refused() -> None:
    with pytest.raises(ValueError, match="0 to 100, but got 101"):
        draw_icons(Icons(key="of-100", title="x", full=101, counted="a", rest="b"))


def test_the_methods_page_is_for_everybody(world: World) -> None:
    for name in ("sam", "pat", "alder.clinician", "cora"):
        page = text(world, name, "methods/")
        assert "A hospital reads as better or worse" in page
        assert "at least 5 other hospitals" in page
        assert "How the numbers are made" in text(world, name, "")


def test_a_hospital_of_observers_has_only_seen_releases(world: World) -> None:
    with world.acting_as("cora"):
        draft = Release.objects.get(name=releases.DRAFT).public_id
    assert world.client("sam").get(f"{HERE}results/?release={draft}").status_code == 404
