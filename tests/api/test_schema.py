"""The description of the API, and the page made of it."""

import io
import json
import re

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from config.api_docs import docs_page
from config.openapi import api_schema


OPERATIONS = [operation for group in docs_page().groups for operation in group.operations]


def test_the_description_has_no_gaps() -> None:
    """What drf-spectacular would only warn of fails here; `make check` asks the same."""
    out = io.StringIO()

    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)

    assert out.getvalue().startswith("openapi: 3.1.0")


def test_it_is_served_as_json_and_yaml(db: None) -> None:
    as_json, as_yaml = Client().get("/api/v1/schema/"), Client().get("/api/v1/schema/?format=yaml")

    assert as_json["Content-Type"] == "application/vnd.oai.openapi+json; charset=utf-8"
    assert as_yaml["Content-Type"] == "application/vnd.oai.openapi; charset=utf-8"
    assert json.loads(as_json.content) == yaml.safe_load(as_yaml.content)


def test_every_operation_says_what_it_is_and_which_errors_it_gives() -> None:
    for path, methods in api_schema()["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], f"{method} {path}"
            assert {"401", "403", "429", "500"} <= set(operation["responses"])
            assert ("404" in operation["responses"]) is ("{" in path)


def test_the_page_explains_every_operation(db: None) -> None:
    page = Client().get("/api/docs/").content.decode()

    assert {
        operation["operationId"] for methods in api_schema()["paths"].values() for operation in methods.values()
    } == {operation.name for operation in OPERATIONS}
    missing = [each.name for each in OPERATIONS if f'id="{each.name}"' not in page]
    assert missing == []
    assert set(re.findall(r'href="#([\w-]+)"', page)) <= set(re.findall(r'id="([\w-]+)"', page))


def test_the_page_runs_nothing_of_anybody_elses(db: None) -> None:
    answer = Client().get("/api/docs/")

    assert "unsafe" not in answer["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*src=\"/static/)|style=|https?://(?!127)", answer.content.decode()) == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_examples_can_be_run(operation: object) -> None:
    compile(operation.python, operation.name, "exec")  # type: ignore[attr-defined]

    body = re.search(r"-d '(.*)'", operation.curl, re.DOTALL)  # type: ignore[attr-defined]
    assert body is None or json.loads(body[1])
