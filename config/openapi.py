"""The description of the API: made once per process from its serializers, and given to programs, people and tests."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer


Endpoint = tuple[str, str, str, Callable[..., Any]]


def only_ours(endpoints: Sequence[Endpoint]) -> list[Endpoint]:
    """drf-spectacular's hook: addresses that want a key."""
    return [endpoint for endpoint in endpoints if hasattr(endpoint[3], "asks")]


@cache
def api_schema() -> dict[str, Any]:
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # the library ships no types for it
    return schema


@cache
def schema_text(kind: str) -> bytes:
    renderer = OpenApiYamlRenderer() if kind == "yaml" else OpenApiJsonRenderer()
    text: bytes = renderer.render(api_schema(), renderer_context={})
    return text
