"""The table of the centre's home. Written here: a dozen cells for each hospital, and templates are slow enough to be felt."""

from collections.abc import Iterator
from datetime import datetime

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from cases.questions.selectors.ages import duration_in_words
from coordination.week.selectors.home import Addresses, HomePage
from coordination.week.selectors.matrix import Line


register = template.Library()
# Label, the order it can be put in, and whether its cells are numbers.
COLUMNS = (
    ("Hospital", "name", False),
    ("Cases due", "due", True),
    ("Late", "late", True),
    ("Past lock", "lock", True),
    ("On time", "time", False),
    ("Last audit", "audit", True),
    ("Audits open", "audits", True),
    ("Questions", "questions", True),
    ("Vacant roles", "roles", True),
    ("Agreements", "agreements", False),
    ("Release read", "read", False),
    ("Meetings", "meetings", True),
    ("Last case", "last", False),
)
LABELS = {order: label for label, order, _ in COLUMNS}
NOTHING = SafeString('<span class="muted">–</span>')  # noqa: RUF001 -- a dash


@register.simple_tag
def matrix_heads(page: HomePage) -> str:
    """Each head puts the table in the order of its column."""
    cells = []
    for label, order, number in COLUMNS:
        sorted_by = ' aria-sort="descending"' if page.order == order else ""
        if order == "name" and sorted_by:
            sorted_by = ' aria-sort="ascending"'
        cells.append(
            f'<th scope="col"{sorted_by}{" class=num" if number else ""}>'
            f'<a class="sort" href="?sort={order}#hospitals">{label}</a></th>'
        )
    return SafeString("".join(cells))


@register.simple_tag
def matrix_cells(line: Line, page: HomePage) -> str:
    """Everything but the check box."""
    name = escape(line.name)
    reminded = _reminded(line.reminded_at, page.now)
    head = f'<th scope="row"><a href="{page.to.hospital}{line.cases.public_id}/" data-open>{name}</a>{reminded}</th>'
    cells = (_cell(order, text, number=number) for (_, order, number), text in _texts(line, page.to, page.now))
    return SafeString(head + "".join(cells))


def _cell(order: str, text: str, *, number: bool) -> str:
    return f'<td{" class=num" if number else ""} data-label="{LABELS[order]}">{text}</td>'


def _texts(line: Line, to: Addresses, now: datetime) -> Iterator[tuple[tuple[str, str, bool], str]]:
    yield from zip(COLUMNS[1:], (*_of_cases(line, to), *_of_people(line, to, now)), strict=True)


def _of_cases(line: Line, to: Addresses) -> Iterator[str]:
    """Whoever abstracts again here sees no case of the hospital, and so no list behind these numbers."""
    key, cases, log = line.cases.public_id, line.cases, line.log
    if line.audits.blind:
        yield from (NOTHING,) * 4
    else:
        yield _count(f"{to.cases}{key}&amp;tab=due", cases.due, "cases due", line)
        yield _count(f"{to.cases}{key}&amp;tab=overdue", cases.overdue, "cases overdue", line, late=True)
        yield _count(f"{to.past_lock}{key}", log.past_lock, "cases past lock date", line, late=True)
        yield _entered(line, to)
    found = line.audits
    last = f'<a class="count" href="{to.audits}{found.last}/">{found.agreement}</a>' if found.agreement else NOTHING
    yield last
    yield _count(f"{to.audits}?show=open&amp;hospital={key}", found.open, "audits under way", line)


def _entered(line: Line, to: Addresses) -> str:
    log = line.log
    if not log.expected or not to.log:
        return NOTHING
    words = f"{log.entered:,} of {log.expected:,}"
    tab = "sampled" if log.drawn else "listed"
    bar = f'<progress class="bar" value="{log.entered}" max="{log.expected}" aria-hidden="true"></progress>'
    label = f"{words} entered, {escape(line.name)}"
    return f'{bar}<a class="count" href="{to.log}{line.cases.public_id}&amp;tab={tab}" aria-label="{label}">{words}</a>'


def _of_people(line: Line, to: Addresses, now: datetime) -> Iterator[str]:
    key, asked, signed, read = line.cases.public_id, line.questions, line.agreements, line.reviews
    old = ""
    if asked.old:
        old = " " + _count(
            f"{to.questions}{key}&amp;age=14", asked.old, "questions, two weeks and more", line, late=True, word=" old"
        )
    yield _count(f"{to.questions}{key}", asked.open, "open questions", line) + old
    yield _count(f"{to.roster}{key}", line.vacant, "vacant roles", line, late=True)
    state = f'<span class="state"><span class="dot {signed.kind}" aria-hidden="true"></span>{signed.words}</span>'
    rest = f"{key}/?show=open" if signed.open else f"{key}/"
    yield f'<a class="count" href="{to.agreements}{rest}">{state}</a>'
    if not read.release:
        yield NOTHING
    else:
        dot, words = ("good", "read") if read.reviewed else ("warn", "unread")
        state = f'<span class="state"><span class="dot {dot}" aria-hidden="true"></span>{words}</span>'
        yield f'<a class="count" href="{to.read}{key}">{state}</a>'
    came = f"{line.attended}/{line.held}"
    label = f"{came} meetings attended, {escape(line.name)}"
    yield f'<a class="count" href="{to.meetings}{key}" aria-label="{label}">{came}</a>' if line.held else NOTHING
    yield f'<span class="last{" late" if line.is_quiet else ""}">{_ago(line.cases.last, now)}</span>'


def _count(url: str, count: int, what: str, line: Line, *, late: bool = False, word: str = "") -> str:  # noqa: PLR0913 -- parts of a link
    if not count:
        return "0"
    kind = "count late" if late else "count"
    text = f"{intcomma(count)}{word}"
    return f'<a class="{kind}" href="{url}" aria-label="{text} {what}, {escape(line.name)}">{text}</a>'


def _reminded(moment: datetime | None, now: datetime) -> str:
    return format_html("<br><small>reminded {} ago</small>", duration_in_words(now - moment)) if moment else ""


def _ago(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "never"
    days = (now - moment).days
    return "today" if days <= 0 else "1 day ago" if days == 1 else f"{days:,} days ago"
