"""Signing, recording what was signed on paper, ending."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.reauthentication import ask_for_proof, intent_of, proved_lately
from collaboratives.agreements.errors import AgreementError
from collaboratives.agreements.forms.signing import EndForm, PaperForm, SignForm
from collaboratives.agreements.selectors.register import agreement_for, kind_for, text_for
from collaboratives.agreements.services.signing import (
    end_agreement,
    record_paper,
    sign_agreement,
    text_in_force,
)
from collaboratives.http import ViewerRequest, needs
from collaboratives.selectors.hospitals import participation_for
from privacy.roles import Permission


@needs(Permission.AGREEMENT_SIGN)
def agreement_sign(request: ViewerRequest, collaborative_slug: str, kind: str) -> HttpResponse:
    """Whoever signs types their name, having just proved who they are."""
    text = text_in_force(request.viewer.collaborative_id, kind_for(kind))
    if text is None:
        raise Http404
    initial = {"version": text.public_id} | intent_of(request)
    form = SignForm(request.POST or None, initial=initial, name=request.viewer.name)
    if request.method == "POST" and form.is_valid():
        if not proved_lately(request):
            return ask_for_proof(request, form.intent())
        if _signed(request, form):
            return redirect("agreements:agreement-list", collaborative_slug)
    context = {"text": text, "form": form, "proved": proved_lately(request)}
    return render(request, "agreements/sign.html", context, status=422 if form.errors else 200)


def _signed(request: ViewerRequest, form: SignForm) -> bool:
    given = form.cleaned_data
    text = text_for(request.viewer, given["version"])
    try:
        made = sign_agreement(text=text, typed_name=given["typed_name"], title=given["title"], by=request.viewer)
    except AgreementError as problem:
        form.add_error("typed_name", str(problem))
        return False
    until = f" until {made.ends_on:%-d %B %Y}" if made.ends_on else ""
    messages.success(request, f"Signed. It counts from now{until}.")
    return True


@needs(Permission.AGREEMENT_MANAGE)
def agreement_record(
    request: ViewerRequest, collaborative_slug: str, participation_id: UUID, kind: str
) -> HttpResponse:
    """The centre keeps what was signed on paper."""
    participation = participation_for(request.viewer, participation_id, Permission.AGREEMENT_MANAGE)
    text = text_in_force(request.viewer.collaborative_id, kind_for(kind))
    form = PaperForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and text and form.is_valid():
        scan = form.cleaned_data["scan"]
        try:
            record_paper(participation=participation, text=text, paper=form.paper(), scan=scan, by=request.viewer)
        except AgreementError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "Kept, with its scan.")
            return redirect("agreements:agreement-hospital", collaborative_slug, participation_id)
    context = {"participation": participation, "kind": kind_for(kind), "text": text, "form": form}
    return render(request, "agreements/record.html", context, status=422 if form.errors else 200)


@needs(Permission.AGREEMENT_MANAGE)
def agreement_end(request: ViewerRequest, collaborative_slug: str, agreement_id: UUID) -> HttpResponse:
    """Before its time, with the reason."""
    agreement = agreement_for(request.viewer, agreement_id, Permission.AGREEMENT_MANAGE)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            end_agreement(agreement=agreement, by=request.viewer, **form.cleaned_data)
        except AgreementError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "Ended. What needs it is refused from that day on.")
            return redirect("agreements:agreement-hospital", collaborative_slug, agreement.participation.public_id)
    context = {"agreement": agreement, "form": form}
    return render(request, "agreements/end.html", context, status=422 if form.errors else 200)
