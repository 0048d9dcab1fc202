"""Shapes that every part of the API shares."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses names it does not know: a misspelt one must not be lost in silence."""

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 -- DRF's signature
        if not isinstance(data, Mapping):
            raise serializers.ValidationError({"non_field_errors": [ErrorDetail("", "not_a_dict")]})
        unknown = [name for name in data if name not in self.fields]
        if unknown:
            known = ", ".join(self.fields)
            raise serializers.ValidationError(dict.fromkeys(unknown[:20], f"There is no such field. Use {known}."))
        return super().to_internal_value(data)


class WrongSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="Where: `answers.age`, `cases[3].event_date`, `If-Match`.")
    message = serializers.CharField(help_text="What is wrong.")
    remedy = serializers.CharField(help_text="What to do about it.")


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457."""

    type = serializers.CharField(help_text="Address of the kind of problem in the documentation.")
    title = serializers.CharField(help_text="The kind in words.")
    status = serializers.IntegerField(help_text="The HTTP status.")
    detail = serializers.CharField(help_text="What happened this time.")
    remedy = serializers.CharField(help_text="What helps with this kind.")
    request_id = serializers.CharField(help_text="Under this the log of the installation tells more.")
    problems = WrongSerializer(many=True, help_text="Everything to correct, each with its place.")
