from django import forms

from collaboratives.agreements.definition.words import AgreementWords
from collaboratives.agreements.enums import AgreementKind
from collaboratives.agreements.selectors.needs import Need


class TextForm(forms.Form):
    """The next version of an agreement's text."""

    title = forms.CharField(label="Title", max_length=200)
    text = forms.CharField(
        label="Text",
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 20}),
        help_text="Markdown: # headings, **bold**, lists.",
    )
    valid_months = forms.IntegerField(
        label="Months for which a signature counts",
        required=False,
        min_value=1,
        max_value=120,
        help_text="Empty: until it is ended.",
    )
    note = forms.CharField(label="What changed", required=False, max_length=300, help_text="Whoever signs reads it.")

    def words(self) -> AgreementWords:
        return AgreementWords(**self.cleaned_data)


class NeedsForm(forms.Form):
    """What each kind is needed for."""

    def __init__(self, *args: object, needs: dict[AgreementKind, Need], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments
        for kind, need in needs.items():
            for use, words, initial in (
                ("entry", "is needed to enter cases", need.for_entry),
                ("comparison", "is needed to see peers", need.for_comparison),
            ):
                self.fields[f"{kind.value}-{use}"] = forms.BooleanField(
                    label=f"{kind.label} {words}", required=False, initial=initial
                )

    def needs(self) -> dict[AgreementKind, Need]:
        given = self.cleaned_data
        return {kind: Need(given[f"{kind.value}-entry"], given[f"{kind.value}-comparison"]) for kind in AgreementKind}
