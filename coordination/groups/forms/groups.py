"""What people fill in about working groups."""

from typing import Any

from django import forms

from collaboratives.documents.forms.documents import VersionForm
from coordination.groups.validators import LONGEST_LINE, LONGEST_NAME, LONGEST_POST, LONGEST_REMIT


DAY_HINT = "Year-month-day, for example 2027-02-11."
SHORT = {"class": "input short", "autocomplete": "off"}
NO_NAMES = "Members of several hospitals read it: name no hospital, no patient."


def words(label: str, *, rows: int, longest: int, help_text: str = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=longest, widget=area, help_text=help_text)


class GroupForm(forms.Form):
    """What a group is called and for."""

    name = forms.CharField(label="Name", max_length=LONGEST_NAME, help_text="It stands in mails: name no hospital.")
    remit = words(
        "What it is for",
        rows=8,
        longest=LONGEST_REMIT,
        help_text="In Markdown: aim, what it decides and what it only advises on, until when. Everybody reads it.",
    )
    founded_on = forms.DateField(label="Founded on", help_text=DAY_HINT, widget=forms.TextInput(attrs=SHORT))


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why", max_length=LONGEST_LINE)


class PostForm(forms.Form):
    text = words("Write to the group", rows=4, longest=LONGEST_POST, help_text=NO_NAMES)


class NewDocumentForm(VersionForm):
    """A document of the group, with its first file."""

    title = forms.CharField(label="Title", max_length=200)
    field_order = ("title", "file")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        del self.fields["note"]


class DecisionForm(forms.Form):
    text = forms.CharField(label="What was decided", max_length=LONGEST_LINE, help_text="Everybody reads it.")
    decided_on = forms.DateField(label="On", help_text=DAY_HINT, widget=forms.TextInput(attrs=SHORT))


class SearchForm(forms.Form):
    """Who is looked for; anything else in the address is left out."""

    q = forms.CharField(required=False, max_length=100)
    role = forms.CharField(required=False, max_length=20)
    hospital = forms.CharField(required=False, max_length=40)
