"""Tell whoever looks at its page how far an import is, and about how long it will take."""

import logging
import time
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

from cases.selectors.progress import progress_key


log = logging.getLogger(__name__)
SECONDS, PAUSE = 3600, 0.2


class Progress:
    """Says it at most five times a second."""

    def __init__(self, public_id: UUID, state: str) -> None:
        self.key, self.begun, self.told = progress_key(public_id, state), time.time(), 0.0

    def tell(self, done: int, total: int) -> None:
        """A cache that is away stops nothing."""
        now = time.time()
        if now - self.told < PAUSE and done < total:
            return
        self.told = now
        try:
            cache.set(self.key, (min(done, total), total, self.begun, now), SECONDS)
        except RedisError:
            log.warning("cache away; the progress is not shown under %s", self.key)
