"""Whose turn it is in data validation audits."""

from datetime import date

from django.urls import reverse

from cases.audits.enums import BLIND, UNDER_WAY, AuditState
from cases.audits.models import Audit
from cases.selectors.clock import today_of
from collaboratives.definition.due import DatedThing, Due
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer


def due_for(viewer: Viewer) -> list[Due]:
    """A line for each audit whose next step is the viewer's; one statement."""
    if not viewer.can(Permission.AUDIT_VIEW):
        return []
    found = [(audit, _step(viewer, audit)) for audit in _under_way(viewer)]
    return [
        Due(
            kind="audit",
            title=step,
            url=_url(viewer, audit),
            due_on=audit.review_until if audit.state == AuditState.REVIEW else None,
            hospital=audit.participation.public_id,
        )
        for audit, step in found
        if step
    ]


def _step(viewer: Viewer, audit: Audit) -> str:
    """What the viewer has to do next; empty when it is somebody else's turn."""
    if audit.participation.left_on:
        return ""
    if viewer.capacity is Capacity.HOSPITAL:
        reviews = audit.state == AuditState.REVIEW and viewer.can(Permission.AUDIT_REVIEW)
        return "Review what an audit found" if reviews else ""
    if audit.state in BLIND and audit.abstractor_id == viewer.user_id:
        return "Abstract an audit's cases"
    may_draw = audit.state == AuditState.ANNOUNCED and audit.draw_from <= today_of(audit.collaborative)
    if may_draw and viewer.can(Permission.AUDIT_MANAGE):
        return "Draw an audit's sample"
    decides = audit.state == AuditState.ADJUDICATION and viewer.can(Permission.AUDIT_ADJUDICATE)
    return "Decide and report an audit" if decides else ""


def dates_for(viewer: Viewer, first: date, last: date) -> list[DatedThing]:
    """When samples can be drawn and reviews end; one statement."""
    if not viewer.can(Permission.AUDIT_VIEW):
        return []
    audits = _under_way(viewer)
    days = [
        *((audit, "sample can be drawn", audit.draw_from) for audit in audits),
        *((audit, "review ends", audit.review_until) for audit in audits if audit.review_until),
    ]
    return [
        DatedThing(
            kind="audit",
            title=f"Audit of {audit.participation.site.name if viewer.participation_id is None else 'our cases'}: {what}",
            url=_url(viewer, audit),
            starts=day,
            hospital=audit.participation.public_id,
            uid=f"audit-{audit.public_id}-{what.split()[0]}@colloquy",
        )
        for audit, what, day in days
        if first <= day <= last
    ]


def _under_way(viewer: Viewer) -> list[Audit]:
    own = {"participation_id": viewer.participation_id or 0} if viewer.capacity is Capacity.HOSPITAL else {}
    found = Audit.objects.filter(collaborative_id=viewer.collaborative_id, state__in=UNDER_WAY, **own)
    return list(found.select_related("participation__site", "collaborative").order_by("draw_from", "pk"))


def _url(viewer: Viewer, audit: Audit) -> str:
    return reverse("audits:audit-detail", args=[viewer.collaborative_slug, audit.public_id])
