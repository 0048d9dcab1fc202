"""Is the process alive, and can it serve? For supervisors and load balancers."""

from functools import cache as remember

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError

from collaboratives.http import open_to


@open_to("anyone")
@non_atomic_requests  # a database that is away must be an answer, not an error
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"alive": True})


@open_to("anyone")
@non_atomic_requests
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready when the database answers with all migrations applied.

    A lost broker only delays work: it is told, but entering cases goes on.
    """
    database, broker = _database_ready(), _broker_ready()
    return JsonResponse({"ready": database, "database": database, "broker": broker}, status=200 if database else 503)


@remember
def _migrations_on_disk() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations or ())


def _database_ready() -> bool:
    try:
        applied = set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        return False
    return applied >= _migrations_on_disk()


def _broker_ready() -> bool:
    try:
        cache.get("readyz")
    except RedisError:
        return False
    return True
