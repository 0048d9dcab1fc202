"""What people of the centre and of the hospital fill in about an audit."""

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from cases.audits.enums import Answer, Verdict
from cases.audits.validators import LONGEST_REASON, MOST_NOTICE, MOST_SAMPLE, USUAL_NOTICE, USUAL_SAMPLE
from collaboratives.models import Participation
from measures.models import Form


DAY = "Year-month-day, for example 2026-01-31."
NO_PATIENT = "No name, no number of the patient."


class NoticeForm(forms.Form):
    """The notice to one hospital."""

    participation = forms.ModelChoiceField(Participation.objects.none(), label="Hospital", to_field_name="public_id")
    form = forms.ModelChoiceField(Form.objects.none(), label="Form", to_field_name="slug", empty_label=None)
    first_day = forms.DateField(label="Events from", help_text=DAY)
    last_day = forms.DateField(label="Events to", help_text=DAY)
    sample_size = forms.IntegerField(label="Cases to draw", min_value=1, max_value=MOST_SAMPLE, initial=USUAL_SAMPLE)
    notice_days = forms.IntegerField(
        label="Days of notice",
        min_value=0,
        max_value=MOST_NOTICE,
        initial=USUAL_NOTICE,
        help_text="The sample cannot be drawn before they are over. Two weeks are usual.",
    )
    abstractor = forms.ModelChoiceField(
        User.objects.none(),
        label="Who abstracts again",
        to_field_name="public_id",
        help_text="From the draw on this person sees no case of the hospital until every drawn case is abstracted again.",
    )
    note = forms.CharField(
        label="Note to the hospital",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=NO_PATIENT,
    )

    def __init__(
        self,
        *args: object,
        hospitals: QuerySet[Participation],
        among: QuerySet[Form],
        validators: QuerySet[User],
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.fields["participation"].queryset = hospitals  # type: ignore[attr-defined]  # ModelChoiceField
        self.fields["participation"].label_from_instance = lambda each: each.site.name  # type: ignore[attr-defined]  # likewise
        self.fields["form"].queryset = among  # type: ignore[attr-defined]  # likewise
        self.fields["abstractor"].queryset = validators  # type: ignore[attr-defined]  # likewise
        self.fields["abstractor"].label_from_instance = lambda each: each.full_name  # type: ignore[attr-defined]  # likewise


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Why the audit is cancelled",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"The hospital reads it. {NO_PATIENT}",
    )


class ReplyForm(forms.Form):
    """The hospital's word on one disagreement."""

    disagreement = forms.SlugField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(choices=Answer.choices)
    reason = forms.CharField(max_length=LONGEST_REASON, required=False)


class RulingForm(forms.Form):
    """The adjudicator's decision on one."""

    disagreement = forms.SlugField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=Verdict.choices)
    reason = forms.CharField(max_length=LONGEST_REASON, required=False)
