"""A small builder of SVG text. What is marked up is an Svg; every other string is escaped on its way in."""

from collections.abc import Iterable
from functools import cache
from html import escape


class Svg(str):
    """Finished markup. Template engines that know `__html__` show it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def number(value: float) -> str:
    """Write a length with at most one decimal, which is finer than any screen."""
    written = f"{value:.1f}".removesuffix(".0")
    return "0" if written == "-0" else written


def percent(fraction: float) -> str:
    """Write a horizontal place as a share of the plot's width: charts stretch, their letters do not. Finer would look like a rate."""
    return f"{100 * fraction:.1f}".removesuffix(".0") + "%"


def element(tag: str, *children: str, **attributes: str | float | None) -> Svg:
    """Build one element; `class_` gives class, underscores give hyphens, None leaves an attribute out."""
    given = "".join(_attribute(name, value) for name, value in attributes.items() if value is not None)
    inside = "".join(child if isinstance(child, Svg) else escape(child) for child in children)
    return Svg(f"<{tag}{given}>{inside}</{tag}>" if inside else f"<{tag}{given}/>")


def together(parts: Iterable[Svg]) -> Svg:
    return Svg("".join(parts))


def _attribute(name: str, value: str | float) -> str:
    written = escape(value) if isinstance(value, str) else number(value)
    return f' {_named(name)}="{written}"'


@cache
def _named(name: str) -> str:
    return name.rstrip("_").replace("_", "-")
