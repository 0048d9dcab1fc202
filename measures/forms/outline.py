"""Small forms of the outline: move, remove, take a suggestion, check an expression."""

import re
from typing import Any

from django import forms
from django.http import QueryDict

from measures.definition.spec import VariableType


KINDS = [("variable", "question"), ("section", "section"), ("rule", "check")]


class MoveForm(forms.Form):
    kind = forms.ChoiceField(choices=KINDS)
    name = forms.CharField(max_length=63)
    step = forms.TypedChoiceField(coerce=int, choices=[(-1, "up"), (1, "down")])

    @property
    def address(self) -> str:
        """Where the part stands in the outline, and which button was pressed: the focus goes back to it."""
        if not self.is_valid():
            return ""
        return "?step={step}#{kind}-{name}".format(**self.cleaned_data)


class RemoveForm(forms.Form):
    kind = forms.ChoiceField(choices=KINDS)
    name = forms.CharField(max_length=63)
    digest = forms.CharField(max_length=64)


class ExpressionForm(forms.Form):
    """`type` is the answer that a calculation gives; a condition has none."""

    text = forms.CharField(required=False)
    type = forms.ChoiceField(required=False, choices=[(kind.value, kind.value) for kind in VariableType])

    @property
    def kind(self) -> VariableType | None:
        chosen = self.cleaned_data.get("type")
        return VariableType(chosen) if chosen else None


def with_suggestion(posted: QueryDict) -> dict[str, Any]:
    """The posted page with the pressed "Use it" done: `show_if icu_dt icu_in_dt` puts one name for another."""
    data = posted.copy()
    field, _, names = data.get("use", "").partition(" ")
    wrong, _, suggestion = names.partition(" ")
    if suggestion:
        data[field] = re.sub(rf"\[\s*{re.escape(wrong)}\s*(?=[\](])", f"[{suggestion}", data.get(field, ""))
    return data
