"""Boxes and lists of forms, drawn without a template each: Django renders two or three for every one, and pages have eighty."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString


FOLDER = "django/forms/widgets/"
BOXES = {f"{FOLDER}{name}.html" for name in ("text", "input", "date", "email", "number", "password", "url", "hidden")}
LIST = f"{FOLDER}select.html"


class PlainRenderer(DjangoTemplates):
    """What Django's templates write for these widgets, to the letter (tests/ui/test_forms.py)."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:  # noqa: ANN401 -- Django's signature
        widget = context.get("widget", {})
        if template_name in BOXES:
            return SafeString(_box(widget))
        if template_name == LIST:
            return SafeString("".join(_list(widget)).strip())
        return SafeString(super().render(template_name, context, request))


def _box(widget: Mapping[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    return f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"{value}{_attributes(widget)}>'


def _list(widget: Mapping[str, Any]) -> Iterator[str]:
    yield f'<select name="{_text(widget["name"])}"{_attributes(widget)}>'
    for group, options, _ in widget["optgroups"]:
        if group:
            yield f'\n  <optgroup label="{_text(group)}">'
        for option in options:
            label = f">{_text(option['label'])}</option>"
            yield f'\n  <option value="{_text(option["value"])}"{_attributes(option)}{label}\n'
        if group:
            yield "\n  </optgroup>"
    yield "\n</select>\n"


def _attributes(widget: Mapping[str, Any]) -> str:
    return "".join(
        f" {_text(name)}" if value is True else f' {_text(name)}="{_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _text(value: object) -> str:
    text = value if isinstance(value, str) else str(value)
    return text if isinstance(text, SafeString) else escape(text)
