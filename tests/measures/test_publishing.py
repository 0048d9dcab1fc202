"""Publishing definitions: what is new, what is the same, what is refused."""

from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from collaboratives.models import Collaborative
from collaboratives.selectors.places import acting_for
from events.models import Event
from measures.definition.errors import DefinitionErrors
from measures.definition.file import load_definition
from measures.definition.redcap import write_dictionary
from measures.enums import VersionStatus
from measures.errors import NoVersionInForceError
from measures.models import Form, FormVersion, MeasureVersion
from measures.selectors.definitions import form_version_on, forms_of, published_measures
from measures.services.definitions import Publication, publish_definition
from measures.services.dictionaries import Dictionary, publish_dictionary
from measures.services.drafts import start_draft
from measures.services.review import discard_draft
from privacy.viewer import PermissionRefusedError
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds.definitions import FILE


TEXT = FILE.read_text(encoding="utf-8")
pytestmark = [pytest.mark.worker, pytest.mark.django_db]


def _publish(world: World, text: str, name: str = "dana") -> Publication:
    with world.acting_as(name) as by:
        return publish_definition(text=text, path="colectomy.yaml", by=by)


def test_the_same_file_again_changes_nothing(world: World) -> None:
    with world.acting_as("dana"):
        before = Event.objects.count()

    published = _publish(world, TEXT)

    with world.acting_as("dana"):
        assert (published.created, Event.objects.count()) == ((), before)


def test_a_published_form_version_cannot_change(world: World) -> None:
    with pytest.raises(DefinitionErrors) as refused:
        _publish(world, TEXT.replace("label: Weight", "label: Body weight"))

    (error,) = refused.value.errors
    assert (error.path, error.line, error.where) == ("colectomy.yaml", 19, "forms.colectomy")
    assert error.message == "Version 1 of form colectomy is published and its questions are not the same any more."
    assert error.remedy == "Give the changed entries from_version: 3 and add version 3 under `versions`."


def test_a_published_form_version_keeps_its_first_day(world: World) -> None:
    with pytest.raises(DefinitionErrors, match="Version 1 of form colectomy is published from 2024-01-01"):
        _publish(world, TEXT.replace("effective_from: 2024-01-01", "effective_from: 2024-02-01"))


def test_a_new_number_is_a_new_version(world: World) -> None:
    text = TEXT.replace(
        "        note: Asks for drains.\n",
        "        effective_to: 2026-12-31\n        note: Asks for drains.\n"
        "      - number: 3\n        effective_from: 2027-01-01\n        note: Next year.\n",
    )

    published = _publish(world, text)

    with world.acting_as("dana"):
        form = Form.objects.get(slug="colectomy")
        numbers = {day: form_version_on(form, day).number for day in (date(2026, 12, 31), date(2027, 1, 1))}
    assert published.created == ("last day of form colectomy v2", "form colectomy v3")
    assert numbers == {date(2026, 12, 31): 2, date(2027, 1, 1): 3}


def test_a_changed_measure_is_its_next_version(world: World) -> None:
    published = _publish(world, TEXT.replace("unit_noun: readmissions", "unit_noun: returns"))

    with world.acting_as("dana") as dana:
        versions = MeasureVersion.objects.filter(measure__slug="readmission").order_by("number")
        states = list(versions.values_list("number", "status"))
        current = [(version.measure.slug, version.number) for version in published_measures(dana.collaborative_id)]
    assert published.created == ("measure readmission v2",)
    assert states == [(1, VersionStatus.RETIRED), (2, VersionStatus.PUBLISHED)]
    assert current == [("ssi", 1), ("antibiotic", 1), ("readmission", 2)]


def test_a_changed_risk_model_makes_a_new_version_of_its_measure(world: World) -> None:
    published = _publish(world, TEXT.replace('reference: "2"', 'reference: "1"'))

    assert published.created == ("risk model ssi_model v2", "measure ssi v2")


def test_facts_of_the_programme_come_from_the_file(world: World) -> None:
    _publish(world, TEXT.replace("minimum_cases: 11, minimum_peers: 5", "minimum_cases: 20, minimum_peers: 7"))

    with world.acting_as("dana") as dana:
        collaborative = Collaborative.objects.get(pk=dana.collaborative_id)
    assert (collaborative.minimum_cases, collaborative.minimum_peers) == (20, 7)


def test_a_file_cannot_lower_the_floors_of_privacy(world: World) -> None:
    with pytest.raises(
        DefinitionErrors, match="minimum_peers is 2; a collaborative may raise the floor of 5, not lower it"
    ):
        _publish(world, TEXT.replace("minimum_peers: 5", "minimum_peers: 2"))


def test_a_file_of_another_collaborative_is_refused(world: World) -> None:
    with pytest.raises(DefinitionErrors, match='The file describes "hernia-lakes", not "colectomy-mi"'):
        _publish(world, TEXT.replace("slug: colectomy-mi", "slug: hernia-lakes"))


@pytest.mark.parametrize("name", ["ben", "vera", "alder.champion", "alder.abstractor"])
def test_only_those_who_may_publish(world: World, name: str) -> None:
    with pytest.raises(PermissionRefusedError):
        _publish(world, TEXT, name)


def test_no_version_before_the_first_day(world: World) -> None:
    with world.acting_as("cora") as cora:
        (form,) = forms_of(cora.collaborative_id)

        with pytest.raises(NoVersionInForceError, match=r"^Colectomy begins on 1 January 2024\. Check the date\.$"):
            form_version_on(form, date(2023, 12, 31))


def test_no_version_after_the_last_day(world: World) -> None:
    _publish(world, TEXT.replace("note: Asks for drains.", "effective_to: 2026-12-31\n        note: Asks for drains."))

    with world.acting_as("cora") as cora:
        (form,) = forms_of(cora.collaborative_id)
        with pytest.raises(NoVersionInForceError, match="No version of Colectomy is in force on 1 January 2027"):
            form_version_on(form, date(2027, 1, 1))


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        path = tmp_path / "definition.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


NEW = TEXT.replace("slug: colectomy-mi", "slug: new-programme")


def test_command_creates_the_collaborative_with_its_director(db: None, file: Callable[[str], str]) -> None:
    out = StringIO()
    call_command("load_definition", file(NEW), "--director", "nora.new@example.org", stdout=out)
    again = StringIO()
    call_command("load_definition", file(NEW), "--director", "nora.new@example.org", stdout=again)

    with acting(Acting("platform")), transaction.atomic():
        grants = Collaborative.objects.get(slug="new-programme").grants.values_list("user__full_name", "role")
        assert list(grants) == [("Nora New", "director")]
    assert out.getvalue().splitlines() == [
        "form colectomy v1",
        "form colectomy v2",
        "risk model ssi_model v1",
        "measure ssi v1",
        "measure antibiotic v1",
        "measure readmission v1",
    ]
    assert again.getvalue() == "Nothing new: all of it was published before.\n"


def test_command_says_what_is_wrong_and_changes_nothing(db: None, file: Callable[[str], str]) -> None:
    out, path = StringIO(), file(NEW.replace("'[ssi] = \"1\"'", "'[sssi] = \"1\"'"))

    with pytest.raises(CommandError, match=r"Nothing was changed\.$"):
        call_command("load_definition", path, "--director", "nora.new@example.org", stderr=out)

    (line,) = out.getvalue().splitlines()
    assert line.startswith(f"{path}:")
    assert "sssi" in line
    with acting(Acting("platform")), transaction.atomic():
        assert not Collaborative.objects.filter(slug="new-programme").exists()


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("nobody@example.org", "Nobody signs in as nobody@example.org"),
        ("ben@example.org", "ben@example.org may not publish definitions of colectomy-mi"),
    ],
)
def test_command_wants_somebody_who_may(world: World, email: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("load_definition", str(FILE), "--director", email)


def test_command_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("name: Bj\xf6rk".encode("latin-1"))

    with pytest.raises(CommandError, match="is not UTF-8 text"):
        call_command("load_definition", str(latin), "--director", "dana@example.org")
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("load_definition", str(tmp_path / "none.yaml"), "--director", "dana@example.org")


DICTIONARY = """\
Variable / Field Name,Form Name,Section Header,Field Type,Field Label,"Choices, Calculations, OR Slider Labels",Field Note,Text Validation Type OR Show Slider Number,Text Validation Min,Text Validation Max,Identifier?,Branching Logic (Show field only if...),Required Field?,Custom Alignment,Question Number (surveys only),Matrix Group Name,Matrix Ranking?,Field Annotation
record_id,hernia,,text,Record,,,,,,,,,,,,,
operated,hernia,,text,Date of operation,,,date_ymd,,,,,y,,,,,
mesh,hernia,,yesno,Mesh used,,,,,,,,y,,,,,
"""
REDCAP = ("--redcap", "--collaborative", "colectomy-mi", "--form", "hernia", "--event-date", "operated")


def _redcap(path: Path, text: str, effective_from: str) -> str:
    path.write_text(text, encoding="utf-8")
    out = StringIO()
    arguments = (*REDCAP, "--effective-from", effective_from, "--director", "dana@example.org")
    call_command("load_definition", str(path), *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def test_redcap_dictionary_becomes_a_form_and_its_change_the_next_version(world: World, tmp_path: Path) -> None:
    path, changed = tmp_path / "dictionary.csv", DICTIONARY.replace("Mesh used", "Mesh left in place")

    lines = [
        _redcap(path, DICTIONARY, "2026-01-01"),
        _redcap(path, DICTIONARY, "2026-01-01"),
        _redcap(path, changed, "2026-07-01"),
    ]

    with world.acting_as("dana"):
        versions = list(FormVersion.objects.filter(form__slug="hernia").values_list("number", "effective_to"))
        spec = FormVersion.objects.get(form__slug="hernia", number=2).definition
    assert lines == ["form hernia v1", "Nothing new: all of it was published before.", "form hernia v2"]
    assert versions == [(1, date(2026, 6, 30)), (2, None)]
    assert [variable.name for variable in spec.variables] == ["operated", "mesh"]
    assert spec.imports.case_number_aliases == ("record_id",)


def test_redcap_dictionary_cannot_take_effect_before_the_version_before(world: World, tmp_path: Path) -> None:
    path, changed = tmp_path / "dictionary.csv", DICTIONARY.replace("Mesh used", "Mesh left in place")
    _redcap(path, DICTIONARY, "2026-01-01")

    with pytest.raises(CommandError, match="Nothing was changed"):
        _redcap(path, changed, "2026-01-01")


def test_redcap_dictionary_needs_what_it_does_not_say(tmp_path: Path) -> None:
    path = tmp_path / "dictionary.csv"
    path.write_text(DICTIONARY, encoding="utf-8")

    with pytest.raises(CommandError, match="also needs --collaborative, --form, --event-date, --effective-from"):
        call_command("load_definition", str(path), "--redcap", "--director", "dana@example.org")


def test_definitions_act_as_their_publisher(world: World) -> None:
    """The wall: somebody of another collaborative cannot even see the form."""
    with acting(acting_for(world.viewer("hanna", "hernia-lakes"))), transaction.atomic():
        assert list(Form.objects.all()) == []


def test_a_section_of_a_later_version_leaves_the_earlier_ones_alone(world: World) -> None:
    text = TEXT.replace(
        "      - {name: outcome,", "      - {name: later, label: Later}\n      - {name: outcome,"
    ).replace("        section: operation\n        from_version: 2", "        section: later\n        from_version: 2")
    spec = {version.number: version.form for version in load_definition(text, "x").form("colectomy").versions}
    before = {version.number: version.form for version in load_definition(TEXT, "x").form("colectomy").versions}

    assert spec[1] == before[1]
    assert [section.name for section in spec[2].sections] == ["patient", "operation", "later", "outcome"]


# Beside drafts of the program -----------------------------------------------------------------------------------------

THIRD = TEXT.replace(
    "        note: Asks for drains.",
    "        effective_to: 2026-06-30\n        note: Asks for drains.\n"
    "      - number: 3\n        effective_from: 2026-07-01\n        note: Other words.",
)


def _draft(world: World) -> FormVersion:
    with world.acting_as("cora") as by:
        return start_draft(form=Form.objects.get(slug="colectomy"), by=by)


def test_a_file_does_not_publish_over_a_draft(world: World) -> None:
    _draft(world)

    with pytest.raises(DefinitionErrors) as refused:
        _publish(world, THIRD)

    (error,) = refused.value.errors
    assert error.message == "Version 3 of form colectomy is a draft in the program."
    assert error.remedy == "Publish or discard that draft first, or export it and go on from there."


def test_a_file_takes_the_number_of_a_discarded_draft(world: World) -> None:
    draft = _draft(world)
    with world.acting_as("cora") as by:
        discard_draft(version=draft, by=by)

    published = _publish(world, THIRD)

    with world.acting_as("dana"):
        third = FormVersion.objects.get(form__slug="colectomy", number=3)
    assert "form colectomy v3" in published.created
    assert (third.pk, third.status, third.editors) == (draft.pk, VersionStatus.PUBLISHED, [])


def test_a_dictionary_does_not_publish_beside_a_draft(world: World) -> None:
    draft = _draft(world)
    dictionary = Dictionary(
        text=write_dictionary(draft.definition).text,
        path="colectomy.csv",
        slug="colectomy",
        name="Colectomy",
        event_date="operation_date",
        effective_from=date(2027, 1, 1),
    )

    with pytest.raises(DefinitionErrors, match="Version 3 of Colectomy is a draft"), world.acting_as("dana") as by:
        publish_dictionary(dictionary=dictionary, by=by)
