"""A real worker, killed while it checks and while it writes: nothing half done, all of it done after a restart, once."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from celery import Celery
from django.db import connections, transaction

from cases.models import CaseImport
from cases.services.imports import commit_import, undo_import, upload_import
from collaboratives.selectors.places import acting_for
from measures.models import Form
from privacy.viewer import Viewer
from tenancy.context import acting
from tests.events.conftest import Broker, eventually
from tests.tenancy.conftest import address
from tests.worlds import programme


ROOT = Path(__file__).resolve().parents[2]
ROWS = 3_000
HEADING = "case_number,age,asa,operation_date,antibiotic,ssi"


class Stage:
    """Alder's file in the committed database, a worker that can be killed, and a superuser who sees what is there."""

    def __init__(self, superuser: psycopg.Connection[Any], broker: Broker, by: Viewer) -> None:
        self.superuser, self.broker, self.by = superuser, broker, by
        self.worker: subprocess.Popen[bytes] | None = None

    def start_worker(self) -> None:
        environment = os.environ | {
            "DATABASE_URL": address("WORK_DATABASE_URL"),
            "REDIS_URL": self.broker.redis_url,
            "COLLOQUY_PROCESS": "work",
        }
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1", "-l", "info"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        with (self.broker.folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                [*command, *quiet], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill_worker(self) -> None:
        if self.worker is not None:
            os.killpg(self.worker.pid, signal.SIGKILL)
            self.worker.wait()
            self.worker = None

    def wake(self) -> None:
        """Send every unfinished job of ours, as the outbox would after half a minute."""
        rows = self.superuser.execute(
            "SELECT id, collaborative_id FROM events_job WHERE finished_at IS NULL AND kind LIKE 'cases.%'"
        ).fetchall()
        with Celery(broker=self.broker.celery_url, set_as_current=False) as sender:
            for job, collaborative in rows:
                sender.send_task("events.run_job", kwargs={"job_id": job, "collaborative_id": collaborative})

    def count(self, query: str) -> int:
        return int((self.superuser.execute(query).fetchone() or (0,))[0])

    @property
    def rows(self) -> int:
        return self.count("SELECT count(*) FROM cases_importrow WHERE case_number LIKE 'KILL-%'")

    @property
    def cases(self) -> int:
        return self.count("SELECT count(*) FROM cases_case WHERE case_number LIKE 'KILL-%'")

    def state(self) -> str:
        (state,) = self.superuser.execute(
            "SELECT state FROM cases_caseimport WHERE file_name = 'kill.csv'"
        ).fetchone() or ("",)
        return str(state)

    def writes(self, table: str) -> bool:
        """Whether the worker's open transaction holds rows of the table that nobody else sees yet."""
        query = """SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
                    WHERE relation = %s::regclass AND mode = 'RowExclusiveLock' AND usename = 'colloquy_work'"""
        return bool((self.superuser.execute(query, [table]).fetchone() or (0,))[0])

    def log(self) -> str:
        return (self.broker.folder / "worker.log").read_text()[-4000:]


@pytest.fixture
def stage(django_db_setup: None, django_db_blocker: Any, broker: Broker) -> Iterator[Stage]:
    with django_db_blocker.unblock(), psycopg.connect(address(), autocommit=True) as superuser:
        stage = Stage(superuser, broker, programme.viewer("alder.abstractor"))
        yield stage
        stage.kill_worker()
        _clean(superuser)
        connections["default"].close()


def _clean(superuser: psycopg.Connection[Any]) -> None:
    """Nothing of the test stays in the world of the others."""
    keys = [key for (key,) in superuser.execute("SELECT id FROM cases_caseimport WHERE file_name = 'kill.csv'")]
    for statement in (
        "DELETE FROM feedback_caseoutcome WHERE case_id IN (SELECT id FROM cases_case WHERE case_import_id = ANY (%s))",
        "DELETE FROM cases_case WHERE case_import_id = ANY (%s)",
        "DELETE FROM cases_importrow WHERE case_import_id = ANY (%s)",
        "DELETE FROM events_job WHERE kind LIKE 'cases.%%' AND subject_id = ANY (%s)",
        "DELETE FROM events_event WHERE subject = 'cases.CaseImport' AND subject_id = ANY (%s)",
        "DELETE FROM cases_caseimport WHERE id = ANY (%s)",
    ):
        superuser.execute(statement, [keys])


def wait(stage: Stage, condition: Callable[[], object], what: str) -> None:
    assert eventually(condition, within=90), f"{what} did not happen. The end of the worker's log:\n{stage.log()}"


def _as(by: Viewer, work: Callable[[], CaseImport]) -> CaseImport:
    with acting(acting_for(by)), transaction.atomic():
        return work()


@pytest.mark.slow
def test_killing_the_worker_leaves_no_half_of_an_import(stage: Stage) -> None:
    by = stage.by
    content = "\n".join([HEADING, *(f"KILL-{number},70,2,2026-03-05,1,0" for number in range(ROWS))]).encode()
    form = _as(by, lambda: Form.objects.get(slug="colectomy"))  # type: ignore[arg-type, return-value]  # a form, the same way
    case_import = _as(by, lambda: upload_import(form=form, file_name="kill.csv", content=content, by=by))  # type: ignore[arg-type]  # the same

    stage.start_worker()
    stage.wake()
    wait(stage, lambda: stage.writes("cases_importrow"), "the check")
    stage.kill_worker()
    half_checked = (stage.rows, stage.state())
    stage.start_worker()
    stage.wake()
    wait(stage, lambda: stage.state() == "checked", "the check after a restart")
    rows = stage.rows

    _as(by, lambda: commit_import(case_import=case_import, valid_only=False, by=by))
    stage.wake()
    wait(stage, lambda: stage.writes("cases_case"), "the commit")
    stage.kill_worker()
    half_written = (stage.cases, stage.state())
    stage.start_worker()
    stage.wake()
    wait(stage, lambda: stage.state() == "committed", "the commit after a restart")
    stage.wake()
    cases = stage.cases

    _as(by, lambda: undo_import(case_import=case_import, by=by))
    stage.wake()
    wait(stage, lambda: stage.state() == "undone", "the undo")

    assert half_checked == (0, "checking")
    assert (rows, half_written, cases) == (ROWS, (0, "committing"), ROWS)
    assert stage.cases == 0
