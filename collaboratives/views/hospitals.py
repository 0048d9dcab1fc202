"""Member hospitals: list, new, join, profile, leave."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from collaboratives.enums import Stage
from collaboratives.errors import HospitalAlreadyMemberError
from collaboratives.forms.hospitals import GroupsForm, HospitalForm, JoinForm, LeaveForm, ProfileForm
from collaboratives.http import ViewerRequest, needs
from collaboratives.selectors import hospitals
from collaboratives.selectors.people import people_page
from collaboratives.services.programme import (
    change_hospital,
    create_hospital,
    end_participation,
    group_hospitals,
    join_hospital,
)
from privacy.roles import Permission


@needs(Permission.HOSPITAL_VIEW)
def hospital_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    rows = hospitals.hospital_list(request.viewer)
    return render(
        request, "collaboratives/hospital_list.html", {"rows": rows, "members": sum(not row.left_on for row in rows)}
    )


@needs(Permission.HOSPITAL_MANAGE)
def hospital_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    form = HospitalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        participation = create_hospital(by=request.viewer, stage=Stage.AGREEMENTS, **form.cleaned_data)
        messages.success(request, f"{participation.site.name} takes part now. These are its next steps.")
        return redirect("roster:onboarding", collaborative_slug, participation.public_id)
    return render(request, "collaboratives/hospital_new.html", {"form": form}, status=422 if form.errors else 200)


@needs(Permission.HOSPITAL_MANAGE)
def hospital_join(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    form = JoinForm(request.POST or None, sites=hospitals.hospitals_to_join(request.viewer))
    if request.method == "POST" and form.is_valid():
        try:
            participation = join_hospital(by=request.viewer, stage=Stage.AGREEMENTS, **form.cleaned_data)
        except HospitalAlreadyMemberError as problem:
            form.add_error("site", str(problem))
        else:
            messages.success(request, f"{participation.site.name} takes part now. These are its next steps.")
            return redirect("roster:onboarding", collaborative_slug, participation.public_id)
    return render(request, "collaboratives/hospital_join.html", {"form": form}, status=422 if form.errors else 200)


@needs(Permission.HOSPITAL_MANAGE)
def hospital_groups(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    members = hospitals.members_to_group(request.viewer)
    form = GroupsForm(request.POST or None, members=members)
    if request.method == "POST" and form.is_valid():
        changed = group_hospitals(groups=form.groups(), by=request.viewer)
        messages.success(request, f"{changed} hospitals changed. The next release compares by these groups.")
        return redirect("collaboratives:hospital-groups", collaborative_slug)
    names = sorted({member.comparison_group for member in members} - {""})
    context = {"form": form, "names": names}
    return render(request, "collaboratives/hospital_groups.html", context, status=422 if form.errors else 200)


@needs(Permission.HOSPITAL_VIEW)
def hospital_detail(request: ViewerRequest, collaborative_slug: str, participation_id: UUID) -> HttpResponse:
    participation = hospitals.participation_for(request.viewer, participation_id, Permission.HOSPITAL_VIEW)
    form = ProfileForm(request.POST or None, instance=participation.site)
    if request.method == "POST" and form.is_valid():
        change_hospital(site=participation.site, by=request.viewer, **form.cleaned_data)
        messages.success(request, "The profile is saved.")
        return redirect("collaboratives:hospital-detail", collaborative_slug, participation_id)
    people = [group for group in people_page(request.viewer).groups if group.public_id == participation.public_id]
    context = {"participation": participation, "form": form, "people": people}
    return render(request, "collaboratives/hospital_detail.html", context, status=422 if form.errors else 200)


@needs(Permission.HOSPITAL_MANAGE)
def hospital_leave(request: ViewerRequest, collaborative_slug: str, participation_id: UUID) -> HttpResponse:
    participation = hospitals.participation_for(request.viewer, participation_id, Permission.HOSPITAL_MANAGE)
    form = LeaveForm(request.POST or None, site=participation.site)
    if request.method == "POST" and form.is_valid():
        end_participation(participation=participation, left_on=form.cleaned_data["left_on"], by=request.viewer)
        messages.success(request, f"{participation.site.name} has left. Its own data stay readable to it.")
        return redirect("collaboratives:hospital-list", collaborative_slug)
    context = {"participation": participation, "form": form}
    return render(request, "collaboratives/hospital_leave.html", context, status=422 if form.errors else 200)
