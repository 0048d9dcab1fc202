"""So many a minute. A cache that is away lets everybody in: it must not stop data entry."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from redis.exceptions import RedisError


MINUTE = 60


def within(counter: str, most: int) -> bool:
    """Count one more; whether that is still allowed."""
    try:
        cache.add(counter, 0, MINUTE)
        return bool(cache.incr(counter) <= most)
    except (RedisError, ValueError):  # away, or forgotten between the two
        return True


def note_wrong_key(request: HttpRequest) -> None:
    """By address: whoever tries keys has none that could be counted."""
    within(_counter(request), settings.API_WRONG_KEYS_A_MINUTE)


def too_many_wrong_keys(request: HttpRequest) -> bool:
    """Asked before a key is looked up."""
    try:
        return int(cache.get(_counter(request), 0)) >= settings.API_WRONG_KEYS_A_MINUTE
    except RedisError:
        return False


def _counter(request: HttpRequest) -> str:
    """Whoever has no address that can be read shares a counter: no key is refused for want of one."""
    try:
        return f"api-wrong-{get_adapter().get_client_ip(request)}"
    except PermissionDenied:
        return "api-wrong-unknown"
