"""PostgreSQL and Valkey together: embedded, or those the environment names."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.supervisor.account import Account, server_account
from config.supervisor.binaries import find_postgres, find_valkey
from config.supervisor.databases import addresses_of, prepare
from config.supervisor.folder import DataFolder, publish
from config.supervisor.keys import load_keys, superuser_password
from config.supervisor.options import Options
from config.supervisor.places import make_private, servers_folder, socket_folder
from config.supervisor.postgres import Postgres
from config.supervisor.processes import Child, stop
from config.supervisor.signals import Signals
from config.supervisor.valkey import Valkey


FOR_PROCESSES = ("SECRET_KEY", "COLLOQUY_CONTEXT_KEYS", "COLLOQUY_BLINDING_KEY")


@dataclass(frozen=True)
class Servers:
    """What runs, and the environment in which everything of Colloquy finds it."""

    children: tuple[Child, ...]
    environment: dict[str, str]


@dataclass(frozen=True)
class _Ground:
    """Who runs the servers, where their data and their sockets lie."""

    account: Account
    place: Path
    sockets: Path


@contextmanager
def running_servers(
    options: Options, folder: DataFolder, signals: Signals, *, environment: Mapping[str, str], temporary: bool = False
) -> Iterator[Servers]:
    """Start what the environment does not name, and stop it in the end. The folder must be held."""
    keys = load_keys(folder.keys, environment)
    children: list[Child] = []
    with ExitStack() as cleanup:
        ground = None if _all_named(options) else cleanup.enter_context(_ground(folder))
        cleanup.callback(stop, children, signals)
        addresses = {"REDIS_URL": options.redis_url}
        if not options.redis_url and ground:
            valkey, valkey_child = _start_valkey(ground, folder)
            children.append(valkey_child)
            addresses["REDIS_URL"] = valkey.url
            valkey.wait(valkey_child, signals)
        if not _names_database(options) and ground:
            postgres = _postgres(ground, folder, options, temporary=temporary)
            children.append(postgres.start(signals))
            postgres.wait(children[-1], signals)
            addresses |= prepare(postgres.admin_url, keys)
        else:
            addresses |= addresses_of(options, keys)
        addresses |= {name: keys[name] for name in FOR_PROCESSES} | {"COLLOQUY_DATA_DIR": str(folder.path)}
        publish(folder, addresses)
        yield Servers(tuple(children), addresses)


def _names_database(options: Options) -> bool:
    return bool(options.database_url or options.admin_database_url)


def _all_named(options: Options) -> bool:
    return _names_database(options) and bool(options.redis_url)


@contextmanager
def _ground(folder: DataFolder) -> Iterator[_Ground]:
    account = server_account()
    place = make_private(servers_folder(folder.path, account), account)
    with socket_folder(place, account) as sockets:
        yield _Ground(account, place, sockets)


def _start_valkey(ground: _Ground, folder: DataFolder) -> tuple[Valkey, Child]:
    valkey = Valkey(
        program=find_valkey(account=ground.account, servers=ground.place),
        account=ground.account,
        data=make_private(ground.place / "valkey", ground.account),
        sockets=ground.sockets,
        log=folder.log("valkey"),
    )
    return valkey, valkey.start()


def _postgres(ground: _Ground, folder: DataFolder, options: Options, *, temporary: bool) -> Postgres:
    return Postgres(
        programs=find_postgres(options.pg_bin, account=ground.account, servers=ground.place),
        account=ground.account,
        cluster=ground.place / "postgres",
        sockets=ground.sockets,
        log=folder.log("postgres"),
        password=superuser_password(ground.place / "superuser-password"),
        temporary=temporary,
    )


def remove_data(folder: DataFolder) -> None:
    """Forget everything: the next start begins with an empty database and new secrets."""
    folder.empty(servers=servers_folder(folder.path, server_account()))


@contextmanager
def temporary_folder() -> Iterator[DataFolder]:
    """Lend a data folder that is gone afterwards."""
    folder = DataFolder(Path(tempfile.mkdtemp(prefix="colloquy-")))
    folder.path.chmod(0o711)  # the servers' account must pass through when root starts us
    try:
        yield folder
    finally:
        remove_data(folder)
        shutil.rmtree(folder.path, ignore_errors=True)
