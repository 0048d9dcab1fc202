"""Pages of an audit: what the centre, the hospital and the second abstractor see and press, and what each is refused."""

import dataclasses
import json
import re
from datetime import date

import pytest
from django.http import HttpResponse

from cases.audits.enums import AuditState
from cases.audits.models import Audit, Disagreement, Ruling, SecondAbstraction
from cases.audits.selectors.report import report_page
from cases.audits.services import report_file as report_file_module
from cases.audits.services.report_file import report_file
from collaboratives.services.programme import end_participation
from events.models import AccessLog, Job
from tests.architecture.tokens import Tokens, names_of, people_of
from tests.world import World
from tests.worlds import audits
from tests.worlds.audits import AUDITS, HOSPITAL, WORDS, again, drawn, under_abstraction
from tests.worlds.programme import COLECTOMY


HERE = "/c/colectomy-mi/audits/"


def text(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def page(world: World, name: str, path: str = "") -> str:
    response = world.client(name).get(f"{HERE}{path}")
    assert response.status_code == 200
    return text(response)


def notice(world: World, **changed: object) -> dict[str, object]:
    return {
        "participation": world.participation(HOSPITAL).public_id,
        "form": "colectomy",
        "first_day": "2025-07-01",
        "last_day": "2025-12-31",
        "sample_size": 3,
        "notice_days": 14,
        "abstractor": world.user("vera").public_id,
        "note": "Charts of the summer, please.",
    } | changed


def test_a_notice_reaches_its_hospital_and_no_other(world: World) -> None:
    sent = world.client("cora").post(f"{HERE}new/", notice(world))
    with world.acting_as("cora"):
        audit = Audit.objects.get(participation=world.participation(HOSPITAL))

    assert sent.headers["Location"] == f"{HERE}{audit.public_id}/"
    told = page(world, "cedar.champion", f"{audit.public_id}/")
    assert "Charts of the summer, please." in told
    assert "3 cases will be drawn on" in told
    assert world.client("birch.champion").get(sent.headers["Location"]).status_code == 404
    assert audit.public_id not in page(world, "birch.champion")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"last_day": "2090-01-01"}, "are not over"),
        ({"first_day": "2026-01-31"}, "first day is after"),
        ({"abstractor": ""}, "required"),
        ({"participation": "b1946ac9-0000-4000-8000-000000000000"}, "not one of the available choices"),
    ],
)
def test_a_notice_with_a_mistake_says_which(world: World, changed: dict[str, object], words: str) -> None:
    response = world.client("cora").post(f"{HERE}new/", notice(world, **changed))

    assert response.status_code == 422
    assert words in text(response)


def test_the_draw_waits_and_then_is_made_once(world: World) -> None:
    audit = audits.announce(HOSPITAL, notice_days=14)
    client, url = world.client("cora"), f"{HERE}{audit.public_id}/step/"

    assert "Draw the sample on that day or later." in text(client.post(url, {"do": "draw"}, follow=True))
    now = audits.announce("dogwood")
    url = f"{HERE}{now.public_id}/step/"
    assert "The sample is drawn." in text(client.post(url, {"do": "draw"}, follow=True))
    assert "drawn already" in text(client.post(url, {"do": "draw"}, follow=True))
    assert client.post(url, {"do": "nonsense"}).status_code == 302
    assert again(now).state == AuditState.DRAWN


def test_a_hospital_that_left_is_said_on_the_page(world: World) -> None:
    audit = audits.announce(HOSPITAL)
    with world.acting_as("dana") as by:
        end_participation(participation=world.participation(HOSPITAL), left_on=date(2026, 11, 1), by=by)
    shown = page(world, "cora", f"{audit.public_id}/")
    drawn_now = world.client("cora").post(f"{HERE}{audit.public_id}/step/", {"do": "draw"}, follow=True)

    assert "The hospital left the collaborative on 1 November 2026." in shown
    assert "left the collaborative on 1 November 2026, so this audit goes no further" in text(drawn_now)
    assert again(audit).state == AuditState.ANNOUNCED


def test_the_second_abstraction_is_the_hospitals_own_form(world: World) -> None:
    audit = under_abstraction()
    sample = drawn(audit)[0]
    client, url = world.client("vera"), f"{HERE}cases/{sample.public_id}/"
    shown = " ".join(name for name in sample.form_version.definition.by_name if name not in {"stay", "antibiotic_at"})

    refused = client.post(url, {"shown": shown, "age": "abc", "asa": "2", "do": "finish"})
    kept = client.post(url, {"shown": shown, "age": "61", "asa": "2", "missing:weight": "not_documented", "do": "save"})
    lacking = client.post(url, {"shown": "age asa", "age": "61", "asa": "2", "do": "finish"})

    assert (refused.status_code, kept.status_code, lacking.status_code) == (422, 302, 422)
    assert "Surgical-site infection" in text(lacking)
    with world.acting_as("vera"):
        second = SecondAbstraction.objects.get(audited_case=sample)
    assert (second.answers["age"], second.missing, second.finished_at) == (61, {"weight": "not_documented"}, None)


def test_the_review_is_closed_after_the_report(world: World) -> None:
    path = f"{AUDITS['alder']}/review/"
    with world.acting_as("alder.champion"):
        contested = Disagreement.objects.filter(audit__public_id=AUDITS["alder"]).order_by("pk")[0]
    sent = {"disagreement": contested.public_id, "answer": "accepted"}

    assert WORDS["alder"] in page(world, "alder.champion", path)
    assert "at the step" in text(world.client("alder.champion").post(f"{HERE}{path}", sent, follow=True))


def test_whoever_abstracted_is_told_that_somebody_else_decides(world: World) -> None:
    assert "somebody else of the centre decides" in page(world, "vera", f"{AUDITS['alder']}/adjudication/")


def test_nobody_decides_twice(world: World) -> None:
    with world.acting_as("dana"):
        ruled = Disagreement.objects.get(audit__public_id=AUDITS["alder"], variable="asa")
        before = Ruling.objects.count()
    sent = {"disagreement": ruled.public_id, "verdict": "second", "reason": "On second thoughts."}
    world.client("dana").post(f"{HERE}{AUDITS['alder']}/adjudication/", sent)
    with world.acting_as("dana"):
        assert Ruling.objects.count() == before


@pytest.mark.parametrize("name", ["cora", "alder.champion", "alder.abstractor", "alder.administrator"])
def test_the_report_is_for_the_centre_and_three_roles(world: World, name: str) -> None:
    told = page(world, name, f"{AUDITS['alder']}/report/")

    assert "Abstractor Ashgrave, Ida Twohospitals" in told
    assert "Champion Ashgrave" in told
    assert "Administrator Ashgrave" in told
    assert "ASA class" in told
    assert WORDS["alder"] in told


def test_other_hospitals_and_other_roles_have_no_report(world: World) -> None:
    paths = [f"{HERE}{AUDITS['alder']}/{rest}" for rest in ("", "report/", "report.pdf", "review/")]

    assert {world.client("birch.champion").get(path).status_code for path in paths} == {404}
    assert {world.client(name).get(path).status_code for name in ("alder.clinician", "sam") for path in paths} == {403}


def test_the_report_as_a_file_is_the_same_each_time_and_noted(world: World) -> None:
    client, url = world.client("alder.champion"), f"{HERE}{AUDITS['alder']}/report.pdf"
    with world.acting_as("dana"):
        before = AccessLog.objects.count()

    first, second = client.get(url), client.get(url)

    assert first.content == second.content
    assert first.content.startswith(b"%PDF-")
    assert (first["Content-Type"], first["Content-Disposition"]) == (
        "application/pdf",
        f'attachment; filename="audit-{AUDITS["alder"]}.pdf"',
    )
    with world.acting_as("dana"):
        assert AccessLog.objects.count() == before + 2
    assert b"/MarkInfo" in first.content  # tagged, so that a screen reader finds its way


def test_the_file_names_no_other_hospital(world: World) -> None:
    """Glyphs of a PDF cannot be searched, so this reads the values of which it is made."""
    with world.acting_as("cora"):
        page = report_page(audits.again(Audit.objects.get(public_id=AUDITS["alder"])))
        assert page is not None
        made = json.dumps(report_file_module._content(page), ensure_ascii=False)
    others = {word for each in COLECTOMY if each != "alder" for word in names_of(each) | people_of(each)}

    assert Tokens(frozenset(others)).found_in([made]) == set()
    assert {"Aldermoor Quillen Hospital", WORDS["alder"]} <= Tokens(
        frozenset(names_of("alder") | people_of("alder"))
    ).found_in([made])


def test_what_people_wrote_is_no_markup_in_the_file(world: World) -> None:
    with world.acting_as("cora"):
        found = report_page(audits.again(Audit.objects.get(public_id=AUDITS["alder"])))
        assert found is not None
        odd = tuple(dataclasses.replace(each, answer_reason='#panic("x") $ @label *') for each in found.differences)
        assert report_file(dataclasses.replace(found, differences=odd)).startswith(b"%PDF-")


def test_an_audit_without_report_leads_back_to_its_page(world: World) -> None:
    audit = audits.announce(HOSPITAL)
    for rest in ("report/", "report.pdf"):
        response = world.client("cora").get(f"{HERE}{audit.public_id}/{rest}")
        assert (response.status_code, response.headers["Location"]) == (302, f"{HERE}{audit.public_id}/")


def test_corrections_are_ordered_once(world: World) -> None:
    client, url = world.client("cora"), f"{HERE}{AUDITS['alder']}/step/"
    for _ in range(2):
        client.post(url, {"do": "correct"})
    with world.acting_as("cora"):
        assert Job.objects.filter(kind="audits.correct").count() == 1
    assert "The worker is at it." in page(world, "cora", f"{AUDITS['alder']}/")


def test_cancelling_wants_a_reason_that_the_hospital_reads(world: World) -> None:
    audit = audits.announce(HOSPITAL)
    url = f"{HERE}{audit.public_id}/cancel/"
    assert world.client("cora").post(url, {"reason": " "}).status_code == 422
    world.client("cora").post(url, {"reason": "The archive moves house."})

    assert "The archive moves house." in page(world, "cedar.champion", f"{audit.public_id}/")
    assert "at the step" in text(world.client("cora").post(url, {"reason": "Again."}))


def test_the_centre_sees_what_to_teach(world: World) -> None:
    """Infection: one of six fields in two audits; the upheld ASA class agrees."""
    shown = page(world, "dana")

    assert "above 5 % disagreement" in shown
    assert re.search(r"Surgical-site infection Colectomy 2 2 of 6 33\.3.% ", shown)
    assert "ASA class Colectomy" not in shown
    assert "disagreement over all hospitals" not in page(world, "alder.champion")


def test_the_list_stays_at_few_queries(world: World, django_assert_max_num_queries: object) -> None:
    client = world.client("cora")
    client.get(HERE)
    with django_assert_max_num_queries(14):  # type: ignore[operator]  # with the sign-in, the place and the frame
        client.get(HERE)
