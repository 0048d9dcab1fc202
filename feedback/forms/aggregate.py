"""A file of supplied figures, and where its figures come from."""

from django import forms


FORMATS = ".csv,.tsv,.txt,.xlsx,.ods,text/csv"


class FiguresForm(forms.Form):
    file = forms.FileField(
        label="Figures", help_text="CSV, XLSX or ODS. One row for each hospital and period; one row names the columns."
    )
    source = forms.CharField(
        label="Where they come from",
        max_length=200,
        help_text="Members read it beside every number: Medicare fee-for-service claims, file of May 2026.",
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.fields["file"].widget.attrs["accept"] = FORMATS
        self.fields["file"].error_messages["empty"] = "The file is empty. Export it again."
        self.fields["source"].widget.attrs["autocomplete"] = "off"
