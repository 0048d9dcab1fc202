"""Limits of what people write in a working group."""

from coordination.groups.errors import GroupError


LONGEST_NAME = 120
LONGEST_LINE = 500
LONGEST_POST = 4_000
LONGEST_REMIT = 10_000
MOST_DOCUMENTS = 100


def clean_line(text: str, what: str, longest: int = LONGEST_LINE) -> str:
    """One line of words, neither empty nor too long."""
    return clean_text(" ".join(text.split()), what, longest)


def clean_text(text: str, what: str, longest: int) -> str:
    """Words with their line ends, neither empty nor too long."""
    kept = text.replace("\r\n", "\n").strip()
    if not kept:
        raise GroupError(f"{what} is empty. Write it first.")
    if len(kept) > longest:
        raise GroupError(f"{what} has {len(kept):,} characters, and {longest:,} are allowed. Shorten it.")
    return kept
