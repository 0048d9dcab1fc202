"""A named cast, built once per run through the services, so that every state in a test is one users can reach."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from collaboratives.models import Participation
from collaboratives.selectors.places import acting_for
from privacy.viewer import Viewer
from tenancy.context import Acting, acting, current
from tests.worlds import (
    agreements,
    audits,
    ballots,
    baselines,
    cases,
    definitions,
    documents,
    drafts,
    groups,
    locks,
    logs,
    meetings,
    news,
    notifications,
    programme,
    quality,
    questions,
    releases,
    reports,
    reviews,
    rosters,
    training,
    trend_notes,
    trials,
    week,
)


def build_world() -> None:
    """Commit the cast to the test database. Each part is a module of `tests/worlds`, in the order things happen."""
    programme.build()
    agreements.build()
    documents.build()
    rosters.build()
    definitions.build()
    drafts.build()
    cases.build()
    locks.build()
    logs.build()
    questions.build()
    releases.build()
    trend_notes.build()
    baselines.build()
    trials.build()
    reviews.build()
    reports.build()
    training.build()
    audits.build()
    quality.build()
    meetings.build()
    news.build()
    ballots.build()
    groups.build()
    notifications.build()
    week.build()  # the last: what waits after all of this


@dataclass(frozen=True)
class World:
    """Finds people and hospitals of the cast by their short names."""

    slug: str = "colectomy-mi"

    def user(self, name: str) -> User:
        """As signing in reads them, with the digest of the password; a worker signs nobody in."""
        user_id, _ = programme.USERS[name]
        if current() is None and connection.settings_dict["USER"] == "colloquy_app":
            return User.objects.get(pk=user_id)
        with acting(Acting("member", user_id=user_id)), transaction.atomic():
            return User.objects.get(pk=user_id)

    def viewer(self, name: str, slug: str = "colectomy-mi", hospital: str | None = None) -> Viewer:
        return programme.viewer(name, slug, hospital)

    @contextmanager
    def acting_as(self, name: str, slug: str = "colectomy-mi", hospital: str | None = None) -> Iterator[Viewer]:
        """Everything inside runs as this person would run it: `with world.acting_as("cora") as cora: …`."""
        viewer = self.viewer(name, slug, hospital)
        with acting(acting_for(viewer)), transaction.atomic():
            yield viewer

    def participation(self, name: str, slug: str = "colectomy-mi") -> Participation:
        return programme.participation(name, slug)

    def client(self, name: str) -> Client:
        """A browser in which this person is signed in."""
        client = Client()
        client.force_login(self.user(name))
        return client
