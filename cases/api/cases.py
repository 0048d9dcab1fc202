"""One case, and the hospital's cases page by page."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from cases.api import describe
from cases.api.base import CaseApiView, revision_in, saved, saved_body
from cases.api.problems import conflict_of
from cases.api.query import page_wanted
from cases.api.reading import BodyReader
from cases.api.serializers import ChangeSerializer, FindingsSerializer, RecordPageSerializer, ReopenSerializer
from cases.errors import CaseRevisionError
from cases.selectors.records import findings_of, record_page
from cases.services.cases import reopen_case
from cases.services.changes import Changes
from cases.services.idempotency import Answer
from cases.services.submit import change_case, finish_case, submit_case
from events.enums import AccessAction
from events.services import record_access
from privacy.roles import Permission


class CaseList(CaseApiView):
    asks: ClassVar = {"GET": Permission.CASE_VIEW, "POST": Permission.CASE_EDIT}

    @describe.case_list
    def get(self, request: Request) -> Response:
        """The hospital's cases, those changed longest ago first. Follow `next` until it is null; keep the time of the last change for `updated_since`."""
        wanted = page_wanted(request.query_params)
        page = record_page(self.viewer, wanted.filter, after=wanted.after, limit=wanted.limit)
        record_access(
            AccessAction.EXPORTED,
            by=self.viewer,
            subject=f"{len(page.cases)} cases, by a program",
            participation_id=self.viewer.participation_id,
        )
        following = page.following.text if page.following else None
        return Response(RecordPageSerializer({"cases": page.cases, "next": following}).data)

    @describe.case_submit
    def post(self, request: Request) -> Response:
        """Begin a case under the questions in force on its event date, keep its answers, and complete it if asked. All of it or nothing."""
        new = BodyReader(self.visit).new_case(request.data)

        def work() -> Answer:
            return Answer(201, saved_body(self.case(submit_case(new=new, by=self.viewer).public_id)))

        return self.once(request, work)


class CaseDetail(CaseApiView):
    asks: ClassVar = {"GET": Permission.CASE_VIEW, "PATCH": Permission.CASE_EDIT}

    @describe.case_read
    def get(self, request: Request, public_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        """The case, what `check` says about it, and its revision as ETag."""
        return saved(self.case(public_id))

    @describe.case_change
    def patch(self, request: Request, public_id: str) -> Response:
        """Merge the named answers into the case; what is not named stays. Null takes an answer back. The draft is saved whatever the findings."""
        case, sent = self.case(public_id), ChangeSerializer(data=request.data)
        revision = revision_in(request)
        sent.is_valid(raise_exception=True)
        reading = BodyReader(self.visit).answers(case.form_version.definition, sent.validated_data)
        changes = Changes(revision=revision, answers=reading.answers, reasons=reading.reasons, base=case.values)
        try:
            change_case(case=case, changes=changes, by=self.viewer)
        except CaseRevisionError as error:
            raise conflict_of(error, reading.answers) from error
        return saved(self.case(public_id))


class CaseComplete(CaseApiView):
    asks: ClassVar = {"POST": Permission.CASE_COMPLETE}

    @describe.case_complete
    def post(self, request: Request, public_id: str) -> Response:
        """Declare the case finished. Answers to questions that are not asked in it are cleared. Errors, and warnings without a reason, refuse it."""
        case, revision = self.case(public_id), revision_in(request)
        try:
            finish_case(case=case, revision=revision, by=self.viewer)
        except CaseRevisionError as error:
            raise conflict_of(error, {}) from error
        return saved(self.case(public_id))


class CaseReopen(CaseApiView):
    asks: ClassVar = {"POST": Permission.CASE_REOPEN}

    @describe.case_reopen
    def post(self, request: Request, public_id: str) -> Response:
        """Make a complete case a draft again; it leaves the hospital's counts until it is complete once more."""
        case, sent = self.case(public_id), ReopenSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        reopen_case(case=case, reason=sent.validated_data["reason"], by=self.viewer)
        return saved(self.case(public_id))


class CaseFindings(CaseApiView):
    asks: ClassVar = {"GET": Permission.CASE_VIEW}

    @describe.case_findings
    def get(self, request: Request, public_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        """What the form would say beside the questions of the case, in the same words."""
        return Response(findings_body(findings_of(self.case(public_id))))


def findings_body(findings: tuple[Any, ...]) -> dict[str, Any]:
    able = not any(finding.blocks for finding in findings)
    return FindingsSerializer({"findings": findings, "can_complete": able}).data
