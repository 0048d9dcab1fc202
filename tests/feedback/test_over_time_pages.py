"""The own hospital over time, in parts and among similar ones: what its pages show, and to whom."""

import json
import re
import uuid

import pytest
from django.urls import reverse

from collaboratives.models import Participation
from events.enums import EventKind
from events.models import AccessLog, Event
from feedback.models import HospitalNote, PeerDistribution, ProgrammeNote, SiteResult
from tests.world import World
from tests.worlds import trend_notes


SLUG = "colectomy-mi"


def url(name: str, *args: object, **asked: str) -> str:
    address = reverse(f"feedback:{name}", args=[SLUG, "ssi", *args])
    return f"{address}?{'&'.join(f'{key}={value}' for key, value in asked.items())}" if asked else address


def text_of(world: World, who: str, address: str, status: int = 200) -> str:
    response = world.client(who).get(address)
    assert response.status_code == status
    return response.content.decode()


def test_trend_is_what_the_worker_kept(world: World) -> None:
    page = text_of(world, "alder.champion", url("measure-detail", view="time"))
    with world.acting_as("cora"):
        result = SiteResult.objects.filter(
            participation=world.participation("alder"),
            measure_version__measure__slug="ssi",
            release__state="released",
        ).latest("release__released_at")
    found = re.search(r'<script id="trend-figure" type="application/json">(.*?)</script>', page)
    assert found
    traces = json.loads(found[1])["data"]

    kept = [point["value"] for point in result.control["points"]]
    assert traces[-1]["y"] == [None if value is None else round(value, 4) for value in kept]
    assert 'id="trend-title"' in page


def test_notes_are_read_by_their_hospital_and_those_of_the_centre_by_all(world: World) -> None:
    alder, birch = (
        text_of(world, f"{name}.champion", url("measure-detail", view="time")) for name in ("alder", "birch")
    )

    for page in (alder, birch):
        assert trend_notes.TEXTS["cora"] in page
    assert trend_notes.TEXTS["alder.champion"] in alder
    assert trend_notes.TEXTS["alder.champion"] not in birch
    assert trend_notes.TEXTS["birch.champion"] not in alder


def test_champion_adds_and_removes_a_note(world: World) -> None:
    client = world.client("alder.champion")

    added = client.post(url("trend-notes"), {"month": "2026-02", "text": "new sutures"})
    with world.acting_as("alder.champion"):
        note = HospitalNote.objects.get(text="new sutures")
    removed = client.post(url("trend-note-remove", note.public_id))

    assert (added.status_code, removed.status_code) == (302, 302)
    with world.acting_as("alder.champion"):
        note.refresh_from_db()
        kinds = set(Event.objects.filter(subject="feedback.HospitalNote").values_list("kind", flat=True))
    assert note.removed_at is not None
    assert kinds == {EventKind.TREND_NOTED, EventKind.TREND_NOTE_REMOVED}
    assert "new sutures" not in text_of(world, "alder.champion", url("measure-detail", view="time"))


@pytest.mark.parametrize(
    "given", [{"month": "2026-13", "text": "x"}, {"month": "2199-01", "text": "x"}, {"month": "2026-01", "text": ""}]
)
def test_note_without_sense_is_refused(world: World, given: dict[str, str]) -> None:
    assert world.client("alder.champion").post(url("trend-notes"), given).status_code == 422


def test_nobody_removes_a_note_of_another_side(world: World) -> None:
    for name in ("birch", "centre"):
        address = url("trend-note-remove", trend_notes.NOTES[name])
        assert world.client("alder.champion").post(address).status_code == 404
    assert world.client("cora").post(url("trend-note-remove", trend_notes.NOTES["alder"])).status_code == 404
    assert (
        world.client("alder.abstractor").post(url("trend-note-remove", trend_notes.NOTES["alder"])).status_code == 403
    )


def test_centre_notes_for_all(world: World) -> None:
    world.client("cora").post(url("trend-notes"), {"month": "2026-04", "text": "manual reprinted"})

    with world.acting_as("cora"):
        assert ProgrammeNote.objects.filter(text="manual reprinted").exists()
    assert "manual reprinted" in text_of(world, "birch.champion", url("measure-detail", view="time"))


def test_unknown_group_is_all(world: World) -> None:
    plain = text_of(world, "alder.champion", url("measure-detail"))
    strip = re.compile(r'csrfmiddlewaretoken" value="[^"]+"')

    for asked in ("nonsense", "group%3Asecret", "asa%3D9", "all", "-1"):
        other = text_of(world, "alder.champion", url("measure-detail", group=asked))
        assert strip.sub("", other).replace(f"?group={asked}", "") == strip.sub("", plain), asked


def test_every_stratum_of_the_definition_is_shown_with_the_own_counts(world: World) -> None:
    page = text_of(world, "alder.champion", url("measure-detail"))
    with world.acting_as("cora"):
        results = SiteResult.objects.filter(release__state="released", measure_version__measure__slug="ssi")
        strata = results.get(participation=world.participation("alder")).strata
        whole = results.get(participation=world.participation("alder")).denominator

    assert strata
    assert sum(entry["denominator"] for entry in strata) == whole
    for entry in strata:
        assert f"{entry['observed']} of {entry['denominator']}" in page


def test_strata_of_a_small_collaborative_are_withheld(world: World) -> None:
    """Eight hospitals with some forty cases: no stratum leaves enough hospitals with enough cases outside it."""
    with world.acting_as("alder.champion"):
        rows = PeerDistribution.objects.exclude(stratum="all")
        assert [(row.values, row.collaborative_value, row.benchmark) for row in rows if row.withheld] == [
            ([], None, None) for row in rows if row.withheld
        ]
        assert all(len(row.values) >= 6 for row in rows if not row.withheld)


def test_file_holds_what_the_page_shows(world: World) -> None:
    file = text_of(world, "alder.champion", url("measure-export"))

    assert "Compared with,All hospitals" in file
    assert "Hospital in the middle" in file
    assert "Limits" in file


def test_centre_sees_signals_and_one_hospital_over_time(world: World) -> None:
    with world.acting_as("cora"):
        result = SiteResult.objects.filter(release__state="released").select_related("release")[0]
        alder = Participation.objects.get(pk=world.participation("alder").pk)
    asked = [SLUG, result.release.public_id, "ssi"]
    page = text_of(world, "cora", reverse("feedback:release-measure", args=asked))
    address = reverse("feedback:release-hospital", args=[*asked, alder.public_id])

    assert "Trend signal" in page
    assert "CUSUM signal" not in page  # before a second release no hospital is watched case by case
    assert "Strata and similar hospitals" in page
    assert address in page
    one = text_of(world, "cora", address)
    assert "Aldermoor Quillen Hospital by" in one
    assert "Numerator / denominator" in one
    text_of(world, "cora", reverse("feedback:release-hospital", args=[*asked, uuid.uuid4()]), status=404)
    with world.acting_as("alder.champion"):
        assert AccessLog.objects.filter(subject=f"ssi over time, release {result.release.name}").count() == 1


def test_results_by_hospital_come_some_to_a_page_and_whole_as_a_file(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback.selectors.unblinded.PER_PAGE", 3)
    with world.acting_as("cora"):
        release = SiteResult.objects.filter(release__state="released").select_related("release")[0].release
        names = SiteResult.objects.filter(release=release, measure_version__measure__slug="ssi")
        names = list(names.order_by("participation__site__name").values_list("participation__site__name", flat=True))
    address = reverse("feedback:release-measure", args=[SLUG, release.public_id, "ssi"])

    def rows(page: str) -> list[str]:
        table = text_of(world, "cora", f"{address}?page={page}").split('class="dense"')[1].split("</table>")[0]
        return [name for name in names if f">{name}</a>" in table]

    last = -(-len(names) // 3)
    assert [rows(page) for page in ("1", "2", "nonsense", "0")] == [names[:3], names[3:6], names[:3], names[:3]]
    assert rows("99") == rows(str(last)) == names[3 * last - 3 :]
    assert f"1–3 of {len(names)} hospitals" in text_of(world, "cora", address)  # noqa: RUF001 -- a dash between numbers
    file = text_of(world, "cora", reverse("reports:release-hospitals", args=[SLUG, release.public_id, "ssi"]))
    assert [name for name in names if name in file] == names


def test_centre_groups_hospitals_and_hospitals_may_not(world: World) -> None:
    address = reverse("collaboratives:hospital-groups", args=[SLUG])
    alder = world.participation("alder")

    saved = world.client("cora").post(address, {f"group-{alder.public_id}": " teaching  hospitals "})

    assert saved.status_code == 302
    with world.acting_as("cora"):
        assert Participation.objects.get(pk=alder.pk).comparison_group == "teaching hospitals"
    assert world.client("alder.champion").get(address).status_code == 403
