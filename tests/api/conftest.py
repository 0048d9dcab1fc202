"""Programs of the cast: each has a key of somebody, with what that person's key may be allowed."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from collaboratives.enums import KeyScope
from collaboratives.models import ApiToken
from collaboratives.services.tokens import create_token, scopes_to_give
from tests.world import World


@dataclass
class Program:
    """Speaks to the API as a program would: JSON, a key, headers."""

    key: str
    token: ApiToken | None = None

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> HttpResponse:
        wanted = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key:
            wanted["Authorization"] = f"Bearer {self.key}"
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        address = path if path.startswith("/") else f"/api/v1/{path}"
        return getattr(Client(), method)(address, headers=wanted, **sent)

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.ask("get", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> HttpResponse:
        return self.ask("post", path, body, **headers)

    def patch(self, path: str, body: object, **headers: str) -> HttpResponse:
        return self.ask("patch", path, body, **headers)

    def submit(self, *, key: str = "key-0000-0001", **case: object) -> HttpResponse:
        return self.post("cases/", new_case(**case), Idempotency_Key=key)


def new_case(**parts: object) -> dict[str, Any]:
    return {"form": "colectomy", "case_number": "P-1", "event_date": "2026-03-05", **parts}


GOOD: dict[str, Any] = {"age": 70, "asa": "2", "antibiotic": False, "ssi": False}


def key_of(world: World, name: str, scopes: Iterable[KeyScope] | None = None, hospital: str | None = None) -> Program:
    with world.acting_as(name, hospital=hospital) as by:
        made = create_token(
            name=f"Program of {name}",
            scopes=scopes_to_give(by) if scopes is None else scopes,
            expires_at=timezone.now() + timedelta(days=180),
            by=by,
        )
    return Program(made.text, made.token)


@pytest.fixture
def program(world: World) -> Callable[..., Program]:
    """`program("alder.abstractor")`: with everything this person's key may be allowed, or with the scopes named."""
    return lambda name, *scopes, **more: key_of(world, name, scopes or None, **more)


@pytest.fixture
def alder(program: Callable[..., Program]) -> Program:
    return program("alder.abstractor")
