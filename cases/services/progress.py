"""Tell whoever looks at its page how far an import is."""

import logging
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

from cases.selectors.progress import progress_key


log = logging.getLogger(__name__)
SECONDS = 3600


def tell_progress(public_id: UUID, *, done: int, total: int) -> None:
    """A cache that is away stops nothing."""
    try:
        cache.set(progress_key(public_id), (done, total), SECONDS)
    except RedisError:
        log.warning("cache away; the progress of import %s is not shown", public_id)
