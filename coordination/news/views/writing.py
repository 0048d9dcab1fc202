"""Writing: drafts, newsletters, sending, withdrawing, correcting, reminding."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from coordination.news.definition.draft import Words
from coordination.news.errors import NewsError, NoDraftError
from coordination.news.forms.news import DraftForm, NewsletterForm, SendForm, WithdrawForm
from coordination.news.selectors.announcements import announcement_for
from coordination.news.selectors.audience import pool_of
from coordination.news.selectors.drafts import DraftPage, draft_for, draft_page, draft_values, send_page
from coordination.news.selectors.newsletters import newsletter_text, offered_sections
from coordination.news.services.drafting import begin_draft, correct, discard_draft, save_draft
from coordination.news.services.sending import remind, send, withdraw
from coordination.news.views.answering import CONFLICT, UNPROCESSABLE, unless_gone, wants_json
from privacy.roles import Permission


@require_POST
@needs(Permission.NEWS_WRITE)
def draft_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    draft = begin_draft(words=Words(), by=request.viewer)
    return redirect("news:draft-edit", collaborative_slug, draft.public_id)


@needs(Permission.NEWS_WRITE)
def newsletter_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Sections of what was announced, and dates to come; then a text like any other."""
    viewer, programme = request.viewer, request.place.collaborative
    form = NewsletterForm(request.POST or None, offered=offered_sections(viewer, programme))
    if request.method == "POST" and form.is_valid():
        chosen, dated = form.cleaned_data["sections"], form.cleaned_data["dates"]
        text = newsletter_text(viewer, programme, chosen, with_dates=dated)
        draft = begin_draft(words=form.words(text), by=viewer)
        return redirect("news:draft-edit", collaborative_slug, draft.public_id)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "news/newsletter_new.html", {"form": form}, status=status)


@needs(Permission.NEWS_WRITE)
@unless_gone
def draft_edit(request: ViewerRequest, collaborative_slug: str, draft_id: UUID) -> HttpResponse:
    draft, pool = draft_for(request.viewer, draft_id), pool_of(request.viewer.collaborative_id)
    form = DraftForm(initial=draft_values(draft), pool=pool)
    page = draft_page(request.place.collaborative, draft, pool)
    return render(request, "news/draft_edit.html", {"form": form, "page": page})


@require_POST
@needs(Permission.NEWS_WRITE)
@unless_gone
def draft_save(request: ViewerRequest, collaborative_slug: str, draft_id: UUID) -> HttpResponse:
    """By itself while somebody writes (a script asks for JSON), or by a button."""
    draft, pool = draft_for(request.viewer, draft_id), pool_of(request.viewer.collaborative_id)
    form = DraftForm(request.POST, pool=pool)
    saved = _save(request, draft_id, form)
    if saved and not wants_json(request):
        step = "news:draft-send" if request.POST.get("do") == "send" else "news:draft-edit"
        return redirect(step, collaborative_slug, draft_id)
    page = draft_page(request.place.collaborative, draft_for(request.viewer, draft_id) if saved else draft, pool)
    if not saved and not wants_json(request):
        return render(request, "news/draft_edit.html", {"form": form, "page": page}, status=UNPROCESSABLE)
    return _told(request, page, form.first_problem)


def _save(request: ViewerRequest, draft_id: UUID, form: DraftForm) -> bool:
    """Whether it is kept; the form says why not."""
    if not form.is_valid():
        return False
    draft, revision = draft_for(request.viewer, draft_id), form.cleaned_data["revision"]
    try:
        save_draft(draft=draft, words=form.words, revision=revision, by=request.viewer)
    except NoDraftError:
        raise
    except NewsError as problem:
        form.add_error(None, str(problem))
        return False
    return True


def _told(request: ViewerRequest, page: DraftPage, problem: str) -> JsonResponse:
    """What the script puts into the page: when it was saved, how it will look, who gets it."""
    if problem:
        return JsonResponse({"problem": problem}, status=CONFLICT)
    context = {"page": page}
    parts = {
        name: render_to_string(f"news/partials/{name}.html", context, request) for name in ("preview", "recipients")
    }
    return JsonResponse({"revision": page.draft.revision, "saved": f"{page.saved_at:%H:%M:%S}", **parts})


@require_POST
@needs(Permission.NEWS_WRITE)
@unless_gone
def draft_discard(request: ViewerRequest, collaborative_slug: str, draft_id: UUID) -> HttpResponse:
    discard_draft(draft=draft_for(request.viewer, draft_id), by=request.viewer)
    messages.success(request, "The draft is discarded.")
    return redirect("news:archive", collaborative_slug)


@needs(Permission.NEWS_WRITE)
@unless_gone
def draft_send(request: ViewerRequest, collaborative_slug: str, draft_id: UUID) -> HttpResponse:
    """Who gets it and how it looks, once more; the button that sends is here."""
    draft, status = draft_for(request.viewer, draft_id), 200
    if request.method == "POST":
        try:
            send(draft=draft, seen=SendForm(request.POST).seen, by=request.viewer)
        except NoDraftError:
            raise
        except NewsError as problem:
            messages.error(request, str(problem))
            status = UNPROCESSABLE
        else:
            messages.success(request, "Sent. A worker hands it out now.")
            return redirect("news:announcement-detail", collaborative_slug, draft_id)
    page = send_page(request.viewer, request.place.collaborative, draft)
    return render(request, "news/draft_send.html", {"page": page}, status=status)


@needs(Permission.NEWS_WRITE)
def announcement_withdraw(request: ViewerRequest, collaborative_slug: str, announcement_id: UUID) -> HttpResponse:
    announcement = announcement_for(request.viewer, announcement_id, to=Permission.NEWS_WRITE)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw(announcement=announcement, reason=form.cleaned_data["reason"], by=request.viewer)
        except NewsError as problem:
            form.add_error("reason", str(problem))
        else:
            messages.success(request, "Withdrawn. Whoever got it finds your reason in its place.")
            return redirect("news:announcement-detail", collaborative_slug, announcement_id)
    context, status = {"form": form, "announcement": announcement}, UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "news/announcement_withdraw.html", context, status=status)


@require_POST
@needs(Permission.NEWS_WRITE)
def announcement_correct(request: ViewerRequest, collaborative_slug: str, announcement_id: UUID) -> HttpResponse:
    announcement = announcement_for(request.viewer, announcement_id, to=Permission.NEWS_WRITE)
    draft = correct(announcement=announcement, by=request.viewer)
    return redirect("news:draft-edit", collaborative_slug, draft.public_id)


@require_POST
@needs(Permission.NEWS_WRITE)
def announcement_remind(request: ViewerRequest, collaborative_slug: str, announcement_id: UUID) -> HttpResponse:
    announcement = announcement_for(request.viewer, announcement_id, to=Permission.NEWS_WRITE)
    try:
        people = remind(announcement=announcement, by=request.viewer)
    except NewsError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"{people} {'person is' if people == 1 else 'people are'} reminded.")
    return redirect("news:announcement-detail", collaborative_slug, announcement_id)
