"""The table of who is told after how many days."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from coordination.week.definition.escalation import Days
from coordination.week.enums import Step
from coordination.week.selectors.escalation import RuleRow


LONGEST = 365


class RulesForm(forms.Form):
    """A number of days for each kind of task and step; nothing tells nobody."""

    def __init__(self, *args: Any, rows: Iterable[RuleRow], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's loose signature
        super().__init__(*args, **kwargs)
        self.kinds = list(rows)
        for row in self.kinds:
            for step in Step:
                label = f"{row.about.label}: days until the {step.label} is told"
                # The column says it to who sees; a hidden label would widen the table.
                shape = {"class": "input short", "inputmode": "numeric", "size": 4, "aria-label": label}
                self.fields[_name(row.kind, step)] = forms.IntegerField(
                    label=label,
                    required=False,
                    min_value=1,
                    max_value=LONGEST,
                    initial=row.days[step],
                    widget=forms.TextInput(attrs=shape),
                )

    @property
    def lines(self) -> list[tuple[RuleRow, list[tuple[str, BoundField]]]]:
        """Each kind with its three fields, named by their columns."""
        return [(row, [(step.label.capitalize(), self[_name(row.kind, step)]) for step in Step]) for row in self.kinds]

    @property
    def changed(self) -> Mapping[str, Days]:
        """What is to hold otherwise than now."""
        asked = {row.kind: {step: self.cleaned_data[_name(row.kind, step)] for step in Step} for row in self.kinds}
        return {row.kind: asked[row.kind] for row in self.kinds if asked[row.kind] != dict(row.days)}


def _name(kind: str, step: Step) -> str:
    return f"{kind}-{step.value}"
