"""The list, a new group, its page, changes and its end."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from collaboratives.http import ViewerRequest, needs
from collaboratives.selectors.clock import today_of
from coordination.groups.errors import GroupError
from coordination.groups.forms.groups import DecisionForm, GroupForm, NewDocumentForm, PostForm, ReasonForm
from coordination.groups.selectors.list_page import group_list as list_page
from coordination.groups.selectors.page import group_sheet
from coordination.groups.selectors.visible import standing_for
from coordination.groups.services.founding import change_group, close_group, found_group
from coordination.groups.views.answering import UNPROCESSABLE, fitted, group_page, to_group
from privacy.roles import Permission


@needs(Permission.GROUP_VIEW)
def group_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(
        request, "groups/group_list.html", {"page": list_page(request.viewer, show=request.GET.get("show", ""))}
    )


@needs(Permission.GROUP_MANAGE)
def group_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    form = GroupForm(request.POST or None, initial={"founded_on": today_of(request.place.collaborative)})
    if request.method == "POST" and form.is_valid():
        try:
            group = found_group(**form.cleaned_data, by=request.viewer)
        except GroupError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "The group is founded. Invite its members.")
            return redirect("groups:member-invite", collaborative_slug, group.public_id)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "groups/group_form.html", {"form": form, "standing": None}, status=status)


@needs(Permission.GROUP_VIEW)
def group_detail(request: ViewerRequest, collaborative_slug: str, group_id: UUID) -> HttpResponse:
    today = today_of(request.place.collaborative)
    return group_page(
        request,
        group_id,
        request.GET.get("tab", ""),
        post_form=PostForm(),
        document_form=NewDocumentForm(),
        decision_form=DecisionForm(initial={"decided_on": today}),
    )


@needs(Permission.GROUP_VIEW)
def group_print(request: ViewerRequest, collaborative_slug: str, group_id: UUID) -> HttpResponse:
    """The group on a sheet."""
    sheet = group_sheet(request.viewer, group_id)
    return render(request, "groups/group_print.html", {"sheet": sheet, "page": sheet.frame})


@needs(Permission.GROUP_MANAGE)
def group_edit(request: ViewerRequest, collaborative_slug: str, group_id: UUID) -> HttpResponse:
    standing = standing_for(request.viewer, group_id)
    values = {name: getattr(standing.group, name) for name in ("name", "remit", "founded_on")}
    form = GroupForm(request.POST or None, initial=values)
    if request.method == "POST" and fitted(
        form, lambda: change_group(group=standing.group, **form.cleaned_data, by=request.viewer)
    ):
        messages.success(request, "Changed.")
        return to_group(collaborative_slug, group_id)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "groups/group_form.html", {"form": form, "standing": standing}, status=status)


@needs(Permission.GROUP_MANAGE)
def group_close(request: ViewerRequest, collaborative_slug: str, group_id: UUID) -> HttpResponse:
    standing, form = standing_for(request.viewer, group_id), ReasonForm(request.POST or None)
    today = today_of(request.place.collaborative)
    if request.method == "POST" and fitted(
        form,
        lambda: close_group(group=standing.group, reason=form.cleaned_data["reason"], today=today, by=request.viewer),
    ):
        messages.success(request, "The group is closed. What it left stays to be read.")
        return to_group(collaborative_slug, group_id)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "groups/group_close.html", {"form": form, "standing": standing}, status=status)
