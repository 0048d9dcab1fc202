"""Who can see what, generated from the permission table itself; and help."""

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from privacy.roles import ROLE_PERMISSIONS, Capacity, Permission, Role, roles_of


@needs(Permission.PROGRAMME_VIEW)
def charter(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    sides = [
        (title, roles_of(capacity), _rows(roles_of(capacity)))
        for title, capacity in (
            ("At a hospital", Capacity.HOSPITAL),
            ("At the coordinating centre", Capacity.CENTRE),
            ("Observers", Capacity.OBSERVER),
        )
    ]
    rules = request.place.collaborative.disclosure_rules
    return render(request, "collaboratives/charter.html", {"sides": sides, "rules": rules})


def _rows(roles: tuple[Role, ...]) -> list[tuple[str, list[bool]]]:
    """One line for each permission that somebody on this side holds."""
    return [
        (permission.sentence, held)
        for permission in Permission
        if any(held := [permission in ROLE_PERMISSIONS[role] for role in roles])
    ]


@needs(Permission.PROGRAMME_VIEW)
def help_page(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(request, "collaboratives/help.html")
