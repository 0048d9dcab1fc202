"""How an operation is described: its own answers, and those every operation may give."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.serializers import BaseSerializer

from collaboratives.api.problems import PROBLEM_JSON, Kind
from collaboratives.api.serializers import ProblemSerializer
from privacy.roles import Permission


JSON = "application/json"
ALWAYS = (Kind.KEY_REFUSED, Kind.NOT_ALLOWED, Kind.TOO_MANY, Kind.BROKEN)
REQUEST_ID = OpenApiParameter(
    "X-Request-ID",
    str,
    OpenApiParameter.HEADER,
    response=True,
    description="The number of this request in the log of the installation.",
)
RETRY_AFTER = OpenApiParameter(
    "Retry-After", int, OpenApiParameter.HEADER, response=[429], description="Seconds to wait."
)
CHALLENGE = OpenApiParameter(
    "WWW-Authenticate", str, OpenApiParameter.HEADER, response=[401], description="How to authenticate: Bearer."
)


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the library ships no types for it
    target_class = "collaboratives.api.views.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:  # noqa: ARG002 -- the library's signature
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A key of the page «Keys for programs»: `Authorization: Bearer clq_…`.",
        }


Serializer = BaseSerializer[Any] | type[BaseSerializer[Any]]


def operation(  # noqa: PLR0913 -- one for each part of a description
    name: str,
    summary: str,
    *,
    asks: Permission,
    answers: Mapping[int, tuple[Serializer, str]],
    errors: Sequence[Kind] = (),
    request: Serializer | None = None,
    parameters: Sequence[OpenApiParameter] = (),
    examples: Sequence[OpenApiExample] = (),
) -> Callable[..., Any]:
    """Describe one method of a view. Its docstring says what it does."""
    good = {(status, JSON): OpenApiResponse(serializer, words) for status, (serializer, words) in answers.items()}
    bad = {
        (kind.status, PROBLEM_JSON): OpenApiResponse(ProblemSerializer, kind.title + ".") for kind in (*errors, *ALWAYS)
    }
    return extend_schema(
        operation_id=name,
        summary=summary,
        request={JSON: request} if request else None,
        responses={**good, **bad},
        parameters=[*parameters, REQUEST_ID, RETRY_AFTER, CHALLENGE],
        examples=list(examples),
        extensions={"x-permission": asks.value},
    )


def query(name: str, words: str, kind: Any = OpenApiTypes.STR, **more: Any) -> OpenApiParameter:  # noqa: ANN401 -- the library's types
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=words, **more)


def header(name: str, words: str, **more: Any) -> OpenApiParameter:  # noqa: ANN401 -- the library's types
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=words, required=True, **more)
