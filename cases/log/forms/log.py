"""What a hospital says about its log, and what was tried for a patient."""

from django import forms

from cases.log.enums import AttemptOutcome, FollowUpMethod, SubstitutionReason
from cases.log.validators import LONGEST_REASON


NO_PATIENT = "No name, no number of the patient."
CHOOSE = ("", "Choose")  # nobody records by accident what stands first
FORMATS = ".csv,.tsv,.txt,.xlsx,.ods,text/csv"


class LogFileForm(forms.Form):
    """A file of the operative log."""

    file = forms.FileField(
        label="Operative log", help_text="CSV, XLSX or ODS. One row for each operation; one row names the columns."
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.fields["file"].widget.attrs["accept"] = FORMATS
        self.fields["file"].error_messages["empty"] = "The file is empty. Export it again."


class SubstituteForm(forms.Form):
    """Why a sampled operation cannot be abstracted."""

    reason = forms.ChoiceField(label="Reason", choices=(CHOOSE, *SubstitutionReason.choices))
    note = forms.CharField(label="Note", max_length=LONGEST_REASON, required=False, help_text=NO_PATIENT)


class AttemptForm(forms.Form):
    """One attempt to learn how a patient is."""

    tried_on = forms.DateField(label="Date")
    method = forms.ChoiceField(label="How", choices=(CHOOSE, *FollowUpMethod.choices))
    outcome = forms.ChoiceField(label="Outcome", choices=(CHOOSE, *AttemptOutcome.choices))
    note = forms.CharField(label="Note", max_length=LONGEST_REASON, required=False, help_text=NO_PATIENT)
