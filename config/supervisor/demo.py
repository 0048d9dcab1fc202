"""`make demo`: everything on one machine, for evaluation."""

import hashlib
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from config.supervisor.console import last_lines, say
from config.supervisor.environment import for_beat, for_setup, for_web, for_work
from config.supervisor.errors import SupervisorError
from config.supervisor.folder import DataFolder, hold
from config.supervisor.options import Options
from config.supervisor.processes import Child, Program, run_to_end, stop
from config.supervisor.servers import remove_data, running_servers
from config.supervisor.signals import Signals


PROJECT = Path(__file__).resolve().parents[2]
READY_WITHIN = 120.0  # a small, busy machine; two seconds on an idle one
WORKER_STOPPING = ((signal.SIGTERM, 8.0), (signal.SIGQUIT, 3.0))
WEB_STOPPING = ((signal.SIGTERM, 5.0),)


def demo(options: Options, *, environment: Mapping[str, str], reset: bool) -> None:
    """Start everything, wait until it is ready, keep it running until Ctrl-C."""
    _refuse_strangers(options)
    folder = DataFolder(options.data)
    began = time.monotonic()
    with Signals() as signals, hold(folder, doing="make demo", address=options.address):
        _refuse_taken_port(options)
        if reset:
            _reset(options, folder)
        say(f"Starting in {folder.path}")
        with running_servers(options, folder, signals, environment=environment) as servers:
            _tell("PostgreSQL and Valkey run", began)
            known = {**environment, **servers.environment, **_demo_environment(options, environment)}
            _set_up(folder, known, signals, began)
            children = [Child(program) for program in _programs(options, folder, known)]
            try:
                _wait_until_ready(options, children, signals)
                _tell("web, worker and beat run", began)
                _announce(options, folder)
                children.append(Child(_under_way(folder, known)))
                while not signals.asked:
                    for child in (*servers.children, *children[:-1]):
                        child.tend()
                    signals.wait(1)
                say("\nStopping…")
            finally:
                stop(children, signals)
    say("Stopped. The data stay; `make demo` goes on from here.")


def _refuse_strangers(options: Options) -> None:
    if not options.loopback and not options.public_demo:
        raise SupervisorError(
            f"The demo lets anyone in without a password, and HOST={options.host} opens it to other machines. Leave HOST out, "
            "or, when everyone who can reach this machine may sign in as anyone, set COLLOQUY_DEMO_PUBLIC=1."
        )


def _refuse_taken_port(options: Options) -> None:
    try:
        family, _, _, _, address = socket.getaddrinfo(options.host, options.port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as problem:
        raise SupervisorError(
            f"Port {options.port} on {options.host} cannot be used: {problem.strerror}. "
            f"Stop the program that uses it, or choose another: PORT={min(options.port + 1, 65535)} make demo"
        ) from problem


def _reset(options: Options, folder: DataFolder) -> None:
    if options.database_url or options.admin_database_url:
        raise SupervisorError(
            "The database named in DATABASE_URL is yours: --reset does not touch it. Drop it yourself, then start without --reset."
        )
    say(f"Removing the demo data in {folder.path}")
    remove_data(folder)


def _demo_environment(options: Options, environment: Mapping[str, str]) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "COLLOQUY_DEMO": "1",
        "PORT": str(options.port),
        "HOST": options.host,
        "BASE_URL": environment.get("BASE_URL") or options.address,
        "PYTHONUNBUFFERED": "1",
    }


def _set_up(folder: DataFolder, known: Mapping[str, str], signals: Signals, began: float) -> None:
    def manage(*arguments: str) -> None:
        program = Program(
            name=f"manage.py {arguments[0]}",
            command=[sys.executable, "manage.py", *arguments],
            environment=for_setup(known),
            log=folder.log("set-up"),
            folder=PROJECT,
        )
        run_to_end(program, signals)

    manage("migrate", "--database", "owner", "--verbosity", "0")
    manage("install_context_keys", "--database", "owner")
    _tell("the database is up to date", began)
    if not folder.static_stamp.exists():
        say("           loading the demo data takes about half a minute, this once")
    _collect_static(folder, manage)
    manage("load_demo")
    _tell("the demo data are loaded", began)


def _under_way(folder: DataFolder, known: Mapping[str, str]) -> Program:
    """What nobody waits for: releases that members do not see yet. It runs once, beside the pages, and ends."""
    return Program(
        name="under way",
        command=["nice", sys.executable, "manage.py", "load_demo", "--under-way"],
        environment=for_work(known),
        log=folder.log("set-up"),
        folder=PROJECT,
    )


def _collect_static(folder: DataFolder, manage: Callable[..., None]) -> None:
    """Compressing takes seconds, so it is done only when a file changed."""
    digest = _static_digest()
    if folder.static_stamp.exists() and folder.static_stamp.read_text() == digest:
        return
    manage("collectstatic", "--no-input", "--clear", "--verbosity", "0")
    folder.static_stamp.write_text(digest)


def _static_digest() -> str:
    seen = hashlib.sha256()
    locks = [PROJECT / "requirements.lock", PROJECT / "package-lock.json", PROJECT / "config" / "staticfinder.py"]
    ours = [
        path
        for root in (PROJECT / "static", *PROJECT.glob("[!.]*/static"))
        for path in root.rglob("*")
        if path.is_file()
    ]
    for path in sorted({*locks, *ours}):
        status = path.stat()
        seen.update(f"{path.relative_to(PROJECT)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def _programs(options: Options, folder: DataFolder, known: Mapping[str, str]) -> list[Program]:
    processes = min(2, os.cpu_count() or 1)
    web = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", options.host, "--port", str(options.port)),
        *(
            "--workers",
            str(processes),
            "--blocking-threads",
            "2",
            "--respawn-failed-workers",
            "--workers-kill-timeout",
            "4",
        ),
        "config.wsgi:application",
    ]
    worker = [
        *(sys.executable, "-m", "celery", "-A", "config", "worker"),
        *("--concurrency", str(processes), "--loglevel", "INFO"),
    ]
    beat = [
        *(sys.executable, "-m", "celery", "-A", "config", "beat"),
        *("--schedule", str(folder.schedule), "--pidfile=", "--loglevel", "INFO"),
    ]

    def program(
        name: str, command: list[str], environment: dict[str, str], stopping: tuple[tuple[signal.Signals, float], ...]
    ) -> Program:
        return Program(
            name=name, command=command, environment=environment, log=folder.log(name), folder=PROJECT, stopping=stopping
        )

    return [
        program("web", web, for_web(known), WEB_STOPPING),
        program("worker", worker, for_work(known), WORKER_STOPPING),
        program("beat", beat, for_beat(known), WEB_STOPPING),
    ]


def _wait_until_ready(options: Options, children: list[Child], signals: Signals) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while (state := _readiness(options)) != "ready":
        for child in children:
            child.tend()
        if time.monotonic() > deadline:
            log = children[0].program.log
            raise SupervisorError(
                f"The pages did not become ready within {READY_WITHIN:.0f} s; {options.address}/readyz says: {state}\n"
                f"The end of {log}:\n{last_lines(log)}"
            )
        signals.wait_or_stop(0.2)


def _readiness(options: Options) -> str:
    host = options.address.removeprefix("http://").rpartition(":")[0].strip("[]")
    connection = http.client.HTTPConnection(host, options.port, timeout=5)
    with closing(connection):
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            text = answer.read(2000).decode(errors="replace")
        except (OSError, http.client.HTTPException) as problem:
            return f"nothing ({problem})"
    return "ready" if answer.status == 200 else f"{answer.status} {text}"


def _tell(what: str, began: float) -> None:
    say(f"  {time.monotonic() - began:5.1f} s  {what}")


def _announce(options: Options, folder: DataFolder) -> None:
    say(
        f"\nColloquy is ready:  {options.address}/\n"
        f"  Sign in           {options.address}/demo/  (one button per role and hospital)\n"
        f"  Data and logs     {folder.path}  (`make demo-reset` starts afresh)\n"
        "  Stop              Ctrl-C\n\n"
        "This way of running is for evaluation and one machine. In production, name your own servers:\n"
        "  DATABASE_URL=postgresql://colloquy_app:PASSWORD@HOST/colloquy  REDIS_URL=redis://HOST:6379\n"
        "  .env.example explains every setting; docker-compose.yml is a starting point.\n"
    )
