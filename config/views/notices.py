"""How a person wants to hear of what."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from collaboratives.http import SignedInRequest, open_to
from collaboratives.notifications.forms.wishes import WishesForm
from collaboratives.notifications.selectors.wishes import own_wishes
from collaboratives.notifications.services.wishing import choose


@open_to("signed-in people")
@login_required
def notices(request: SignedInRequest) -> HttpResponse:
    """One table for all programmes of the person."""
    form = WishesForm(request.POST or None, hows=own_wishes(request.user.pk))
    if request.method == "POST" and form.is_valid():
        choose(user_id=request.user.pk, hows=form.chosen())
        messages.success(request, "Kept.")
        return redirect("notices")
    return render(request, "account/notices.html", {"form": form}, status=422 if form.errors else 200)
