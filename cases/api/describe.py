"""The description of each operation on cases: its answers, headers and examples."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from cases.api import serializers as shapes
from cases.api.query import LARGEST_PAGE, USUAL_PAGE
from cases.enums import CaseStatus
from collaboratives.api.problems import Kind
from collaboratives.api.schema import header, operation, query
from privacy.roles import Permission


KEY = header(
    "Idempotency-Key",
    "A random text of 8 to 80 characters for this request. Sent again with it, the request is answered as the first time and does nothing.",
)
ID = OpenApiParameter(
    "public_id",
    {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"},
    OpenApiParameter.PATH,
    description="The id of the case.",
)
IF_MATCH = header("If-Match", 'The ETag of the case as you read it, such as "3".')
ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200, 201], description="The revision of the case, in quotes."
)
LOCATION = OpenApiParameter(
    "Location", str, OpenApiParameter.HEADER, response=[201], description="The address of the case."
)
REPLAYED = OpenApiParameter(
    "Idempotency-Replayed",
    bool,
    OpenApiParameter.HEADER,
    response=[200, 201],
    description="True when the key was sent before, and this is the answer of that time.",
)
NEW = {
    "form": "colectomy",
    "case_number": "C-1042",
    "event_date": "2026-03-05",
    "answers": {"age": 70, "asa": "2", "antibiotic": True, "weight": "81.5"},
    "missing": {"ssi": "unknown"},
    "complete": False,
}
NEW_EXAMPLE = OpenApiExample("A draft", NEW, request_only=True)
CHANGE_EXAMPLE = OpenApiExample(
    "An answer changed, one taken back", {"answers": {"age": 71, "weight": None}}, request_only=True
)
REOPEN_EXAMPLE = OpenApiExample("A reason", {"reason": "The pathology report came later."}, request_only=True)
BULK_EXAMPLE = OpenApiExample(
    "Two cases", {"mode": "valid_only", "cases": [NEW, {**NEW, "case_number": "C-1043"}]}, request_only=True
)

case_list = operation(
    "list_cases",
    "List cases",
    asks=Permission.CASE_VIEW,
    answers={200: (shapes.RecordPageSerializer, "A page of cases.")},
    errors=(Kind.MALFORMED,),
    parameters=[
        query(
            "status", "Only drafts, only complete cases (locked ones too), or only locked ones.", enum=CaseStatus.values
        ),
        query("form", "Only cases of this form."),
        query("case_number", "The case with exactly this number."),
        query("updated_since", "Changed at this moment or later.", OpenApiTypes.DATETIME),
        query("event_from", "With this event date or a later one.", OpenApiTypes.DATE),
        query("event_to", "With this event date or an earlier one.", OpenApiTypes.DATE),
        query("cursor", "`next` of the page before."),
        query(
            "limit",
            f"Cases on a page, at most {LARGEST_PAGE}.",
            {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": USUAL_PAGE},
        ),
    ],
)
case_submit = operation(
    "submit_case",
    "Submit a case",
    asks=Permission.CASE_EDIT,
    request=shapes.NewCaseSerializer,
    answers={201: (shapes.SavedCaseSerializer, "The case is saved.")},
    errors=(Kind.MALFORMED, Kind.CONFLICT, Kind.TOO_LARGE, Kind.WRONG_MEDIA, Kind.REFUSED),
    parameters=[KEY, ETAG, LOCATION, REPLAYED],
    examples=[NEW_EXAMPLE],
)
case_read = operation(
    "read_case",
    "Read a case",
    asks=Permission.CASE_VIEW,
    answers={200: (shapes.SavedCaseSerializer, "The case.")},
    errors=(Kind.NOT_FOUND,),
    parameters=[ID, ETAG],
)
case_change = operation(
    "change_case",
    "Change answers of a case",
    asks=Permission.CASE_EDIT,
    request=shapes.ChangeSerializer,
    answers={200: (shapes.SavedCaseSerializer, "The case as it is now.")},
    errors=(
        Kind.MALFORMED,
        Kind.NOT_FOUND,
        Kind.CONFLICT,
        Kind.STALE,
        Kind.TOO_LARGE,
        Kind.WRONG_MEDIA,
        Kind.REFUSED,
        Kind.UNGUARDED,
    ),
    parameters=[ID, IF_MATCH, ETAG],
    examples=[CHANGE_EXAMPLE],
)
case_complete = operation(
    "complete_case",
    "Complete a case",
    asks=Permission.CASE_COMPLETE,
    answers={200: (shapes.SavedCaseSerializer, "The case is complete.")},
    errors=(Kind.NOT_FOUND, Kind.CONFLICT, Kind.STALE, Kind.REFUSED, Kind.UNGUARDED),
    parameters=[ID, IF_MATCH, ETAG],
)
case_reopen = operation(
    "reopen_case",
    "Re-open a case",
    asks=Permission.CASE_REOPEN,
    request=shapes.ReopenSerializer,
    answers={200: (shapes.SavedCaseSerializer, "The case is a draft again.")},
    errors=(Kind.MALFORMED, Kind.NOT_FOUND, Kind.CONFLICT, Kind.TOO_LARGE, Kind.WRONG_MEDIA, Kind.REFUSED),
    parameters=[ID, ETAG],
    examples=[REOPEN_EXAMPLE],
)
case_findings = operation(
    "read_findings",
    "Read the findings of a case",
    asks=Permission.CASE_VIEW,
    answers={200: (shapes.FindingsSerializer, "The findings.")},
    errors=(Kind.NOT_FOUND,),
    parameters=[ID],
)
case_bulk = operation(
    "submit_cases",
    "Submit many cases",
    asks=Permission.CASE_EDIT,
    request=shapes.BulkSerializer,
    answers={200: (shapes.BulkResultSerializer, "What became of each case.")},
    errors=(Kind.MALFORMED, Kind.CONFLICT, Kind.TOO_LARGE, Kind.WRONG_MEDIA, Kind.REFUSED),
    parameters=[KEY, REPLAYED],
    examples=[BULK_EXAMPLE],
)
case_check = operation(
    "check_case",
    "Check a case without saving it",
    asks=Permission.CASE_EDIT,
    request=shapes.NewCaseSerializer,
    answers={200: (shapes.CheckedSerializer, "What the form would say.")},
    errors=(Kind.MALFORMED, Kind.CONFLICT, Kind.TOO_LARGE, Kind.WRONG_MEDIA, Kind.REFUSED),
    examples=[NEW_EXAMPLE],
)
