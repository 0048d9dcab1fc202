"""Into a group, out of it, and who leads it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from coordination.groups.forms.groups import SearchForm
from coordination.groups.selectors.candidates import CandidatePage, candidate_page, chosen_people
from coordination.groups.selectors.visible import Standing, admission_for, membership_for, standing_for
from coordination.groups.services.joining import (
    answer_invitation,
    ask_to_join,
    decide_request,
    invite_people,
    withdraw_admission,
)
from coordination.groups.services.leaving import leave_group, name_chair, remove_member
from coordination.groups.views.answering import UNPROCESSABLE, attempt, to_group
from privacy.roles import Permission


@needs(Permission.GROUP_MANAGE)
def member_invite(request: ViewerRequest, collaborative_slug: str, group_id: UUID) -> HttpResponse:
    """Look for people, tick them, invite them."""
    standing = standing_for(request.viewer, group_id)
    if request.method == "POST" and (keys := request.POST.getlist("who")):
        people = chosen_people(request.viewer, standing.group, keys)
        said = "They are invited. Each sees how they would be shown before they join."
        attempt(request, lambda: invite_people(group=standing.group, people=people, by=request.viewer), said)
        return to_group(collaborative_slug, group_id, "members")
    if request.method == "POST":
        messages.error(request, "Nobody is ticked. Tick who is to be invited.")
    status = UNPROCESSABLE if request.method == "POST" else 200
    context = {"standing": standing, **_search(request, standing)}
    return render(request, "groups/member_invite.html", context, status=status)


def _search(request: ViewerRequest, standing: Standing) -> dict[str, CandidatePage | dict[str, str]]:
    form = SearchForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "role": "", "hospital": ""}
    page = candidate_page(
        request.viewer, standing.group, words=asked["q"], role=asked["role"], hospital=asked["hospital"]
    )
    return {"page": page, "asked": asked}


@require_POST
@needs(Permission.GROUP_VIEW)
def join_ask(request: ViewerRequest, collaborative_slug: str, group_id: UUID) -> HttpResponse:
    standing, note = standing_for(request.viewer, group_id), request.POST.get("note", "")
    said = "You are a member." if standing.manages else "You have asked. The chair or the coordinating centre decides."
    attempt(request, lambda: ask_to_join(group=standing.group, note=note, by=request.viewer), said)
    return to_group(collaborative_slug, group_id)


@require_POST
@needs(Permission.GROUP_VIEW)
def group_leave(request: ViewerRequest, collaborative_slug: str, group_id: UUID) -> HttpResponse:
    group = standing_for(request.viewer, group_id).group
    attempt(request, lambda: leave_group(group=group, by=request.viewer), f"You have left {group.name}.")
    return to_group(collaborative_slug, group_id)


@require_POST
@needs(Permission.GROUP_VIEW)
def admission_answer(request: ViewerRequest, collaborative_slug: str, admission_id: UUID) -> HttpResponse:
    """The invited person joins, or does not."""
    admission, accept = admission_for(request.viewer, admission_id), request.POST.get("do") == "join"
    said = f"You are a member of {admission.group.name}." if accept else "You do not join. The centre sees that."
    attempt(request, lambda: answer_invitation(admission=admission, accept=accept, by=request.viewer), said)
    return to_group(collaborative_slug, admission.group.public_id)


@require_POST
@needs(Permission.GROUP_VIEW)
def admission_decide(request: ViewerRequest, collaborative_slug: str, admission_id: UUID) -> HttpResponse:
    """The chair or the centre lets somebody in, or does not."""
    admission, accept = admission_for(request.viewer, admission_id), request.POST.get("do") == "accept"
    said = f"{admission.shown_name} {'is a member now' if accept else 'is not let in'}."
    attempt(request, lambda: decide_request(admission=admission, accept=accept, by=request.viewer), said)
    return to_group(collaborative_slug, admission.group.public_id, "members")


@require_POST
@needs(Permission.GROUP_VIEW)
def admission_withdraw(request: ViewerRequest, collaborative_slug: str, admission_id: UUID) -> HttpResponse:
    admission = admission_for(request.viewer, admission_id)
    attempt(request, lambda: withdraw_admission(admission=admission, by=request.viewer), "Taken back.")
    return to_group(collaborative_slug, admission.group.public_id, "about" if admission.is_request else "members")


@require_POST
@needs(Permission.GROUP_MANAGE)
def member_remove(request: ViewerRequest, collaborative_slug: str, membership_id: UUID) -> HttpResponse:
    membership = membership_for(request.viewer, membership_id)
    said = f"{membership.shown_name} is no longer a member."
    attempt(request, lambda: remove_member(membership=membership, by=request.viewer), said)
    return to_group(collaborative_slug, membership.group.public_id, "members")


@require_POST
@needs(Permission.GROUP_MANAGE)
def member_chair(request: ViewerRequest, collaborative_slug: str, membership_id: UUID) -> HttpResponse:
    membership = membership_for(request.viewer, membership_id)
    said = f"{membership.shown_name} leads the group now."
    attempt(request, lambda: name_chair(membership=membership, by=request.viewer), said)
    return to_group(collaborative_slug, membership.group.public_id, "members")
