"""The components, as tags. Each draws plain values (ui/parts.py); docs/ui.md shows how to call them."""

from collections.abc import Iterable, Sequence
from html import escape

from django import template
from django.forms import BaseForm, BoundField
from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ui.markdown import rendered
from ui.parts import Crumb, Drawn, Fact, Field, Kind, Option, Pages, Problem, Step, Tab
from ui.undo import undo_of


register = template.Library()


@register.inclusion_tag("ui/breadcrumb.html")
def breadcrumb(crumbs: Sequence[Crumb], context: str = "") -> dict[str, object]:
    return {"crumbs": crumbs, "context": context}


@register.simple_block_tag
def card(  # noqa: PLR0913 - each is one optional corner of the card
    content: SafeString,
    title: str = "",
    *,
    level: int = 2,
    note: str = "",
    tag: str = "",
    tag_kind: Kind = "",
    link: str = "",
    link_url: str = "",
    id: str = "",  # noqa: A002 - it is the HTML attribute
) -> SafeString:
    corner = {"note": note, "tag": tag, "tag_kind": tag_kind, "link": link, "link_url": link_url}
    return render_to_string("ui/card.html", {"content": content, "title": title, "level": level, "id": id, **corner})


@register.inclusion_tag("ui/figure_card.html")
def figure_card(label: str, value: object, note: str = "", url: str = "") -> dict[str, object]:
    return {"label": label, "value": value, "note": note, "url": url}


# Lists draw these in every row, and a template of their own is slow enough to be felt: they are written here.


@register.simple_tag
def tag(text: str, kind: Kind = "") -> str:
    return format_html('<span class="{}">{}</span>', f"tag {kind}" if kind else "tag", text)


@register.simple_tag
def state(text: str, kind: Kind = "") -> str:
    dot = f"dot {kind}" if kind else "dot"
    return format_html('<span class="state"><span class="{}" aria-hidden="true"></span>{}</span>', dot, text)


@register.inclusion_tag("ui/facts.html")
def facts(items: Sequence[Fact]) -> dict[str, object]:
    return {"items": items}


@register.inclusion_tag("ui/tabs.html")
def tabs(items: Sequence[Tab], label: str = "Views") -> dict[str, object]:
    return {"items": items, "label": label}


@register.inclusion_tag("ui/steps.html")
def steps(items: Sequence[Step], label: str = "Steps") -> dict[str, object]:
    return {"items": items, "label": label}


@register.inclusion_tag("ui/rail.html")
def rail(items: Sequence[Step], label: str = "Sections") -> dict[str, object]:
    return {"items": items, "label": label}


@register.simple_block_tag
def scroll(content: SafeString, label: str) -> SafeString:
    """Let a wide table scroll inside its own labelled region, so that the page does not."""
    return render_to_string("ui/scroll.html", {"content": content, "label": label})


@register.simple_tag
def bar(done: float, total: float, label: str) -> str:
    words = '<progress class="bar" value="{}" max="{}" aria-label="{}">{}</progress>'
    return format_html(words, str(done), str(total), label, label)


@register.filter
def number_rows(rows: Iterable[Sequence[object]]) -> SafeString:
    """The rows of a chart's table, each with its first cell for a heading."""
    written = (
        f'<tr><th scope="row">{_text(row[0])}</th>{"".join(_number(cell) for cell in row[1:])}</tr>' for row in rows
    )
    return SafeString("".join(written))


def _number(cell: object) -> str:
    return f'<td class="num">{_text(cell)}</td>'


def _text(cell: object) -> str:
    """As a template would write it; django.utils.html looks several times at each of a thousand cells."""
    return cell.__html__() if isinstance(cell, SafeString) else escape(str(cell))


@register.inclusion_tag("ui/progress.html")
def progress(done: float, total: float, text: str) -> dict[str, object]:
    return {"done": done, "total": total, "text": text}


@register.inclusion_tag("ui/empty_state.html")
def empty_state(title: str, why: str, next_url: str = "", next_label: str = "", level: int = 2) -> dict[str, object]:
    return {"title": title, "why": why, "next_url": next_url, "next_label": next_label, "level": level}


@register.inclusion_tag("ui/pagination.html", takes_context=True)
def pagination(context: Context, pages: Pages, noun: str = "rows") -> dict[str, object]:
    if not isinstance(pages, Pages):  # a template would show an empty list of pages
        raise TypeError(f"{pages!r} is no ui.parts.Pages: Pages.of(page) makes one.")
    request = context.get("request")
    return {"query": request.GET if request else QueryDict(), "pages": pages, "noun": noun}


@register.simple_block_tag
def note(content: SafeString, kind: Kind = "", role: str = "") -> SafeString:
    return render_to_string("ui/note.html", {"content": content, "kind": kind, "role": role})


@register.inclusion_tag("ui/messages.html", takes_context=True)
def messages_list(context: Context, messages: Iterable[object]) -> dict[str, object]:
    """Show messages; one that can be taken back (ui/undo.py) has its button."""
    told = [{"message": message, "undo": undo_of(message)} for message in messages or ()]
    return {"messages": told, "csrf_token": context.get("csrf_token", "")}


@register.simple_block_tag
def definition(content: SafeString, summary: str = "Definition", url: str = "") -> SafeString:
    return render_to_string("ui/definition.html", {"content": content, "summary": summary, "url": url})


@register.inclusion_tag("ui/field.html")
def field(field: Field) -> dict[str, object]:
    return {"field": field}


@register.inclusion_tag("ui/segmented.html")
def segmented(
    name: str, options: Sequence[Option], labelled_by: str, described_by: str = "", *, invalid: object = False
) -> dict[str, object]:
    return {
        "name": name,
        "options": options,
        "labelled_by": labelled_by,
        "described_by": described_by,
        "invalid": invalid,
    }


@register.inclusion_tag("ui/error_summary.html")
def error_summary(problems: Sequence[Problem], title: str = "") -> dict[str, object]:
    return {"problems": problems, "title": title}


@register.inclusion_tag("ui/form_field.html")
def form_field(bound: BoundField, *, unlabelled: bool = False) -> dict[str, object]:
    """Draw one field of a Django form."""
    return {"bound": bound, "unlabelled": unlabelled, "optional": not bound.field.required}


@register.inclusion_tag("ui/error_summary.html")
def form_errors(form: BaseForm, title: str = "") -> dict[str, object]:
    """Collect the errors of a submitted Django form into a summary that links to each field."""
    problems = [Problem(str(message)) for message in form.non_field_errors()]
    for bound in form:
        # A group of radio buttons or check boxes has no label of its own: go to its first one.
        target = bound.id_for_label or f"{bound.auto_id}_0"
        problems += [Problem(f"{bound.label}: {message}", target=target) for message in bound.errors]
    return {"problems": problems, "title": title}


@register.inclusion_tag("ui/chart.html")
def chart(drawing: Drawn, title: str = "", csv_url: str = "", level: int = 2, aid: str = "") -> dict[str, object]:
    """Draw a chart in its card, with the same numbers as a table; `aid` is the sentence that says what is compared."""
    return {
        "drawing": drawing,
        "title": title or drawing.title,
        "csv_url": csv_url,
        "level": level,
        "aid": aid,
        "figure_id": f"{drawing.key}-figure",
    }


@register.inclusion_tag("ui/legend.html")
def dots_legend(*, own: bool = True) -> dict[str, object]:
    """Name the marks of the dot charts and strips."""
    return {"own": own}


@register.filter
def markdown(text: str) -> SafeString:
    """Text that a person wrote in Markdown."""
    return rendered(text)
