"""Everything that the world mailed and told: nothing in it is of another hospital, and nothing is clinical."""

from collections.abc import Iterator

import pytest
from django.core import mail
from django.db import transaction

from cases.models import Case
from collaboratives.models import Grant
from collaboratives.notifications.models import Notification
from collaboratives.notifications.services import sending
from config.reactions import REACTIONS
from coordination.meetings.services import mailing
from coordination.week.services.digests import send_digests
from events.models import Event
from feedback.services import release_mail
from tenancy.context import acting
from tests.architecture.test_canary import foreign_to
from tests.architecture.tokens import Tokens, documents, results_of
from tests.world import World
from tests.worlds import programme, releases
from tests.worlds.programme import COLECTOMY, HERNIA, HOSPITALS


pytestmark = pytest.mark.worker
# Modules that react to an event by telling somebody. What counts cases has nothing to say.
TELLING = {"mailing", "reminding", "telling", "delivering", "documents", "review_reminders", "release_mail"}
LEAST_MAILS, LEAST_TOLD = 40, 100


@pytest.fixture
def told(world: World) -> Iterator[dict[str, list[str]]]:
    """E-mail address → everything that its owner was mailed and told, as a determined reader has it."""
    who = releases.worker()
    with acting(who), transaction.atomic():
        for event in Event.objects.filter(collaborative_id=who.collaborative_id).order_by("pk"):
            for reaction in REACTIONS[event.kind]:
                if reaction.__module__.rpartition(".")[2] in TELLING or reaction.__name__ == "mail_invitation":
                    reaction(event)
        for send in (sending.send_due, mailing.send_due, release_mail.send_due):
            send(who.collaborative_id)
    send_digests()
    found: dict[str, list[str]] = {}
    for each in mail.outbox:
        (reader,) = each.recipients()
        found.setdefault(reader, []).extend(documents(bytes(each.message())))
        found[reader] += [each.subject, str(each.body)]
    with acting(who), transaction.atomic():
        rows = Notification.objects.values_list("user__email", "title", "text", "path", "key")
        for reader, *texts in rows:
            found.setdefault(reader, []).extend(texts)
        assert len(rows) >= LEAST_TOLD
        assert len(mail.outbox) >= LEAST_MAILS
        yield found


def hospitals_of(address: str) -> set[str] | None:
    """Short names of the hospitals at which somebody works; None for the centre and whoever has no account."""
    held = Grant.objects.filter(user__email=address).values_list("capacity", "participation__site__identifier")
    if not held or any(capacity == "centre" for capacity, _ in held):
        return None
    return {name for name, (identifier, *_) in HOSPITALS.items() if identifier in {number for _, number in held}}


def test_nobody_is_told_of_another_hospital(world: World, told: dict[str, list[str]]) -> None:
    people = {address: hospitals_of(address) for address in told}
    leaks = {}
    for address, own in people.items():
        if own is not None:
            others = foreign_to(world, None, hospitals=[each for each in COLECTOMY if each not in own])
            words = others.texts - {"Lyddington", "Kirtlebridge"}  # the centre writes, and signs
            leaks[address] = Tokens(words, others.results).found_in(told[address])

    assert {address: found for address, found in leaks.items() if found} == {}
    assert len(leaks) > 20
    own_name = HOSPITALS["birch"][1]
    assert own_name in "\n".join(text for each in told.values() for text in each), "there is a name that could leak"


def test_nobody_is_told_anything_clinical(world: World, told: dict[str, list[str]]) -> None:
    """Not of their own hospital either: no number of a case, no result."""
    numbers = frozenset(Case.objects.values_list("case_number", flat=True))
    results = frozenset(pair for each in COLECTOMY for pair in results_of(each))

    assert Tokens(numbers, results).found_in(text for each in told.values() for text in each) == set()


def test_the_other_programme_is_told_nothing_of_this_one(world: World, told: dict[str, list[str]]) -> None:
    elsewhere = {programme.email("stella"), programme.email("dieter")}

    assert elsewhere & set(told) == set()
    assert set(HERNIA) - set(COLECTOMY) != set()
