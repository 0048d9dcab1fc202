"""A file of 100,000 cases with 40 answers each, from the upload to the outcomes: rows a second, and the worker's memory.

COLLOQUY_BENCH_ROWS makes it smaller. The times are printed; the memory and the counts are asserted.
"""

import csv
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections, transaction
from psycopg import sql

from cases.models import Case, CaseImport
from cases.services.imports import commit_import, upload_import
from collaboratives.selectors.places import acting_for
from collaboratives.services.people import grant_role
from collaboratives.services.programme import create_collaborative, create_hospital
from events.models import Event, Job
from feedback.models import CaseOutcome, SiteMonth
from measures.models import Form
from measures.services.definitions import publish_definition
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import acting
from tests.bench import registry
from tests.worlds import agreements, programme


ROOT = Path(__file__).resolve().parents[2]
ROWS = int(os.environ.get("COLLOQUY_BENCH_ROWS", "100000"))
HOSPITALS = 20
MOST_MEGABYTES = 500


@pytest.fixture(scope="module")
def coordinator(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Viewer]:
    """Of a large registry, in a copy of the test database that is dropped afterwards: a worker must see what is committed."""
    original = settings.DATABASES["default"]["NAME"]
    copy = f"{original}_import"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy))
    for each in connections.all():
        each.close()
    with django_db_blocker.unblock(), psycopg.connect(os.environ["ADMIN_DATABASE_URL"], autocommit=True) as admin:
        admin.execute(drop)
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(copy), sql.Identifier(original)))
        _sign_in(copy)
        yield _registry()
        _sign_in(original)
        admin.execute(drop)


def _sign_in(name: str) -> None:
    connections["default"].close()
    given = psycopg.conninfo.conninfo_to_dict(os.environ["WORK_DATABASE_URL"])
    values = {"NAME": name, "USER": "colloquy_work", "PASSWORD": given["password"]}
    settings.DATABASES["default"].update(values)
    connections["default"].settings_dict.update(values)


def _registry() -> Viewer:
    director = programme.new_user("della", "Della Largeford")
    create_collaborative(
        director=director,
        slug="large-registry",
        name="Large Registry",
        specialty="Surgery",
        time_zone="America/Detroit",
    )
    by = programme.viewer("della", "large-registry")
    with acting(acting_for(by)), transaction.atomic():
        grant_role(
            user=programme.new_user("colin", "Colin Largeford"), role=Role.COORDINATOR, participation=None, by=by
        )
    with acting(acting_for(by)), transaction.atomic():
        for number in _hospitals():
            create_hospital(by=by, joined_on=date(2023, 1, 1), identifier=number, name=f"Hospital {number}")
    with acting(acting_for(by)), transaction.atomic():
        publish_definition(text=registry.definition(), path="registry.yaml", by=by)
        agreements.sign_everything(by)
    return programme.viewer("colin", "large-registry")


def _hospitals() -> list[str]:
    return [f"9{number:03d}" for number in range(HOSPITALS)]


def _file() -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(registry.header())
    writer.writerows(registry.rows(ROWS, _hospitals()))
    return out.getvalue().encode()


def _worker(step: str, key: int, by: Viewer) -> dict[str, float]:
    address = psycopg.conninfo.conninfo_to_dict(os.environ["WORK_DATABASE_URL"])
    name = settings.DATABASES["default"]["NAME"]
    environment = os.environ | {
        "DATABASE_URL": os.environ["WORK_DATABASE_URL"].removesuffix(f"/{address['dbname']}") + f"/{name}",
        "COLLOQUY_PROCESS": "work",
    }
    command = [sys.executable, "-m", "tests.bench.import_worker", step, str(key), str(by.collaborative_id)]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    return dict(json.loads(done.stdout))


def _phases(content: bytes, by: Viewer) -> tuple[CaseImport, dict[str, dict[str, float]]]:
    """Upload, check, take over and count, each as its own process would."""
    phases: dict[str, dict[str, float]] = {}
    start = time.perf_counter()
    with acting(acting_for(by)), transaction.atomic():
        case_import = upload_import(
            form=Form.objects.get(slug="operation"), file_name="registry.csv", content=content, by=by
        )
    phases["upload"] = {"seconds": time.perf_counter() - start}
    phases["check"] = _worker("job", _newest(by, "cases.check_import"), by)
    with acting(acting_for(by)), transaction.atomic():
        commit_import(case_import=case_import, valid_only=True, by=by)
    phases["commit"] = _worker("job", _newest(by, "cases.commit_import"), by)
    with acting(acting_for(by)), transaction.atomic():
        event = Event.objects.filter(kind="import_committed").latest("pk")
        case_import = CaseImport.objects.defer("content").get(pk=case_import.pk)
    phases["outcomes"] = _worker("event", event.pk, by)
    return case_import, phases


def _newest(by: Viewer, kind: str) -> int:
    with acting(acting_for(by)), transaction.atomic():
        return int(Job.objects.filter(kind=kind).latest("pk").pk)


@pytest.mark.worker
def test_a_hundred_thousand_cases_come_in(coordinator: Viewer, capsys: pytest.CaptureFixture[str]) -> None:
    content = _file()

    case_import, phases = _phases(content, coordinator)
    again, second = _phases(content, coordinator)

    total = sum(phase["seconds"] for phase in phases.values())
    with capsys.disabled():
        _tell(f"{ROWS:,} rows x {len(registry.header()) - 2} answers, {len(content) / 1e6:.1f} MB, new", phases)
        _tell("the same file again, unchanged", second)
    actions = case_import.summary["actions"]
    with acting(acting_for(coordinator)), transaction.atomic():
        mine = Case.objects.filter(collaborative_id=coordinator.collaborative_id)
        cases, outcomes = mine.count(), CaseOutcome.objects.filter(case_id__in=mine.values("pk")).count()
        counted = sum(
            month.met + month.not_met + month.excluded + month.cannot_tell for month in SiteMonth.objects.all()
        )
    assert actions["new"] + actions["rejected"] == ROWS
    assert (cases, outcomes, counted) == (actions["new"], actions["new"] * 5, actions["new"] * 5)
    assert (again.summary["actions"]["unchanged"], again.summary["written"]) == (actions["new"], 0)
    assert max(phase.get("megabytes", 0) for phase in phases.values()) < MOST_MEGABYTES
    assert total > 0


def _tell(title: str, phases: dict[str, dict[str, float]]) -> None:
    """The measurement is the point."""
    total = sum(phase["seconds"] for phase in phases.values())
    print(f"\n{title}; load {os.getloadavg()[0]:.1f}")  # noqa: T201
    for name, phase in phases.items():
        cpu, server, memory = phase.get("cpu", 0), phase.get("database", 0), phase.get("megabytes", 0)
        print(  # noqa: T201
            f"  {name:10}{phase['seconds']:7.2f} s {ROWS / phase['seconds']:9,.0f} rows/s   python {cpu:6.2f} s  postgres {server:6.2f} s {memory:6.0f} MB"
        )
    print(f"  {'in all':10}{total:7.2f} s {ROWS / total:9,.0f} rows/s", end="")  # noqa: T201
