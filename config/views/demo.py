"""Demo mode only: sign in as anybody with one button. The routes do not exist otherwise."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from collaboratives.http import open_to
from config.demo.accounts import accounts_as_json, demo_page, find_account, place_key, user_of
from config.demo.inbox import inbox, letter
from config.middleware import PLACE_KEY


LONGEST_NUMBER = 6


@open_to("anyone")
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One button per role and hospital; a POST signs in."""
    _refuse_outside_demo()
    if request.method != "POST":
        return render(request, "config/demo_sign_in.html", {"page": demo_page()})
    account = find_account(request.POST.get("account", ""))
    if account is None:
        raise Http404
    user = user_of(account)
    if user is None:
        messages.error(request, "The demo data are not loaded yet. Run `manage.py load_demo`, then try again.")
        return redirect("demo-sign-in")
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[PLACE_KEY] = place_key(account, user)
    return redirect("home-collaborative", account.slug)


@open_to("anyone")
def demo_accounts(request: HttpRequest) -> JsonResponse:
    _refuse_outside_demo()
    return JsonResponse(accounts_as_json(), safe=False, json_dumps_params={"indent": 1})


@open_to("anyone")
def demo_inbox(request: HttpRequest) -> HttpResponse:
    """Mails of the demo go to nobody; here they can be read."""
    _refuse_outside_demo()
    asked = request.GET.get("page", "1")
    page = int(asked) if asked.isdecimal() and 0 < len(asked) < LONGEST_NUMBER else 1
    return render(request, "config/demo_inbox.html", {"inbox": inbox(max(1, page))})


@open_to("anyone")
def demo_letter(request: HttpRequest, file: str, number: int) -> HttpResponse:
    _refuse_outside_demo()
    found = letter(file, number)
    if found is None:
        raise Http404
    return render(request, "config/demo_letter.html", {"letter": found})


def _refuse_outside_demo() -> None:
    if not settings.DEMO:
        raise Http404
