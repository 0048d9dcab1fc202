"""What the centre writes of a ballot, and what the ballot is about."""

from dataclasses import dataclass
from datetime import datetime

from collaboratives.ballots.enums import Rule, Subject


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What a person fills in. `options` is only read where one of several is chosen."""

    question: str
    details: str
    rule: Rule
    options: tuple[str, ...]
    quorum: int
    threshold: int
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, kw_only=True)
class About:
    """What a ballot decides about, as the page names it that asked for the ballot."""

    subject: Subject = Subject.QUESTION
    key: str = ""
    label: str = ""
