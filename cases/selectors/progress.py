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


def progress_key(public_id: UUID) -> str:
    return f"import-progress:{public_id}"


def progress_of(public_id: UUID) -> Progress | None:
    try:
        found = cache.get(progress_key(public_id))
    except RedisError:
        return None
    return Progress(*found) if found else None
