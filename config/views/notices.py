"""Which mail a person wants."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.forms import NoticesForm
from accounts.services import choose_release_mail
from collaboratives.http import SignedInRequest, open_to


@open_to("signed-in people")
@login_required
def notices(request: SignedInRequest) -> HttpResponse:
    """One choice for all programmes of the person."""
    form = NoticesForm(request.POST or None, initial={"release_mail": request.user.release_mail})
    if request.method == "POST" and form.is_valid():
        choose_release_mail(user=request.user, when=form.cleaned_data["release_mail"])
        messages.success(request, "Kept.")
        return redirect("notices")
    return render(request, "account/notices.html", {"form": form}, status=422 if form.errors else 200)
