"""How far a running import is. Only a courtesy: the rows in the database are the truth."""

from dataclasses import dataclass

from django.core.cache import cache
from redis.exceptions import RedisError


@dataclass(frozen=True)
class Progress:
    done: int
    total: int


def progress_key(import_id: int) -> str:
    return f"import-progress:{import_id}"


def progress_of(import_id: int) -> Progress | None:
    try:
        found = cache.get(progress_key(import_id))
    except RedisError:
        return None
    return Progress(*found) if found else None
