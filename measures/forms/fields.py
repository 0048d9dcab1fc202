"""Texts of several lines that hold a list: codes, scenarios, names. One line each, so that nothing needs a script."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms

from measures.definition.spec import Code


NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
CODE = re.compile(r"[A-Za-z0-9_.+-]{1,32}")
_SEPARATOR = re.compile(r"\s*[,|=\t]\s*")


def expression_field(label: str, kind: str, help_text: str) -> forms.CharField:
    """An expression; form-editor.js completes and checks it while it is typed."""
    widget = forms.Textarea(
        attrs={"rows": 2, "class": "expression", "data-expression": kind, "spellcheck": "false", "autocomplete": "off"}
    )
    return forms.CharField(label=label, required=False, max_length=4000, widget=widget, help_text=help_text)


class LinesField(forms.CharField):
    """A list, one item a line."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(**{"required": False, "widget": forms.Textarea(attrs={"rows": 3}), **kwargs})

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 -- Django's signature
        return "\n".join(value) if isinstance(value, tuple | list) else value

    def clean(self, value: Any) -> Any:  # noqa: ANN401 -- Django's signature
        return tuple(line.strip() for line in super().clean(value).splitlines() if line.strip())


class CodesField(LinesField):
    """`1, Elective` a line, in the order they are offered."""

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 -- Django's signature
        if isinstance(value, tuple | list):
            return "\n".join(f"{code.value}, {code.label}" for code in value)
        return value

    def clean(self, value: Any) -> Any:  # noqa: ANN401 -- Django's signature
        codes = tuple(_codes(super().clean(value)))
        values = [code.value for code in codes]
        if twice := sorted({each for each in values if values.count(each) > 1}):
            raise forms.ValidationError(f"Code {', '.join(twice)} is here twice. Give each answer a code of its own.")
        return codes


def _codes(lines: Iterable[str]) -> Iterator[Code]:
    for number, line in enumerate(lines, start=1):
        value, *label = _SEPARATOR.split(line, maxsplit=1)
        if not label or not label[0]:
            raise forms.ValidationError(f"Line {number}: write the code, a comma and the label, such as 1, Elective.")
        if not CODE.fullmatch(value):
            message = (
                f"Line {number}: a code has letters, digits, _ . + or -, at most 32, and “{value[:40]}” has others."
            )
            raise forms.ValidationError(message)
        yield Code(value=value, label=label[0])


def name_from(label: str, taken: Iterable[str]) -> str:
    """A name for expressions and files, made of the label."""
    words = re.sub(r"[^a-z0-9]+", "_", label.casefold()).strip("_")[:40].strip("_")
    name = words if NAME.fullmatch(words) else f"q_{words}".strip("_")
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def clean_name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise forms.ValidationError("Use small letters, digits and _, starting with a letter, at most 63.")
    return name
