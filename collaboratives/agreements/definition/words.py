"""What somebody fills in about an agreement."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class AgreementWords:
    """A version of a text. `valid_months` None: a signature counts until it is ended."""

    title: str
    text: str
    note: str = ""
    valid_months: int | None = None


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What a signed paper says. `ends_on` None: until it is ended."""

    signatory_name: str
    signatory_title: str
    signed_on: date
    starts_on: date
    ends_on: date | None
