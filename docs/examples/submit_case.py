"""Submit one case to Colloquy. Python's standard library is enough.

    export COLLOQUY_URL=https://colloquy.example COLLOQUY_KEY=clq_…
    python submit_case.py case.json

case.json holds a case as POST /api/v1/cases/ takes it:

    {"form": "colectomy", "case_number": "C-1042", "event_date": "2026-03-05", "answers": {"age": 70}}
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path


TRIES = 4


def main(path: str) -> int:
    """Save the case, then complete it if nothing stands in the way."""
    status, case = ask(
        "POST", "/api/v1/cases/", json.loads(Path(path).read_text()), {"Idempotency-Key": str(uuid.uuid4())}
    )
    if status != 201:
        return refuse(case)
    print(f"Case {case['case_number']} is saved as {case['id']}.")
    status, case = ask("POST", f"/api/v1/cases/{case['id']}/complete/", None, {"If-Match": f'"{case["revision"]}"'})
    if status != 200:
        return refuse(case)
    print("It is complete.")
    return 0


def refuse(problem: dict) -> int:
    """Say what the form would say: where, what, and what helps."""
    print(problem["detail"], file=sys.stderr)
    for each in problem["problems"]:
        print(f"  {each['field']}: {each['message']} {each['remedy']}", file=sys.stderr)
    return 1


def ask(method: str, path: str, body: object, headers: dict[str, str]) -> tuple[int, dict]:
    """Send a request; after a lost connection send it again, with the same key, so that it counts once."""
    request = urllib.request.Request(
        os.environ["COLLOQUY_URL"] + path,
        data=json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {os.environ['COLLOQUY_KEY']}",
            "Content-Type": "application/json",
            **headers,
        },
        method=method,
    )
    for attempt in range(1, TRIES + 1):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code not in {429, 500, 502, 503} or attempt == TRIES:
                return error.code, json.load(error)
        except OSError:
            if attempt == TRIES:
                raise
        time.sleep(2**attempt)
    raise AssertionError("not reached")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
