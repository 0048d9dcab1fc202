"""Many cases at once, and a look at one without saving it."""

from typing import Any, ClassVar

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api import describe
from cases.api.base import CaseApiView
from cases.api.problems import problem_of
from cases.api.reading import BodyReader
from cases.api.serializers import BulkResultSerializer, BulkSerializer, CheckedSerializer
from cases.selectors.records import findings_of, record_of
from cases.services.idempotency import Answer
from cases.services.submit import submit_case, try_case
from collaboratives.api.problems import Kind, ProblemError, Wrong
from privacy.roles import Permission


Row = dict[str, Any]
NOTHING: Row = {"saved": False, "id": None, "status": None, "revision": None, "problems": ()}


class CaseBulk(CaseApiView):
    asks: ClassVar = {"POST": Permission.CASE_EDIT}

    @describe.case_bulk
    def post(self, request: Request) -> Response:
        """Submit up to 500 cases. With `all_or_nothing` one that is refused refuses all; with `valid_only` the others are saved."""
        sent = BulkSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        everything = sent.validated_data["mode"] == "all_or_nothing"
        return self.once(request, lambda: self._all(sent.validated_data["cases"], everything=everything))

    def _all(self, cases: list[object], *, everything: bool) -> Answer:
        reader = BodyReader(self.visit)
        rows = [self._one(reader, index, data) for index, data in enumerate(cases)]
        refused = [row for row in rows if not row["saved"]]
        if refused and everything:
            wrong = [each.inside(f"cases[{row['index']}]") for row in refused for each in row["problems"]]
            raise ProblemError(Kind.REFUSED, f"{len(refused)} of {len(rows)} cases cannot be taken over.", wrong)
        result = {"saved": len(rows) - len(refused), "refused": len(refused), "results": rows}
        return Answer(200, BulkResultSerializer(result).data)

    def _one(self, reader: BodyReader, index: int, data: Any) -> Row:  # noqa: ANN401 -- JSON
        number = data.get("case_number")
        row = {**NOTHING, "index": index, "case_number": number if isinstance(number, str) else None}
        try:
            with transaction.atomic():
                case = submit_case(new=reader.new_case(data), by=self.viewer)
        except Exception as error:
            problem = problem_of(error)
            if problem is None:
                raise
            return {**row, "problems": problem.problems or (Wrong("", problem.detail),)}
        return {**row, "saved": True, "id": case.public_id, "status": case.status, "revision": case.revision}


class CaseCheck(CaseApiView):
    asks: ClassVar = {"POST": Permission.CASE_EDIT}

    @describe.case_check
    def post(self, request: Request) -> Response:
        """What submitting this case would say, with everything that is asked of a real one; nothing is kept."""
        new = BodyReader(self.visit).new_case(request.data)
        with try_case(new=new, by=self.viewer) as case:
            record, findings = record_of(case), findings_of(case)
        able = not any(finding.blocks for finding in findings)
        return Response(CheckedSerializer({**vars(record), "findings": findings, "can_complete": able}).data)
