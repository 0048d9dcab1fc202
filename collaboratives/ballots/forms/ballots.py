"""What people fill in about ballots. Moments are on the programme's clock."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from accounts.models import User
from collaboratives.ballots.definition.wording import About, Wording
from collaboratives.ballots.enums import APPROVE, REJECT, Rule, Subject
from collaboratives.ballots.models import Ballot
from collaboratives.definition.clock import moment_of
from collaboratives.errors import NoSuchTimeError


RULES = [
    (Rule.APPROVAL.value, "Approve or reject"),
    (Rule.PLURALITY.value, "One of several options; most votes win"),
]


class BallotForm(forms.Form):
    """A question, how it is decided, and from when until when hospitals vote."""

    question = forms.CharField(
        max_length=300, help_text="As members read it, such as “Approve version 3 of Infection?”"
    )
    details = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Markdown. What speaks for and against, the evidence, what follows. Name no hospital.",
    )
    rule = forms.ChoiceField(label="How is it decided?", choices=RULES, initial=Rule.APPROVAL, widget=forms.RadioSelect)
    options = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only where one of several is chosen: one option a line, such as Continue, Modify, Retire.",
    )
    quorum = forms.IntegerField(
        min_value=0, max_value=99, initial=50, help_text="Per cent of the hospitals. More than this must vote."
    )
    threshold = forms.IntegerField(
        min_value=0,
        max_value=99,
        initial=50,
        help_text="Per cent of those who approve or reject. More than this must approve.",
    )
    opens_day = forms.DateField(label="Opens on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    opens_time = forms.TimeField(label="at", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    closes_day = forms.DateField(label="Closes on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    closes_time = forms.TimeField(label="at", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, *args: Any, time_zone: str, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own arguments
        super().__init__(*args, **kwargs)
        self.time_zone = time_zone
        for name in ("opens_time", "closes_time"):
            self.fields[name].help_text = f"By the clock of {time_zone}."

    def clean(self) -> dict[str, Any]:
        """Two moments that exist, in their order; options where they are asked for."""
        cleaned = super().clean() or self.cleaned_data
        for end in ("opens", "closes"):
            cleaned[f"{end}_at"] = self._moment(end, cleaned.get(f"{end}_day"), cleaned.get(f"{end}_time"))
        if cleaned["opens_at"] and cleaned["closes_at"] and cleaned["closes_at"] <= cleaned["opens_at"]:
            self.add_error("closes_day", "The ballot closes before it opens. Correct one of the two moments.")
        if cleaned.get("rule") == Rule.PLURALITY and len(self._options(cleaned)) < 2:
            self.add_error("options", "Name at least two options, one a line.")
        return cleaned

    def _moment(self, end: str, day: date | None, at: time | None) -> datetime | None:
        if day is None or at is None:
            return None
        try:
            return moment_of(day, at, self.time_zone)
        except NoSuchTimeError as problem:
            self.add_error(f"{end}_time", str(problem))
            return None

    @staticmethod
    def _options(cleaned: dict[str, Any]) -> tuple[str, ...]:
        lines = map(str.strip, cleaned.get("options", "").splitlines())
        return tuple(dict.fromkeys(line[:100] for line in lines if line))

    def wording(self) -> Wording:
        """The values a service takes."""
        sent = self.cleaned_data
        return Wording(
            question=sent["question"],
            details=sent["details"],
            rule=Rule(sent["rule"]),
            options=self._options(sent),
            quorum=sent["quorum"],
            threshold=sent["threshold"],
            opens_at=sent["opens_at"],
            closes_at=sent["closes_at"],
        )


def initial_of(ballot: Ballot, time_zone: str) -> dict[str, object]:
    """A draft as the form shows it."""
    opens, closes = (moment.astimezone(ZoneInfo(time_zone)) for moment in (ballot.opens_at, ballot.closes_at))
    own_options = [each for each in ballot.options if each not in {APPROVE, REJECT}]
    return {
        **{name: getattr(ballot, name) for name in ("question", "details", "rule", "quorum", "threshold")},
        "options": "\n".join(own_options),
        "opens_day": opens.date(),
        "opens_time": opens.time(),
        "closes_day": closes.date(),
        "closes_time": closes.time(),
    }


class AboutForm(forms.Form):
    """What a page that asks for a ballot hands over in the address."""

    subject = forms.ChoiceField(choices=Subject.choices)
    key = forms.CharField(max_length=64)
    label = forms.CharField(max_length=200)

    def about(self) -> About:
        """An ordinary question when nothing was handed over."""
        if not self.is_valid():
            return About()
        sent = self.cleaned_data
        return About(subject=Subject(sent["subject"]), key=sent["key"], label=sent["label"])


class VoteForm(forms.Form):
    """One choice."""

    option = forms.ChoiceField(
        label="Your hospital's vote",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the options."},
    )

    def __init__(self, *args: Any, ballot: Ballot, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own arguments
        super().__init__(*args, **kwargs)
        self.fields["option"].choices = [(option, option) for option in ballot.choices]  # type: ignore[attr-defined]  # a ChoiceField


class DesigneeForm(forms.Form):
    """Who votes in the champion's place; nobody takes the right back."""

    person = forms.ModelChoiceField(
        label="Who else may vote for your hospital?", queryset=User.objects.none(), required=False, empty_label="Nobody"
    )

    def __init__(self, *args: Any, colleagues: list[User], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own arguments
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        field.queryset = User.objects.filter(pk__in=[each.pk for each in colleagues])  # type: ignore[attr-defined]  # a ModelChoiceField
        field.label_from_instance = lambda person: person.full_name  # type: ignore[attr-defined]


class CallOffForm(forms.Form):
    """Why a ballot is called off."""

    why = forms.CharField(
        label="Why is it called off?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Members read it.",
    )
