"""Texts, signatures, papers: what may be done by whom, and what the database keeps as it is."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from collaboratives.agreements.definition.standing import Stands, months_later
from collaboratives.agreements.definition.words import AgreementWords
from collaboratives.agreements.enums import AgreementKind
from collaboratives.agreements.errors import AgreementError
from collaboratives.agreements.models import Agreement, AgreementReminder, AgreementText
from collaboratives.agreements.selectors.dates import dates_for
from collaboratives.agreements.selectors.due import due_for
from collaboratives.agreements.selectors.register import register
from collaboratives.agreements.services.reminding import remind, tell_expiring
from collaboratives.agreements.services.signing import sign_agreement, text_in_force
from collaboratives.agreements.services.texts import put_in_force, write_text
from collaboratives.notifications.services.sending import send_due
from collaboratives.selectors.clock import today_of
from collaboratives.selectors.places import worker_viewer
from events.enums import EventKind
from events.models import AccessLog, Event
from privacy.viewer import PermissionRefusedError
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import agreements, programme
from tests.worlds.counting import page_queries


HERE = "/c/colectomy-mi/agreements"
DATA_USE = AgreementKind.DATA_USE


def text(world: World) -> AgreementText:
    with world.acting_as("cora") as cora:
        found = text_in_force(cora.collaborative_id, DATA_USE)
        assert found
        return found


def prove(client: Client) -> None:
    """As somebody who gave the password again."""
    client.post("/accounts/reauthenticate/", {"password": programme.PASSWORD})


def form(world: World, **changes: Any) -> dict[str, Any]:
    version = str(text(world).public_id)
    return {"version": version, "agreed": "on", "title": "Chief", "typed_name": "Administrator Ashgrave"} | changes


def test_a_text_in_force_is_frozen_and_a_new_version_follows(world: World) -> None:
    with world.acting_as("cora") as cora:
        words = AgreementWords(title="Data use", text="New.", note="Clearer.", valid_months=24)
        draft = write_text(kind=DATA_USE, words=words, by=cora)
        assert (draft.number, text_in_force(cora.collaborative_id, DATA_USE) == draft) == (2, False)
        kept = put_in_force(text=draft, by=cora)
        assert text_in_force(cora.collaborative_id, DATA_USE) == kept
        with pytest.raises(AgreementError, match="in force already"):
            put_in_force(text=kept, by=cora)
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            AgreementText.objects.filter(pk=kept.pk).update(text="Otherwise.")


def test_a_signed_agreement_is_frozen_but_for_its_end(world: World) -> None:
    with world.acting_as("cora") as cora:
        found = Agreement.objects.get(public_id=agreements.SIGNED["alder"])
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            Agreement.objects.filter(pk=found.pk).update(ends_on=date(2099, 1, 1))
        agreements.end("alder", AgreementKind.PARTICIPATION, by=cora)
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            Agreement.objects.filter(pk=found.pk).update(ended_on=None, ended_by=None)


def test_a_renewal_adds_its_months_to_what_is_left(world: World) -> None:
    place = world.participation("alder")
    today = today_of(place.collaborative)
    with world.acting_as("cora") as cora:
        agreements.end("alder", by=cora)
        agreements.sign_on_paper(place, text(world), cora, ends_on=today + timedelta(days=10))
    with world.acting_as("alder.administrator") as by:
        made = sign_agreement(text=text(world), typed_name="Administrator  Ashgrave", title="Chief", by=by)
        assert made.ends_on == months_later(today + timedelta(days=10), 12)
        assert made.starts_on == today


@pytest.mark.parametrize("name", ["alder.champion", "alder.abstractor", "cora"])
def test_only_the_administrator_signs(world: World, name: str) -> None:
    with world.acting_as(name) as by, pytest.raises(PermissionRefusedError):
        sign_agreement(text=text(world), typed_name=by.name, title="Chief", by=by)


def test_another_name_is_no_signature(world: World) -> None:
    words = "Type your name as it is in your account: Administrator Ashgrave"
    with world.acting_as("alder.administrator") as by, pytest.raises(AgreementError, match=words):
        sign_agreement(text=text(world), typed_name="A. Ashgrave", title="Chief", by=by)


def test_an_old_version_cannot_be_signed(world: World) -> None:
    old = text(world)
    with world.acting_as("cora") as cora:
        agreements.write(DATA_USE, cora)
    with world.acting_as("alder.administrator") as by, pytest.raises(AgreementError, match="Another version"):
        sign_agreement(text=old, typed_name=by.name, title="Chief", by=by)


def test_signing_asks_again_who_signs_and_keeps_what_was_filled_in(world: World) -> None:
    client, before = world.client("alder.administrator"), Agreement.objects
    asked = client.post(f"{HERE}/sign/data_use/", form(world))
    assert asked.status_code == 302
    assert asked.url.startswith("/accounts/reauthenticate/")
    prove(client)
    again = client.get(f"{HERE}/sign/data_use/").content.decode()
    assert 'value="Chief"' in again
    done = client.post(f"{HERE}/sign/data_use/", form(world))

    assert (done.status_code, done.url) == (302, f"{HERE}/")
    with world.acting_as("alder.administrator") as by:
        made = before.filter(participation_id=by.participation_id, how="here").get()
        assert (made.signatory_name, made.recorded_by_id) == ("Administrator Ashgrave", by.user_id)
        assert Event.objects.filter(kind=EventKind.AGREEMENT_SIGNED, subject_id=made.pk).count() == 1


def test_nobody_signs_without_agreeing(world: World) -> None:
    client = world.client("alder.administrator")
    prove(client)
    response = client.post(f"{HERE}/sign/data_use/", form(world, agreed=""))

    assert response.status_code == 422


def paper(content: bytes, name: str = "signed.pdf") -> dict[str, Any]:
    return {
        "signatory_name": "Signe Handlund",
        "signatory_title": "Chief",
        "signed_on": "2026-01-05",
        "starts_on": "2026-01-05",
        "ends_on": "2028-01-04",
        "scan": SimpleUploadedFile(name, content),
    }


def test_the_centre_keeps_a_paper_with_its_scan(world: World) -> None:
    client, place = world.client("cora"), world.participation("cedar").public_id
    kept = client.post(f"{HERE}/hospitals/{place}/data_use/", paper(agreements.SCAN, "../../etc/signed.pdf"))
    assert kept.status_code == 302
    with world.acting_as("cora"):
        made = Agreement.objects.get(participation__public_id=place, ends_on=date(2028, 1, 4))
    sent = client.get(f"{HERE}/{made.public_id}/scan/")

    assert sent.content == agreements.SCAN
    assert (sent["Content-Type"], sent["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert sent["Content-Disposition"] == 'attachment; filename="signed.pdf"'
    assert "sandbox" in sent["Content-Security-Policy"]
    with world.acting_as("cora"):
        assert AccessLog.objects.filter(subject="scan of a data-use agreement").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script>", "its content is not a PDF, PNG or JPEG"),
        (b"MZ\x90\x00 a program", "its content is not"),
        (b"%PDF-" + bytes(10 * 2**20), "larger than 10 MB"),
    ],
)
def test_what_is_no_scan_is_refused(world: World, content: bytes, words: str) -> None:
    place = world.participation("cedar").public_id
    response = world.client("cora").post(f"{HERE}/hospitals/{place}/data_use/", paper(content))

    assert response.status_code == 422
    assert words in response.content.decode()


def test_the_register_counts_what_is_missing_and_ending(world: World) -> None:
    with world.acting_as("cora") as cora:
        agreements.end("birch", by=cora)
        page = register(cora)
        only = register(cora, "open")

    assert (page.hospitals, page.lacking, page.expiring) == (8, 1, 1)
    assert [row.hospital for row in only.rows] == [programme.HOSPITALS[name][1] for name in ("birch", "grove")]
    states = {cell.kind: cell.found.stands for cell in only.rows[1].cells}
    assert states[AgreementKind.PARTICIPATION] is Stands.EXPIRING
    assert "expires in 40 days" in {cell.words for cell in only.rows[1].cells}


def test_what_waits_and_what_ends_is_told_to_the_week(world: World) -> None:
    today = today_of(world.participation("grove").collaborative)
    with world.acting_as("cora") as cora:
        agreements.end("birch", by=cora)
        waiting = {(due.title, due.hospital) for due in due_for(cora)}
        ends = dates_for(cora, today, today + timedelta(days=60))
    birch, grove = (world.participation(name).public_id for name in ("birch", "grove"))

    assert ("Sign the data-use agreement again: it was ended", birch) in waiting
    assert ("Renew the participation agreement", grove) in waiting
    assert {(each.hospital, each.starts) for each in ends} == {(grove, today + timedelta(days=40))}
    with world.acting_as("alder.administrator") as by:
        assert due_for(by) == []
    with world.acting_as("birch.administrator") as by:
        assert [due.hospital for due in due_for(by)] == [birch]


@pytest.mark.worker
def test_each_reminder_goes_once_to_whoever_signs(world: World, mailoutbox: list[Any]) -> None:
    place = world.participation("birch")
    today = today_of(place.collaborative)
    with world.acting_as("cora") as cora:
        agreements.end("birch", by=cora)
        agreements.sign_on_paper(place, text(world), cora, ends_on=today + timedelta(days=29))
    by = worker_viewer(place.collaborative)
    with acting(Acting("compute", collaborative_id=by.collaborative_id)), transaction.atomic():
        first, again = remind(by.collaborative_id), remind(by.collaborative_id)
        steps = {
            (each.participation.site.name, each.days)
            for each in AgreementReminder.objects.select_related("participation__site")
        }
        events = list(Event.objects.filter(kind=EventKind.AGREEMENT_EXPIRING))
        for event in events:
            tell_expiring(event)
    send_due(by.collaborative_id)
    names = {name: programme.HOSPITALS[name][1] for name in ("birch", "grove")}
    told = [mail for mail in mailoutbox if "agreement" in mail.subject]
    to = sorted(mail.to[0] for mail in told)

    assert (first, again, len(events)) == (3, 0, 3)  # the data-use agreement of birch, both of grove
    assert steps == {(names["birch"], 30), (names["grove"], 60)}
    # Who signs; at grove nobody does, so the champion reads it.
    assert to == sorted(programme.email(each) for each in ("birch.administrator", "grove.champion", "grove.champion"))
    assert all(len(mail.to) == 1 and not any(name in mail.subject for name in names.values()) for mail in told)


@pytest.mark.worker
def test_no_reminder_goes_for_what_was_renewed_or_ended_meanwhile(world: World, mailoutbox: list[Any]) -> None:
    place = world.participation("grove")
    by = worker_viewer(place.collaborative)
    with acting(Acting("compute", collaborative_id=by.collaborative_id)), transaction.atomic():
        assert remind(by.collaborative_id) == 2
    with world.acting_as("cora") as cora:
        agreements.sign_on_paper(place, text(world), cora)  # the data-use agreement, without an end
        agreements.end("grove", AgreementKind.PARTICIPATION, by=cora)
    with acting(Acting("compute", collaborative_id=by.collaborative_id)), transaction.atomic():
        for event in Event.objects.filter(kind=EventKind.AGREEMENT_EXPIRING):
            tell_expiring(event)
        assert remind(by.collaborative_id) == 0
    send_due(by.collaborative_id)
    assert [mail for mail in mailoutbox if "agreement" in mail.subject] == []


def test_pages_read_few_rows_of_the_database(world: World) -> None:
    assert len(page_queries(world.client("cora"), f"{HERE}/")) <= 12
    assert len(page_queries(world.client("alder.administrator"), f"{HERE}/")) <= 12
