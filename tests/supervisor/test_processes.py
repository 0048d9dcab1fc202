"""Child processes that end by themselves, do not end when asked, or leave children of their own."""

import os
import signal
import sys
import threading
import time

import pytest

from config.supervisor.errors import StopAsked, SupervisorError
from config.supervisor.processes import RESTARTS, Child, Program, run_to_end, stop
from config.supervisor.signals import Signals
from tests.supervisor.stage import eventually


STUBBORN = "import signal, time; [signal.signal(n, signal.SIG_IGN) for n in (2, 15)]; print('deaf', flush=True); time.sleep(60)"
PARENT = "import subprocess, sys, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"


@pytest.fixture
def program(tmp_path):
    def python(source, **values):
        return Program(
            name="sample",
            command=[sys.executable, "-c", source],
            environment={"PATH": os.environ["PATH"]},
            log=tmp_path / "sample.log",
            folder=tmp_path,
            **values,
        )

    return python


@pytest.fixture
def signals():
    with Signals() as listening:
        yield listening


def running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_step_that_fails_shows_the_end_of_its_log(program, signals):
    with pytest.raises(SupervisorError, match=r"(?s)sample failed \(exit code 3\).*\n  the reason$"):
        run_to_end(program("import sys; print('the reason'); sys.exit(3)"), signals)


def test_step_is_stopped_when_someone_asks(program, signals):
    os.kill(os.getpid(), signal.SIGTERM)
    began = time.monotonic()

    with pytest.raises(StopAsked):
        run_to_end(program("import time; time.sleep(60)"), signals)

    assert time.monotonic() - began < 5


def test_child_that_keeps_ending_is_given_up(program, signals, capsys):
    child = Child(program("print('no luck')"))

    def tend_until_given_up():
        while True:
            child.restart_at = child.restart_at and 0  # no need to wait in a test
            child.tend()
            signals.wait(0.05)

    with pytest.raises(SupervisorError, match=r"(?s)sample ended 6 times within 60 s\..*\n  no luck"):
        tend_until_given_up()
    assert capsys.readouterr().err.count("sample ended (exit code 0); it starts again.") == RESTARTS


def test_child_that_ignores_requests_is_killed(program, signals, capsys):
    child = Child(program(STUBBORN, stopping=((signal.SIGINT, 0.2), (signal.SIGTERM, 0.2))))
    assert eventually(lambda: "deaf" in child.program.log.read_text())

    stop([child], signals)

    assert child.process.returncode == -signal.SIGKILL
    assert capsys.readouterr().err == "sample did not stop when asked; it is killed.\n"


def test_second_request_cuts_the_patience_short(program, signals):
    child = Child(program(STUBBORN, stopping=((signal.SIGINT, 60.0),)))
    assert eventually(lambda: "deaf" in child.program.log.read_text())
    began = time.monotonic()

    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    stop([child], signals)

    assert time.monotonic() - began < 10


def test_children_of_a_child_end_with_it(program, signals):
    child = Child(program(PARENT))
    assert eventually(child.program.log.read_text)
    grandchild = int(child.program.log.read_text())

    stop([child], signals)

    assert eventually(lambda: not running(grandchild))


def test_log_that_grew_large_is_set_aside(program, signals, monkeypatch):
    monkeypatch.setattr("config.supervisor.processes.LARGEST_LOG", 10)
    sample = program("print('a line of some length')")

    run_to_end(sample, signals)
    run_to_end(sample, signals)

    assert sample.log.read_text() == "a line of some length\n"
    assert sample.log.with_suffix(".old.log").read_text() == "a line of some length\n"
