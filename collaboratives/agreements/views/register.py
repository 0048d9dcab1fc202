"""The register: what is signed, by whom, until when."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.agreements.selectors import register as selectors
from collaboratives.documents.http import as_attachment
from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from privacy.roles import Capacity, Permission


@needs(Permission.AGREEMENT_VIEW)
def agreement_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Hospital by kind for the centre; the own agreements for a hospital."""
    if request.viewer.capacity is Capacity.CENTRE:
        register = selectors.register(request.viewer, request.GET.get("show", ""))
        return render(request, "agreements/register.html", {"page": register})
    page = selectors.hospital_page(request.viewer, None)
    return render(request, "agreements/hospital.html", {"page": page})


@needs(Permission.HOSPITAL_VIEW)
def agreement_hospital(request: ViewerRequest, collaborative_slug: str, participation_id: UUID) -> HttpResponse:
    page = selectors.hospital_page(request.viewer, participation_id, request.GET.get("show", ""))
    return render(request, "agreements/hospital.html", {"page": page})


@needs(Permission.AGREEMENT_VIEW)
def text_detail(request: ViewerRequest, collaborative_slug: str, text_id: UUID) -> HttpResponse:
    """A version as it is signed."""
    return render(request, "agreements/text_detail.html", {"text": selectors.text_for(request.viewer, text_id)})


@needs(Permission.AGREEMENT_VIEW)
def agreement_detail(request: ViewerRequest, collaborative_slug: str, agreement_id: UUID) -> HttpResponse:
    agreement = selectors.agreement_for(request.viewer, agreement_id, Permission.AGREEMENT_VIEW)
    return render(request, "agreements/agreement_detail.html", {"agreement": agreement})


@needs(Permission.AGREEMENT_VIEW)
def scan_download(request: ViewerRequest, collaborative_slug: str, agreement_id: UUID) -> HttpResponse:
    """The paper, as a download."""
    agreement = selectors.agreement_for(request.viewer, agreement_id, Permission.AGREEMENT_VIEW)
    scan = selectors.scan_of(agreement)
    subject, place = f"scan of a {agreement.get_kind_display().lower()}", agreement.participation_id
    record_access(AccessAction.EXPORTED, by=request.viewer, subject=subject, participation_id=place)
    return as_attachment(name=scan.file_name, kind=scan.file_type, content=bytes(scan.file))
