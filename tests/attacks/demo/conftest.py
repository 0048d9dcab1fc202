"""One demo for all attacks on it: loading takes as long as all of them together."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from config.demo.releases import RELEASES
from tenancy.context import Acting, acting
from tests.attacks.demo.acting import worker_of_surgery
from tests.worlds.demo import demo_database


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "demo" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="package")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """All cases of the demo and its latest release; each test signs in there in the role that it is marked with."""
    role = settings.DATABASES["default"]["USER"].removeprefix("colloquy_")
    with django_db_blocker.unblock(), demo_database(role, releases=RELEASES[-1:]):
        yield


@pytest.fixture
def surgery(demo: None, db: None) -> Iterator[Acting]:
    """Everything inside runs as the worker of the surgical collaborative."""
    who = worker_of_surgery()
    with acting(who), transaction.atomic():
        yield who
