"""One demo as `make demo` starts it, one Chromium, and visitors who sign in through /demo/."""

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.cast import ACCOUNTS
from tests.browser.visitor import Visitor
from tests.supervisor.stage import PROJECT, eventually, let_through, run_to_its_end, start


# A bare browser that talks to nobody but the page's own host.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    own = [place for place, item in enumerate(items) if item.path.is_relative_to(Path(__file__).parent)]
    for place in own:
        items[place].add_marker(pytest.mark.browser)
        items[place].add_marker(pytest.mark.slow)
    # A second form changes what others see, so whoever publishes it comes last.
    ordered = sorted((items[place] for place in own), key=lambda item: "long_form" in getattr(item, "fixturenames", ()))
    for place, item in zip(own, ordered, strict=True):
        items[place] = item


# Scope "package": Playwright keeps an event loop in this thread, and Django refuses its ORM to the tests that follow.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        if os.environ.get("CI") == "true":
            pytest.fail("There is no Chromium, and CI must not go without it: scripts/install-browser")
        pytest.skip("There is no Chromium here. On Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo keeps its data; COLLOQUY_BROWSER_DATA says it of a running one."""
    if running := os.environ.get("COLLOQUY_BROWSER_DATA"):
        return Path(running)
    folder = tmp_path_factory.mktemp("browser")
    let_through(folder)
    return folder / "data"


@pytest.fixture(scope="package")
def address(chromium: Browser, folder: Path) -> Iterator[str]:
    """The demo with servers, web, worker and beat of its own; or the running one that COLLOQUY_BROWSER_ADDRESS names."""
    if running := os.environ.get("COLLOQUY_BROWSER_ADDRESS"):
        yield running.rstrip("/")
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with start(folder, "demo", PORT=str(port)) as supervisor:
        supervisor.says(f"Colloquy is ready:  http://127.0.0.1:{port}/")
        # What is loaded beside the first pages holds the counting of cases back while it computes.
        log = folder / "logs" / "set-up.log"
        assert eventually(lambda: "waits at the gate" in log.read_text(), within=300)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="package")
def long_form(address: str, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A second form of 74 questions, published in the demo as a coordinating centre would; its name."""
    if "COLLOQUY_BROWSER_ADDRESS" in os.environ and "COLLOQUY_BROWSER_DATA" not in os.environ:
        pytest.skip(f"COLLOQUY_BROWSER_DATA does not say where the data of {address} are.")
    file = tmp_path_factory.mktemp("forms") / "definition.yaml"
    file.write_text(with_long_form(), encoding="utf-8")
    command = f'DATABASE_URL="$WORK_DATABASE_URL" COLLOQUY_PROCESS=work exec {sys.executable} manage.py load_definition {file} --director director@greatlakes.example'
    loaded = run_to_its_end(folder, "run", "--", "bash", "-c", command)
    assert loaded.returncode == 0, loaded.stderr
    return "Recovery after colectomy"


def with_long_form() -> str:
    """The definition of examples/surgical with the long form among its forms."""
    definition = (PROJECT / "examples" / "surgical" / "definition.yaml").read_text(encoding="utf-8")
    form = (Path(__file__).parent / "recovery_form.yaml").read_text(encoding="utf-8")
    return definition.replace("\nmeasures:\n", f"\n{form}\nmeasures:\n", 1)


@pytest.fixture
def visitor(chromium: Browser, address: str) -> Iterator[Callable[..., Visitor]]:
    """Open a browser profile of its own for somebody: `visitor()` is a stranger, `visitor("clinician")` has signed in."""
    opened: list[Visitor] = []

    def open_for(role: str = "", **options) -> Visitor:
        opened.append(Visitor.open(chromium, address, **options))
        if role:
            opened[-1].sign_in(ACCOUNTS[role])
        return opened[-1]

    yield open_for
    for each in opened:
        each.context.close()


@pytest.fixture(scope="package")
def resident(chromium: Browser, address: str) -> Iterator[Callable[[str], Visitor]]:
    """Somebody who stays signed in from test to test, for tests that only look."""
    signed_in: dict[str, Visitor] = {}

    def of_role(role: str) -> Visitor:
        if role not in signed_in:
            signed_in[role] = Visitor.open(chromium, address)
            signed_in[role].sign_in(ACCOUNTS[role])
        return signed_in[role]

    yield of_role
    for each in signed_in.values():
        each.context.close()
