"""The data dictionary for programs: forms, their versions, and everything about each question."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from collaboratives.api.problems import Kind
from collaboratives.api.schema import operation
from collaboratives.api.views import ApiView
from measures.definition.answers import json_value
from measures.definition.compiled import ResolvedForm, resolve_form
from measures.definition.expression.nodes import Node, canonical
from measures.definition.spec import FormSpec, IdentifierClass, MissingKind, Range, Severity, VariableSpec, VariableType
from measures.selectors.definitions import form_of, forms_of
from privacy.roles import Permission


Shape = serializers.Serializer[Any]
BOUND = {"oneOf": [{"type": "number"}, {"type": "string"}, {"type": "null"}]}


@extend_schema_field(BOUND)
class BoundField(serializers.JSONField):
    """A number, or a date as text."""


@extend_schema_field(
    {"type": "object", "additionalProperties": True, "description": "Canonical tree of the expression."}
)
class TreeField(serializers.JSONField):
    """Nodes as the browser runs them."""


class CodeSerializer(Shape):
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF's metaclass takes fields out of the class


class RangeSerializer(Shape):
    hard_min = BoundField(allow_null=True, help_text="No value may be below it.")
    hard_max = BoundField(allow_null=True)
    soft_min = BoundField(allow_null=True, help_text="Below it a reason is asked.")
    soft_max = BoundField(allow_null=True)


class LogicSerializer(Shape):
    """An expression, as text and as a tree."""

    text = serializers.CharField()
    tree = TreeField()


class QuestionSerializer(Shape):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF's metaclass takes fields out of the class
    section = serializers.CharField()
    type = serializers.ChoiceField(choices=[each.value for each in VariableType])
    units = serializers.CharField()
    codes = CodeSerializer(many=True)
    range = RangeSerializer()
    missing = serializers.ListField(child=serializers.ChoiceField(choices=[each.value for each in MissingKind]))
    required = serializers.BooleanField()  # type: ignore[assignment]  # DRF's metaclass takes fields out of the class
    required_if = LogicSerializer(allow_null=True)
    show_if = LogicSerializer(allow_null=True)
    calculation = LogicSerializer(allow_null=True)
    definition = serializers.CharField()
    scenarios = serializers.ListField(child=serializers.CharField())
    identifier = serializers.ChoiceField(choices=[each.value for each in IdentifierClass])
    tier = serializers.IntegerField()
    aliases = serializers.ListField(child=serializers.CharField())


class SectionSerializer(Shape):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF's metaclass takes fields out of the class


class RuleSerializer(Shape):
    name = serializers.CharField()
    severity = serializers.ChoiceField(choices=[each.value for each in Severity])
    message = serializers.CharField()
    remedy = serializers.CharField()
    variables = serializers.ListField(child=serializers.CharField())
    when = LogicSerializer()


class VersionSerializer(Shape):
    number = serializers.IntegerField()
    effective_from = serializers.DateField()
    effective_to = serializers.DateField(allow_null=True, help_text="Last day in force; null: until further notice.")
    note = serializers.CharField(help_text="What changed.")
    digest = serializers.CharField(help_text="Two versions with one digest ask and check the same.")


class FormSerializer(Shape):
    form = serializers.CharField(help_text="Its name in addresses and bodies.")
    label = serializers.CharField()  # type: ignore[assignment]  # DRF's metaclass takes fields out of the class
    versions = VersionSerializer(many=True)


class DictionarySerializer(Shape):
    forms = FormSerializer(many=True)


class FormVersionSerializer(VersionSerializer):
    form = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF's metaclass takes fields out of the class
    event_date = serializers.CharField(help_text="The question whose answer is the event date.")
    sections = SectionSerializer(many=True)
    questions = QuestionSerializer(many=True)
    rules = RuleSerializer(many=True)


class Dictionary(ApiView):
    asks: ClassVar = {"GET": Permission.DICTIONARY_VIEW}

    @operation(
        "list_forms",
        "List forms and their versions",
        asks=Permission.DICTIONARY_VIEW,
        answers={200: (DictionarySerializer, "Every form with something published.")},
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 -- DRF's signature
        """What is collected. The event date of a case decides which version of its form applies."""
        forms = [
            {"form": form.slug, "label": form.name, "versions": form.versions.all()}
            for form in forms_of(self.viewer.collaborative_id)
        ]
        return Response(DictionarySerializer({"forms": forms}).data)


class DictionaryVersion(ApiView):
    asks: ClassVar = {"GET": Permission.DICTIONARY_VIEW}

    @operation(
        "read_form_version",
        "Read one version of a form",
        asks=Permission.DICTIONARY_VIEW,
        answers={200: (FormVersionSerializer, "Questions, codes, ranges and logic.")},
        errors=(Kind.NOT_FOUND,),
        parameters=[
            OpenApiParameter(
                "form_slug",
                {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"},
                OpenApiParameter.PATH,
                description="Name of the form.",
            ),
            OpenApiParameter(
                "number",
                {"type": "integer", "minimum": 0},
                OpenApiParameter.PATH,
                description="Number of the version.",
            ),
        ],
    )
    def get(self, request: Request, form_slug: str, number: int) -> Response:  # noqa: ARG002 -- DRF's signature
        """All that a program needs to ask and check as the form does: logic as text, and as a tree to run."""
        form = form_of(self.viewer.collaborative_id, form_slug)
        version = next((each for each in form.versions.all() if each.number == number), None) if form else None
        if form is None or version is None:
            raise Http404
        described = {field: getattr(version, field) for field in _names(VersionSerializer())}
        return Response(FormVersionSerializer({**described, **_described(version.definition)}).data)


def _names(shape: Shape) -> tuple[str, ...]:
    return tuple(str(name) for name in shape.fields)


def _described(spec: FormSpec) -> Mapping[str, object]:
    logic = resolve_form(spec)
    return {
        "form": spec.slug,
        "label": spec.name,
        "event_date": spec.event_date,
        "sections": spec.sections,
        "questions": [_question(variable, logic) for variable in spec.variables],
        "rules": [{**vars(rule), "when": _logic(rule.when, node)} for rule, node in logic.rules],
    }


def _question(variable: VariableSpec, logic: ResolvedForm) -> Mapping[str, object]:
    name = variable.name
    return {
        **{field: getattr(variable, field) for field in _names(QuestionSerializer())},
        "range": _range(variable.range),
        "required_if": _logic(variable.required_if, logic.required_if.get(name)),
        "show_if": _logic(variable.show_if, logic.show_if.get(name)),
        "calculation": _logic(variable.calculation, logic.calculations.get(name)),
    }


def _logic(text: str | None, node: Node | None) -> Mapping[str, object] | None:
    return {"text": text, "tree": canonical(node)} if text and node else None


def _range(bounds: Range) -> Mapping[str, object]:
    return {name: None if bound is None else json_value(bound) for name, bound in vars(bounds).items()}


dictionary_urls = [
    path("", Dictionary.as_view(), name="dictionary"),
    path("<slug:form_slug>/<int:number>/", DictionaryVersion.as_view(), name="dictionary-version"),
]
