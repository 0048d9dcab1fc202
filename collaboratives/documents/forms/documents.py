from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from collaboratives.documents.definition.files import DOCUMENTS_IN_WORDS, LARGEST_FILE, Accepted, accept
from collaboratives.documents.errors import FileRefusedError
from collaboratives.documents.selectors.audience import DocumentWords
from collaboratives.models import Participation
from privacy.roles import Capacity, Role, roles_of


class VersionForm(forms.Form):
    """A file, and what changed."""

    file = forms.FileField(
        label="File",
        help_text=f"{DOCUMENTS_IN_WORDS[0].upper()}{DOCUMENTS_IN_WORDS[1:]}, at most {LARGEST_FILE // 2**20} MB.",
        error_messages={"required": "Choose the file."},
    )
    note = forms.CharField(label="What changed", required=False, max_length=300)

    def clean_file(self) -> Accepted:
        """The file as its bytes say what it is."""
        sent: UploadedFile[bytes] = self.cleaned_data["file"]
        try:
            return accept(sent.name or "", sent.read())
        except FileRefusedError as problem:
            raise forms.ValidationError(str(problem)) from problem


class DocumentForm(VersionForm):
    """A new document, and for whom it is."""

    title = forms.CharField(label="Title", max_length=200)
    about = forms.CharField(label="What it is about", required=False, max_length=300)
    roles = forms.MultipleChoiceField(
        label="For whom",
        choices=[(role.value, role.label.capitalize()) for role in roles_of(Capacity.HOSPITAL)],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role."},
    )
    hospital = forms.ModelChoiceField(
        Participation.objects.none(),
        label="At which hospital",
        required=False,
        to_field_name="public_id",
        empty_label="Every hospital",
        help_text="What is for every hospital says nothing of a single one.",
    )
    must_acknowledge = forms.BooleanField(label="Each of them confirms that they have read it", required=False)
    field_order = ("title", "about", "file", "roles", "hospital", "must_acknowledge")

    def __init__(self, *args: Any, hospitals: list[Participation], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        del self.fields["note"]
        field = self.fields["hospital"]
        field.queryset = Participation.objects.filter(pk__in=[each.pk for each in hospitals]).select_related("site")  # type: ignore[attr-defined]  # ModelChoiceField
        field.label_from_instance = lambda participation: participation.site.name  # type: ignore[attr-defined]  # ModelChoiceField

    def words(self) -> DocumentWords:
        given = self.cleaned_data
        return DocumentWords(
            title=given["title"],
            about=given["about"],
            roles=[Role(each) for each in given["roles"]],
            participation=given["hospital"],
            must_acknowledge=given["must_acknowledge"],
        )
