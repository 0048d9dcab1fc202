"""What the environment asks for."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.supervisor.errors import SupervisorError


@dataclass(frozen=True, kw_only=True)
class Options:
    data: Path
    host: str
    port: int
    public_demo: bool
    database_url: str
    admin_database_url: str
    owner_database_url: str
    work_database_url: str
    redis_url: str
    pg_bin: str

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the pages."""
        reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104  read, not bound
        return f"http://[{reachable}]:{self.port}" if ":" in reachable else f"http://{reachable}:{self.port}"

    @property
    def loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def options_from(environment: Mapping[str, str]) -> Options:
    given = {name: environment.get(name, "").strip() for name in environment}
    return Options(
        data=Path(given.get("COLLOQUY_DATA_DIR") or ".data").expanduser().resolve(),
        host=given.get("HOST") or "127.0.0.1",
        port=_port(given.get("PORT") or "8000"),
        public_demo=given.get("COLLOQUY_DEMO_PUBLIC") == "1",
        database_url=given.get("DATABASE_URL", ""),
        admin_database_url=given.get("ADMIN_DATABASE_URL", ""),
        owner_database_url=given.get("OWNER_DATABASE_URL", ""),
        work_database_url=given.get("WORK_DATABASE_URL", ""),
        redis_url=given.get("REDIS_URL", ""),
        pg_bin=given.get("PG_BIN", ""),
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= 65535:
        raise SupervisorError(f"PORT must be a number from 1 to 65535, but is {text!r}. Try: PORT=8001")
    return int(text)
