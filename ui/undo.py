"""A message with an Undo button: where the button posts, and what, travel in the message's extra tags."""

from dataclasses import dataclass


MARK = "undo"


@dataclass(frozen=True)
class Undo:
    url: str
    token: str


def undo_tag(url: str, token: str) -> str:
    """`messages.success(request, "5 cases assigned to Ida.", extra_tags=undo_tag(url, token))`."""
    return f"{MARK} {token} {url}"


def undo_of(message: object) -> Undo | None:
    """What takes back the thing that the message tells of."""
    mark, _, rest = str(getattr(message, "extra_tags", "") or "").partition(" ")
    token, _, url = rest.partition(" ")
    return Undo(url, token) if mark == MARK else None
