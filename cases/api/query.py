"""Which cases a list asks for, from its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from rest_framework import serializers

from cases.enums import CaseStatus
from cases.selectors.records import Cursor, RecordFilter
from collaboratives.api.problems import Kind, ProblemError, wrongs_of
from collaboratives.api.serializers import StrictSerializer


USUAL_PAGE, LARGEST_PAGE = 100, 500


class ListQuerySerializer(StrictSerializer):
    """Parameters of the list; a name that is not known is refused, so that a misspelt filter does not give everything."""

    status = serializers.ChoiceField(choices=CaseStatus.values, required=False)
    form = serializers.SlugField(max_length=60, required=False)
    case_number = serializers.CharField(max_length=40, required=False)
    updated_since = serializers.DateTimeField(required=False)
    event_from = serializers.DateField(required=False)
    event_to = serializers.DateField(required=False)
    cursor = serializers.CharField(max_length=120, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=USUAL_PAGE)

    def validate_cursor(self, text: str) -> Cursor:
        cursor = Cursor.from_text(text)
        if cursor is None:
            raise serializers.ValidationError("This is no cursor. Use `next` of the page before.")
        return cursor


@dataclass(frozen=True)
class PageWanted:
    filter: RecordFilter
    after: Cursor | None
    limit: int


def page_wanted(query: Mapping[str, str]) -> PageWanted:
    serializer = ListQuerySerializer(data={name: query[name] for name in query})
    if not serializer.is_valid():
        raise ProblemError(Kind.MALFORMED, problems=wrongs_of(serializer.errors))
    sent: dict[str, str | date | datetime | Cursor | int] = dict(serializer.validated_data)
    after, limit = sent.pop("cursor", None), sent.pop("limit")
    return PageWanted(RecordFilter(**sent), after, limit)  # type: ignore[arg-type]  # the serializer made the types
