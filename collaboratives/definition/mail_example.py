"""What a mail looks like: plain values that every application tells of its own mails, with made-up names."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class MailExample:
    """One mail as somebody would get it, rendered by what renders the real one. `when` says whom it reaches and why."""

    name: str
    when: str
    subject: str
    body: str
    template: str = ""
