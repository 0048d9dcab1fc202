"""Demo mode only: sign in as anybody with one button. The routes do not exist otherwise."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import User
from collaboratives.http import open_to
from config.demo.accounts import demo_accounts as accounts
from config.middleware import PLACE_KEY


@open_to("anyone")
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One button per role and hospital; a POST signs in."""
    if not settings.DEMO:
        raise Http404
    if request.method != "POST":
        return render(request, "config/demo_sign_in.html", {"collaboratives": accounts.by_collaborative()})
    account = accounts.find(request.POST.get("account", ""))
    if account is None:
        raise Http404
    user = get_object_or_404(User, email=account.email, is_active=True)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[PLACE_KEY] = account.place_key
    return redirect("home-collaborative", account.slug)


@open_to("anyone")
def demo_accounts(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    if not settings.DEMO:
        raise Http404
    return JsonResponse({"accounts": accounts.as_json()})
