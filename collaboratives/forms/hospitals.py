from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from collaboratives.models import Participation
from sites.models import Site


NOT_KNOWN = "Leave it unknown if you are not sure."
LONGEST_GROUP = 60
PROFILE = ("name", "city", "region", "health_system", "beds", "teaching", "rural")


class HospitalForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A new hospital of the directory, with the day it joins."""

    joined_on = forms.DateField(label="Joined on", help_text="Year-month-day, for example 2026-01-31.")

    class Meta:
        model = Site
        fields = ("identifier", *PROFILE)
        labels = {"identifier": "Official number"}
        help_texts = {"identifier": "As text: leading zeros count.", "teaching": NOT_KNOWN, "rural": NOT_KNOWN}

    def clean_identifier(self) -> str:
        return str(self.cleaned_data["identifier"]).strip()


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Corrections to a hospital's profile."""

    class Meta:
        model = Site
        fields = PROFILE
        help_texts = {"teaching": NOT_KNOWN, "rural": NOT_KNOWN}


class JoinForm(forms.Form):
    """Let a hospital of the directory take part."""

    site = forms.ModelChoiceField(Site.objects.none(), label="Hospital")
    joined_on = forms.DateField(label="Joined on", help_text="Year-month-day, for example 2026-01-31.")

    def __init__(self, *args: Any, sites: list[Site], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.filter(pk__in=[site.pk for site in sites]).order_by("name")  # type: ignore[attr-defined]  # ModelChoiceField


class LeaveForm(forms.Form):
    """The hospital leaves; its name is typed so that nobody does it by a slip."""

    left_on = forms.DateField(label="Last day", help_text="Year-month-day, for example 2026-01-31.")
    name = forms.CharField(label="Type the hospital's name to confirm")

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        self.site = site

    def clean_name(self) -> str:
        if self.cleaned_data["name"].strip() != self.site.name:
            raise forms.ValidationError(f"Type “{self.site.name}” exactly as it is written above.")
        return self.site.name


class GroupsForm(forms.Form):
    """The comparison group of every member, one field each."""

    def __init__(self, *args: Any, members: Sequence[Participation], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        self.members = {f"group-{member.public_id}": member.public_id for member in members}
        for name, member in zip(self.members, members, strict=True):
            self.fields[name] = forms.CharField(
                label=member.site.name,
                max_length=LONGEST_GROUP,
                required=False,
                initial=member.comparison_group,
                widget=forms.TextInput(attrs={"list": "comparison-groups", "autocomplete": "off"}),
            )

    def groups(self) -> dict[UUID, str]:
        """By hospital; no name means no group."""
        return {key: " ".join(self.cleaned_data[name].split()) for name, key in self.members.items()}
