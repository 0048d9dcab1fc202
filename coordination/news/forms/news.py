"""A draft as its page sends it, and the smaller forms."""

from typing import Any
from uuid import UUID

from django import forms

from coordination.news.definition.audience import ROLES, Recipient, Wanted
from coordination.news.definition.draft import Seen, Words
from coordination.news.definition.words import LONGEST_TEXT
from coordination.news.enums import Kind
from coordination.news.models import LONGEST_TITLE
from coordination.news.selectors.audience import hospital_choices, role_choices
from coordination.news.selectors.newsletters import Offered
from privacy.roles import Role


ALL, SOME = "all", "some"


class DraftForm(forms.Form):
    """Half finished is fine: what is missing is said when it is sent."""

    use_required_attribute = False

    kind = forms.ChoiceField(label="Kind", choices=Kind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label="Title", required=False, max_length=LONGEST_TITLE)
    text = forms.CharField(
        label="Text in Markdown: # heading, - list, **strong**",
        required=False,
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16}),
    )
    roles = forms.MultipleChoiceField(label="Roles", required=False, widget=forms.CheckboxSelectMultiple)
    where = forms.ChoiceField(
        label="Hospitals",
        choices=[(ALL, "Every hospital"), (SOME, "Only those ticked")],
        widget=forms.RadioSelect,
        help_text="Observers and the coordinating centre have no hospital: their roles count alone.",
    )
    hospitals = forms.MultipleChoiceField(label="Which", required=False, widget=forms.CheckboxSelectMultiple)
    by_mail = forms.BooleanField(label="A mail of its own to whoever wishes mails at once", required=False)
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, pool: list[Recipient], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's loose signature
        super().__init__(*args, **kwargs)
        for name, choices in (("roles", role_choices(pool)), ("hospitals", hospital_choices(pool))):
            listed = [(each.value, f"{each.label} ({each.people})") for each in choices]
            self.fields[name].choices = listed  # type: ignore[attr-defined]  # a MultipleChoiceField
        if not self.is_bound:  # a draft is saved without them, and sent with them: the page does not call them optional
            for name in ("title", "text", "roles"):
                self.fields[name].required = True

    @property
    def words(self) -> Words:
        data = self.cleaned_data
        return Words(
            kind=Kind(data["kind"]),
            title=data["title"],
            text=data["text"],
            by_mail=data["by_mail"],
            wanted=Wanted(
                roles=frozenset(Role(each) for each in data["roles"]),
                everywhere=data["where"] == ALL,
                hospitals=frozenset(UUID(each) for each in data["hospitals"]),
            ),
        )

    @property
    def first_problem(self) -> str:
        return next((str(message) for messages in self.errors.values() for message in messages), "")


class SendForm(forms.Form):
    """What the page of confirmation showed."""

    revision = forms.IntegerField(min_value=0)
    digest = forms.CharField(max_length=16)
    people = forms.IntegerField(min_value=0)

    @property
    def seen(self) -> Seen:
        return Seen(**self.cleaned_data) if self.is_valid() else Seen(revision=-1, digest="", people=0)


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="Why", max_length=500, help_text="Whoever got it reads this in its place. Name no hospital."
    )


class NewsletterForm(forms.Form):
    """What a newsletter begins with."""

    title = forms.CharField(label="Title", max_length=LONGEST_TITLE)
    sections = forms.MultipleChoiceField(label="Sections", required=False, widget=forms.CheckboxSelectMultiple)
    dates = forms.BooleanField(label="Dates of the next two months", required=False, initial=True)

    def __init__(self, *args: Any, offered: list[Offered], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's loose signature
        super().__init__(*args, **kwargs)
        listed = [
            (str(each.announcement.public_id), f"{each.announcement.title} ({each.day:%-d %b %Y}; {each.roles})")
            for each in offered
        ]
        self.fields["sections"].choices = listed  # type: ignore[attr-defined]  # a MultipleChoiceField
        self.fields["sections"].initial = [str(each.announcement.public_id) for each in offered if each.is_recent]

    def words(self, text: str) -> Words:
        """For everybody, until its writer chooses otherwise."""
        everybody = Wanted(roles=frozenset(ROLES))
        return Words(kind=Kind.NEWSLETTER, title=self.cleaned_data["title"], text=text, wanted=everybody)
