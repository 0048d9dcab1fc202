"""The demo for tests of its pages and its numbers."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.urls import clear_url_caches
from pytest_django import DjangoDbBlocker

from config import urls
from tests.worlds import demo


@pytest.fixture(scope="module")
def demo_database(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The demo, loaded; the module's DEMO says how much of it. Its tests run in the role that they are marked with."""
    role = "work" if request.node.get_closest_marker("worker") else "app"
    with django_db_blocker.unblock(), demo.demo_database(role, **request.module.DEMO):
        yield


@pytest.fixture
def demo_mode() -> Iterator[None]:
    with _mode(demo=True):
        yield


@pytest.fixture
def production_mode() -> Iterator[None]:
    with _mode(demo=False):
        yield


@contextmanager
def _mode(*, demo: bool) -> Iterator[None]:
    """Routes of the demo exist only when the process starts in demo mode: read them again."""
    before = settings.DEMO
    try:
        _start(demo=demo)
        yield
    finally:
        _start(demo=before)


def _start(*, demo: bool) -> None:
    settings.DEMO = demo
    importlib.reload(urls)
    clear_url_caches()
