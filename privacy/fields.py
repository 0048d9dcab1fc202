"""What kind of data a column holds. Every model classifies every field; a new field fails a test until it is classified."""

from enum import StrEnum


class FieldClass(StrEnum):
    """From harmless to clinical; exports, logs and e-mail obey it."""

    KEY = "key"
    """Technical: primary and foreign keys, digests, counters, states."""
    PUBLIC = "public"
    """May be shown to anybody who can sign in: names of measures, definitions."""
    PROGRAMME = "programme"
    """Known to members of the collaborative: names of windows, meetings, pooled results."""
    HOSPITAL = "hospital"
    """Identifies a hospital or its results: own staff and the centre only."""
    PERSON = "person"
    """Identifies a user: colleagues of the same hospital, the centre, the person."""
    CLINICAL = "clinical"
    """About a patient's case, no direct identifier: own hospital and the centre, never in logs or e-mail."""
    BLINDED = "blinded"
    """Made by the worker to be seen by peers: rounded, sorted, no key that leads back."""
    SECRET = "secret"  # noqa: S105 -- the name of a class of fields
    """Passwords, tokens: nobody."""
