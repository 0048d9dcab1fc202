"""Who acts in this transaction, told to PostgreSQL in a signed, transaction-local setting."""

import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper


Kind = Literal["member", "hospital", "centre", "observer", "compute", "platform"]
TOKEN_LIFE = 900  # seconds: longer than any statement timeout of the web, far shorter than a working day
WORK_TOKEN_LIFE = 3600  # a worker's transaction may last as long as Celery's hard limit


@dataclass(frozen=True)
class Acting:
    """One capacity of one user in one collaborative and, for hospital staff, one hospital. Zero means none."""

    kind: Kind
    user_id: int = 0
    collaborative_id: int = 0
    participation_id: int = 0

    @property
    def role(self) -> str:
        return f"colloquy_{self.kind}"

    def token(self) -> str:
        life = WORK_TOKEN_LIFE if self.kind in {"compute", "platform"} else TOKEN_LIFE
        kid, key = settings.TENANCY_KEYS[0]
        message = f"{kid}:{self.role}:{self.user_id}:{self.collaborative_id}:{self.participation_id}:{int(time.time()) + life}"
        return f"{message}:{hmac.new(key, message.encode(), hashlib.sha256).hexdigest()}"


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


def current() -> Acting | None:
    return _acting.get()


def apply(connection: BaseDatabaseWrapper, who: Acting | None) -> None:
    """Set role and token for the rest of the transaction, in one round trip."""
    role, token = (who.role, who.token()) if who else ("none", "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, true), set_config('app.ctx', %s, true)", [role, token])


@contextmanager
def acting(who: Acting, using: str = "default") -> Iterator[Acting]:
    """Act as `who` in every transaction begun inside the block, and in the one already open."""
    connection, previous = connections[using], _acting.get()
    reset, nested = _acting.set(who), connection.in_atomic_block
    try:
        if nested:
            apply(connection, who)
        yield who
    finally:
        _acting.reset(reset)
        if nested and connection.in_atomic_block and not connection.needs_rollback:
            # A released savepoint does not restore the setting; an aborted transaction restores it by itself.
            with suppress(DatabaseError):
                apply(connection, previous)


def say_way(way: str, using: str = "default") -> None:
    """Name the way in which this transaction's changes come, for the history of cases: api, import, undo. Empty is a page."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT set_config('colloquy.via', %s, true)", [way])
