"""The shapes of cases in the API: bodies as they must come, records as they go out."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cases.enums import CaseStatus
from collaboratives.api.serializers import ProblemSerializer, StrictSerializer, WrongSerializer
from measures.definition.spec import MissingKind, Severity


MOST_CASES = 500
VALUE_SCHEMA = {
    "oneOf": [
        {"type": "boolean"},
        {"type": "number"},
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}},
    ]
}
STORED_SCHEMA = {"type": "object", "additionalProperties": VALUE_SCHEMA}
KINDS = [kind.value for kind in MissingKind]


def _object(value: dict[str, object], description: str) -> dict[str, object]:
    return {"type": "object", "additionalProperties": value, "description": description}


class ObjectField(serializers.Field[Any, Any, Any, Any]):
    """Names with values; what each name may hold is for the form to say."""

    default_error_messages = {"not_a_dict": "This is not an object."}

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 -- DRF's signature
        if not isinstance(data, dict):
            self.fail("not_a_dict")
        return data

    def to_representation(self, value: Any) -> Any:  # noqa: ANN401 -- DRF's signature
        return value


@extend_schema_field(
    _object({}, "Variable → value as cases store it, or the text a person would type; null takes an answer back.")
)
class SentAnswersField(ObjectField):
    """Anything: an answer that does not fit is refused in words of the form."""


@extend_schema_field(_object({}, f"Variable → why it has no value: {', '.join(KINDS)}; null takes it back."))
class SentMissingField(ObjectField):
    """As above."""


@extend_schema_field(_object({}, "reason_key of a finding → why the value is right; empty or null takes it back."))
class SentReasonsField(ObjectField):
    """As above."""


@extend_schema_field(STORED_SCHEMA)
class AnswersField(ObjectField):
    """Answers as cases store them."""


@extend_schema_field({"type": "object", "additionalProperties": {"type": "string", "enum": KINDS}})
class MissingField(ObjectField):
    """Why a question has no value."""


@extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
class ReasonsField(ObjectField):
    """Why unusual values are right."""


class NewCaseSerializer(StrictSerializer):
    """A case to begin."""

    form = serializers.CharField(max_length=60, help_text="Name of the form, as the dictionary lists it.")
    case_number = serializers.CharField(
        max_length=80, help_text="The hospital's own number; no name, no record number of the patient."
    )
    event_date = serializers.CharField(
        max_length=40, help_text="The day that decides which questions are asked: 2026-01-05, or as the form takes it."
    )
    answers = SentAnswersField(required=False)
    missing = SentMissingField(required=False)
    reasons = SentReasonsField(required=False)
    complete = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Complete the case at once; if findings stand in the way, nothing is saved.",
    )


class ChangeSerializer(StrictSerializer):
    """Answers to merge into a case; what is not named stays."""

    answers = SentAnswersField(required=False)
    missing = SentMissingField(required=False)
    reasons = SentReasonsField(required=False)


class ReopenSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=500, help_text="Why the case is re-opened.")


@extend_schema_field(NewCaseSerializer)
class SentCaseField(ObjectField):
    """Read one by one, so that one that is wrong does not hide the others."""


class BulkSerializer(StrictSerializer):
    """Many cases at once."""

    mode = serializers.ChoiceField(
        choices=["all_or_nothing", "valid_only"],
        default="all_or_nothing",
        help_text="What to do when some cannot be taken over.",
    )
    cases = serializers.ListField(
        child=SentCaseField(), min_length=1, max_length=MOST_CASES, help_text=f"Up to {MOST_CASES} cases."
    )


# What goes out ----------------------------------------------------------------------------------------------------------


class FindingSerializer(serializers.Serializer[Any]):
    severity = serializers.ChoiceField(choices=[each.value for each in Severity])
    rule = serializers.CharField()
    variable = serializers.CharField(allow_null=True, help_text="Where to look first.")
    message = serializers.CharField()
    remedy = serializers.CharField()
    reason_key = serializers.CharField(help_text="Under this name `reasons` takes why the value is right; else empty.")
    reason = serializers.CharField(help_text="The reason given, if any.")
    blocks = serializers.BooleanField(help_text="The case cannot be completed with it.")


class FindingsSerializer(serializers.Serializer[Any]):
    findings = FindingSerializer(many=True)
    can_complete = serializers.BooleanField(help_text="No finding stands in the way.")


class RecordSerializer(serializers.Serializer[Any]):
    """A case as its hospital keeps it."""

    id = serializers.CharField()
    form = serializers.CharField()
    form_version = serializers.IntegerField()
    case_number = serializers.CharField()
    event_date = serializers.DateField()
    status = serializers.ChoiceField(choices=CaseStatus.values)
    revision = serializers.IntegerField(help_text="Also the ETag, in quotes.")
    answers = AnswersField()
    missing = MissingField()
    reasons = ReasonsField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)


class SavedCaseSerializer(RecordSerializer):
    """A case and what `check` says about it."""

    findings = FindingSerializer(many=True)


class RecordPageSerializer(serializers.Serializer[Any]):
    cases = RecordSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="The cursor of the next page; null on the last one.")


class CheckedSerializer(FindingsSerializer):
    """What would happen to a case, without saving it."""

    form_version = serializers.IntegerField(help_text="The version in force on the event date.")
    answers = AnswersField(help_text="As they would be stored, with calculated values.")
    missing = MissingField()


class BulkRowSerializer(serializers.Serializer[Any]):
    index = serializers.IntegerField(help_text="Place in the list that was sent, from 0.")
    case_number = serializers.CharField(allow_null=True)
    saved = serializers.BooleanField()
    id = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=CaseStatus.values, allow_null=True)
    revision = serializers.IntegerField(allow_null=True)
    problems = WrongSerializer(many=True)


class BulkResultSerializer(serializers.Serializer[Any]):
    saved = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = BulkRowSerializer(many=True)


class ChangedSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    yours = serializers.JSONField(allow_null=True)
    theirs = serializers.JSONField(allow_null=True)


class StaleSerializer(ProblemSerializer):
    """The problem of a case that is not as it was read."""

    revision = serializers.IntegerField(help_text="Of the case as it stands.")
    changed_at = serializers.DateTimeField()
    changed_by = serializers.CharField()
    conflicts = ChangedSerializer(many=True, help_text="Answers you sent that differ from those that stand.")


class TakenSerializer(ProblemSerializer):
    """The problem of a case number that is taken."""

    existing = serializers.CharField(required=False, help_text="The id of the case with this number.")
