"""What follows from what: every kind of event with its reactions, and every kind of job with its work. News travels
upwards only through here; no package imports one above it."""

from collections.abc import Callable, Mapping, Sequence

from events.enums import EventKind
from events.models import Event, Job


REACTIONS: Mapping[str, Sequence[Callable[[Event], None]]] = {kind: () for kind in EventKind}
JOBS: Mapping[str, Callable[[Job], None]] = {}
