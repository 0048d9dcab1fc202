"""Who is certified, and a certificate to print."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from cases.training.selectors.people import certificate_for, certificate_list, certificate_page
from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


@needs(Permission.TRAINING_VIEW)
def certificates(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    page = certificate_list(request.viewer, request.place.collaborative)
    return render(request, "training/certificates.html", {"page": page})


@needs(Permission.TRAINING_VIEW)
def certificate_detail(request: ViewerRequest, collaborative_slug: str, certificate_id: str) -> HttpResponse:
    certificate = certificate_for(request.viewer, certificate_id)
    if certificate is None:
        raise Http404
    page = certificate_page(certificate, request.place.collaborative)
    return render(request, "training/certificate.html", {"page": page})
