"""What one was told: to open, and to mark as read."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.selectors.inbox import InboxFilter, inbox_page
from collaboratives.notifications.services.reading import mark_all_read, mark_read
from privacy.roles import Permission


@needs(Permission.PROGRAMME_VIEW)
def notification_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    page = inbox_page(request.viewer, request.place.collaborative, request.GET.dict())
    return render(request, "notifications/notification_list.html", {"page": page})


@require_POST
@needs(Permission.PROGRAMME_VIEW)
def notification_open(request: ViewerRequest, collaborative_slug: str, notification_id: UUID) -> HttpResponse:
    """To the page it is about; that it was opened says that it was read."""
    return redirect(mark_read(public_id=notification_id, by=request.viewer).path)


@require_POST
@needs(Permission.PROGRAMME_VIEW)
def notification_read(request: ViewerRequest, collaborative_slug: str, notification_id: UUID) -> HttpResponse:
    mark_read(public_id=notification_id, by=request.viewer)
    return _back(request, collaborative_slug)


@require_POST
@needs(Permission.PROGRAMME_VIEW)
def read_all(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    kind = InboxFilter.from_query(request.GET.dict()).kind
    count = mark_all_read(kind=NotificationKind(kind) if kind else None, by=request.viewer)
    messages.success(request, f"{count} marked as read.")
    return _back(request, collaborative_slug)


def _back(request: ViewerRequest, slug: str) -> HttpResponse:
    query = InboxFilter.from_query(request.GET.dict()).query
    return redirect(f"{reverse('notifications:notification-list', args=[slug])}{'?' if query else ''}{query}")
