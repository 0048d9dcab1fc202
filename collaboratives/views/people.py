"""People and roles: who is here, who is asked, who goes."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from collaboratives.forms.people import InviteForm
from collaboratives.http import ViewerRequest, needs
from collaboratives.selectors import people
from collaboratives.services.invitations import invite, resend_invitation, revoke_invitation
from collaboratives.services.people import end_role, roles_to_give
from privacy.roles import Permission


@needs(Permission.PEOPLE_VIEW)
def people_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(request, "collaboratives/people_list.html", {"page": people.people_page(request.viewer)})


@needs(Permission.PEOPLE_MANAGE)
def people_invite(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    hospitals = people.hospitals_to_invite_for(request.viewer)
    initial = {"hospital": request.GET.get("hospital") or (hospitals[0].public_id if len(hospitals) == 1 else None)}
    form = InviteForm(request.POST or None, roles=roles_to_give(request.viewer), hospitals=hospitals, initial=initial)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        invite(
            email=asked["email"],
            full_name=asked["full_name"],
            role=asked["role"],
            participation=asked["hospital"],
            by=request.viewer,
        )
        messages.success(request, f"{asked['full_name']} is invited. The link in the mail works once, for seven days.")
        return redirect("collaboratives:people-list", collaborative_slug)
    return render(request, "collaboratives/people_invite.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@needs(Permission.PEOPLE_MANAGE)
def role_end(request: ViewerRequest, collaborative_slug: str, grant_id: UUID) -> HttpResponse:
    grant = people.grant_for(request.viewer, grant_id, Permission.PEOPLE_MANAGE)
    end_role(grant=grant, by=request.viewer)
    messages.success(request, f"{grant.user.full_name} no longer has this role. The next click they make is refused.")
    return redirect("collaboratives:people-list", collaborative_slug)


@require_POST
@needs(Permission.PEOPLE_MANAGE)
def invitation_revoke(request: ViewerRequest, collaborative_slug: str, invitation_id: UUID) -> HttpResponse:
    invitation = people.invitation_for(request.viewer, invitation_id, Permission.PEOPLE_MANAGE)
    revoke_invitation(invitation=invitation, by=request.viewer)
    messages.success(request, f"The invitation of {invitation.full_name} no longer works.")
    return redirect("collaboratives:people-list", collaborative_slug)


@require_POST
@needs(Permission.PEOPLE_MANAGE)
def invitation_resend(request: ViewerRequest, collaborative_slug: str, invitation_id: UUID) -> HttpResponse:
    invitation = people.invitation_for(request.viewer, invitation_id, Permission.PEOPLE_MANAGE)
    resend_invitation(invitation=invitation, by=request.viewer)
    messages.success(request, f"{invitation.full_name} gets another mail. Its link works once, for seven days.")
    return redirect("collaboratives:people-list", collaborative_slug)
