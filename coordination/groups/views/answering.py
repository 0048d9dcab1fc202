"""Try something, say how it went, and go back to the group."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from collaboratives.http import ViewerRequest
from coordination.groups.errors import GroupError
from coordination.groups.selectors.page import frame, tab_content


UNPROCESSABLE = 422


def attempt(request: ViewerRequest, do: Callable[[], object], said: str) -> bool:
    """Whether it was done; the page that follows says which, in words."""
    try:
        do()
    except GroupError as problem:
        messages.error(request, str(problem))
        return False
    messages.success(request, said)
    return True


def fitted(form: Form, do: Callable[[], object], field: str | None = None) -> bool:
    """Whether a form that was sent is complete and what it asks was done; otherwise the form says why not."""
    if not form.is_valid():
        return False
    try:
        do()
    except GroupError as problem:
        form.add_error(field, str(problem))
    return form.is_valid()


def to_group(slug: str, group_id: UUID, tab: str = "about", anchor: str = "") -> HttpResponse:
    address = reverse("groups:group-detail", args=[slug, group_id])
    return redirect(f"{address}?tab={tab}{anchor}")


def group_page(request: ViewerRequest, group_id: UUID, tab: str, *, status: int = 200, **forms: Form) -> HttpResponse:
    """A tab of the group, with forms as they were sent."""
    page = frame(request.viewer, group_id, tab)
    number = request.GET.get("page", "1")
    content = tab_content(request.viewer, request.place.collaborative, page, int(number) if number.isdecimal() else 1)
    return render(request, f"groups/group_{page.tab}.html", {"page": page, **content, **forms}, status=status)
