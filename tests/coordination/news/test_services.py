"""What the services of news do and refuse, as people who write."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from collaboratives.models import Grant
from collaboratives.services.people import end_role
from coordination.news.definition.audience import ROLES, Recipient, Recipients, Wanted, chosen
from coordination.news.definition.draft import Seen, Words
from coordination.news.definition.words import Section, excerpt, first_paragraph, hospitals_in, newsletter, plain
from coordination.news.enums import State
from coordination.news.errors import NewsError, NoDraftError
from coordination.news.models import Announcement, Audience, Receipt
from coordination.news.services.drafting import begin_draft, correct, discard_draft, save_draft
from coordination.news.services.reading import mark_read
from coordination.news.services.sending import remind, send, withdraw
from events.models import Event
from privacy.roles import Role
from privacy.viewer import PermissionRefusedError, Viewer
from tests.world import World
from tests.worlds import news, programme


CHAMPIONS = Wanted(roles=frozenset({Role.CHAMPION}))
WRITTEN = Words(title="Meeting", text="Come.", wanted=CHAMPIONS)


@pytest.fixture
def cora(world: World) -> Iterator[Viewer]:
    with world.acting_as("cora") as viewer:
        yield viewer


# Whom it is for -------------------------------------------------------------------------------------------------------


def person(user: int, role: Role, place: int | None = None) -> Recipient:
    return Recipient(user_id=user, name=f"P{user}", role=role, participation_id=place, hospital=None)


def test_people_are_counted_once_and_rows_by_hospital() -> None:
    pool = [person(1, Role.ABSTRACTOR, 1), person(1, Role.ABSTRACTOR, 2), person(1, Role.CHAMPION, 1)]
    found = chosen(pool, Wanted(roles=frozenset({Role.ABSTRACTOR, Role.CHAMPION})))

    assert [(each.participation_id, each.role) for each in found.rows] == [(1, Role.CHAMPION), (2, Role.ABSTRACTOR)]
    assert found.sentence == "1 person of 2 hospitals: 1 clinical champion, 1 abstractor"
    assert found.only_hospital is None


def test_who_gets_it_in_words() -> None:
    assert Recipients().sentence == "Nobody yet"
    assert Recipients(rows=[person(1, Role.SPONSOR)]).sentence == "1 person: 1 sponsor"
    two = [person(1, Role.CHAMPION, 7), person(2, Role.CHAMPION, 7)]
    assert Recipients(rows=two).sentence == "2 people of 1 hospital: 2 clinical champions"
    assert Recipients(rows=two).only_hospital == 7
    assert Recipients(rows=two).digest != Recipients(rows=two[:1]).digest


def test_hospitals_narrow_roles_at_hospitals_only(cora: Viewer) -> None:
    draft = begin_draft(words=Words(wanted=news.at("birch", roles=[Role.CHAMPION, Role.SPONSOR])), by=cora)

    assert news.seen(draft).people == 2  # the champion of birch, and the sponsor
    assert set(ROLES) == set(Role)


# What it says ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "text", "where"),
    [
        ("At Birchgrove Zantar", "x", "The title"),
        ("x", "One.\nBIRCHGROVE  Zantar medical", "Line 2"),
        ("x", "Birch**grove** Zantar", "The text"),
        ("x", "Birch&#103;rove Zantar", "The text"),
        ("x", "Birch\u00adgrove Zantar", "Line 1"),
        ("x", "Birchgrove\nZantar", "The text"),
    ],
)
def test_a_name_is_found_wherever_a_reader_would(title: str, text: str, where: str) -> None:
    found = hospitals_in(title, text, ["Birchgrove Zantar Medical", "Elm Street Clinic"])

    assert [(each.where, each.hospital) for each in found] == [(where, "Birchgrove Zantar Medical")]


def test_the_beginning_of_a_text() -> None:
    text = "# Dates\n\n| a |\n|---|\n\n## More\nThe **first** words.\nGo on.\n\nLater."
    assert first_paragraph(text) == "The **first** words.\nGo on."
    assert first_paragraph("# Only a heading") == ""
    assert excerpt(text) == "The first words. Go on."
    assert excerpt("- one\n- two") == "one two"
    assert excerpt("word " * 100).endswith("word …")
    assert plain("a &amp; **b**").strip() == "a & b"


def test_a_newsletter_is_put_together() -> None:
    sections = [Section(title="One", text="First."), Section(title="Two", text="")]
    assert newsletter(sections, ["Monday: call"]) == "## One\n\nFirst.\n\n## Two\n\n## Dates\n\n- Monday: call"
    assert newsletter([], ()) == ""


# Drafts ---------------------------------------------------------------------------------------------------------------


def test_a_later_text_is_never_overwritten(cora: Viewer) -> None:
    draft = begin_draft(words=Words(), by=cora)
    saved = save_draft(draft=draft, words=WRITTEN, revision=0, by=cora)

    assert (saved.revision, saved.audience.roles, saved.audience.everywhere) == (1, ["champion"], True)
    with pytest.raises(NewsError, match="A colleague saved this draft meanwhile"):
        save_draft(draft=draft, words=WRITTEN, revision=0, by=cora)


@pytest.mark.parametrize(("words", "what"), [(Words(title="t" * 151), "title"), (Words(text="t" * 20_001), "text")])
def test_what_is_too_long_is_refused(cora: Viewer, words: Words, what: str) -> None:
    with pytest.raises(NewsError, match=f"The {what} has"):
        begin_draft(words=words, by=cora)


def test_a_discarded_draft_is_not_sent(cora: Viewer) -> None:
    draft = begin_draft(words=WRITTEN, by=cora)
    discard_draft(draft=draft, by=cora)

    for step in (
        lambda: send(draft=draft, seen=news.seen(draft), by=cora),
        lambda: discard_draft(draft=draft, by=cora),
        lambda: save_draft(draft=draft, words=WRITTEN, revision=0, by=cora),
    ):
        with pytest.raises(NoDraftError, match="discarded"), transaction.atomic():
            step()
    with pytest.raises(NewsError, match="not sent yet"):
        correct(announcement=draft, by=cora)


@pytest.mark.parametrize("name", ["ben", "alder.champion", "sam"])
def test_only_those_who_write_write(world: World, name: str) -> None:
    with world.acting_as(name) as by, pytest.raises(PermissionRefusedError):
        begin_draft(words=WRITTEN, by=by)


def test_nobody_writes_in_another_collaborative(world: World) -> None:
    with world.acting_as("cora"):
        draft = news.announcement("draft")
    with world.acting_as("hanna", "hernia-lakes") as hanna, pytest.raises(PermissionRefusedError):
        discard_draft(draft=draft, by=hanna)


# Sending --------------------------------------------------------------------------------------------------------------


def test_the_second_of_two_who_send_is_told(world: World, cora: Viewer) -> None:
    draft = begin_draft(words=WRITTEN, by=cora)
    shown = news.seen(draft)
    send(draft=draft, seen=shown, by=cora)

    with world.acting_as("dana") as dana, pytest.raises(NoDraftError, match="Cora Ottershaw has sent this already"):
        send(draft=draft, seen=shown, by=dana)


def test_what_changed_since_somebody_looked_is_told(cora: Viewer) -> None:
    draft = begin_draft(words=WRITTEN, by=cora)
    shown = news.seen(draft)
    save_draft(draft=draft, words=WRITTEN, revision=0, by=cora)
    with pytest.raises(NewsError, match="A colleague changed the draft while you looked"), transaction.atomic():
        send(draft=draft, seen=shown, by=cora)

    draft.refresh_from_db()
    shown = news.seen(draft)
    end_role(grant=Grant.objects.get(user_id=programme.USERS["heron.champion"][0]), by=cora)
    with pytest.raises(NewsError, match="8 people then, 7 now"), transaction.atomic():
        send(draft=draft, seen=shown, by=cora)
    assert send(draft=draft, seen=news.seen(draft), by=cora).state == State.SENT


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (Words(text="x", wanted=CHAMPIONS), "It has no title"),
        (Words(title="x", wanted=CHAMPIONS), "It has no text"),
        (Words(title="x", text="x"), "Nobody would get it"),
        (Words(title="x", text="x", wanted=Wanted(roles=CHAMPIONS.roles, everywhere=False)), "Nobody would get it"),
        (Words(title="x", text="At Birchgrove Zantar.", wanted=CHAMPIONS), "Line 1 names Birchgrove Zantar Medical"),
    ],
)
def test_what_is_not_whole_is_not_sent(cora: Viewer, words: Words, problem: str) -> None:
    draft = begin_draft(words=words, by=cora)
    with pytest.raises(NewsError, match=problem), transaction.atomic():
        send(draft=draft, seen=news.seen(draft), by=cora)

    draft.refresh_from_db()
    assert (draft.state, draft.number) == (State.DRAFT, None)


def test_a_hospital_may_be_named_to_its_own_people_alone(cora: Viewer) -> None:
    text, own = "Birchgrove Zantar Medical is late.", news.at("birch")
    assert news.write("Log", own, by=cora, text=text).state == State.SENT

    for more in (news.at("birch", "alder"), news.at("birch", roles=[Role.CHAMPION, Role.DIRECTOR])):
        with pytest.raises(NewsError, match="names Birchgrove"), transaction.atomic():
            news.write("Log", more, by=cora, text=text)
    with pytest.raises(NewsError, match="names Aldermoor Quillen Hospital"), transaction.atomic():
        news.write("Log", own, by=cora, text="As at Aldermoor Quillen.")


# What was sent --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Other."},
        {"title": "Other"},
        {"number": 99},
        {"state": State.DRAFT, "sent_at": None, "sent_by": None, "number": None},
    ],
)
def test_what_was_sent_stays_as_it_is(cora: Viewer, change: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match="what was sent stays as it is"), transaction.atomic():
        Announcement.objects.filter(public_id=news.NEWS["everybody"]).update(**change)
    with pytest.raises(IntegrityError, match="whom it was sent to stays as it is"), transaction.atomic():
        Audience.objects.filter(announcement__public_id=news.NEWS["birch"]).update(everywhere=True)


def test_what_is_withdrawn_stays_withdrawn(cora: Viewer) -> None:
    sent = withdraw(announcement=news.announcement(), reason="The day\nwas wrong.", by=cora)
    assert sent.withdrawn_because == "The day was wrong."

    with pytest.raises(IntegrityError), transaction.atomic():
        Announcement.objects.filter(pk=sent.pk).update(withdrawn_because="Other.")
    for step in (
        lambda: withdraw(announcement=sent, reason="Again", by=cora),
        lambda: remind(announcement=sent, by=cora),
    ):
        with pytest.raises(NewsError):
            step()


def test_a_withdrawal_says_why_and_names_nobody(cora: Viewer) -> None:
    for reason, problem in ((" ", "Say why"), ("Ask Birchgrove Zantar.", "names Birchgrove")):
        with pytest.raises(NewsError, match=problem):
            withdraw(announcement=news.announcement(), reason=reason, by=cora)


def test_only_its_reader_says_that_it_is_read(world: World) -> None:
    with world.acting_as("alder.champion") as by:
        mark_read(announcement=news.announcement(), by=by)
        mine = Receipt.objects.filter(announcement=news.announcement())
        assert [each.user_id for each in mine] == [by.user_id]
        assert Event.objects.filter(kind="announcement_read", actor_id=by.user_id).count() == 1
        again = mark_read(announcement=news.announcement(), by=by)
        assert again is not None
        assert Event.objects.filter(kind="announcement_read", actor_id=by.user_id).count() == 1
        for change in ({"read_at": None}, {"name": "Other"}, {"read_at": timezone.now()}):
            with pytest.raises(IntegrityError, match="only its reader"), transaction.atomic():
                mine.update(**change)
        with pytest.raises(ProgrammingError), transaction.atomic():
            Announcement.objects.filter(public_id=news.NEWS["everybody"]).update(text="Mine")
    with world.acting_as("cora"), pytest.raises(IntegrityError, match="only its reader"):
        Receipt.objects.filter(user_id=programme.USERS["birch.champion"][0], read_at=None).update(
            read_at=timezone.now()
        )


@pytest.mark.parametrize("name", ["sam", "cora"])
def test_observers_and_the_centre_read_theirs(world: World, name: str) -> None:
    with world.acting_as(name) as by:
        receipt = mark_read(announcement=news.announcement(), by=by)
        assert receipt is not None
        assert receipt.read_at is not None


def test_whoever_got_none_has_nothing_to_say(world: World) -> None:
    with world.acting_as("cora") as by:
        assert mark_read(announcement=news.announcement("birch"), by=by) is None


@pytest.mark.parametrize("name", ["alder.champion", "heron.champion", "sam", "pat", "ida"])
def test_smuggled_sql_finds_nothing_of_another_hospital(world: World, name: str) -> None:
    """Without any filter of ours: the database gives this person what they were given, and nothing else."""
    with world.acting_as(name) as by:
        assert {each.public_id for each in Announcement.objects.all()} == {
            news.NEWS["everybody"],
            news.NEWS["newsletter"],
        }
        assert {each.user_id for each in Receipt.objects.all()} == {by.user_id}
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Audience.objects.first()


def test_at_her_other_hospital_somebody_reads_what_it_got(world: World) -> None:
    with world.acting_as("ida", hospital="birch"):
        assert news.NEWS["birch"] in {each.public_id for each in Announcement.objects.all()}


def test_an_unknown_hospital_is_nobody(cora: Viewer) -> None:
    wanted = Wanted(roles=CHAMPIONS.roles, everywhere=False, hospitals=frozenset({uuid4()}))
    draft = begin_draft(words=Words(title="x", text="x", wanted=wanted), by=cora)
    with pytest.raises(NewsError, match="Nobody would get it"):
        send(draft=draft, seen=Seen(revision=0, digest="", people=0), by=cora)


def test_everybody_has_read_it(world: World, cora: Viewer) -> None:
    with world.acting_as("cora"):
        sent = news.announcement("birch")
    for name in ("champion", "abstractor", "clinician", "administrator", "sampler"):
        with world.acting_as(f"birch.{name}") as by:
            mark_read(announcement=sent, by=by)
    with world.acting_as("ida", hospital="birch") as by:
        mark_read(announcement=sent, by=by)

    with world.acting_as("cora") as by, pytest.raises(NewsError, match="Everybody has read it"):
        remind(announcement=sent, by=by)
