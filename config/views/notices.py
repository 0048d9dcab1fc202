"""Which mail a person wants."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.services import choose_release_mail
from collaboratives.http import SignedInRequest, open_to


@open_to("signed-in people")
@login_required
def notices(request: SignedInRequest) -> HttpResponse:
    """One choice for all programmes of the person."""
    if request.method == "POST":
        choose_release_mail(user=request.user, wanted="release_mail" in request.POST)
        messages.success(request, "Kept.")
        return redirect("notices")
    return render(request, "account/notices.html")
