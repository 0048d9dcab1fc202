import ipaddress
import os
from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error


def demo_mode_is_local(app_configs: Sequence[AppConfig] | None, **_: object) -> list[CheckMessage]:  # noqa: ARG001 -- Django's signature
    """The demo page signs anybody in, so it must not be reachable from another machine unless someone says so."""
    if not settings.DEMO or os.environ.get("COLLOQUY_DEMO_PUBLIC") == "1":
        return []
    hosts = [os.environ.get("HOST", "127.0.0.1"), *settings.ALLOWED_HOSTS]
    outside = [host for host in hosts if not _is_loopback(host)]
    if not outside:
        return []
    return [
        Error(
            f"Demo mode lets anybody sign in, but it would answer on {', '.join(outside)}.",
            hint="Use HOST=127.0.0.1 and ALLOWED_HOSTS of this machine only, or set COLLOQUY_DEMO_PUBLIC=1 if that is wanted.",
            id="colloquy.E001",
        )
    ]


def _is_loopback(host: str) -> bool:
    if host in {"localhost", "testserver"}:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
