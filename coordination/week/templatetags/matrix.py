"""The table of the centre's home. Written here: a dozen cells for each hospital, and templates are slow enough to be felt."""

from collections.abc import Iterator
from datetime import datetime

from django import template
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
NOTHING = "–"  # noqa: RUF001 -- a dash


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
def matrix_rows(page: HomePage) -> str:
    """A hundred of them are most of the page, so a cell has nothing that the style sheet knows by its place in the row.

    Links are relative to the home of the programme.
    """
    return SafeString("".join(_row(line, page) for line in page.lines))


def _row(line: Line, page: HomePage) -> str:
    key, name = line.cases.public_id, escape(line.name)
    pick = ""
    if page.may_remind:
        box = f'<input type=checkbox name="hospital" value="{key}" aria-label="Select {name}">'
        pick = f"<td class=pick>{box}</td>"
    reminded = _reminded(line.reminded_at, page.now)
    head = f'<th scope=row><a href="{page.to.hospital}{key}/" data-open>{name}</a>{reminded}</th>'
    cells = "</td><td>".join((*_of_cases(line, page.to, name), *_of_people(line, page.to, name)))
    late = " class=late" if line.is_quiet else ""
    return f"<tr data-row>{pick}{head}<td>{cells}</td><td{late}>{_ago(line.cases.last, page.now)}</td></tr>"


def _of_cases(line: Line, to: Addresses, name: str) -> Iterator[str]:
    """Whoever abstracts again here sees no case of the hospital, and so no list behind these numbers."""
    key, cases, log = line.cases.public_id, line.cases, line.log
    if line.audits.blind:
        yield from (NOTHING,) * 4
    else:
        yield _count(f"{to.cases}{key}&amp;tab=due", cases.due, f"cases due, {name}")
        yield _count(f"{to.cases}{key}&amp;tab=overdue", cases.overdue, f"cases late, {name}", late=True)
        yield _count(f"{to.past_lock}{key}", log.past_lock, f"cases past lock, {name}", late=True)
        yield _entered(line, to, name)
    found = line.audits
    yield f'<a href="{to.audits}{found.last}/">{found.agreement}</a>' if found.agreement else NOTHING
    yield _count(f"{to.audits}?show=open&amp;hospital={key}", found.open, f"audits under way, {name}")


def _entered(line: Line, to: Addresses, name: str) -> str:
    log = line.log
    if not log.expected or not to.log:
        return NOTHING
    words = f"{log.entered:,} of {log.expected:,}"
    tab = "sampled" if log.drawn else "listed"
    bar = f"<progress class=bar value={log.entered} max={log.expected} aria-hidden=true></progress>"
    link = f"{to.log}{line.cases.public_id}&amp;tab={tab}"
    return f'{bar}<a href="{link}" aria-label="{words} entered, {name}">{words}</a>'


def _of_people(line: Line, to: Addresses, name: str) -> Iterator[str]:
    key, asked, signed, read = line.cases.public_id, line.questions, line.agreements, line.reviews
    answers = _count(f"{to.questions}{key}", asked.open, f"open questions, {name}")
    if asked.old:
        label = f"{asked.old:,} old questions, two weeks and more, {name}"
        answers += f' <a class=late href="{to.questions}{key}&amp;age=14" aria-label="{label}">{asked.old:,} old</a>'
    yield answers
    yield _count(f"{to.roster}{key}", line.vacant, f"vacant roles, {name}", late=True)
    yield _state(f"{to.agreements}{key}/{'?show=open' if signed.open else ''}", signed.kind, signed.words)
    if not read.release:
        yield NOTHING
    else:
        yield _state(f"{to.read}{key}", *(("good", "read") if read.reviewed else ("warn", "unread")))
    came = f"{line.attended}/{line.held}"
    label = f"{came} meetings attended, {name}"
    yield f'<a href="{to.meetings}{key}" aria-label="{label}">{came}</a>' if line.held else NOTHING


def _state(url: str, dot: str, words: str) -> str:
    return f'<a class=state href="{url}"><span class="dot {dot}"></span>{words}</a>'


def _count(url: str, count: int, what: str, *, late: bool = False) -> str:
    """A link is called by what it counts and where: its own words are a bare number."""
    if not count:
        return "0"
    kind = "class=late " if late else ""
    return f'<a {kind}href="{url}" aria-label="{count:,} {what}">{count:,}</a>'


def _reminded(moment: datetime | None, now: datetime) -> str:
    return format_html("<br><small>reminded {} ago</small>", duration_in_words(now - moment)) if moment else ""


def _ago(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "never"
    days = (now - moment).days
    return "today" if days <= 0 else "1 day ago" if days == 1 else f"{days:,} days ago"
