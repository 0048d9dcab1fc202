"""What the centre writes is text; nothing of it identifies a patient, for there is none."""

import re

from cases.training.errors import MaterialIncompleteError


LONGEST_TITLE, LONGEST_TEXT, LONGEST_WHY = 200, 40_000, 1000


def clean_words(text: str, what: str, longest: int) -> str:
    """The words without space around them.

    Raises
    ------
    MaterialIncompleteError
        There are none.
    """
    words = re.sub(r"\r\n?", "\n", text).strip()[:longest]
    if not words:
        raise MaterialIncompleteError(f"{what} is empty. Write it first.")
    return words
