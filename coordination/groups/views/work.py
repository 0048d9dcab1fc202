"""Documents, discussion, decisions and wishes of a group."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from collaboratives.documents.forms.documents import VersionForm
from collaboratives.documents.http import as_attachment
from collaboratives.http import ViewerRequest, needs
from collaboratives.selectors.clock import today_of
from coordination.groups.forms.groups import DecisionForm, NewDocumentForm, PostForm, ReasonForm
from coordination.groups.selectors.visible import (
    decision_for,
    document_for,
    post_for,
    reading_in,
    standing_for,
    version_for,
    wish_for,
)
from coordination.groups.services.decisions import end_wish, record_decision, remove_decision, wish_point
from coordination.groups.services.discussion import withdraw_post, write_post
from coordination.groups.services.documents import add_document, add_version, retire_document
from coordination.groups.views.answering import UNPROCESSABLE, attempt, fitted, group_page, to_group
from privacy.roles import Permission


@require_POST
@needs(Permission.GROUP_VIEW)
def document_add(request: ViewerRequest, collaborative_slug: str, group_id: UUID) -> HttpResponse:
    group, form = reading_in(request.viewer, group_id).group, NewDocumentForm(request.POST, request.FILES)
    if fitted(form, lambda: add_document(group=group, **form.cleaned_data, by=request.viewer)):
        messages.success(request, "Uploaded. The members are told.")
        return to_group(collaborative_slug, group_id, "documents")
    return group_page(request, group_id, "documents", status=UNPROCESSABLE, document_form=form)


@require_POST
@needs(Permission.GROUP_VIEW)
def version_add(request: ViewerRequest, collaborative_slug: str, document_id: UUID) -> HttpResponse:
    document = document_for(request.viewer, document_id)
    form = VersionForm(request.POST, request.FILES)
    if fitted(form, lambda: add_version(document=document, **form.cleaned_data, by=request.viewer)):
        messages.success(request, "The new version is there. The members are told.")
    else:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return to_group(collaborative_slug, document.group.public_id, "documents")


@require_POST
@needs(Permission.GROUP_VIEW)
def document_retire(request: ViewerRequest, collaborative_slug: str, document_id: UUID) -> HttpResponse:
    document = document_for(request.viewer, document_id)
    said = f"«{document.title}» is out of use."
    attempt(request, lambda: retire_document(document=document, by=request.viewer), said)
    return to_group(collaborative_slug, document.group.public_id, "documents")


@needs(Permission.GROUP_VIEW)
def document_download(request: ViewerRequest, collaborative_slug: str, document_id: UUID, number: int) -> HttpResponse:
    """Always a download, whatever it is."""
    version = version_for(request.viewer, document_id, number)
    return as_attachment(name=version.file_name, kind=version.file_type, content=bytes(version.file))


@require_POST
@needs(Permission.GROUP_VIEW)
def post_write(request: ViewerRequest, collaborative_slug: str, group_id: UUID) -> HttpResponse:
    group, form = reading_in(request.viewer, group_id).group, PostForm(request.POST)
    if fitted(form, lambda: write_post(group=group, text=form.cleaned_data["text"], by=request.viewer), "text"):
        messages.success(request, "Your post is there. The members are told.")
        return to_group(collaborative_slug, group_id, "discussion")
    return group_page(request, group_id, "discussion", status=UNPROCESSABLE, post_form=form)


@needs(Permission.GROUP_VIEW)
def post_withdraw(request: ViewerRequest, collaborative_slug: str, post_id: UUID) -> HttpResponse:
    post, form = post_for(request.viewer, post_id), ReasonForm(request.POST or None)
    if request.method == "POST" and fitted(
        form, lambda: withdraw_post(post=post, reason=form.cleaned_data["reason"], by=request.viewer)
    ):
        messages.success(request, "The post is taken back. Its words are gone.")
        return to_group(collaborative_slug, post.group.public_id, "discussion")
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "groups/post_withdraw.html", {"form": form, "post": post}, status=status)


@require_POST
@needs(Permission.GROUP_VIEW)
def decision_add(request: ViewerRequest, collaborative_slug: str, group_id: UUID) -> HttpResponse:
    group, form = standing_for(request.viewer, group_id).group, DecisionForm(request.POST)
    today = today_of(request.place.collaborative)
    if fitted(form, lambda: record_decision(group=group, **form.cleaned_data, today=today, by=request.viewer)):
        messages.success(request, "The decision is there for everybody to read.")
        return to_group(collaborative_slug, group_id, "meetings", "#decisions")
    return group_page(request, group_id, "meetings", status=UNPROCESSABLE, decision_form=form)


@require_POST
@needs(Permission.GROUP_MANAGE)
def decision_remove(request: ViewerRequest, collaborative_slug: str, decision_id: UUID) -> HttpResponse:
    decision = decision_for(request.viewer, decision_id)
    attempt(request, lambda: remove_decision(decision=decision, by=request.viewer), "The decision is taken away.")
    return to_group(collaborative_slug, decision.group.public_id, "meetings", "#decisions")


@require_POST
@needs(Permission.GROUP_VIEW)
def wish_add(request: ViewerRequest, collaborative_slug: str, group_id: UUID) -> HttpResponse:
    group, text = reading_in(request.viewer, group_id).group, request.POST.get("text", "")
    said = "The centre finds it in the form of the next meeting."
    attempt(request, lambda: wish_point(group=group, text=text, by=request.viewer), said)
    return to_group(collaborative_slug, group_id, "meetings", "#wishes")


@require_POST
@needs(Permission.GROUP_VIEW)
def wish_end(request: ViewerRequest, collaborative_slug: str, wish_id: UUID) -> HttpResponse:
    wish = wish_for(request.viewer, wish_id)
    attempt(request, lambda: end_wish(wish=wish, by=request.viewer), "It is no longer wished.")
    return to_group(collaborative_slug, wish.group.public_id, "meetings", "#wishes")
