"""Documents: who sees which, who has confirmed, and what is handed out."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404

from collaboratives.documents.definition.files import accept
from collaboratives.documents.errors import DocumentError
from collaboratives.documents.models import Document, DocumentVersion
from collaboratives.documents.selectors.audience import DocumentWords
from collaboratives.documents.selectors.documents import document_page, document_rows
from collaboratives.documents.selectors.due import due_for
from collaboratives.documents.services.documents import (
    acknowledge,
    add_document,
    add_version,
    remind_readers,
    retire_document,
    tell_reminded,
)
from collaboratives.models import Grant
from collaboratives.notifications.services.sending import send_due
from collaboratives.services.people import end_role
from events.enums import EventKind
from events.models import Event
from privacy.fields import FieldClass
from privacy.roles import Role
from privacy.viewer import PermissionRefusedError, Viewer
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import documents, programme
from tests.worlds.counting import page_queries


HERE = "/c/colectomy-mi/documents"
NEWER = accept("manual.pdf", b"%PDF-1.7\n% newer\n")


def titles(by: Viewer) -> list[str]:
    return [row.document.title for row in document_rows(by)]


def latest(name: str = "everybody") -> DocumentVersion:
    return documents.document(name).versions.select_related("document").order_by("-number")[0]


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("cora", ["Abstraction manual", "Letter after the audit"]),
        ("alder.champion", ["Abstraction manual"]),
        ("birch.champion", ["Abstraction manual", "Letter after the audit"]),
        ("birch.clinician", ["Abstraction manual"]),
    ],
)
def test_each_sees_what_is_for_their_role_and_hospital(world: World, name: str, seen: list[str]) -> None:
    with world.acting_as(name) as by:
        assert titles(by) == seen


def test_the_wall_hides_letters_to_others_without_any_filter(world: World) -> None:
    with world.acting_as("alder.champion"):
        assert list(Document.objects.values_list("title", flat=True)) == ["Abstraction manual"]
        assert DocumentVersion.objects.count() == 1


def test_observers_have_no_documents(world: World) -> None:
    for name in ("sam", "pat"):
        assert world.client(name).get(f"{HERE}/").status_code == 403


def test_files_are_downloads_and_nothing_else(world: World) -> None:
    letter = documents.DOCUMENTS["birch"]
    sent = world.client("birch.champion").get(f"{HERE}/{letter}/1/file/")

    assert sent.content == documents.LETTER
    assert sent["Content-Disposition"] == 'attachment; filename="letter.txt"'
    assert (sent["Content-Type"], sent["X-Content-Type-Options"]) == ("text/plain", "nosniff")
    assert sent["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert set(sent["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert world.client("alder.champion").get(f"{HERE}/{letter}/1/file/").status_code == 404


def test_confirming_counts_and_a_new_version_asks_again(world: World) -> None:
    with world.acting_as("alder.champion") as by:
        assert [due.title for due in due_for(by)] == ["Read and confirm: Abstraction manual"]
        acknowledge(version=latest(), by=by)
        acknowledge(version=latest(), by=by)
        assert due_for(by) == []
    with world.acting_as("cora") as cora:
        page = document_page(cora, documents.DOCUMENTS["everybody"])
        assert [reader.name for reader in page.have] == ["Champion Ashgrave"]
        assert len(page.readers) == 16 + 6 + 2  # champions and abstractors, three more at two hospitals, Ida at both
        add_version(document=documents.document(), file=NEWER, note="Page 3.", by=cora)
    with world.acting_as("alder.champion") as by:
        assert [due.title for due in due_for(by)] == ["Read and confirm: Abstraction manual"]


def test_nobody_confirms_an_old_version(world: World) -> None:
    with world.acting_as("cora") as cora:
        old = latest()
        add_version(document=documents.document(), file=NEWER, note="", by=cora)
    with world.acting_as("alder.champion") as by, pytest.raises(DocumentError, match="a newer version"):
        acknowledge(version=DocumentVersion.objects.select_related("document").get(pk=old.pk), by=by)


def test_what_everybody_reads_names_no_hospital(world: World) -> None:
    words = DocumentWords(
        title=f"News of {programme.HOSPITALS['birch'][1]}",
        about="",
        roles=[Role.CHAMPION],
        participation=None,
        must_acknowledge=False,
    )
    with world.acting_as("cora") as cora, pytest.raises(DocumentError, match="names Birchgrove Zantar Medical"):
        add_document(words=words, file=NEWER, by=cora)


def test_columns_of_documents_hold_nothing_of_a_hospital() -> None:
    for model in (Document, DocumentVersion):
        assert FieldClass.HOSPITAL not in model.field_classes.values()
        assert FieldClass.CLINICAL not in model.field_classes.values()


def test_only_the_centre_uploads(world: World) -> None:
    words = DocumentWords(title="Mine", about="", roles=[Role.CHAMPION], participation=None, must_acknowledge=False)
    with world.acting_as("alder.champion") as by, pytest.raises(PermissionRefusedError):
        add_document(words=words, file=NEWER, by=by)


def test_a_form_with_a_page_in_disguise_is_refused(world: World) -> None:
    sent = SimpleUploadedFile("manual.pdf", b"<html><body onload=x()>", content_type="application/pdf")
    response = world.client("cora").post(f"{HERE}/new/", {"title": "T", "roles": ["champion"], "file": sent})

    assert response.status_code == 422
    assert "its content is not" in response.content.decode()


def test_out_of_use_it_is_gone_for_readers(world: World) -> None:
    with world.acting_as("cora") as cora:
        retire_document(document=documents.document(), by=cora)
        assert titles(cora) == ["Abstraction manual", "Letter after the audit"]
    with world.acting_as("alder.champion") as by:
        assert titles(by) == []
        with pytest.raises(Http404):
            document_page(by, documents.DOCUMENTS["everybody"])


@pytest.mark.worker
def test_reminders_go_to_those_who_have_not_once_a_day(world: World, mailoutbox: list[Any]) -> None:
    with world.acting_as("alder.champion") as by:
        acknowledge(version=latest(), by=by)
    with world.acting_as("cora") as cora:
        grant = Grant.objects.get(user__email=programme.email("heron.champion"))
        end_role(grant=grant, by=cora)
        people = remind_readers(document=documents.document(), by=cora)
        with pytest.raises(DocumentError, match="less than a day ago"):
            remind_readers(document=documents.document(), by=cora)
        event = Event.objects.get(kind=EventKind.DOCUMENT_REMINDED)
    with acting(Acting("compute", collaborative_id=event.collaborative_id)):
        tell_reminded(event)
        send_due(event.collaborative_id)
    told = [mail for mail in mailoutbox if "To read and confirm" in mail.subject]
    recipients = [mail.to for mail in told]

    assert people == 22
    assert all(len(to) == 1 for to in recipients)
    assert len({to[0] for to in recipients}) == len(recipients) == 21  # Ida has two hospitals and one mail
    assert not {programme.email("alder.champion"), programme.email("heron.champion")} & {to[0] for to in recipients}
    hospitals = {name for _, name, _ in programme.HOSPITALS.values()}
    assert not [mail for mail in told if any(name in mail.subject + mail.body for name in hospitals)]


def test_pages_read_few_rows_of_the_database(world: World) -> None:
    for name in ("cora", "birch.champion"):
        for page in ("", f"{documents.DOCUMENTS['everybody']}/"):
            assert len(page_queries(world.client(name), f"{HERE}/{page}")) <= 12
