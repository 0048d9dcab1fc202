"""What went wrong, as RFC 9457 says it: one shape for every answer of the API that is no success."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from collaboratives.errors import KeyRefusedError
from privacy.viewer import PermissionRefusedError


PROBLEM_JSON = "application/problem+json"


class Kind(Enum):
    """Every kind of problem: its status, its title, and what to do about it, as the documentation lists them."""

    MALFORMED = 400, "The request cannot be read", "Correct what is named; the same request will fail again."
    KEY_REFUSED = 401, "The key opens nothing", "Make a new key on the page «Keys for programs»."
    NOT_ALLOWED = (
        403,
        "The key does not allow this",
        "Use a key with the needed scope, of a person with the needed role.",
    )
    NOT_FOUND = 404, "There is nothing here", "Check the address. Addresses of the API end with a slash."
    WRONG_METHOD = 405, "The address does not answer this method", "Use a method of the header Allow."
    CONFLICT = 409, "The case is not in a state for this", "Read the case, then decide."
    STALE = (
        412,
        "Somebody changed the case since you read it",
        "Read the case again and send your change to its new revision.",
    )
    TOO_LARGE = 413, "The request is too large", "Send fewer cases at once."
    WRONG_MEDIA = 415, "The body is not JSON", "Send application/json."
    REFUSED = 422, "What was sent cannot be taken over", "Correct what is named; nothing of it was saved."
    UNGUARDED = 428, "Say which revision you change", "Send If-Match with the ETag of the case as you read it."
    TOO_MANY = 429, "Too many requests", "Wait as long as Retry-After says."
    BROKEN = 500, "Something broke on our side", "Try again; if it stays, tell the centre the request_id."

    def __init__(self, status: int, title: str, remedy: str) -> None:
        self.status, self.title, self.remedy = status, title, remedy

    @property
    def slug(self) -> str:
        return self.name.lower().replace("_", "-")

    @property
    def address(self) -> str:
        return f"/api/docs/#problem-{self.slug}"


KINDS = {kind.status: kind for kind in Kind}


@dataclass(frozen=True)
class Wrong:
    """One thing to correct, and where: `answers.age`, `cases[3].event_date`, `If-Match`."""

    field: str
    message: str
    remedy: str = ""

    def inside(self, place: str) -> "Wrong":
        return Wrong(f"{place}.{self.field}" if self.field else place, self.message, self.remedy)


class ProblemError(Exception):
    """Raised wherever the API cannot do what it was asked."""

    def __init__(self, kind: Kind, detail: str = "", problems: Iterable[Wrong] = (), **more: object) -> None:
        self.kind, self.detail, self.problems, self.more = kind, detail or kind.title + ".", tuple(problems), more
        super().__init__(self.detail)


@dataclass(frozen=True)
class _Said:
    """A problem with the headers that go with it."""

    problem: ProblemError
    headers: Mapping[str, str] = field(default_factory=dict)


def body_of(problem: ProblemError, request_id: str) -> dict[str, object]:
    kind = problem.kind
    return {
        "type": kind.address,
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail,
        "remedy": kind.remedy,
        "request_id": request_id,
        "problems": [asdict(each) for each in problem.problems],
        **problem.more,
    }


def request_id_of(request: HttpRequest) -> str:
    """Made once for a request; the log, the answer and its header say the same."""
    if not hasattr(request, "request_id"):
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]  # ours alone
    return str(request.request_id)  # type: ignore[attr-defined]  # set above


def handle(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's handler: everything that was written in this request is taken back first."""
    set_rollback()
    said = _said(exception)
    if said is None:
        return None
    body = body_of(said.problem, request_id_of(context["request"]._request))  # noqa: SLF001 -- DRF's way to Django's request
    return Response(body, said.problem.kind.status, headers=dict(said.headers), content_type=PROBLEM_JSON)


def _said(exception: Exception) -> _Said | None:
    if isinstance(exception, ProblemError):
        return _Said(exception)
    if isinstance(exception, PermissionRefusedError):
        detail = f"The key, or the role of its owner, does not allow it to {exception.permission.sentence}."
        return _Said(ProblemError(Kind.NOT_ALLOWED, detail))
    if isinstance(exception, Http404):
        return _Said(ProblemError(Kind.NOT_FOUND))
    if isinstance(exception, PermissionDenied):
        return _Said(ProblemError(Kind.NOT_ALLOWED))
    if isinstance(exception, exceptions.APIException):
        return _of_framework(exception)
    return None


def _of_framework(exception: exceptions.APIException) -> _Said:
    kind, headers = KINDS.get(exception.status_code, Kind.MALFORMED), dict[str, str]()
    if isinstance(exception, exceptions.ValidationError):
        return _Said(ProblemError(Kind.REFUSED, problems=wrongs_of(exception.detail)))
    if kind is Kind.KEY_REFUSED:
        headers["WWW-Authenticate"] = "Bearer"
        return _Said(ProblemError(kind, str(KeyRefusedError())), headers)
    if wait := getattr(exception, "wait", None):
        headers["Retry-After"] = str(max(1, round(wait)))
    if isinstance(exception, exceptions.MethodNotAllowed | exceptions.UnsupportedMediaType):
        return _Said(ProblemError(kind), headers)
    return _Said(ProblemError(kind, str(exception.detail)), headers)


# What serializers say, in our words -------------------------------------------------------------------------------------

WORDS = {
    "required": ("This is missing.", "Add it."),
    "null": ("This is null.", "Give a value, or leave it out."),
    "blank": ("This is empty.", "Give a value."),
    "not_a_dict": ("This is not an object.", "Send names with their values in braces."),
    "not_a_list": ("This is not a list.", "Send a list in brackets."),
}


def wrongs_of(detail: object, place: str = "") -> tuple[Wrong, ...]:
    return tuple(_wrongs(detail, place))


def _wrongs(detail: object, place: str) -> Iterator[Wrong]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _wrongs(inner, _join(place, name))
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        for inner in detail:
            yield from _wrongs(inner, place)
    elif isinstance(detail, exceptions.ErrorDetail):
        message, remedy = WORDS.get(detail.code or "", (str(detail), ""))
        yield Wrong(place, message, remedy)


def _join(place: str, name: object) -> str:
    if name == "non_field_errors":
        return place
    if isinstance(name, int):
        return f"{place}[{name}]"
    return f"{place}.{name}" if place else str(name)


# Outside the framework --------------------------------------------------------------------------------------------------


def wants_problem(request: HttpRequest) -> bool:
    """Whether this address belongs to programs, so that an error must not be a page."""
    return request.path.startswith(settings.API_ROOT)


def problem_response(request: HttpRequest, kind: Kind) -> HttpResponse:
    """A problem where no view answers: an unknown address, a broken view."""
    body = body_of(ProblemError(kind), request_id_of(request))
    return JsonResponse(body, status=kind.status, content_type=PROBLEM_JSON)
