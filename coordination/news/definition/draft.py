"""A draft as it is written, and what its writer saw before sending it."""

from dataclasses import dataclass, field

from coordination.news.definition.audience import Wanted
from coordination.news.enums import Kind


@dataclass(frozen=True, kw_only=True)
class Words:
    """A draft as it is written."""

    kind: Kind = Kind.ANNOUNCEMENT
    title: str = ""
    text: str = ""
    by_mail: bool = True
    wanted: Wanted = field(default_factory=Wanted)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What somebody saw when they pressed the button: the revision, and who would get it."""

    revision: int
    digest: str
    people: int
