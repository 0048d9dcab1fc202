"""What every address of the API does before it answers: the key, its limits, the permission, the way the history names."""

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, cast

from django.conf import settings
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, ParseError, Throttled
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from collaboratives.api.limits import MINUTE, within
from collaboratives.api.problems import Kind, ProblemError, handle
from collaboratives.services.tokens import KeyOwner, Visit
from privacy.roles import Permission
from privacy.viewer import Viewer, require
from tenancy.context import say_way


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer clq_…`. The middleware has looked the key up, before the transaction of the request."""

    def authenticate(self, request: Request) -> tuple[KeyOwner, Visit]:
        came = request._request  # noqa: SLF001 -- DRF's way to Django's request
        if getattr(came, "refused_unread", False):
            raise Throttled(wait=MINUTE, detail="Too many wrong keys came from this address. Wait a minute.")
        visit: Visit | None = getattr(came, "visit", None)
        if visit is None:
            raise AuthenticationFailed
        return visit.user, visit

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 -- DRF's signature
        return "Bearer"


class KeyThrottle(BaseThrottle):
    """So many requests a minute with one key."""

    def allow_request(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 -- DRF's signature
        return within(f"api-{request.auth.key}", settings.API_REQUESTS_A_MINUTE)

    def wait(self) -> float:
        return MINUTE


class PlainJsonParser(JSONParser):
    """JSON whose texts can be written again; half a surrogate pair cannot."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:  # noqa: ANN401 -- DRF's signature
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except (UnicodeError, RecursionError) as problem:
            raise ParseError("The body is not plain JSON in UTF-8.") from problem
        return data


class JsonOnly(BaseContentNegotiation):
    """JSON whatever is accepted: an error that a program cannot read helps nobody."""

    def select_parser(self, request: Request, parsers: Any) -> Any:  # noqa: ANN401 -- DRF's signature
        media = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media), None)

    def select_renderer(
        self,
        request: Request,  # noqa: ARG002 -- DRF's signature
        renderers: Any,  # noqa: ANN401 -- DRF's signature
        format_suffix: str | None = None,  # noqa: ARG002 -- DRF's signature
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """An address of the API. `asks` names the permission of each of its methods."""

    asks: ClassVar[Mapping[str, Permission]] = {}
    authentication_classes = (KeyAuthentication,)
    throttle_classes = (KeyThrottle,)
    permission_classes = ()
    parser_classes = (PlainJsonParser,)
    content_negotiation_class = JsonOnly
    metadata_class = None
    http_method_names = ["get", "head", "post", "patch"]

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:  # noqa: ANN401 -- DRF's signature
        view = super().as_view(**initkwargs)
        view.asks = cls.asks  # type: ignore[attr-defined]  # read by the middleware and by the route table
        # A redirect would turn a POST into a GET of another address.
        view.should_append_slash = False  # type: ignore[attr-defined]  # read by Django's CommonMiddleware
        return view

    @property
    def visit(self) -> Visit:
        return cast("Visit", self.request.auth)

    @property
    def viewer(self) -> Viewer:
        return self.visit.viewer

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        method = "GET" if request.method == "HEAD" else request.method or ""
        if method in self.asks:
            require(self.viewer, self.asks[method])
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise ProblemError(Kind.TOO_LARGE)
        say_way("api")

    def get_exception_handler(self) -> Callable[..., Any]:
        return handle


def key_in(request: HttpRequest) -> str:
    """The text after `Authorization: Bearer`, as it came."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""
