"""What the environment asks for, and what is refused before anything starts."""

import socket
from pathlib import Path

import pytest

from config.supervisor.errors import SupervisorError
from config.supervisor.options import options_from


def test_without_any_variable_the_demo_is_local():
    options = options_from({})

    assert (options.address, options.loopback, options.data) == ("http://127.0.0.1:8000", True, Path(".data").resolve())


@pytest.mark.parametrize(
    ("host", "address", "loopback"),
    [
        ("localhost", "http://localhost:8000", True),
        ("127.0.0.2", "http://127.0.0.2:8000", True),
        ("::1", "http://[::1]:8000", True),
        ("0.0.0.0", "http://127.0.0.1:8000", False),  # noqa: S104
        ("::", "http://[::1]:8000", False),
        ("192.0.2.7", "http://192.0.2.7:8000", False),
        ("registry.example", "http://registry.example:8000", False),
    ],
)
def test_host_decides_address_and_openness(host, address, loopback):
    options = options_from({"HOST": host})

    assert (options.address, options.loopback) == (address, loopback)


@pytest.mark.parametrize("port", ["0", "65536", "80a", "-1", "٣"])
def test_port_that_is_none_is_refused(port):
    with pytest.raises(SupervisorError, match=f"PORT must be a number from 1 to 65535, but is '{port}'"):
        options_from({"PORT": port})


def test_demo_refuses_to_listen_to_other_machines_unless_told(run):
    refused = run("demo", HOST="0.0.0.0")  # noqa: S104

    assert refused.returncode == 1
    assert "HOST=0.0.0.0 opens it to other machines" in refused.stderr
    assert "COLLOQUY_DEMO_PUBLIC=1" in refused.stderr


def test_demo_refuses_a_port_in_use_and_offers_the_next(run, data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        refused = run("demo", PORT=str(port))

    assert refused.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used: Address already in use." in refused.stderr
    assert f"PORT={port + 1} make demo" in refused.stderr
    assert not (data / "servers").exists()


def test_reset_does_not_touch_a_database_that_the_environment_names(run, data):
    refused = run("demo", "--reset", DATABASE_URL="postgresql://someone@192.0.2.1/theirs", PORT="18999")

    assert refused.returncode == 1
    assert "The database named in DATABASE_URL is yours: --reset does not touch it." in refused.stderr
