"""Pages of a hospital's own work: what each viewer sees of it, and what it costs the pages beside."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import AccessLog
from feedback.enums import Outcome
from feedback.models import Release
from feedback.reviews.models import Attestation, Comment, Contest, LocalTarget, OwnBreakdown
from tests.world import World
from tests.worlds import releases, reviews


SLUG = "colectomy-mi"
HOME = f"/c/{SLUG}/"
MEASURE = reverse("feedback:measure-detail", args=[SLUG, "ssi"])


def url(name: str, *args: object) -> str:
    return reverse(f"reviews:{name}", args=[SLUG, *args])


def text_of(world: World, who: str, address: str, status: int = 200) -> str:
    response = world.client(who).get(address)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def release_id(world: World) -> str:
    with world.acting_as("cora"):
        return str(Release.objects.get(name=releases.NAME).public_id)


# The measure page -----------------------------------------------------------------------------------------------------


def test_the_measure_page_shows_the_own_work_and_nobody_elses(world: World) -> None:
    page = text_of(world, "alder.clinician", MEASURE)

    assert "Discussion in our hospital" in page
    assert reviews.WORDS["alder"] in page
    assert reviews.WORDS["birch"] not in page
    assert "4.4% by" in page
    assert "1 contested: 1 open" in page
    assert "I have reviewed this release" in page


def test_whoever_attested_is_named_and_has_no_button(world: World) -> None:
    page = text_of(world, "alder.champion", MEASURE)

    assert "(you) on" in page
    assert "I have reviewed this release" not in page


def test_roles_that_do_not_attest_have_no_button(world: World) -> None:
    page = text_of(world, "alder.abstractor", MEASURE)

    assert "Discussion in our hospital" in page
    assert "I have reviewed this release" not in page
    assert "breakdown/" not in page


@pytest.mark.parametrize("address", [MEASURE, HOME])
def test_own_work_costs_one_statement(world: World, address: str) -> None:
    client = world.client("alder.clinician")
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as found:
        client.get(address)

    assert sum("reviews_" in each["sql"] for each in found.captured_queries) <= 2


def test_a_case_of_the_list_is_contested_from_its_row(world: World) -> None:
    page = text_of(world, "alder.clinician", f"{MEASURE}?view=cases&outcome=not_met")
    with world.acting_as("alder.clinician"):
        _, case = reviews.counted("alder", Outcome.NOT_MET)[0]
        contested = Contest.objects.get().case.case_number

    assert url("contest-new", "ssi", case.public_id) in page
    met = text_of(world, "alder.clinician", f"{MEASURE}?view=cases&outcome=met")
    assert contested in met
    assert "Waits for the centre" in met


# Attest ---------------------------------------------------------------------------------------------------------------


def test_the_button_attests_and_a_second_press_is_kind(world: World) -> None:
    client, address = world.client("alder.clinician"), url("release-attest", release_id(world))
    first = client.post(address, {"next": MEASURE}, follow=True)
    second = client.post(address, follow=True)

    assert "You have reviewed Autumn 2026" in first.content.decode()
    assert first.redirect_chain[-1][0] == MEASURE
    assert "Once is enough" in second.content.decode()
    with world.acting_as("alder.clinician") as by:
        assert Attestation.objects.filter(person_id=by.user_id).count() == 1


def test_nobody_is_sent_elsewhere_after_attesting(world: World) -> None:
    response = world.client("alder.administrator").post(
        url("release-attest", release_id(world)), {"next": "https://elsewhere.example/"}
    )

    assert response["Location"] == HOME


def test_the_centre_sees_which_hospitals_reviewed(world: World) -> None:
    page = text_of(world, "cora", url("release-reviewed", release_id(world)))

    assert "2 of 8 hospitals have reviewed it" in page
    assert page.index("Cedar") < page.index("Aldermoor")  # those that have not come first
    assert world.client("alder.champion").get(url("release-reviewed", release_id(world))).status_code == 403


# Contest --------------------------------------------------------------------------------------------------------------


def test_a_contest_goes_to_the_centre_and_back(world: World) -> None:
    clinician, cora = world.client("alder.clinician"), world.client("cora")
    with world.acting_as("alder.clinician"):
        _, case = reviews.counted("alder", Outcome.NOT_MET)[1]
    new = url("contest-new", "ssi", case.public_id)
    sent = clinician.post(new, {"reason": "not_ours", "text": "Transferred after the operation."}, follow=True)
    assert "The coordinating centre decides." in sent.content.decode()
    with world.acting_as("cora"):
        contest = Contest.objects.get(case=case)

    inbox = cora.get(url("contest-list")).content.decode()
    assert case.case_number in inbox
    done = cora.post(url("contest-decide", contest.public_id), {"verdict": "exclude", "text": "Yes."}, follow=True)
    assert "Decided about case" in done.content.decode()

    home = clinician.get(HOME).content.decode()
    assert f"The centre decided about case {case.case_number}" in home
    assert "left out of this measure" in clinician.get(url("contest-detail", contest.public_id)).content.decode()


def test_what_looks_like_an_identifier_is_asked_about(world: World) -> None:
    with world.acting_as("alder.clinician"):
        _, case = reviews.counted("alder", Outcome.NOT_MET)[2]
    form = {"reason": "other", "text": "Call me: 906-555-0147, ann@example.org"}
    response = world.client("alder.clinician").post(url("contest-new", "ssi", case.public_id), form)

    assert response.status_code == 422
    assert "This seems to hold" in response.content.decode()


def test_reasons_fit_how_the_case_was_counted(world: World) -> None:
    with world.acting_as("alder.clinician"):
        _, excluded = reviews.counted("alder", Outcome.EXCLUDED)[0]
    page = text_of(world, "alder.clinician", url("contest-new", "ssi", excluded.public_id))

    assert "should_not_be_excluded" in page
    assert "should_be_excluded" not in page.replace("should_not_be_excluded", "")


def test_the_centre_filters_and_its_looking_is_logged(world: World) -> None:
    page = text_of(world, "dana", f"{url('contest-list')}?state=all&measure=ssi")
    assert "Aldermoor" in page
    text_of(world, "dana", url("contest-detail", reviews.CONTESTS["alder"]))
    assert "No contested case" in text_of(world, "dana", f"{url('contest-list')}?state=declined")

    with world.acting_as("dana") as dana:
        seen = AccessLog.objects.filter(user_id=dana.user_id)
        assert seen.filter(subject=f"contest {reviews.CONTESTS['alder']}").count() == 1
        assert seen.filter(subject="contested cases").exists()


def test_a_hospital_sees_its_own_contests_only(world: World) -> None:
    page = text_of(world, "alder.sampler", f"{url('contest-list')}?state=all")

    assert "ssi" in page.lower()
    with world.acting_as("cora"):
        foreign = Contest.objects.select_related("case").get(public_id=reviews.CONTESTS["birch"])
    assert foreign.case.case_number not in page
    text_of(world, "alder.champion", url("contest-detail", foreign.public_id), status=404)


# Discuss --------------------------------------------------------------------------------------------------------------


def test_comments_are_written_and_taken_back(world: World) -> None:
    client = world.client("alder.clinician")
    written = client.post(url("comment-write", "ssi"), {"text": "What of antibiotics?"}, follow=True)
    assert "What of antibiotics?" in written.content.decode()
    with world.acting_as("alder.clinician"):
        comment = Comment.objects.get(text="What of antibiotics?")
    deleted = client.post(url("comment-delete", comment.public_id), follow=True).content.decode()

    assert "What of antibiotics?" not in deleted
    assert "This comment was deleted." in deleted


def test_a_comment_with_an_identifier_is_asked_about(world: World) -> None:
    response = world.client("alder.clinician").post(url("comment-write", "ssi"), {"text": "Call 906-555-0147 for Ann"})

    assert response.status_code == 422
    assert "Call 906-555-0147 for Ann" in response.content.decode()


def test_colleagues_find_comments_on_their_home(world: World) -> None:
    assert "wrote 1 comment" in text_of(world, "alder.clinician", HOME)
    assert "wrote 1 comment" not in text_of(world, "alder.champion", HOME)  # it is the own one


# Aim ------------------------------------------------------------------------------------------------------------------


def test_the_champion_sets_a_target(world: World) -> None:
    client = world.client("alder.champion")
    with world.acting_as("alder.champion"):
        (day,) = LocalTarget.objects.exclude(by=None).dates("by", "day")
    form = {"value": "3.5", "by": day.isoformat(), "reason": "The bundle works."}
    page = client.post(url("target-set", "ssi"), form, follow=True).content.decode()
    assert f"3.5% by {day:%b %Y}" in page

    history = client.get(url("target-detail", "ssi")).content.decode()
    assert "4.4%" in history
    assert "The bundle works." in history
    wrong = client.post(url("target-set", "ssi"), {**form, "by": "2020-01-01"})
    assert wrong.status_code == 422
    dropped = client.post(url("target-drop", "ssi"), {"drop-reason": "Reached."}, follow=True).content.decode()
    assert "dropped" in dropped


def test_the_centre_sees_targets_by_hospital(world: World) -> None:
    page = text_of(world, "cora", url("target-detail", "ssi"))

    assert "Aldermoor Quillen Hospital" in page
    assert "6.1%" in page
    text_of(world, "sam", url("target-detail", "ssi"), status=403)


# Break down -----------------------------------------------------------------------------------------------------------


def test_parts_add_up_to_the_number(world: World) -> None:
    with world.acting_as("alder.clinician"):
        (split,) = OwnBreakdown.objects.get(measure_version__measure__slug="ssi").splits

    told = sum(cell["cases"] for cell in split["cells"]) + split["few"]["cases"] + split["unknown"]
    assert told == 41
    assert all(cell["cases"] >= 10 for cell in split["cells"])
    assert all(cell["low"] <= cell["rate"] <= cell["high"] for cell in split["cells"])


def test_page_and_file_of_the_breakdown_agree(world: World) -> None:
    page = text_of(world, "alder.clinician", url("breakdown-detail", "ssi"))
    response = world.client("alder.clinician").get(url("breakdown-export", "ssi"))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))

    assert "ASA class" in page
    for row in rows[4:-1]:
        for cell in row[1:]:
            assert cell in page
    assert rows[-1][2:4] == ["41", "3"]


@pytest.mark.parametrize("who", ["cora", "dana", "ben", "vera", "sam", "alder.sampler"])
def test_nobody_else_opens_it(world: World, who: str) -> None:
    for name in ("breakdown-detail", "breakdown-export"):
        text_of(world, who, url(name, "ssi"), status=403)
