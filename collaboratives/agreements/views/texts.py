"""What is signed, and what for: the centre's own pages."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from collaboratives.agreements.errors import AgreementError
from collaboratives.agreements.forms.texts import NeedsForm, TextForm
from collaboratives.agreements.selectors.needs import needs_of
from collaboratives.agreements.selectors.register import draft_of, get_draft, kind_for, texts_of
from collaboratives.agreements.services.texts import decide_needs, put_in_force, write_text
from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


@needs(Permission.AGREEMENT_MANAGE)
def text_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Every kind with its versions, and what it is needed for."""
    form = NeedsForm(request.POST or None, needs=needs_of(request.viewer.collaborative_id))
    if request.method == "POST" and form.is_valid():
        changed = decide_needs(needs=form.needs(), by=request.viewer)
        messages.success(request, f"{changed} kinds changed. It holds from now on.")
        return redirect("agreements:text-list", collaborative_slug)
    return render(request, "agreements/text_list.html", {"form": form, "kinds": texts_of(request.viewer)})


@needs(Permission.AGREEMENT_MANAGE)
def text_edit(request: ViewerRequest, collaborative_slug: str, kind: str) -> HttpResponse:
    """The draft of the next version."""
    draft = draft_of(request.viewer, kind_for(kind))
    initial = {name: getattr(draft, name) for name in ("title", "text", "valid_months")} if draft else {}
    note = draft.note if draft and draft.in_force_at is None else ""
    form = TextForm(request.POST or None, initial=initial | {"note": note})
    if request.method == "POST" and form.is_valid():
        kept = write_text(kind=kind_for(kind), words=form.words(), by=request.viewer)
        messages.success(request, "The draft is kept. Read it, then put it into force.")
        return redirect("agreements:text-detail", collaborative_slug, kept.public_id)
    context = {"form": form, "kind": kind_for(kind), "draft": draft}
    return render(request, "agreements/text_edit.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Permission.AGREEMENT_MANAGE)
def text_in_force(request: ViewerRequest, collaborative_slug: str, kind: str) -> HttpResponse:
    """Hospitals sign this version from now on."""
    draft = get_draft(request.viewer, kind_for(kind))
    try:
        kept = put_in_force(text=draft, by=request.viewer)
    except AgreementError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"Version {kept.number} is in force. Hospitals sign it from now on.")
    return redirect("agreements:text-list", collaborative_slug)
