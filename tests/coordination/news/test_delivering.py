"""What a worker does with what was sent: receipts and news of it, once, to those who hold a role at that moment."""

from collections.abc import Iterator

import pytest
from django.core import mail
from django.db import transaction

from collaboratives.models import Collaborative, Grant
from collaboratives.notifications.enums import MailState
from collaboratives.notifications.models import Notification
from collaboratives.notifications.services.sending import send_due
from collaboratives.services.people import end_role
from coordination.news.definition.audience import Wanted
from coordination.news.definition.draft import Words
from coordination.news.models import Announcement, Receipt
from coordination.news.selectors.reading import announcement_page
from coordination.news.selectors.reads import reads_csv
from coordination.news.services.delivering import deliver
from coordination.news.services.drafting import begin_draft, correct
from coordination.news.services.reading import mark_read
from coordination.news.services.sending import remind, send, withdraw
from events.models import Event
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import news, programme
from tests.worlds.programme import HOSPITALS, SURNAMES


pytestmark = pytest.mark.worker
CHAMPIONS = Wanted(roles=frozenset({Role.CHAMPION}))


@pytest.fixture
def cora(world: World) -> Iterator[Viewer]:
    with world.acting_as("cora") as viewer:
        news.hand_out(viewer.collaborative_id)
        yield viewer


def told(by: Viewer, title: str) -> list[tuple[str, str]]:
    """Whom a worker told of something with this title, and whether a mail goes."""
    with acting(Acting("compute", collaborative_id=by.collaborative_id)), transaction.atomic():
        rows = Notification.objects.filter(collaborative_id=by.collaborative_id, title=title)
        return list(rows.order_by("user__email").values_list("user__email", "mail"))


def users(announcement: Announcement) -> list[int]:
    return sorted(announcement.receipts.values_list("user_id", flat=True))


def test_everybody_it_is_for_gets_it_once(cora: Viewer) -> None:
    sent = news.write("Oats", CHAMPIONS, by=cora)
    news.hand_out(cora.collaborative_id)
    sent.refresh_from_db()

    champions = [f"{name}.champion" for name in programme.COLECTOMY]
    assert users(sent) == sorted(programme.USERS[name][0] for name in champions)
    assert sent.delivered_at is not None
    assert told(cora, "Oats") == sorted((programme.email(name), MailState.PLANNED) for name in champions)

    event = Event.objects.get(kind="announcement_sent", subject_id=sent.pk)
    with acting(Acting("compute", collaborative_id=cora.collaborative_id)), transaction.atomic():
        deliver(event)
    assert len(users(sent)) == len(champions)
    assert len(told(cora, "Oats")) == len(champions)


def test_who_works_at_two_hospitals_gets_it_at_both_and_one_mail(cora: Viewer) -> None:
    sent = news.write("Barley", Wanted(roles=frozenset({Role.ABSTRACTOR})), by=cora)
    news.hand_out(cora.collaborative_id)

    ida = programme.USERS["ida"][0]
    assert len(Receipt.objects.filter(announcement=sent, user_id=ida)) == 2
    assert [each for each in told(cora, "Barley") if each[0] == programme.email("ida")] == [
        (programme.email("ida"), MailState.PLANNED)
    ]


def test_a_role_that_ended_before_the_worker_came_gets_nothing(cora: Viewer) -> None:
    sent = news.write("Rye", CHAMPIONS, by=cora)
    gone = programme.USERS["heron.champion"][0]
    end_role(grant=Grant.objects.get(user_id=gone), by=cora)
    news.hand_out(cora.collaborative_id)

    assert gone not in users(sent)
    assert programme.email("heron.champion") not in dict(told(cora, "Rye"))


def test_a_mail_tells_the_text_to_one_reader_and_names_no_other(cora: Viewer) -> None:
    news.write("Wheat", CHAMPIONS, by=cora, text="Bring your charts.")
    news.hand_out(cora.collaborative_id)
    mail.outbox.clear()
    send_due(cora.collaborative_id)

    (message,) = [
        each for each in mail.outbox if each.to == [programme.email("alder.champion")] and "Wheat" in each.subject
    ]
    written = f"{message.subject} {message.body} {message.message()}"
    others = {word for name, (_, full, town) in HOSPITALS.items() for word in (full, town)} | set(SURNAMES.values())
    assert "Bring your charts." in message.body
    assert (message.cc, message.bcc) == ([], [])
    assert {word for word in others if word in written} - {HOSPITALS["alder"][1]} == {SURNAMES["alder"]}


def test_what_is_for_one_hospital_is_told_to_its_people_alone(cora: Viewer) -> None:
    news.write("Millet", news.at("birch"), by=cora, text="Birchgrove Zantar Medical is late.")
    news.hand_out(cora.collaborative_id)

    people = [f"birch.{role}" for role in ("champion", "abstractor", "clinician", "administrator", "sampler")]
    assert [each for each, _ in told(cora, "Millet")] == sorted(programme.email(name) for name in (*people, "ida"))


def test_without_a_mail_of_its_own_none_goes(cora: Viewer) -> None:
    words = Words(title="Sorghum", text="x", by_mail=False, wanted=CHAMPIONS)
    draft = begin_draft(words=words, by=cora)
    send(draft=draft, seen=news.seen(draft), by=cora)
    news.hand_out(cora.collaborative_id)

    assert {state for _, state in told(cora, "Sorghum")} == {MailState.NONE}


def test_what_is_withdrawn_before_the_worker_came_reaches_nobody(cora: Viewer) -> None:
    sent = news.write("Teff", CHAMPIONS, by=cora)
    withdraw(announcement=sent, reason="Wrong.", by=cora)
    news.hand_out(cora.collaborative_id)

    assert users(sent) == []
    assert told(cora, "Teff") == []


def test_mails_that_wait_are_called_back(cora: Viewer) -> None:
    sent = news.write("Spelt", CHAMPIONS, by=cora)
    news.hand_out(cora.collaborative_id)
    remind(announcement=sent, by=cora)
    news.hand_out(cora.collaborative_id)
    withdraw(announcement=sent, reason="Wrong.", by=cora)
    news.hand_out(cora.collaborative_id)

    assert {state for _, state in told(cora, "Spelt")} == {MailState.DROPPED}
    assert {state for _, state in told(cora, "Please read: Spelt")} == {MailState.DROPPED}


def test_those_who_have_not_read_it_are_reminded(world: World, cora: Viewer) -> None:
    sent = news.write("Farro", CHAMPIONS, by=cora)
    news.hand_out(cora.collaborative_id)
    with world.acting_as("alder.champion") as champion:
        mark_read(announcement=sent, by=champion)
    with world.acting_as("cora") as by:
        end_role(grant=Grant.objects.get(user_id=programme.USERS["heron.champion"][0]), by=by)
        assert remind(announcement=sent, by=by) == 7
        with pytest.raises(Exception, match="less than a day ago"):
            remind(announcement=sent, by=by)
        news.hand_out(by.collaborative_id)

        reminded = [each for each, _ in told(by, "Please read: Farro")]
        still = [name for name in programme.COLECTOMY if name not in {"alder", "heron"}]
        assert reminded == sorted(programme.email(f"{name}.champion") for name in still)


def test_nobody_is_reminded_of_what_was_withdrawn_meanwhile(cora: Viewer) -> None:
    sent = news.write("Amaranth", CHAMPIONS, by=cora)
    news.hand_out(cora.collaborative_id)
    remind(announcement=sent, by=cora)
    withdraw(announcement=sent, reason="Wrong.", by=cora)
    news.hand_out(cora.collaborative_id)

    assert told(cora, "Please read: Amaranth") == []


def test_a_correction_and_what_it_corrects_name_each_other(world: World, cora: Viewer) -> None:
    draft = correct(announcement=news.announcement(), by=cora)
    later = send(draft=draft, seen=news.seen(draft), by=cora)
    news.hand_out(cora.collaborative_id)

    with world.acting_as("alder.champion") as reader:
        programme_row = Collaborative.objects.get(pk=reader.collaborative_id)
        old = announcement_page(reader, programme_row, news.NEWS["everybody"])
        new = announcement_page(reader, programme_row, later.public_id)
        assert [each.pk for each in old.corrected_by] == [later.pk]
        assert new.corrects is not None
        assert new.corrects.public_id == news.NEWS["everybody"]


def test_a_title_that_looks_like_a_formula_stays_words(cora: Viewer) -> None:
    sent = news.write("=1+1", CHAMPIONS, by=cora)
    news.hand_out(cora.collaborative_id)

    assert ",'=1+1," in reads_csv(cora, sent)
