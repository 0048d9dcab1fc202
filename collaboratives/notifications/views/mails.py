"""What every mail looks like, for those who answer for them."""

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from collaboratives.notifications.services.examples import all_examples
from privacy.roles import Permission


@needs(Permission.MAIL_VIEW)
def mail_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(request, "notifications/mail_list.html", {"examples": all_examples(request.viewer)})
