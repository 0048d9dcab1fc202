"""When members see a release: the director decides, having just proved who they are."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.reauthentication import ask_for_proof, intent_of, proved_lately
from collaboratives.http import ViewerRequest, needs
from feedback.errors import ReasonMissingError, ReleaseStateError, ScheduleError, TwoPeopleError
from feedback.forms.publish import NamedForm, PolicyForm, PublishForm, WithdrawForm
from feedback.selectors.policies import last_setting, policy_of
from feedback.selectors.publish_page import publish_page
from feedback.selectors.releases import release_for
from feedback.services.policies import set_release_policy
from feedback.services.releases import withdraw_release
from feedback.services.scheduling import cancel_schedule, publish_release, schedule_release
from privacy.roles import Permission


REFUSALS = (ReasonMissingError, ReleaseStateError, ScheduleError, TwoPeopleError)


@needs(Permission.RELEASE_PUBLISH)
def release_publish(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """Now, or at a moment; the name is typed, and whoever decides has just proved who they are."""
    page = publish_page(request.viewer, request.place, public_id)
    form = PublishForm(
        request.POST or None,
        initial=page.proposal | intent_of(request),
        release=page.release.name,
        time_zone=request.place.collaborative.time_zone,
    )
    if request.method == "POST" and form.is_valid():
        if not proved_lately(request):
            return ask_for_proof(request, form.intent())
        if _published(request, page.release.public_id, form):
            return redirect("feedback:release-detail", collaborative_slug, public_id)
    return _form_page(request, "feedback/release_publish.html", form, {"page": page})


def _published(request: ViewerRequest, public_id: UUID, form: PublishForm) -> bool:
    release, reason = release_for(request.viewer, public_id), form.cleaned_data["reason"]
    try:
        if form.at:
            schedule_release(release=release, at=form.at, reason=reason, by=request.viewer)
        else:
            publish_release(release=release, reason=reason, by=request.viewer)
    except REFUSALS as problem:
        form.add_error("reason" if isinstance(problem, ReasonMissingError) else None, str(problem))
        return False
    told = "Scheduled." if form.at else "Being released. Members see it as soon as their comparisons are written."
    messages.success(request, told)
    return True


@needs(Permission.RELEASE_PUBLISH)
def release_withdraw(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """Take a release back from members, with the reason they read."""
    release = release_for(request.viewer, public_id)
    form = WithdrawForm(request.POST or None, initial=intent_of(request), release=release.name)
    if request.method == "POST" and form.is_valid():
        if not proved_lately(request):
            return ask_for_proof(request, form.intent())
        try:
            withdraw_release(release=release, reason=form.cleaned_data["reason"], by=request.viewer)
        except ReleaseStateError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "Withdrawn. Members see the release before it, and why.")
            return redirect("feedback:release-detail", collaborative_slug, public_id)
    return _form_page(request, "feedback/release_withdraw.html", form, {"release": release})


@require_POST
@needs(Permission.RELEASE_PUBLISH)
def release_unschedule(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """Back to approved, before anything happened."""
    release = release_for(request.viewer, public_id)
    try:
        cancel_schedule(release=release, by=request.viewer)
    except ReleaseStateError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "Not scheduled any more. Private notices of it are closed.")
    return redirect("feedback:release-detail", collaborative_slug, public_id)


@needs(Permission.RELEASE_PUBLISH)
def release_policy(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """What the programme asks of its releases."""
    form = PolicyForm(request.POST or None, initial=vars(policy_of(request.viewer.collaborative_id)))
    if request.method == "POST" and form.is_valid():
        set_release_policy(policy=form.policy(), by=request.viewer)
        messages.success(request, "Kept. It holds for what is checked and scheduled from now on.")
        return redirect("feedback:release-list", collaborative_slug)
    return _form_page(request, "feedback/release_policy.html", form, {"last": last_setting(request.viewer)})


def _form_page(
    request: ViewerRequest, template: str, form: NamedForm | PolicyForm, context: dict[str, object]
) -> HttpResponse:
    proved = proved_lately(request)
    return render(request, template, {"form": form, "proved": proved, **context}, status=422 if form.errors else 200)
