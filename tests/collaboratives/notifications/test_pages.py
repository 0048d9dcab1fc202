"""The page of what one was told, the table of wishes, and the mails as the centre sees them."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from collaboratives.notifications.definition.kinds import KINDS
from collaboratives.notifications.enums import How, MailState, NotificationKind
from collaboratives.notifications.models import Notification
from collaboratives.notifications.selectors.wishes import own_wishes
from collaboratives.notifications.services.examples import all_examples
from collaboratives.notifications.services.wishing import choose
from privacy.viewer import PermissionRefusedError
from tests.world import World
from tests.worlds import notifications, programme
from tests.worlds.counting import page_queries
from tests.worlds.notifications import BIRCH_WORD, NOTIFICATIONS


LIST = "/c/colectomy-mi/notifications/"


def rows(page: str) -> list[str]:
    return re.findall(r'<button class="linklike" type="submit">([^<]*)</button>', page.partition("<main")[2])


def unread_of(world: World, name: str) -> int:
    with world.acting_as(name) as by:
        return Notification.objects.filter(user=by.user_id, read_at=None).count()


def test_a_person_finds_what_they_were_told_and_nothing_else(world: World) -> None:
    page = world.client("alder.sampler").get(LIST).content.decode()

    assert "Welcome to the programme" in rows(page)
    assert BIRCH_WORD not in page
    assert f"News of {BIRCH_WORD}" in rows(world.client("birch.sampler").get(LIST).content.decode())
    with world.acting_as("alder.sampler") as by:
        assert set(Notification.objects.values_list("user", flat=True)) == {by.user_id}


def test_what_is_about_a_hospital_is_read_only_while_acting_for_it(world: World) -> None:
    """Ida works at two hospitals: at alder she does not read what she was told about birch."""
    with world.acting_as("ida", hospital="birch"):
        assert Notification.objects.filter(title__contains=BIRCH_WORD).count() == 1
    with world.acting_as("ida", hospital="alder"):
        assert Notification.objects.filter(title__contains=BIRCH_WORD).count() == 0
        assert Notification.objects.filter(key=notifications.WELCOME).count() == 1


def test_opening_one_reads_it_and_leads_to_its_page(world: World) -> None:
    client, before = world.client("alder.abstractor"), unread_of(world, "alder.abstractor")
    address = f"{LIST}{NOTIFICATIONS['alder.abstractor']}/open/"

    assert client.get(address).status_code == 405
    answer = client.post(address)

    assert (answer.status_code, answer.url) == (302, "/c/colectomy-mi/")
    assert unread_of(world, "alder.abstractor") == before - 1
    first = read_at(world, "alder.abstractor")
    client.post(address)
    assert read_at(world, "alder.abstractor") == first


def read_at(world: World, name: str) -> object:
    with world.acting_as(name):
        return Notification.objects.get(public_id=NOTIFICATIONS[name]).read_at


def test_one_and_all_are_marked_as_read(world: World) -> None:
    client = world.client("birch.sampler")
    before = unread_of(world, "birch.sampler")
    answer = client.post(f"{LIST}{NOTIFICATIONS['birch.sampler']}/read/?kind=group&page=2")
    assert answer.url == f"{LIST}?kind=group&page=2"
    assert unread_of(world, "birch.sampler") == before - 1

    assert client.post(f"{LIST}read/?kind=minutes").url == f"{LIST}?kind=minutes"
    assert unread_of(world, "birch.sampler") == before - 1, "there are no minutes"
    answer = client.post(f"{LIST}read/", follow=True)
    assert f"{before - 1} marked as read." in answer.content.decode()
    assert unread_of(world, "birch.sampler") == 0
    assert "Mark as read" not in answer.content.decode()


@pytest.mark.parametrize("whose", ["birch.sampler", "stella", ""])
def test_those_of_others_are_not_there(world: World, whose: str) -> None:
    key = NOTIFICATIONS[whose] if whose else uuid4()
    client = world.client("alder.sampler")

    assert [client.post(f"{LIST}{key}/{what}/").status_code for what in ("open", "read")] == [404, 404]


def test_unread_comes_first_and_kinds_are_told_apart(world: World) -> None:
    client = world.client("birch.champion")
    client.post(f"{LIST}{NOTIFICATIONS['birch.champion']}/read/")
    everything, groups = (client.get(f"{LIST}{query}").content.decode() for query in ("", "?kind=group"))

    assert rows(everything)[-1] == "Welcome to the programme"
    assert set(rows(groups)) == {"Welcome to the programme", f"News of {BIRCH_WORD}"}
    assert rows(client.get(f"{LIST}?page=99").content.decode()) == []
    assert rows(client.get(f"{LIST}?kind=nothing&page=x").content.decode()) == rows(everything)


def test_the_frame_counts_what_is_new_without_a_statement_more(world: World) -> None:
    client = world.client("birch.sampler")
    page = client.get(LIST).content.decode()
    count = unread_of(world, "birch.sampler")

    assert re.search(rf'Notifications <span class="n">{count}</span>', page)
    assert len(page_queries(client, LIST)) <= 8
    assert len([each for each in page_queries(client, LIST) if "questions_question" in each]) == 1
    client.post(f"{LIST}read/")
    assert "new notification" not in client.get(LIST).content.decode()


def test_nothing_yet_is_said_in_words(world: World) -> None:
    empty = world.client("pat").get(f"{LIST}?kind=escalation").content.decode()

    assert "Nothing yet" in empty


def test_people_change_only_whether_they_have_read(world: World) -> None:
    with world.acting_as("alder.sampler"):
        mine = Notification.objects.filter(public_id=NOTIFICATIONS["alder.sampler"])
        for change in ({"title": "Other"}, {"mail": MailState.NONE}, {"path": "/elsewhere/"}):
            with pytest.raises(IntegrityError, match="what was told stands"), transaction.atomic():
                mine.update(**change)
        assert mine.update(read_at=timezone.now()) == 1


# Wishes ---------------------------------------------------------------------------------------------------------------


def test_wishes_are_one_table_that_keeps_what_was_chosen(world: World) -> None:
    client, address = world.client("alder.clinician"), reverse("notices")
    user = world.viewer("alder.clinician").user_id
    chosen = {kind.value: rule.usual.value for kind, rule in KINDS.items() if not rule.is_fixed}
    assert own_wishes(user) == {kind: rule.usual for kind, rule in KINDS.items()}

    assert client.post(address, chosen | {"minutes": "product", "agreement": "digest"}).status_code == 302
    page = client.get(address).content.decode()

    assert {NotificationKind.MINUTES: How.PRODUCT, NotificationKind.AGREEMENT: How.DIGEST}.items() <= own_wishes(
        user
    ).items()
    assert re.findall(r'name="minutes"\s+value="(\w+)"\s+checked', page) == ["product"]
    assert 'name="meeting"' not in page, "nobody can stop an invitation"
    assert client.post(address, chosen).status_code == 302
    assert own_wishes(user) == {kind: rule.usual for kind, rule in KINDS.items()}


@pytest.mark.parametrize("wrong", [{"agreement": "product"}, {"release": "sometimes"}, {"release": ""}])
def test_wishes_that_cannot_be_had_are_refused_whole(world: World, wrong: dict[str, str]) -> None:
    client = world.client("alder.clinician")
    chosen = {kind.value: rule.usual.value for kind, rule in KINDS.items() if not rule.is_fixed}

    assert client.post(reverse("notices"), chosen | {"minutes": "product"} | wrong).status_code == 422
    assert own_wishes(world.viewer("alder.clinician").user_id)[NotificationKind.MINUTES] is How.AT_ONCE


def test_a_service_refuses_a_wish_against_the_rule(world: World) -> None:
    with pytest.raises(ValueError, match="AGREEMENT"):
        choose(user_id=programme.USERS["alder.clinician"][0], hows={NotificationKind.AGREEMENT: How.PRODUCT})


def test_every_rule_offers_what_is_usual() -> None:
    assert set(KINDS) == set(NotificationKind)
    assert [kind for kind, rule in KINDS.items() if rule.usual not in rule.ways] == []
    stoppable = {kind for kind, rule in KINDS.items() if rule.may_be_stopped}
    duties = {"notice", "meeting", "document", "agreement", "definition_review", "reminder", "escalation"}
    assert {kind.value for kind in set(KINDS) - stoppable} == duties


# Mails as the centre sees them ----------------------------------------------------------------------------------------


def test_every_template_of_a_mail_has_an_example(world: World) -> None:
    folder = Path(settings.BASE_DIR) / "templates"
    templates = {str(path.relative_to(folder)) for path in folder.rglob("mail/*.txt")}
    with world.acting_as("cora") as cora:
        examples = all_examples(cora)

    assert {each.template for each in examples} >= templates
    assert [each.name for each in examples if not (each.subject and each.when and each.body)] == []
    assert len({each.name for each in examples}) == len(examples)


def test_examples_name_nobody_there_is(world: World) -> None:
    with world.acting_as("cora") as cora:
        text = "\n".join(f"{each.subject}\n{each.body}" for each in all_examples(cora))
    names = {name for _, name, _ in programme.HOSPITALS.values()} | {name for _, name in programme.USERS.values()}

    assert {name for name in names if name in text} == set()
    assert "Robin Example" in text


def test_coordinators_see_every_mail_and_members_none(world: World) -> None:
    page = world.client("cora").get("/c/colectomy-mi/mails/").content.decode()

    assert {"New password", "Private notice", "Invitation to a meeting"} <= set(re.findall(r"<b>([^<]+)</b>", page))
    assert world.client("alder.champion").get("/c/colectomy-mi/mails/").status_code == 403
    with world.acting_as("alder.champion") as by, pytest.raises(PermissionRefusedError):
        all_examples(by)
