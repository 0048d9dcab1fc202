"""A program never gets a page: every error is a problem with the number of its request."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from cases.api import cases
from tests.api.conftest import GOOD, Program
from tests.world import World


def is_problem(answer: Any, status: int) -> bool:
    body = answer.json()
    return (answer.status_code, answer["Content-Type"], body["status"], body["request_id"]) == (
        status,
        "application/problem+json",
        status,
        answer["X-Request-ID"],
    )


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v1/cases", "/api/v2/cases/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_address(db: None, path: str, method: str) -> None:
    assert is_problem(getattr(Client(), method)(path), 404)


def test_a_broken_view_tells_nothing(world: World, alder: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("Ashgrave AL-001")

    monkeypatch.setattr(cases, "record_page", broken)
    answer = Client(raise_request_exception=False).get(
        "/api/v1/cases/", headers={"Authorization": f"Bearer {alder.key}"}
    )

    assert is_problem(answer, 500)
    assert re.findall("Ashgrave|AL-001|Runtime|Traceback", answer.content.decode()) == []


def test_what_failed_half_way_is_taken_back(world: World, alder: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_case: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("cases.api.base.findings_of", broken)
    headers = {"Authorization": f"Bearer {alder.key}", "Idempotency-Key": "half-way-there"}
    client = Client(raise_request_exception=False)
    answer = client.post(
        "/api/v1/cases/",
        {"form": "colectomy", "case_number": "P-1", "event_date": "2026-03-05"},
        content_type="application/json",
        headers=headers,
    )
    monkeypatch.undo()

    assert is_problem(answer, 500)
    assert alder.get("cases/?case_number=P-1").json()["cases"] == []


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        ("{", "application/json", 400),
        ('{"a": NaN}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        ('"\\ud800"', "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ('{"age": ' + "9" * 5000 + "}", "application/json", 400),
        ("[]", "application/json", 422),
        ('"text"', "application/json", 422),
        ("null", "application/json", 422),
        ("", "application/json", 422),
        ("a=1", "application/x-www-form-urlencoded", 415),
        ("{}", "text/plain", 415),
        ("{}", "application/json; charset=utf-8", 422),
    ],
)
@pytest.mark.parametrize("path", ["cases/", "cases/bulk/", "cases/check/"])
def test_a_body_that_cannot_be_read(  # noqa: PLR0917 -- one for each part of the case
    world: World, alder: Program, body: str | bytes, media: str, status: int, path: str
) -> None:
    answer = Client().post(
        f"/api/v1/{path}",
        data=body,
        content_type=media,
        headers={"Authorization": f"Bearer {alder.key}", "Idempotency-Key": "key-0001"},
    )

    assert is_problem(answer, status)


def test_a_body_that_is_too_large(world: World, alder: Program) -> None:
    text = " " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    answer = Client().post(
        "/api/v1/cases/", data=text, content_type="application/json", headers={"Authorization": f"Bearer {alder.key}"}
    )

    assert is_problem(answer, 413)


def test_a_method_that_is_not_offered(world: World, alder: Program) -> None:
    answer = alder.ask("delete", "cases/AAAA/")

    assert is_problem(answer, 405)
    assert answer["Allow"] == "GET, HEAD, PATCH"
    assert is_problem(alder.ask("options", "cases/"), 405)


def test_headers_of_security_are_kept(world: World, alder: Program) -> None:
    answer = alder.get("cases/")

    assert {name: answer[name] for name in ("Cache-Control", "X-Content-Type-Options", "X-Frame-Options")} == {
        "Cache-Control": "no-store, private",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer.cookies == {}


def test_one_key_asks_so_often_and_no_more(world: World, alder: Program, settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 3
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "throttle"}}
    cache.clear()

    answers = [alder.get("dictionary/") for _ in range(5)]

    assert [each.status_code for each in answers] == [200, 200, 200, 429, 429]
    assert (is_problem(answers[4], 429), answers[4]["Retry-After"]) == (True, "60")


def test_wrong_keys_are_counted_by_address(world: World, alder: Program, settings: Any) -> None:
    """As sign-ins are: then a right key is refused as well, and nobody is looked up."""
    settings.API_WRONG_KEYS_A_MINUTE = 3
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "wrong"}}
    cache.clear()
    owner, key, secret = alder.key.removeprefix("clq_").split("_", 2)
    wrong = ["nonsense", f"clq_{key}_{owner}_{secret}", f"clq_{owner}_{key}_{'A' * 43}"]

    def ask(text: str, address: str) -> Any:
        headers = {"Authorization": f"Bearer {text}"}
        return Client(REMOTE_ADDR=address).get("/api/v1/dictionary/", headers=headers)

    assert [ask(text, "192.0.2.1").status_code for text in (alder.key, *wrong)] == [200, 401, 401, 401]
    refused = ask(alder.key, "192.0.2.1")
    assert (is_problem(refused, 429), refused["Retry-After"]) == (True, "60")
    assert ask(alder.key, "192.0.2.2").status_code == 200
    cache.clear()
    assert ask(alder.key, "192.0.2.1").status_code == 200


def test_a_cache_that_is_away_stops_nobody(world: World, alder: Program, settings: Any) -> None:
    """REL-06: an outage must not block data entry."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    }

    assert alder.submit(answers=GOOD).status_code == 201
