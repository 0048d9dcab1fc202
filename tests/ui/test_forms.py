"""Boxes and lists drawn without templates are those of Django, to the letter."""

from datetime import date
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString

from ui.forms import PlainRenderer


NASTY = """<b> "it's" & more"""
CHOICES = [("", "none"), ("a", NASTY), (7, 7), ("Group <1>", [("x", "X"), ("y", SafeString("<i>Y</i>"))])]
ATTRS: dict[str, Any] = {"id": "id_it", "data-for": NASTY, "required": True, "hidden": False, "rows": 4, "of": None}


@pytest.mark.parametrize(
    "widget",
    [
        *(kind(attrs=ATTRS) for kind in (forms.TextInput, forms.HiddenInput, forms.EmailInput, forms.URLInput)),
        *(kind(attrs=ATTRS) for kind in (forms.NumberInput, forms.DateInput, forms.PasswordInput)),
        forms.PasswordInput(render_value=True),
        forms.TextInput(),
        forms.Select(attrs=ATTRS, choices=CHOICES),
        forms.SelectMultiple(attrs=ATTRS, choices=CHOICES),
        forms.NullBooleanSelect(),
        forms.Textarea(attrs=ATTRS),
        forms.CheckboxInput(attrs=ATTRS),
        forms.RadioSelect(attrs=ATTRS, choices=CHOICES),
    ],
    ids=lambda widget: type(widget).__name__,
)
@pytest.mark.parametrize("value", [None, "", "a", "x", 7, NASTY, SafeString("<i>"), date(2026, 3, 1), True, 0.5])
def test_widget_is_written_as_django_does(widget: forms.Widget, value: object) -> None:
    value = [value] if isinstance(widget, forms.SelectMultiple) else value
    assert widget.render("box", value, renderer=PlainRenderer()) == widget.render(
        "box", value, renderer=DjangoTemplates()
    )
