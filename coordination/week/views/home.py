"""The home of the coordinating centre, and the reminder that it sends from there."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from collaboratives.selectors.clock import in_zone
from coordination.week.selectors.home import home_page
from coordination.week.services.asking import Asking, remind_hospitals
from privacy.roles import Permission


@needs(Permission.HOSPITAL_VIEW)
def centre_home(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Where help is needed today."""
    page = home_page(request.viewer, request.place.collaborative, request.GET.dict())
    return render(request, "week/centre_home.html", {"page": page})


@require_POST
@needs(Permission.HOSPITAL_REMIND)
def hospitals_remind(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Remind the ticked hospitals of what waits for them."""
    chosen = _chosen(request.POST.getlist("hospital"))
    if not chosen:
        messages.warning(request, "Nobody was reminded: tick the hospitals first.")
    else:
        _tell(request, remind_hospitals(hospitals=chosen, by=request.viewer))
    return redirect("home-collaborative", collaborative_slug)


def _chosen(texts: list[str]) -> set[UUID]:
    """What no page of ours sends is left out."""
    chosen = set()
    for text in texts:
        try:
            chosen.add(UUID(text))
        except ValueError:
            continue
    return chosen


def _tell(request: ViewerRequest, asking: Asking) -> None:
    if asking.reminded:
        messages.success(request, f"Reminded: {', '.join(asking.reminded)}. Their people hear of what waits for them.")
    for name, moment in asking.lately:
        at = in_zone(moment, request.place.collaborative)
        messages.info(request, f"{name} was reminded on {at:%-d %b at %H:%M}; once in 20 hours is enough.")
    if not asking.reminded and not asking.lately:
        messages.warning(request, "Nobody was reminded: none of these hospitals is a member.")
