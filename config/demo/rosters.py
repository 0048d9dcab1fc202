"""Documents, directory and vacancies of the demo."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from collaboratives.documents.definition.files import accept
from collaboratives.documents.models import Document
from collaboratives.documents.selectors.audience import DocumentWords
from collaboratives.documents.services.documents import acknowledge, add_document, add_version
from collaboratives.models import Grant, Participation
from collaboratives.roster.models import DirectoryWish
from collaboratives.roster.services.cover import record_cover
from collaboratives.roster.services.directory import refresh
from collaboratives.selectors.clock import today_of
from collaboratives.selectors.places import acting_for
from collaboratives.services.people import end_role
from config.demo.cast import SURGERY
from config.demo.people import Cast
from config.demo.releases import work_off
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting


INTERESTS = (
    ("northgate", "enhanced recovery, ward rounds with nurses", True),
    ("st-brendans", "colorectal bundle, pre-operative clinic", True),
    ("great-oaks", "robotic surgery, teaching residents", False),
    ("university", "risk models, anastomotic leak", True),
    ("copper-harbor", "small hospital, transfer agreements", True),
    ("westmoor", "patient diaries", False),
)
MANUAL = (
    "ABSTRACTION MANUAL\n\n1. One case is one operation.\n2. Answer from the record, never from memory.\n"
    "3. Not documented is an answer; a blank is not.\n4. Infection within 30 days counts, wherever it was found.\n"
)
VACANT = "kestrel"


def write_roster(cast: Cast) -> int:
    """How many people are in the directory."""
    by = cast.viewer(Role.COORDINATOR, SURGERY)
    with acting(acting_for(by)), transaction.atomic():
        manual = _documents(by)
        _vacancy(cast.participations[SURGERY, VACANT], by)
    _read(cast, manual)
    listed = _list_people(cast, by)
    work_off(by.collaborative_id)
    return listed


def _documents(by: Viewer) -> Document:
    words = DocumentWords(
        title="Abstraction manual",
        about="How a case is abstracted, question by question.",
        roles=[Role.ABSTRACTOR, Role.SAMPLER],
        participation=None,
        must_acknowledge=True,
    )
    manual = add_document(words=words, file=accept("abstraction-manual.txt", MANUAL.encode()), by=by)
    more = f"{MANUAL}5. A re-admission for observation counts as one.\n".encode()
    add_version(document=manual, file=accept("abstraction-manual.txt", more), note="Rule 5 on re-admissions.", by=by)
    words = DocumentWords(
        title="Programme of the year",
        about="Windows, meetings and releases.",
        roles=[Role.CHAMPION, Role.CLINICIAN, Role.ADMINISTRATOR, Role.ABSTRACTOR],
        participation=None,
        must_acknowledge=False,
    )
    add_document(words=words, file=accept("year.txt", b"Four windows, four releases, four meetings.\n"), by=by)
    return manual


def _read(cast: Cast, manual: Document) -> None:
    """Two of three abstractors have confirmed the manual."""
    places = [(key, place) for (slug, key), place in cast.participations.items() if slug == SURGERY]
    for number, (key, _) in enumerate(places):
        if number % 3:
            reader = cast.viewer(Role.ABSTRACTOR, SURGERY, key)
            with acting(acting_for(reader)), transaction.atomic():
                acknowledge(version=manual.versions.select_related("document").order_by("-number")[0], by=reader)


def _vacancy(place: Participation, by: Viewer) -> None:
    """The champion went; somebody stands in."""
    for grant in Grant.objects.filter(participation=place, role=Role.CHAMPION, ends_at=None):
        end_role(grant=grant, by=by)
    until = today_of(place.collaborative) + timedelta(days=45)
    record_cover(participation=place, role=Role.CHAMPION, name="Dr Lena Fairweather", until=until, by=by)


def _list_people(cast: Cast, by: Viewer) -> int:
    now = timezone.now()
    places = {cast.participations[SURGERY, key].pk: (words, contact) for key, words, contact in INTERESTS}
    with acting(acting_for(by)), transaction.atomic():
        held = Grant.objects.filter(
            Q(ends_at=None) | Q(ends_at__gt=now), participation__in=list(places), role=Role.CHAMPION
        )
        champions = list(held.values_list("participation_id", "user_id"))
    for place, user in champions:
        words, contact = places[place or 0]
        _wish(by, place or 0, user, words, contact=contact)
    with acting(Acting("compute", collaborative_id=by.collaborative_id)), transaction.atomic():
        refresh(DirectoryWish.objects.filter(collaborative_id=by.collaborative_id))
    return len(champions)


def _wish(by: Viewer, place: int, user: int, words: str, *, contact: bool) -> None:
    with (
        acting(Acting("hospital", user_id=user, collaborative_id=by.collaborative_id, participation_id=place)),
        transaction.atomic(),
    ):
        DirectoryWish.objects.create(
            collaborative_id=by.collaborative_id,
            participation_id=place,
            user_id=user,
            listed=True,
            contact_listed=contact,
            interests=words,
        )
