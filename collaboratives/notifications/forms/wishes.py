"""The table in which somebody says how they want to hear of what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django import forms

from collaboratives.notifications.definition.kinds import KINDS
from collaboratives.notifications.enums import How, NotificationKind


@dataclass(frozen=True)
class Way:
    """A cell of the table: one way of hearing of one kind."""

    how: How
    offered: bool
    chosen: bool


@dataclass(frozen=True)
class KindRow:
    kind: NotificationKind
    about: str
    fixed: bool
    ways: tuple[Way, ...]


class WishesForm(forms.Form):
    """One choice for each kind that leaves one."""

    def __init__(self, data: Mapping[str, str] | None, *, hows: Mapping[NotificationKind, How]) -> None:
        super().__init__(data)
        self.hows = hows
        for kind, rule in KINDS.items():
            if not rule.is_fixed:
                self.fields[kind.value] = forms.TypedChoiceField(
                    label=kind.label, choices=[(way.value, way.label) for way in rule.ways], coerce=How
                )

    def chosen(self) -> dict[NotificationKind, How]:
        """What is other than before, once the form is valid."""
        said = {NotificationKind(kind): how for kind, how in self.cleaned_data.items()}
        return {kind: how for kind, how in said.items() if how != self.hows[kind]}

    def rows(self) -> Iterable[KindRow]:
        for kind, rule in KINDS.items():
            now = self.data.get(kind.value, self.hows[kind].value) if self.is_bound else self.hows[kind].value
            ways = tuple(Way(how, offered=how in rule.ways, chosen=how.value == now) for how in How)
            yield KindRow(kind, rule.about, rule.is_fixed, ways)
