from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from collaboratives.agreements.definition.words import Paper
from collaboratives.documents.definition.files import SCANS, Accepted, accept
from collaboratives.documents.errors import FileRefusedError


NO_FILE = "Choose the scan."


class SignForm(forms.Form):
    """Read, agree, and sign with one's own name."""

    version = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(
        label="Your position",
        max_length=200,
        help_text="In which you sign for your hospital, such as «Chief of surgery».",
    )
    agreed = forms.BooleanField(label="I have read the agreement and may sign it for my hospital")
    typed_name = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    field_order = ("version", "agreed", "title", "typed_name")

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own arguments
        super().__init__(*args, **kwargs)
        self.fields["typed_name"].label = f"Type your name, “{name}”, to sign"

    def intent(self) -> dict[str, str]:
        """What was filled in, to be shown again once the person has proved who they are."""
        return {name: self.data.get(name, "") for name in self.fields}


class PaperForm(forms.Form):
    """What a hospital signed on paper, and its scan."""

    signatory_name = forms.CharField(label="Signed by", max_length=200)
    signatory_title = forms.CharField(label="Position", max_length=200)
    signed_on = forms.DateField(label="Signed on", widget=forms.DateInput(attrs={"type": "date"}))
    starts_on = forms.DateField(label="Counts from", widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(
        label="To",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The last day on which it counts. Empty: until it is ended.",
    )
    scan = forms.FileField(
        label="Scan", help_text="PDF, PNG or JPEG, at most 10 MB.", error_messages={"required": NO_FILE}
    )

    def clean_scan(self) -> Accepted:
        """The file as its bytes say what it is."""
        sent: UploadedFile[bytes] = self.cleaned_data["scan"]
        try:
            return accept(sent.name or "", sent.read(), SCANS)
        except FileRefusedError as problem:
            raise forms.ValidationError(str(problem)) from problem

    def paper(self) -> Paper:
        given = {name: value for name, value in self.cleaned_data.items() if name != "scan"}
        return Paper(**given)


class EndForm(forms.Form):
    """End an agreement before its time."""

    ended_on = forms.DateField(
        label="The first day on which it no longer counts", widget=forms.DateInput(attrs={"type": "date"})
    )
    why = forms.CharField(label="Reason", max_length=300, help_text="The hospital reads it.")
