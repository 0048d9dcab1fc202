"""Mails of the demo go to a folder, and a page shows them; outside the demo there is no such page."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage, get_connection
from django.test import Client

from config.demo.inbox import FILE, inbox, letter


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.BASE_URL = "http://127.0.0.1:8000"
    return tmp_path / "mail"


def mail(
    subject: str, body: str = "See http://127.0.0.1:8000/c/colectomy-mi/?a=1&b=<2>. Or http://elsewhere.example/."
) -> EmailMessage:
    return EmailMessage(
        subject=subject, body=body, to=["robin@hospital.example"], headers={"Message-ID": "<one@colloquy>"}
    )


def named(folder: Path, number: int, subject: str) -> str:
    """A file as the backend writes it, of a second of our choice."""
    folder.mkdir(exist_ok=True)
    name = f"20260301-1200{number:02}-140{number}.log"
    (folder / name).write_bytes(mail(subject).message().as_bytes() + b"\n" + b"-" * 79 + b"\n")
    return name


def test_what_is_sent_is_listed_and_shown(folder: Path, demo_mode: None, db: None) -> None:
    with_entry = mail("Invitation: Café")
    with_entry.attach("invite.ics", "BEGIN:VCALENDAR", "text/calendar")
    get_connection().send_messages([mail("First"), with_entry])
    page = Client().get("/demo/inbox/").content.decode()
    (file,) = [each.name for each in folder.iterdir()]
    shown = Client().get(f"/demo/inbox/{file}/1/").content.decode()

    assert [line.subject for line in inbox(1).lines] == ["Invitation: Café", "First"]
    assert "Invitation: Café" in page
    assert "robin@hospital.example" in page
    assert f"/demo/inbox/{file}/0/" in page
    assert '<a href="/c/colectomy-mi/?a=1&amp;b=&lt;2">' in shown
    assert '<a href="http://elsewhere' not in shown
    assert {"BEGIN:VCALENDAR", "&lt;one@colloquy&gt;", "invite.ics"} <= {
        word for word in ("BEGIN:VCALENDAR", "&lt;one@colloquy&gt;", "invite.ics") if word in shown
    }


def test_newest_stand_first_a_page_at_a_time(folder: Path, demo_mode: None, db: None) -> None:
    for number in range(31):
        named(folder, number, f"Mail {number}")

    assert [line.subject for line in inbox(1).lines][:2] == ["Mail 30", "Mail 29"]
    assert [line.subject for line in inbox(2).lines] == ["Mail 0"]
    assert "Mail 0" in Client().get("/demo/inbox/?page=2").content.decode()
    assert "Mail 30" in Client().get("/demo/inbox/?page=x").content.decode()
    assert "Mail 30" in Client().get("/demo/inbox/?page=0").content.decode()


def test_no_address_leads_out_of_the_folder(folder: Path, demo_mode: None, db: None) -> None:
    name = named(folder, 1, "Mail")
    (folder.parent / "secret.log").write_text("secret")
    (folder / "notes.txt").write_text("secret")
    client = Client()

    assert client.get(f"/demo/inbox/{name}/0/").status_code == 200
    wrong = [f"{name}/1", "..%2Fsecret.log/0", "notes.txt/0", "20260301-120001-9.log/0", "%2e%2e/0"]
    assert {each: client.get(f"/demo/inbox/{each}/").status_code for each in wrong} == dict.fromkeys(wrong, 404)
    assert letter("../secret.log", 0) is None
    assert FILE.fullmatch("../20260301-120001-1.log") is None


def test_an_address_that_only_looks_like_ours_is_no_link(folder: Path, demo_mode: None, db: None) -> None:
    get_connection().send_messages([mail("Mail", "http://127.0.0.1:8000//elsewhere.example/")])
    (file,) = [each.name for each in folder.iterdir()]
    found = letter(file, 0)

    assert found is not None
    assert [piece.path for piece in found.pieces if piece.path] == []


def test_empty_folder_and_no_folder_say_so(folder: Path, demo_mode: None, db: None) -> None:
    assert "No mail yet" in Client().get("/demo/inbox/").content.decode()
    folder.mkdir()
    assert "No mail yet" in Client().get("/demo/inbox/").content.decode()


@pytest.mark.parametrize("path", ["/demo/inbox/", "/demo/inbox/20260301-120001-1.log/0/"])
def test_outside_the_demo_there_is_no_inbox(db: None, path: str) -> None:
    assert Client().get(path).status_code == 404
