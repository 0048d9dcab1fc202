from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from collaboratives.models import Participation
from collaboratives.roster.definition.people_file import LARGEST
from collaboratives.roster.selectors.roster import NEEDED
from privacy.roles import Role


class PeopleFileForm(forms.Form):
    """A list of people, as a file or pasted; what was checked goes along to be invited."""

    file = forms.FileField(label="File", required=False, help_text="CSV with the columns name, email, role, hospital.")
    text = forms.CharField(
        label="Or paste it", required=False, max_length=LARGEST, strip=False, widget=forms.Textarea(attrs={"rows": 8})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sent: UploadedFile[bytes] | None = cleaned.get("file")
        if sent is not None:
            cleaned["text"] = self._text_of(sent)
        if not cleaned.get("text", "").strip() and not self.errors:
            raise forms.ValidationError("Choose a file, or paste the list.")
        return cleaned

    @staticmethod
    def _text_of(sent: "UploadedFile[bytes]") -> str:
        if (sent.size or 0) > LARGEST:
            raise forms.ValidationError("The file is too large for a list of people. Split it.")
        try:
            return bytes(sent.read()).decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            raise forms.ValidationError(
                "The file is not text in UTF-8. Save it as “CSV UTF-8” and choose it again."
            ) from problem


class CoverForm(forms.Form):
    """Who stands in for a vacant role."""

    hospital = forms.ModelChoiceField(Participation.objects.none(), label="Hospital", to_field_name="public_id")
    role = forms.ChoiceField(label="Role", choices=[(role.value, role.label.capitalize()) for role in NEEDED])
    name = forms.CharField(label="Who stands in", max_length=200)
    until = forms.DateField(label="Until", widget=forms.DateInput(attrs={"type": "date"}), help_text="The last day.")

    def __init__(self, *args: Any, hospitals: list[Participation], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        field = self.fields["hospital"]
        field.queryset = Participation.objects.filter(pk__in=[each.pk for each in hospitals]).select_related(  # type: ignore[attr-defined]  # ModelChoiceField
            "site", "collaborative"
        )
        field.label_from_instance = lambda participation: participation.site.name  # type: ignore[attr-defined]  # ModelChoiceField

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class ReviewForm(forms.Form):
    """Say that the list was looked through."""

    note = forms.CharField(
        label="Note", required=False, max_length=300, help_text="What was changed, or that nothing had to be."
    )


class DirectoryForm(forms.Form):
    """What members of other hospitals may know."""

    listed = forms.BooleanField(
        label="Members of other hospitals may find me: my name, hospital, role and interests", required=False
    )
    contact_listed = forms.BooleanField(label="They may see my e-mail address, too", required=False)
    interests = forms.CharField(
        label="What others may ask me about",
        required=False,
        max_length=300,
        help_text="Such as «enhanced recovery, anaesthesia handover».",
    )
