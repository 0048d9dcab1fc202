"""What stays behind: mails on their way, old addresses, shared computers, logs, queues. BA-17, BA-31, BA-34, BA-35."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.test import Client

from collaboratives.models import Grant
from collaboratives.selectors.places import acting_for
from collaboratives.services.people import end_role
from events import services
from feedback.services.release_mail import send_due
from tests.architecture.test_canary import everybody
from tests.architecture.tokens import documents
from tests.attacks.looking import addresses, look, url
from tests.world import World
from tests.worlds import audits, programme, releases
from tests.worlds.programme import HOSPITALS, email


ROOT = Path(settings.BASE_DIR)
# What the interface remembers in a browser: how it looks, never what it shows.
REMEMBERED = {"colloquy-theme", "colloquy-nav", "colloquy-keys"}


def end_roles(world: World, name: str, by: str = "dana") -> None:
    user_id, _ = programme.USERS[name]
    director = world.viewer(by)
    with releases.acting(acting_for(director)), transaction.atomic():
        for grant in Grant.objects.filter(user_id=user_id, ends_at=None):
            end_role(grant=grant, by=director)


# BA-17 ----------------------------------------------------------------------------------------------------------------


@pytest.mark.worker
def test_whose_role_ends_before_a_mail_goes_gets_none(world: World) -> None:
    """Asked when it goes, not when it was planned; everybody else gets theirs, each alone in it."""
    releases.publish(releases.draft("Winter 2026", *releases.WINDOW))
    end_roles(world, "alder.champion")
    send_due(world.viewer("dana").collaborative_id)
    mails = [each for each in mail.outbox if "Winter 2026" in each.subject]
    receivers = {address for each in mails for address in each.to}

    assert email("alder.champion") not in receivers
    assert {email("birch.champion"), email("sam")} <= receivers
    assert [each for each in mails if len(each.to) != 1 or each.cc or each.bcc or each.reply_to] == []


@pytest.mark.worker
def test_mails_of_a_release_tell_nothing_but_that_it_is_there(world: World) -> None:
    """No name of a hospital or of another person, no number, no key of a row but the release's and the reader's own."""
    releases.publish(releases.draft("Winter 2026", *releases.WINDOW))
    send_due(world.viewer("dana").collaborative_id)
    words = {name for _, name, _ in HOSPITALS.values()} | {full_name for _, full_name in programme.USERS.values()}

    assert len(mail.outbox) > 10
    for each in mail.outbox:
        own = next(full_name for name, (_, full_name) in programme.USERS.items() if [email(name)] == each.to)
        text = str(each.message())
        assert {word for word in words - {own} if word in text} == set()
        assert re.search(r"\d+(\.\d+)?\s*%|\d+ of \d+", text) is None
        assert each.extra_headers["Message-ID"].endswith("@colloquy>")


# BA-35 ----------------------------------------------------------------------------------------------------------------


def test_old_addresses_open_nothing_once_the_role_has_ended(world: World) -> None:
    """Files are made for whoever asks now: no address carries the right to it."""
    client = world.client("alder.champion")
    files = [
        each
        for each in [*addresses(world, "alder.champion"), url("audits:audit-file", audits.AUDITS["alder"])]
        if "text/html" not in look(client, each).get("Content-Type", "")
    ]
    before = {each: look(client, each).status_code for each in files}
    end_roles(world, "alder.champion")

    assert {url("feedback:measure-export", "ssi"), url("audits:audit-file", audits.AUDITS["alder"])} <= set(files)
    assert {each for each, status in before.items() if status == 200} >= {url("feedback:measure-export", "ssi")}
    assert {each: client.get(each).status_code for each in files} == dict.fromkeys(files, 404)
    stranger = Client()
    assert {stranger.get(each).status_code for each in files} == {302}


def test_no_link_carries_a_signature(world: World) -> None:
    client = world.client("alder.champion")
    text = "".join(look(client, each).content.decode("utf-8", "replace") for each in addresses(world, "alder.champion"))
    links = re.findall(r'(?:href|src|action)="([^"]+)"', text)

    assert [each for each in links if re.search(r"[?&](token|sig|signature|key|expires|auth)=", each)] == []


# BA-31 ----------------------------------------------------------------------------------------------------------------


def test_scripts_keep_nothing_of_cases_in_the_browser() -> None:
    """Only how the interface looks is remembered; drafts are on the server, and no worker keeps pages."""
    scripts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "static" / "js").rglob("*.js")}
    storing = re.compile(r"sessionStorage|indexedDB|serviceWorker|caches\.|document\.cookie|WebSQL|openDatabase")
    kept = {name for text in scripts.values() for name in re.findall(r"localStorage\.\w+\(\s*[\"']([^\"']+)", text)}
    unnamed = {
        path.name: line.strip()
        for path, text in scripts.items()
        for line in text.splitlines()
        if re.search(r"localStorage\.\w+\(\s*[^\"'\s)]", line)
    }

    assert {path.name for path, text in scripts.items() if storing.search(text)} == set()
    assert kept <= REMEMBERED
    # Names made by a script: of choices how a case form is shown, and of the menu of preferences.
    assert set(unnamed) <= {"choices.js", "preferences-menu.js"}


def test_signing_out_ends_the_session_and_clears_the_browser(world: World) -> None:
    client = world.client("alder.abstractor")
    cookie = client.cookies["session"].value
    answer = client.post("/accounts/logout/")
    again = Client()
    again.cookies["session"] = cookie

    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert again.get(url("cases:case-list")).status_code == 302


# BA-34 ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def stores() -> Iterator[list[redis.Redis]]:
    """The queue and the cache, as somebody with access to the server reads them."""
    address = settings.CACHES["default"]["LOCATION"]
    opened = [redis.from_url(re.sub(r"(db=|/)1$", rf"\g<1>{number}", address)) for number in (0, 1)]
    yield opened
    for each in opened:
        each.close()


def test_queue_and_cache_hold_no_name_and_no_value(world: World, stores: list[redis.Redis]) -> None:
    client = world.client("alder.champion")
    for address in addresses(world, "alder.champion"):
        look(client, address)
    texts = [text for store in stores for text in _dump(store)]

    assert everybody(world).found_in(texts) == set()
    assert [each for each in texts if re.search(r"\b(AL|BI|CE)-\d{3}\b", each)] == []


def _dump(store: redis.Redis) -> Iterator[str]:
    for key in store.scan_iter(count=1000):
        yield key.decode("utf-8", "replace")
        kind = store.type(key).decode()
        read: dict[str, Callable[[], Any]] = {
            "string": lambda key=key: store.get(key),
            "list": lambda key=key: b"\n".join(store.lrange(key, 0, -1)),
            "set": lambda key=key: b"\n".join(store.smembers(key)),
            "hash": lambda key=key: b"\n".join(word for pair in store.hgetall(key).items() for word in pair),
            "zset": lambda key=key: b"\n".join(store.zrange(key, 0, -1)),
        }
        yield from documents(read[kind]() or b"" if kind in read else b"")


def test_logs_and_messages_of_a_working_day_name_nobody(
    world: World,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """Everything at its loudest: pages, an entered case, wrong addresses; messages to workers carry whole numbers."""
    sent: list[dict[str, object]] = []
    monkeypatch.setattr(services, "publish", lambda task, **ids: sent.append({"task": task, **ids}))
    client = world.client("alder.abstractor")
    with caplog.at_level("DEBUG"), django_capture_on_commit_callbacks(execute=True):
        client.post(url("cases:case-new"), {"form": "colectomy", "case_number": "AL-977", "event_date": "2026-03-05"})
        client.get(f"{url('cases:case-list')}nowhere/")
        for address in addresses(world, "alder.abstractor")[:30]:
            look(client, address)

    assert sent
    assert {type(value) for each in sent for name, value in each.items() if name != "task"} == {int}
    lines = [each.getMessage() for each in caplog.records if not each.name.startswith("django.db.backends")]
    assert everybody(world).found_in(lines) == set()
    assert [each for each in lines if "AL-977" in each] == []
