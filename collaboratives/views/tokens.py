"""Keys for programs: the list, a new one, the end of one."""

import time
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from collaboratives.forms.tokens import KeyForm
from collaboratives.http import ViewerRequest, needs
from collaboratives.selectors.tokens import key_for, key_page
from collaboratives.services.tokens import create_token, revoke_token, scopes_to_give
from privacy.roles import Permission


@needs(Permission.API_TOKEN_MANAGE)
def key_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(request, "collaboratives/key_list.html", {"page": key_page(request.viewer)})


@needs(Permission.API_TOKEN_MANAGE)
def key_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """The new key is on the answer to the form and nowhere else: no address shows it again."""
    if not scopes_to_give(request.viewer):
        messages.info(request, "A key belongs to somebody of a hospital. Ask the hospital's people to make it.")
        return redirect("collaboratives:key-list", collaborative_slug)
    if not _recently_signed_in(request):
        return redirect_to_login(request.get_full_path(), reverse("account_reauthenticate"))
    form = KeyForm(request.POST or None, scopes=scopes_to_give(request.viewer))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        made = create_token(name=asked["name"], scopes=asked["scopes"], expires_at=form.expires_at, by=request.viewer)
        return render(request, "collaboratives/key_made.html", {"made": made}, status=201)
    return render(request, "collaboratives/key_new.html", {"form": form}, status=422 if form.errors else 200)


def _recently_signed_in(request: ViewerRequest) -> bool:
    """A key lasts longer than a session, so nobody makes one at a desk that was left open. In the demo nobody has a password."""
    moments = [record["at"] for record in get_authentication_records(request, request.user)]
    return settings.DEMO or any(time.time() - at < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT for at in moments)


@require_POST
@needs(Permission.API_TOKEN_MANAGE)
def key_revoke(request: ViewerRequest, collaborative_slug: str, key_id: UUID) -> HttpResponse:
    key = key_for(request.viewer, key_id)
    revoke_token(token=key, by=request.viewer)
    messages.success(request, f"The key of {key.name} no longer works.")
    return redirect("collaboratives:key-list", collaborative_slug)
