"""The frame around every page: where am I, what can I open, whom can I ask."""

from functools import lru_cache, partial

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from cases.questions.selectors.inbox import waiting_count
from collaboratives.agreements.selectors.standings import comparison_stopped
from collaboratives.http import ViewerRequest
from config.demo.cast import PASSPHRASE
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer
from ui.shell import NavGroup, NavItem, Shell


# (label, URL name, permission, capacities that see it in their side bar)
HOSPITAL, CENTRE, OBSERVER = Capacity.HOSPITAL, Capacity.CENTRE, Capacity.OBSERVER
NAVIGATION = (
    ("place", "Overview", "home-collaborative", Permission.PROGRAMME_VIEW, {HOSPITAL, CENTRE, OBSERVER}),
    ("place", "What waits for you", "week:task-list", Permission.PROGRAMME_VIEW, {HOSPITAL, CENTRE}),
    ("place", "Calendar", "week:calendar", Permission.PROGRAMME_VIEW, {HOSPITAL, CENTRE, OBSERVER}),
    ("place", "Measures", "feedback:measure-list", Permission.MEASURE_VIEW, {HOSPITAL, CENTRE}),
    ("place", "Reports", "reports:report-list", Permission.REPORT_VIEW, {HOSPITAL, CENTRE}),
    ("place", "Cases", "cases:case-list", Permission.CASE_VIEW, {HOSPITAL, CENTRE}),
    ("place", "Questions", "questions:question-list", Permission.CASE_VIEW, {HOSPITAL, CENTRE}),
    ("place", "Contested cases", "reviews:contest-list", Permission.CONTEST_VIEW, {HOSPITAL, CENTRE}),
    ("place", "Log and sample", "caselog:log-list", Permission.CASE_VIEW, {HOSPITAL, CENTRE}),
    ("place", "Follow-up", "caselog:follow-up-list", Permission.CASE_VIEW, {HOSPITAL, CENTRE}),
    ("place", "Cycles and locks", "caselog:cycle-list", Permission.LOCK_MANAGE, {CENTRE}),
    ("place", "Audits", "audits:audit-list", Permission.AUDIT_VIEW, {HOSPITAL, CENTRE}),
    ("place", "Training", "training:training-area", Permission.TRAINING_VIEW, {HOSPITAL, CENTRE}),
    ("place", "Data quality", "quality:data-quality", Permission.QUALITY_VIEW, {HOSPITAL, CENTRE}),
    ("place", "Meetings", "meetings:meeting-list", Permission.MEETING_VIEW, {HOSPITAL, CENTRE, OBSERVER}),
    ("place", "Imports", "cases:import-list", Permission.CASE_IMPORT, {HOSPITAL, CENTRE}),
    ("place", "Hospitals", "collaboratives:hospital-list", Permission.HOSPITAL_VIEW, {CENTRE}),
    ("place", "Agreements", "agreements:agreement-list", Permission.AGREEMENT_VIEW, {HOSPITAL, CENTRE}),
    ("place", "Releases", "feedback:release-list", Permission.RELEASE_VIEW, {CENTRE}),
    ("place", "Supplied figures", "feedback:figure-list", Permission.FIGURES_SUPPLY, {CENTRE}),
    ("place", "Keys for programs", "collaboratives:key-list", Permission.API_TOKEN_MANAGE, {HOSPITAL, CENTRE}),
    ("place", "Forms", "measures:form-list", Permission.DEFINITION_EDIT, {CENTRE}),
    ("place", "Definitions of measures", "measures:measure-list", Permission.DEFINITION_EDIT, {CENTRE}),
    ("place", "Risk models", "measures:model-list", Permission.DEFINITION_EDIT, {CENTRE}),
    ("place", "Ballots", "ballots:ballot-list", Permission.BALLOT_VIEW, {HOSPITAL, CENTRE}),
    ("place", "Directory", "roster:directory", Permission.DIRECTORY_VIEW, {HOSPITAL, CENTRE}),
    ("place", "Documents", "documents:document-list", Permission.DOCUMENT_VIEW, {HOSPITAL, CENTRE}),
    ("place", "People", "collaboratives:people-list", Permission.PEOPLE_VIEW, {HOSPITAL, CENTRE}),
    (
        "programme",
        "Results of all hospitals",
        "feedback:pooled-results",
        Permission.POOLED_VIEW,
        {HOSPITAL, CENTRE},  # an observer's overview is this page
    ),
    ("programme", "Data dictionary", "measures:dictionary", Permission.DICTIONARY_VIEW, {HOSPITAL, CENTRE}),
    (
        "programme",
        "Who can see what",
        "collaboratives:charter",
        Permission.PROGRAMME_VIEW,
        {HOSPITAL, CENTRE, OBSERVER},
    ),
)


# What waits for this side, beside its entry.
def _waiting(viewer: Viewer) -> int:
    """An error page is drawn when the transaction of its request is over, and nothing may be read outside one."""
    if connection.in_atomic_block:
        return waiting_count(viewer)
    with transaction.atomic():
        return waiting_count(viewer)


COUNTS = {"questions:question-list": _waiting}


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
    return Shell(
        collaborative_name=collaborative.name,
        collaborative_kind_line="Quality collaborative",
        site_name=place.label,
        role_line=place.role_line,
        can_switch=len(request.places) > 1,
        home_url=reverse("home-collaborative", args=[collaborative.slug]),
        switch_url=reverse("place-switch"),
        groups=(_group(request, "place", place.label), _group(request, "programme", "The collaborative")),
        footer=collaborative.confidentiality_footer,
        audience=audience,
        banner="Demo data" if settings.DEMO else None,
        help_url=reverse("collaboratives:help", args=[collaborative.slug]),
        contact_name=collaborative.contact_name,
        contact_email=collaborative.contact_email,
        user_name=request.viewer.name,
    )


def _group(request: ViewerRequest, group: str, label: str) -> NavGroup:
    slug, viewer = request.viewer.collaborative_slug, request.viewer
    items = []
    for name, text, route, permission, capacities in NAVIGATION:
        if name == group and viewer.can(permission) and viewer.capacity in capacities:
            url = _address(route, slug)
            home = route == "home-collaborative"
            current = request.path == url if home else request.path.startswith(url)
            count = COUNTS[route](viewer) if route in COUNTS else None
            items.append(NavItem(label=text, url=url, count=count, current=current))
    return NavGroup(label=label, items=tuple(items))


@lru_cache(maxsize=4096)
def _address(route: str, slug: str) -> str:
    """Two dozen on every page: looked up once for a programme."""
    return reverse(route, args=[slug])
