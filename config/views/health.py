"""Is the process alive, and can it serve? For supervisors and load balancers."""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError

from collaboratives.http import open_to


@open_to("anyone")
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"alive": True})


@open_to("anyone")
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready when the database answers with all migrations applied. A lost broker only delays work, so it is told, not fatal."""
    database, broker = _database_ready(), _broker_ready()
    return JsonResponse({"ready": database, "database": database, "broker": broker}, status=200 if database else 503)


def _database_ready() -> bool:
    try:
        applied = set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        return False
    return set(MigrationLoader(None).disk_migrations or ()) <= applied


def _broker_ready() -> bool:
    try:
        cache.get("readyz")
    except RedisError:
        return False
    return True
