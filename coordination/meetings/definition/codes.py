"""The short code that is read out in the room: made from the meeting and how often it was changed, and stored nowhere."""

import hmac
from hashlib import sha256
from uuid import UUID


# Without what is mistaken for something else when it is read out or written on a board.
LETTERS = "ABCDEFHJKLMNPQRTUVWXYZ"
DIGITS = "23456789"
SHAPE = (LETTERS, DIGITS, "-", LETTERS, LETTERS, LETTERS)


def code_of(secret: str, meeting: UUID, turn: int) -> str:
    """The code of a meeting, such as K7-PMT; another one with every turn."""
    drawn = hmac.new(secret.encode(), f"check-in:{meeting}:{turn}".encode(), sha256).digest()
    rest = int.from_bytes(drawn, "big")
    written = []
    for choices in SHAPE:
        rest, place = divmod(rest, len(choices))
        written.append(choices[place])
    return "".join(written)


def is_code(written: str, code: str) -> bool:
    """Whether somebody means this code: case, spaces and the dash make no difference."""
    return hmac.compare_digest(_bare(written), _bare(code))


def _bare(text: str) -> bytes:
    return "".join(each for each in text.upper() if each.isalnum()).encode()
