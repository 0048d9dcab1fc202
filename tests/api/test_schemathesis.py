"""Attacks on the API from its own description, as each persona: nothing breaks, nothing surprises, nothing leaks."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi import checks as openapi_checks

from cases.models import Case
from collaboratives.enums import KeyScope
from collaboratives.models import ApiToken
from config.openapi import schema_text
from tests.api.conftest import GOOD, key_of, new_case
from tests.architecture.test_api_routes import key_for
from tests.architecture.test_canary import foreign_to
from tests.architecture.tokens import documents
from tests.world import World


EXAMPLES = 6  # for each operation, persona and mode
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.response_headers_conformance,
]


def revoked(world: World) -> str:
    key = key_of(world, "alder.abstractor")
    with world.acting_as("alder.abstractor") as by:
        ApiToken.objects.filter(pk=key.token.pk).update(revoked_at=timezone.now(), revoked_by_id=by.user_id)
    return key.key


# Persona → the key it comes with, the hospital it may see, and the answers it may ever get (empty: any).
# 404 without a key: the generated address is none of ours.
PERSONAS: dict[str, tuple[Callable[[World], str], str | None, set[int]]] = {
    "abstractor": (lambda world: key_of(world, "alder.abstractor").key, "alder", set()),
    "key that only reads": (lambda world: key_of(world, "alder.abstractor", [KeyScope.READ_CASES]).key, "alder", set()),
    "clinician with an old key": (lambda world: key_for(world, "alder.clinician"), "alder", set()),
    "abstractor of another hospital": (lambda world: key_of(world, "birch.abstractor").key, "birch", set()),
    "revoked key": (revoked, None, {401, 404}),
    "no key": (lambda _world: "", None, {401, 404}),
}


@pytest.fixture
def api() -> Iterator[Any]:
    """The WSGI application in this process; like Django's own test client it leaves the test's connection open."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    schema = schemathesis.openapi.from_file(schema_text("json").decode())
    schema.app = get_wsgi_application()
    yield schema
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.parametrize("persona", PERSONAS)
def test_the_api_stands_what_its_description_allows_and_forbids(world: World, api: Any, persona: str) -> None:
    make, own, only = PERSONAS[persona]
    attack = Attack(world, make(world))
    for operation in (each.ok() for each in api.get_all_operations()):
        for mode in GenerationMode:
            attack.run(operation, mode)

    assert attack.statuses <= only if only else {200, 403, 404} <= attack.statuses | {403, 404}
    assert foreign_to(world, own, hospitals=("alder", "birch", "cedar")).found_in(attack.read) == set()


class Attack:
    """Every generated request, at cases of both hospitals; what it changed is taken back at once."""

    def __init__(self, world: World, key: str) -> None:
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.read: list[str] = []
        self.statuses: set[int] = set()
        with world.acting_as("dana"):
            names = ("AL-901", "AL-902", "AL-001", "BI-901", "BI-001")
            self.ids = list(Case.objects.filter(case_number__in=names).values_list("public_id", flat=True))

    def run(self, operation: Any, mode: GenerationMode) -> None:
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
        def attack(case: Any, data: Any) -> None:
            self._aim(case, data)
            with transaction.atomic():
                response = case.call(headers=self.headers)
                transaction.set_rollback(True)
            self.statuses.add(response.status_code)
            headers = {name.casefold(): ", ".join(each) for name, each in response.headers.items()}
            # Drawn by lot: by chance it holds the four digits that number a hospital.
            drawn = headers.get("x-request-id") or "\0"
            self.read += [each.replace(drawn, "") for each in documents(response.content, list(headers.items()))]
            case.validate_response(response, checks=CHECKS)

        attack()

    def _aim(self, case: Any, data: Any) -> None:
        """Random texts alone would never get past the first look: often a part of the request is a real one."""
        if "public_id" in (case.path_parameters or {}) and data.draw(st.booleans()):
            case.path_parameters["public_id"] = data.draw(st.sampled_from(self.ids))
        if "If-Match" in (case.headers or {}) and data.draw(st.booleans()):
            case.headers["If-Match"] = data.draw(st.sampled_from(['"1"', '"2"']))
        if isinstance(case.body, dict) and data.draw(st.booleans()):
            real = {"form": "colectomy", "event_date": "2026-03-05", "case_number": "P-1", "answers": GOOD}
            case.body.update({name: value for name, value in real.items() if name in case.body})
            if "cases" in case.body:
                case.body["cases"] = (
                    [new_case(answers=GOOD), *case.body["cases"]][:500] if isinstance(case.body["cases"], list) else []
                )
