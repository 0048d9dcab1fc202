"""The command line: `python -m config.supervisor demo | servers | run -- COMMAND | backup FILE | restore FILE`."""

import argparse
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.supervisor.console import say
from config.supervisor.copies import back_up, restore
from config.supervisor.demo import demo
from config.supervisor.errors import DataFolderHeldError, StopAsked, SupervisorError
from config.supervisor.folder import DataFolder, hold, published
from config.supervisor.foreground import run_in_foreground
from config.supervisor.options import Options, options_from
from config.supervisor.servers import running_servers, temporary_folder
from config.supervisor.signals import Signals


def main(arguments: Sequence[str]) -> int:
    given = _parser().parse_args(arguments)
    try:
        match given.command:
            case "demo":
                demo(options_from(os.environ), environment=os.environ, reset=given.reset)
            case "servers":
                serve()
            case "backup":
                with _reached_servers("backup") as reached:
                    back_up(given.file, options=reached.options, folder=reached.folder, environment=reached.addresses)
            case "restore":
                with _reached_servers("restore") as reached:
                    restore(given.file, options=reached.options, folder=reached.folder, environment=reached.addresses)
            case _:
                return run(given.program, temporary=given.temporary)
    except SupervisorError as problem:
        say(f"\n{problem}")
        return 1
    except StopAsked:
        say("Stopped while starting.")
    return 0


def serve() -> None:
    """Run PostgreSQL and Valkey until Ctrl-C; standard output carries the environment, ready for a shell."""
    options = options_from(os.environ)
    folder = DataFolder(options.data)
    with (
        Signals() as signals,
        hold(folder, doing="servers"),
        running_servers(options, folder, signals, environment=os.environ) as servers,
    ):
        for name, value in servers.environment.items():
            sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
        sys.stdout.flush()
        say(
            f"PostgreSQL and Valkey run. Data: {folder.path}. Other commands of this folder attach to them. Stop: Ctrl-C"
        )
        while not signals.asked:
            for child in servers.children:
                child.tend()
            signals.wait(1)


def run(program: Sequence[str], *, temporary: bool) -> int:
    """Run one command beside the servers; with `temporary`, beside fresh ones that are gone afterwards."""
    with _reached_servers(shlex.join(program), temporary=temporary) as reached:
        return run_in_foreground(program, environment={**os.environ, **reached.addresses}, signals=reached.signals)


@dataclass(frozen=True)
class _Reached:
    options: Options
    folder: DataFolder
    addresses: dict[str, str]
    signals: Signals


@contextmanager
def _reached_servers(doing: str, *, temporary: bool = False) -> Iterator[_Reached]:
    """Give the addresses of the servers of this folder: our own, or those that another supervisor runs here."""
    options = options_from(os.environ)
    with ExitStack() as cleanup:
        signals = cleanup.enter_context(Signals())
        folder = cleanup.enter_context(temporary_folder()) if temporary else DataFolder(options.data)
        try:
            cleanup.enter_context(hold(folder, doing=doing))
        except DataFolderHeldError:
            addresses = published(folder)
        else:
            servers = running_servers(options, folder, signals, environment=os.environ, temporary=temporary)
            addresses = cleanup.enter_context(servers).environment
        yield _Reached(options, folder, addresses, signals)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m config.supervisor",
        description="Runs Colloquy and its servers on one machine, for evaluation and for tests.",
        epilog="COLLOQUY_DATA_DIR, HOST, PORT, DATABASE_URL, REDIS_URL and PG_BIN are read from the environment.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    demo_parser = commands.add_parser("demo", help="servers, demo data, web, worker and beat, until Ctrl-C")
    demo_parser.add_argument("--reset", action="store_true", help="remove the data folder's content first")
    commands.add_parser("servers", help="PostgreSQL and Valkey only, until Ctrl-C; prints the environment")
    run_parser = commands.add_parser("run", help="one command beside the servers; exits with its code")
    run_parser.add_argument(
        "--temporary", action="store_true", help="in a fresh data folder that is removed afterwards"
    )
    run_parser.add_argument("program", nargs="+", metavar="-- COMMAND")
    for name, explanation in {
        "backup": "write the database into a file that does not exist yet",
        "restore": "read such a file into a data folder that holds no database yet",
    }.items():
        commands.add_parser(name, help=explanation).add_argument("file", type=Path)
    return parser
