"""Plain values that the components of ui/templates/ui/ show. A page builds them; a component only draws them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Literal, Protocol

from django.core.paginator import Page


Kind = Literal["", "good", "warn", "bad", "own"]
StepState = Literal["done", "now", "problem", "waiting"]
Control = Literal["text", "area", "one", "many", "list"]


@dataclass(frozen=True)
class Crumb:
    label: str
    url: str = ""


@dataclass(frozen=True)
class Fact:
    label: str
    value: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    count: str = ""
    current: bool = False


@dataclass(frozen=True)
class Step:
    """One step of a release or import, or one section of a form. The dot's shape, colour and words all say the state."""

    label: str
    state: StepState = "waiting"
    note: str = ""
    url: str = ""
    current: bool = False

    @property
    def kind(self) -> Kind:
        kinds: dict[StepState, Kind] = {"done": "good", "now": "warn", "problem": "bad", "waiting": ""}
        return kinds[self.state]

    @property
    def state_text(self) -> str:
        texts = {"done": "complete", "now": "in progress", "problem": "has problems", "waiting": "not started"}
        return texts[self.state]


@dataclass(frozen=True)
class Option:
    """One answer of a choice; `key` is the code that also chooses it on the keyboard."""

    value: str
    label: str
    key: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Problem:
    """What is wrong, the way out, and the element to go to."""

    message: str
    remedy: str = ""
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class Caution:
    """A warning beside a field, which is accepted with a reason when `reason_name` is given."""

    message: str
    remedy: str = ""
    reason_name: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question of a generated form with everything that is said about its answer."""

    name: str
    label: str
    control: Control = "text"
    value: str = ""
    options: tuple[Option, ...] = ()
    units: str = ""
    hint: str = ""
    echo: str = ""
    required: bool = False
    read_only: bool = False
    input_mode: str = ""
    placeholder: str = ""
    definition: str = ""
    scenarios: tuple[str, ...] = ()
    definition_url: str = ""
    definition_label: str = "Definition"
    missing_name: str = ""
    missing: tuple[Option, ...] = ()
    errors: tuple[Problem, ...] = ()
    cautions: tuple[Caution, ...] = ()
    notes: tuple[str, ...] = ()
    hidden: bool = False
    shown_by: str = ""

    @property
    def id(self) -> str:
        return f"field-{self.name}"

    @property
    def grouped(self) -> bool:
        """Whether several inputs share the label, so that the label names a group."""
        return self.control in {"one", "many"}

    @property
    def described_by(self) -> str:
        parts = {
            "error": bool(self.errors),
            "caution": bool(self.cautions),
            "notes": bool(self.notes),
            "echo": bool(self.echo),
            "hint": bool(self.hint),
        }
        return " ".join(f"{self.id}-{part}" for part, shown in parts.items() if shown)


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Where a list stands; the component keeps the other parameters of the address."""

    number: int
    total: int
    per_page: int = 50

    @classmethod
    def of(cls, page: Page[Any]) -> "Pages":
        """Where one of Django's pages stands in its list."""
        return cls(number=page.number, total=page.paginator.count, per_page=page.paginator.per_page)

    @property
    def count(self) -> int:
        return max(1, ceil(self.total / self.per_page))

    @property
    def first(self) -> int:
        return min(self.total, (self.number - 1) * self.per_page + 1)

    @property
    def last(self) -> int:
        return min(self.total, self.number * self.per_page)

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.count else None

    @property
    def near(self) -> Iterator[int | None]:
        """Page numbers worth a link, with None where some are left out."""
        shown = sorted({1, self.count, *range(max(1, self.number - 1), min(self.count, self.number + 1) + 1)})
        for before, page in zip([0, *shown], shown, strict=False):
            if page - before > 1:
                yield None
            yield page


class NumbersTable(Protocol):
    """The numbers of a chart as a table."""

    @property
    def headers(self) -> Sequence[str]: ...
    @property
    def rows(self) -> Sequence[Sequence[str]]: ...


class Drawn(Protocol):
    """A drawn chart, whichever package drew it."""

    @property
    def key(self) -> str: ...
    @property
    def svg(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def caption(self) -> str: ...
    @property
    def table(self) -> NumbersTable: ...
