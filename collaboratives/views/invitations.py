"""Accepting an invitation: the one page for people without a role."""

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from collaboratives.errors import InvitationClosedError
from collaboratives.forms.people import NewAccountForm
from collaboratives.http import open_to
from collaboratives.selectors.invitations import open_invitation
from collaboratives.services.invitations import accept_as_new_person, accept_as_signed_in


@open_to("anyone")
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    try:
        invitation = open_invitation(token)
        if invitation.has_account:
            return _accept_with_account(request, token, invitation.email)
        form = NewAccountForm(request.POST or None, email=invitation.email, initial={"full_name": invitation.full_name})
        if request.method == "POST" and form.is_valid():
            user = accept_as_new_person(token=token, **form.cleaned_data)
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("home")
    except InvitationClosedError as problem:
        return render(request, "collaboratives/invitation_closed.html", {"problem": problem}, status=410)
    return render(
        request,
        "collaboratives/invitation_accept.html",
        {"invitation": invitation, "form": form},
        status=422 if form.errors else 200,
    )


def _accept_with_account(request: HttpRequest, token: str, email: str) -> HttpResponse:
    """Somebody with an account signs in first, so that nobody accepts in another's name."""
    user = request.user
    signed_in = user.is_authenticated and user.email == email
    if user.is_authenticated and signed_in and request.method == "POST":
        accept_as_signed_in(token=token, user=user)
        return redirect("home")
    context = {"invitation": open_invitation(token), "signed_in": signed_in, "next": request.path}
    return render(request, "collaboratives/invitation_accept.html", context)
