"""What the addresses of cases share: the case of the key's own hospital, revisions, keys that make a request count once."""

import re
from collections.abc import Callable
from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.problems import problem_of
from cases.api.serializers import SavedCaseSerializer
from cases.selectors.cases import ViewedCase, case_for
from cases.selectors.records import findings_of, record_of
from cases.services.idempotency import Answer, fingerprint_of, once
from collaboratives.api.problems import Kind, ProblemError, Wrong
from collaboratives.api.views import ApiView


class CaseApiView(ApiView):
    def case(self, public_id: str) -> ViewedCase:
        case = case_for(self.viewer, public_id)
        if case is None:
            raise Http404
        return case

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(problem_of(exc) or exc)

    def once(self, request: Request, work: Callable[[], Answer]) -> Response:
        """Answer a request that makes something; sent again with its key, it is answered as before."""
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            message = "Without a key, a request sent twice would make two cases."
            raise ProblemError(
                Kind.MALFORMED, message, [Wrong("Idempotency-Key", message, "Send a random one, such as a UUID.")]
            )
        fingerprint = fingerprint_of(request.method or "", request.path, request.data)
        answer = once(by=self.viewer, key=key, fingerprint=fingerprint, work=work)
        headers = {"Idempotency-Replayed": "true"} if answer.repeated else {}
        return Response(answer.body, answer.status, headers={**headers, **_tag(answer.body)})


def _tag(body: Any) -> dict[str, str]:  # noqa: ANN401 -- JSON
    if "revision" not in body:
        return {}
    return {"ETag": f'"{body["revision"]}"', "Location": f"/api/v1/cases/{body['id']}/"}


def saved_body(case: ViewedCase) -> dict[str, Any]:
    """A case with its findings, as JSON."""
    return SavedCaseSerializer({**vars(record_of(case)), "findings": findings_of(case)}).data


def saved(case: ViewedCase) -> Response:
    body = saved_body(case)
    return Response(body, headers={"ETag": _tag(body)["ETag"]})


def revision_in(request: Request) -> int:
    """The revision that If-Match names: a change must say what it changes."""
    text = request.headers.get("If-Match", "").strip()
    if not text or text == "*":
        raise ProblemError(
            Kind.UNGUARDED, problems=[Wrong("If-Match", "This header is missing.", 'Send the ETag, such as "3".')]
        )
    match = re.fullmatch(r'"?([0-9]{1,9})"?', text)
    if match is None:
        raise ProblemError(Kind.STALE, "If-Match names no revision of this case.")
    return int(match[1])
