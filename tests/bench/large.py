"""A registry of a hundred hospitals in a copy of the test database that is dropped afterwards."""

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import psycopg
from django.conf import settings
from django.db import connections, transaction
from django.test import Client
from psycopg import sql

from accounts.models import User
from collaboratives.models import Participation
from collaboratives.selectors.places import acting_for
from collaboratives.services.people import grant_role
from collaboratives.services.programme import create_collaborative, create_hospital
from measures.services.definitions import publish_definition
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting
from tests.worlds import programme
from tests.worlds.counting import page_queries


CASES = int(os.environ.get("COLLOQUY_BENCH_CASES", "1000000"))
HOSPITALS, SLUG = 100, "large-registry"
MOST_MILLISECONDS, ROUNDS = 50, 21
SIGN_INS = {"app": "DATABASE_URL", "work": "WORK_DATABASE_URL"}


@contextmanager
def copied_database(purpose: str) -> Iterator[str]:
    """Its name, signed in as a worker; `sign_in` changes that."""
    original = settings.DATABASES["default"]["NAME"]
    copy = f"{original}_{purpose}"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy))
    for each in connections.all():
        each.close()
    with psycopg.connect(os.environ["ADMIN_DATABASE_URL"], autocommit=True) as admin:
        admin.execute(drop)
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(copy), sql.Identifier(original)))
        try:
            sign_in(copy, "work")
            yield copy
        finally:
            sign_in(original, "app")
            admin.execute(drop)


def sign_in(name: str, role: str) -> None:
    """Let the program use this database as `app` or as `work`."""
    connections["default"].close()
    given = psycopg.conninfo.conninfo_to_dict(os.environ[SIGN_INS[role]])
    values = {"NAME": name, "USER": f"colloquy_{role}", "PASSWORD": given["password"]}
    settings.DATABASES["default"].update(values)
    connections["default"].settings_dict.update(values)


def superuser(name: str) -> str:
    """Address for what no program of ours may: a million rows through the triggers would take the afternoon."""
    return psycopg.conninfo.make_conninfo(os.environ["ADMIN_DATABASE_URL"], dbname=name)


def create_registry(definition: str) -> Viewer:
    """Director Della, coordinator Colin, biostatistician Bella, and Andy, who abstracts and leads the first hospital."""
    director = programme.new_user("della", "Della Largeford")
    create_collaborative(
        director=director, slug=SLUG, name="Large Registry", specialty="Surgery", time_zone="America/Detroit"
    )
    by = programme.viewer("della", SLUG)
    with acting(acting_for(by)), transaction.atomic():
        for number in range(HOSPITALS):
            create_hospital(
                by=by, joined_on=date(2023, 1, 1), identifier=f"9{number:03d}", name=f"Hospital 9{number:03d}"
            )
        publish_definition(text=definition, path="registry.yaml", by=by)
        first = Participation.objects.filter(collaborative_id=by.collaborative_id).earliest("pk")
    for name, role, place in (
        ("colin", Role.COORDINATOR, None),
        ("bella", Role.BIOSTATISTICIAN, None),
        ("andy", Role.ABSTRACTOR, first),
        ("clara", Role.CLINICIAN, first),
    ):
        user = programme.new_user(name, f"{name.capitalize()} Largeford")
        with acting(acting_for(by)), transaction.atomic():
            grant_role(user=user, role=role, participation=place, by=by)
    return by


@contextmanager
def signed_in_as_the_web() -> Iterator[None]:
    """Inside, the program reads as a web process does."""
    name = settings.DATABASES["default"]["NAME"]
    sign_in(name, "app")
    try:
        yield
    finally:
        sign_in(name, "work")


@dataclass(frozen=True)
class MeasuredPage:
    milliseconds: list[float]
    statements: list[str]
    size: int

    @property
    def median(self) -> float:
        return statistics.median(self.milliseconds)

    def __str__(self) -> str:
        return (
            f"{min(self.milliseconds):6.1f} ms least {self.median:6.1f} ms median "
            f"{len(self.statements):3} queries {self.size / 1000:6.1f} kB"
        )


def measure_page(name: str, url: str) -> MeasuredPage:
    """Server time of a page as somebody reads it again and again, and what it asks the database."""
    key, _ = programme.USERS[name]
    with acting(Acting("member", user_id=key)), transaction.atomic():
        user = User.objects.get(pk=key)
    client, times = Client(), []
    client.force_login(user)
    answer = client.get(url)
    for _ in range(ROUNDS):
        start = time.perf_counter()
        answer = client.get(url)
        times.append((time.perf_counter() - start) * 1000)
    assert answer.status_code == 200
    return MeasuredPage(times, page_queries(client, url), len(answer.content))
