"""The frame around every page: where am I, what can I open, whom can I ask."""

from contextlib import nullcontext
from functools import cache, lru_cache, partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import BigIntegerField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from cases.questions.enums import Side
from cases.questions.selectors.inbox import side_of, waiting_for
from collaboratives.agreements.selectors.standings import comparison_stopped
from collaboratives.http import ViewerRequest
from collaboratives.notifications.selectors.inbox import unread_in
from collaboratives.selectors.by_hospital import HERE, READER
from collaboratives.selectors.kept import Given, Kept
from collaboratives.selectors.tallies import tallies
from config.demo.cast import PASSPHRASE
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer
from ui.shell import NavGroup, NavItem, Shell


# (label, URL name, permission, capacities that see it in their side bar), under the heading they stand under
HOSPITAL, CENTRE, OBSERVER = Capacity.HOSPITAL, Capacity.CENTRE, Capacity.OBSERVER
Entry = tuple[str, str, Permission, set[Capacity]]
MEMBERS, ALL = {HOSPITAL, CENTRE}, {HOSPITAL, CENTRE, OBSERVER}
NAVIGATION: dict[str, tuple[Entry, ...]] = {
    "": (  # the place itself
        ("Overview", "home-collaborative", Permission.PROGRAMME_VIEW, ALL),
        ("What waits for you", "week:task-list", Permission.PROGRAMME_VIEW, MEMBERS),
        ("Calendar", "week:calendar", Permission.PROGRAMME_VIEW, ALL),
        ("Notifications", "notifications:notification-list", Permission.PROGRAMME_VIEW, ALL),
    ),
    "Results": (
        ("Measures", "feedback:measure-list", Permission.MEASURE_VIEW, MEMBERS),
        ("Reports", "reports:report-list", Permission.REPORT_VIEW, MEMBERS),
        ("Releases", "feedback:release-list", Permission.RELEASE_VIEW, {CENTRE}),
        ("Contested cases", "reviews:contest-list", Permission.CONTEST_VIEW, MEMBERS),
        ("Supplied figures", "feedback:figure-list", Permission.FIGURES_SUPPLY, {CENTRE}),
        # An observer's overview is this page.
        ("Results of all hospitals", "feedback:pooled-results", Permission.POOLED_VIEW, MEMBERS),
    ),
    "Cases": (
        ("Cases", "cases:case-list", Permission.CASE_VIEW, MEMBERS),
        ("Questions", "questions:question-list", Permission.CASE_VIEW, MEMBERS),
        ("Log and sample", "caselog:log-list", Permission.CASE_VIEW, MEMBERS),
        ("Follow-up", "caselog:follow-up-list", Permission.CASE_VIEW, MEMBERS),
        ("Cycles and locks", "caselog:cycle-list", Permission.LOCK_MANAGE, {CENTRE}),
        ("Imports", "cases:import-list", Permission.CASE_IMPORT, MEMBERS),
        ("Keys for programs", "collaboratives:key-list", Permission.API_TOKEN_MANAGE, MEMBERS),
    ),
    "Data quality": (
        ("Data quality", "quality:data-quality", Permission.QUALITY_VIEW, MEMBERS),
        ("Audits", "audits:audit-list", Permission.AUDIT_VIEW, MEMBERS),
        ("Training", "training:training-area", Permission.TRAINING_VIEW, MEMBERS),
    ),
    "The collaborative": (
        ("News", "news:archive", Permission.NEWS_VIEW, ALL),
        ("Meetings", "meetings:meeting-list", Permission.MEETING_VIEW, ALL),
        ("Working groups", "groups:group-list", Permission.GROUP_VIEW, ALL),
        ("Ballots", "ballots:ballot-list", Permission.BALLOT_VIEW, MEMBERS),
        ("Documents", "documents:document-list", Permission.DOCUMENT_VIEW, MEMBERS),
        ("Agreements", "agreements:agreement-list", Permission.AGREEMENT_VIEW, MEMBERS),
        ("Hospitals", "collaboratives:hospital-list", Permission.HOSPITAL_VIEW, {CENTRE}),
        ("People", "collaboratives:people-list", Permission.PEOPLE_VIEW, MEMBERS),
        ("Directory", "roster:directory", Permission.DIRECTORY_VIEW, MEMBERS),
        ("Mails of the program", "notifications:mail-list", Permission.MAIL_VIEW, {CENTRE}),
        ("Who can see what", "collaboratives:charter", Permission.PROGRAMME_VIEW, ALL),
    ),
    "Definitions": (
        ("Data dictionary", "measures:dictionary", Permission.DICTIONARY_VIEW, MEMBERS),
        ("Forms", "measures:form-list", Permission.DEFINITION_EDIT, {CENTRE}),
        ("Definitions of measures", "measures:measure-list", Permission.DEFINITION_EDIT, {CENTRE}),
        ("Risk models", "measures:model-list", Permission.DEFINITION_EDIT, {CENTRE}),
    ),
}


NOTIFICATIONS, QUESTIONS = "notifications:notification-list", "questions:question-list"


def _counts(viewer: Viewer) -> dict[str, int]:
    """Beside their entries: what is new to this person, and what waits for their side. One statement, as every page asks it."""
    side = side_of(viewer) if viewer.can(Permission.CASE_VIEW) else None
    kept = _counting(side, at_hospital=bool(viewer.participation_id))
    # An error page is drawn when the transaction of its request is over, and nothing may be read outside one.
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        found = kept.read(here=viewer.collaborative_id, reader=viewer.user_id, hospital=viewer.participation_id)
    return dict(zip((NOTIFICATIONS, QUESTIONS), found[0], strict=False))


@cache
def _counting(side: Side | None, *, at_hospital: bool) -> Kept[tuple[int, ...]]:
    """What is unread, and what waits for this side of the hospital or of all; without a side, nobody asks for that."""
    hospital: Any = Given("hospital", BigIntegerField()) if at_hospital else None
    waiting = [waiting_for(side, HERE, hospital)] if side else []
    return Kept(lambda: tallies(HERE, unread_in(HERE, READER), *waiting))


def shell(request: HttpRequest) -> dict[str, object]:
    """Context processor. Pages outside a collaborative get no frame."""
    if not hasattr(request, "viewer"):
        return {"demo": settings.DEMO, "demo_passphrase": PASSPHRASE if settings.DEMO else ""}
    viewer = request.viewer
    # Templates hide what a person may not do; views and services refuse it all the same.
    return {
        "shell": _shell(request),  # type: ignore[arg-type]  # a ViewerRequest
        "viewer": viewer,
        "may": viewer.permissions,
        "demo": settings.DEMO,
        # Asked only where a page shows peers.
        "peers_stopped": SimpleLazyObject(
            partial(comparison_stopped, viewer.collaborative_id, viewer.participation_id)
        ),
    }


def _shell(request: ViewerRequest) -> Shell:
    place, collaborative = request.place, request.place.collaborative
    audience = {
        HOSPITAL: place.site_name,
        CENTRE: "coordinating-centre staff",
        OBSERVER: "members and observers of the collaborative",
    }[place.capacity]
    counts = _counts(request.viewer)
    return Shell(
        collaborative_name=collaborative.name,
        collaborative_kind_line="Quality collaborative",
        site_name=place.label,
        role_line=place.role_line,
        can_switch=len(request.places) > 1,
        home_url=reverse("home-collaborative", args=[collaborative.slug]),
        switch_url=reverse("place-switch"),
        groups=_groups(request, place.label, counts),
        unread=counts[NOTIFICATIONS],
        footer=collaborative.confidentiality_footer,
        audience=audience,
        banner="Demo data" if settings.DEMO else None,
        help_url=reverse("collaboratives:help", args=[collaborative.slug]),
        contact_name=collaborative.contact_name,
        contact_email=collaborative.contact_email,
        user_name=request.viewer.name,
    )


def _groups(request: ViewerRequest, place: str, counts: dict[str, int]) -> tuple[NavGroup, ...]:
    """Headings with what this person may open; one under which there is nothing is left out."""
    found = ((heading or place, _items(request, entries, counts)) for heading, entries in NAVIGATION.items())
    return tuple(NavGroup(label=label, items=items) for label, items in found if items)


def _items(request: ViewerRequest, entries: tuple[Entry, ...], counts: dict[str, int]) -> tuple[NavItem, ...]:
    slug, viewer = request.viewer.collaborative_slug, request.viewer
    items = []
    for text, route, permission, capacities in entries:
        if viewer.can(permission) and viewer.capacity in capacities:
            url = _address(route, slug)
            home = route == "home-collaborative"
            current = request.path == url if home else request.path.startswith(url)
            items.append(NavItem(label=text, url=url, count=counts.get(route), current=current))
    return tuple(items)


@lru_cache(maxsize=4096)
def _address(route: str, slug: str) -> str:
    """Two dozen on every page: looked up once for a programme."""
    return reverse(route, args=[slug])
