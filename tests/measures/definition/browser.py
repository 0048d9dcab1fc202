"""The browser's back end, run by Node.js: many jobs in one process."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from measures.definition.answers import Answers, to_json


ROOT = Path(__file__).parents[3]
RUNNER = Path(__file__).with_name("browser.mjs")


@cache
def _modules() -> Path:
    """A copy of the modules that Node takes for modules whatever its version."""
    folder = Path(mkdtemp(prefix="colloquy-browser-"))
    shutil.copytree(ROOT / "static" / "js" / "definition", folder, dirs_exist_ok=True)
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    return folder


def run(jobs: Iterable[dict]) -> list:
    """What browser.mjs makes of each job."""
    node = shutil.which("node")
    assert node, "Node.js 18 or newer is needed to test the browser's back end: install it and put `node` on the PATH"
    result = subprocess.run(  # tests run Node only
        [node, str(RUNNER), str(_modules())], input=json.dumps([*jobs]), capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout, parse_float=Decimal)


def exactly(data: object) -> object:
    """JSON data as `run` gives it: numbers with decimals are decimals."""
    return json.loads(json.dumps(data), parse_float=Decimal)


def as_stored(answers: Answers) -> dict:
    stored = to_json(answers)
    return {"values": stored.answers, "missing": stored.missing}
