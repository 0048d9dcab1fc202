"""Somebody proves again who they are, by password or second factor, before a step that cannot be taken back.

allauth asks and keeps the answer in the session; what was about to be done waits there too, and is shown again to be
confirmed. allauth can also finish a suspended request by itself, but not inside a collaborative: its middleware would be
passed by.
"""

import time
from collections.abc import Mapping

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode


KEY = "colloquy_intent"


def proved_lately(request: HttpRequest) -> bool:
    """Within ACCOUNT_REAUTHENTICATION_TIMEOUT; signing in does not count.

    By the session alone: allauth's own question also reads the second factors, which the capacities of a collaborative
    must not, and lets somebody pass who has no way to prove it.
    """
    proofs = [each for each in get_authentication_records(request, request.user) if each.get("reauthenticated")]
    return bool(proofs) and time.time() - proofs[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT


def ask_for_proof(request: HttpRequest, intent: Mapping[str, str]) -> HttpResponse:
    """To the page that asks, and back to this one with what was filled in."""
    request.session[KEY] = {"path": request.path, "intent": dict(intent)}
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path})}")


def intent_of(request: HttpRequest) -> dict[str, str]:
    """What was filled in on this page before the proof, once; nothing on any other page."""
    kept = request.session.get(KEY)
    if not kept or kept["path"] != request.path or request.method != "GET":
        return {}
    del request.session[KEY]
    return dict(kept["intent"])
