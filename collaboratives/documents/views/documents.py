"""Documents: to read and confirm, and for the centre to upload and follow up."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from collaboratives.documents.errors import DocumentError
from collaboratives.documents.forms.documents import DocumentForm, VersionForm
from collaboratives.documents.http import as_attachment
from collaboratives.documents.selectors.documents import document_for, document_page, document_rows, version_for
from collaboratives.documents.services.documents import (
    acknowledge,
    add_document,
    add_version,
    remind_readers,
    retire_document,
)
from collaboratives.http import ViewerRequest, needs
from collaboratives.selectors.hospitals import members
from privacy.roles import Permission


@needs(Permission.DOCUMENT_VIEW)
def document_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(request, "documents/document_list.html", {"rows": document_rows(request.viewer)})


@needs(Permission.DOCUMENT_MANAGE)
def document_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    form = DocumentForm(request.POST or None, request.FILES or None, hospitals=members(request.viewer))
    if request.method == "POST" and form.is_valid():
        try:
            document = add_document(words=form.words(), file=form.cleaned_data["file"], by=request.viewer)
        except DocumentError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "Uploaded. Whoever it is for finds it under Documents.")
            return redirect("documents:document-detail", collaborative_slug, document.public_id)
    return render(request, "documents/document_new.html", {"form": form}, status=422 if form.errors else 200)


@needs(Permission.DOCUMENT_VIEW)
def document_detail(request: ViewerRequest, collaborative_slug: str, document_id: UUID) -> HttpResponse:
    page = document_page(request.viewer, document_id)
    return render(request, "documents/document_detail.html", {"page": page, "form": VersionForm()})


@require_POST
@needs(Permission.DOCUMENT_MANAGE)
def version_new(request: ViewerRequest, collaborative_slug: str, document_id: UUID) -> HttpResponse:
    document, form = document_for(request.viewer, document_id), VersionForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            add_version(document=document, by=request.viewer, **form.cleaned_data)
        except DocumentError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "The new version is there.")
            return redirect("documents:document-detail", collaborative_slug, document_id)
    context = {"page": document_page(request.viewer, document_id), "form": form}
    return render(request, "documents/document_detail.html", context, status=422)


@needs(Permission.DOCUMENT_VIEW)
def document_download(request: ViewerRequest, collaborative_slug: str, document_id: UUID, number: int) -> HttpResponse:
    """Always a download, whatever it is."""
    version = version_for(request.viewer, document_id, number)
    return as_attachment(name=version.file_name, kind=version.file_type, content=bytes(version.file))


@require_POST
@needs(Permission.DOCUMENT_CONFIRM)
def document_acknowledge(
    request: ViewerRequest, collaborative_slug: str, document_id: UUID, number: int
) -> HttpResponse:
    version = version_for(request.viewer, document_id, number)
    try:
        acknowledge(version=version, by=request.viewer)
    except DocumentError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "Confirmed. Thank you.")
    return redirect("documents:document-detail", collaborative_slug, document_id)


@require_POST
@needs(Permission.DOCUMENT_MANAGE)
def document_remind(request: ViewerRequest, collaborative_slug: str, document_id: UUID) -> HttpResponse:
    try:
        people = remind_readers(document=document_for(request.viewer, document_id), by=request.viewer)
    except DocumentError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"{people} {'person gets' if people == 1 else 'people get'} a mail.")
    return redirect("documents:document-detail", collaborative_slug, document_id)


@require_POST
@needs(Permission.DOCUMENT_MANAGE)
def document_retire(request: ViewerRequest, collaborative_slug: str, document_id: UUID) -> HttpResponse:
    retire_document(document=document_for(request.viewer, document_id), by=request.viewer)
    messages.success(request, "Out of use. You still see who had confirmed it.")
    return redirect("documents:document-list", collaborative_slug)
