"""How far a running import is, for its page. Only a courtesy: the rows in the database are the truth."""

import logging
from dataclasses import dataclass

from django.core.cache import cache
from redis.exceptions import RedisError


log = logging.getLogger(__name__)
SECONDS = 3600


@dataclass(frozen=True)
class Progress:
    done: int
    total: int


def tell_progress(import_id: int, *, done: int, total: int) -> None:
    """Say it to whoever looks; a cache that is away stops nothing."""
    try:
        cache.set(_key(import_id), (done, total), SECONDS)
    except RedisError:
        log.warning("cache away; the progress of import %s is not shown", import_id)


def progress_of(import_id: int) -> Progress | None:
    try:
        found = cache.get(_key(import_id))
    except RedisError:
        return None
    return Progress(*found) if found else None


def _key(import_id: int) -> str:
    return f"import-progress:{import_id}"
