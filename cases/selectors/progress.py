"""How far a running import is. Only a courtesy: the rows in the database are the truth."""

from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError


@dataclass(frozen=True)
class Progress:
    done: int
    total: int
    begun: float = 0.0
    told: float = 0.0

    @property
    def seconds_left(self) -> int | None:
        """By the pace so far; nothing before a twentieth is done."""
        if not self.total or self.done * 20 < self.total:
            return None
        return max(1, round((self.told - self.begun) * (self.total - self.done) / self.done))


def progress_key(public_id: UUID, state: str) -> str:
    """Of one stretch of work: what was told of the check is not true of the commit."""
    return f"import-progress:{public_id}:{state}"


def progress_of(public_id: UUID, state: str) -> Progress | None:
    try:
        found = cache.get(progress_key(public_id, state))
    except RedisError:
        return None
    return Progress(*found) if found else None
