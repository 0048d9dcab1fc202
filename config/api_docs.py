"""The page that explains the API, read out of its description: nothing is said twice, so nothing can disagree."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

from collaboratives.api.problems import Kind
from collaboratives.enums import KeyScope
from config.openapi import api_schema
from privacy.roles import Permission


Described = Mapping[str, Any]
TAGS = {"cases": "Cases", "dictionary": "Data dictionary", "releases": "Results of releases"}
WHERE = {"path": "address", "query": "query", "header": "header"}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A parameter, or a field of a shape."""

    name: str
    type: str
    shape: str
    required: bool
    words: str
    where: str = ""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One of the answers an operation gives."""

    status: str
    words: str
    shape: str
    headers: tuple[str, ...]
    kind: str


@dataclass(frozen=True, kw_only=True)
class Operation:
    name: str
    method: str
    path: str
    summary: str
    words: str
    scope: str
    parameters: tuple[Part, ...]
    shape: str
    body: str
    replies: tuple[Reply, ...]
    curl: str
    python: str


@dataclass(frozen=True, kw_only=True)
class Group:
    label: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, kw_only=True)
class Shape:
    name: str
    words: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class DocsPage:
    address: str
    a_minute: int
    groups: tuple[Group, ...]
    shapes: tuple[Shape, ...]
    kinds: tuple[Kind, ...]
    scopes: tuple[KeyScope, ...]


@cache
def docs_page() -> DocsPage:
    schema = api_schema()
    found = [
        _operation(path, method, each) for path, methods in schema["paths"].items() for method, each in methods.items()
    ]
    return DocsPage(
        address=settings.BASE_URL,
        a_minute=settings.API_REQUESTS_A_MINUTE,
        groups=tuple(
            Group(label=label, operations=tuple(each for each in found if each.path.startswith(f"/api/v1/{tag}/")))
            for tag, label in TAGS.items()
        ),
        shapes=tuple(
            _shape(name, each) for name, each in schema["components"]["schemas"].items() if "properties" in each
        ),
        kinds=tuple(Kind),
        scopes=tuple(KeyScope),
    )


def _operation(path: str, method: str, described: Described) -> Operation:
    body = described.get("requestBody", {}).get("content", {}).get("application/json", {})
    example = next((each["value"] for each in body.get("examples", {}).values()), None)
    parameters = tuple(_parameter(each) for each in described.get("parameters", ()))
    scope = next(each for each in KeyScope if Permission(described["x-permission"]) in each.permissions)
    call = _Call(method.upper(), path, tuple(each.name for each in parameters if each.where == "header"), example)
    return Operation(
        name=described["operationId"],
        method=call.method,
        path=path,
        summary=described["summary"],
        words=described.get("description", ""),
        scope=scope.label,
        parameters=parameters,
        shape=_named(body.get("schema", {})),
        body=_json(example) if example else "",
        replies=tuple(_reply(status, each) for status, each in sorted(described["responses"].items())),
        curl="\n".join(call.curl()),
        python="\n".join(call.python()),
    )


def _parameter(described: Described) -> Part:
    return Part(
        name=described["name"],
        type=_type(described["schema"]),
        shape="",
        required=described.get("required", False),
        words=described.get("description", ""),
        where=WHERE[described["in"]],
    )


def _reply(status: str, described: Described) -> Reply:
    (content,) = described["content"].values()
    kind = next((each.slug for each in Kind if str(each.status) == status), "")
    return Reply(
        status=status,
        words=described["description"],
        shape=_named(content["schema"]),
        headers=tuple(described.get("headers", ())),
        kind=kind,
    )


def _shape(name: str, described: Described) -> Shape:
    required = described.get("required", ())
    parts = tuple(
        Part(
            name=field,
            type=_type(each),
            shape=_named(each),
            required=field in required,
            words=each.get("description", ""),
        )
        for field, each in described["properties"].items()
    )
    return Shape(name=name, words=described.get("description", ""), parts=parts)


def _named(described: Described) -> str:
    """The shape that a field holds, alone or in a list."""
    inner = described.get("items", described)
    options = [inner, *inner.get("allOf", ()), *inner.get("oneOf", ())]
    names = [each["$ref"].rpartition("/")[2] for each in options if "$ref" in each]
    shapes = api_schema()["components"]["schemas"]
    return next((name for name in names if "properties" in shapes[name]), "")


def _type(described: Described) -> str:
    """The type in words, with what limits it."""
    return ", ".join(_words(described)) or "anything"


def _words(described: Described) -> Iterator[str]:
    if "enum" in described:
        yield " or ".join(str(each) for each in described["enum"] if each is not None)
    elif described.get("type") == "array":
        yield f"list of {_type(described['items'])}"
    elif name := next(
        (
            each["$ref"]
            for each in [described, *described.get("allOf", ()), *described.get("oneOf", ())]
            if "$ref" in each
        ),
        "",
    ):
        shape = api_schema()["components"]["schemas"][name.rpartition("/")[2]]
        yield "object" if "properties" in shape else _type(shape)
    else:
        yield from _plain(described)


def _plain(described: Described) -> Iterator[str]:
    kinds = described.get("type", ())
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        yield (
            {"date": "date", "date-time": "moment"}.get(described.get("format", ""), kind) if kind == "string" else kind
        )
    yield from (each for option in described.get("oneOf", ()) for each in _words(option))
    for limit, words in (("minimum", "from {}"), ("maximum", "up to {}"), ("maxLength", "up to {} characters")):
        if limit in described:
            yield words.format(described[limit])


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


VALUES = {"Idempotency-Key": "$(uuidgen)", "If-Match": '"3"'}
PATHS = {"public_id": "K7QX2M9RTV", "form_slug": "colectomy", "number": "2"}


@dataclass(frozen=True)
class _Call:
    """An operation as it is called from a shell and from Python."""

    method: str
    path: str
    headers: tuple[str, ...]
    body: object

    @property
    def url(self) -> str:
        path = self.path
        for name, value in PATHS.items():
            path = path.replace(f"{{{name}}}", value)
        return f"{settings.BASE_URL}{path}"

    def curl(self) -> Iterator[str]:
        lines = [f"curl -X {self.method} {self.url}", '  -H "Authorization: Bearer $COLLOQUY_KEY"']
        lines += [
            f"  -H '{name}: {VALUES[name]}'" if name == "If-Match" else f'  -H "{name}: {VALUES[name]}"'
            for name in self.headers
        ]
        if self.body is not None:
            lines += ['  -H "Content-Type: application/json"', f"  -d '{_json(self.body)}'"]
        return (f"{line} \\" if place < len(lines) else line for place, line in enumerate(lines, 1))

    def python(self) -> Iterator[str]:
        yield "import json, os, urllib.request" + (", uuid" if "Idempotency-Key" in self.headers else "")
        yield ""
        yield 'headers = {"Authorization": f"Bearer {os.environ[\'COLLOQUY_KEY\']}", "Content-Type": "application/json"}'
        if "Idempotency-Key" in self.headers:
            yield 'headers["Idempotency-Key"] = str(uuid.uuid4())'
        if "If-Match" in self.headers:
            yield 'headers["If-Match"] = \'"3"\''
        if self.body is not None:
            yield f"body = {_python(self.body)}"
        data = "json.dumps(body).encode()" if self.body is not None else "None"
        yield f'request = urllib.request.Request("{self.url}", data={data}, headers=headers, method="{self.method}")'
        yield "with urllib.request.urlopen(request) as answer:"
        yield "    print(json.load(answer))"


def _python(value: object) -> str:
    """JSON as Python writes it."""
    return _json(value).replace(": true", ": True").replace(": false", ": False").replace(": null", ": None")
