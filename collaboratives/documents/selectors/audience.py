"""For whom a document is."""

from collections.abc import Sequence
from dataclasses import dataclass

from collaboratives.models import Participation
from privacy.roles import Role


@dataclass(frozen=True, kw_only=True)
class DocumentWords:
    """What a document is, and for whom: roles at all hospitals, or at one."""

    title: str
    about: str
    roles: Sequence[Role]
    participation: Participation | None
    must_acknowledge: bool
