"""A hospital takes back what it contested; the person who contested hears that the centre has decided."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from collaboratives.models import Grant
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.models import Notification
from collaboratives.notifications.services.sending import send_due
from collaboratives.selectors.places import places_of
from collaboratives.services.people import end_role
from events.enums import EventKind
from events.models import Event
from feedback.models import Release
from feedback.reviews.enums import ContestReason, ContestState, Verdict
from feedback.reviews.errors import AlreadyContestedError, AlreadyDecidedError
from feedback.reviews.models import Contest
from feedback.reviews.selectors import own
from feedback.reviews.selectors.own import own_work, waiting_work
from feedback.reviews.services.contesting import decide_contest, raise_contest, withdraw_contest
from feedback.reviews.services.telling import tell_contested
from privacy.roles import Role
from privacy.viewer import PermissionRefusedError, Viewer
from tenancy.context import acting
from tests.feedback.reviews.test_review_pages import text_of, url
from tests.feedback.test_pages import words
from tests.world import World
from tests.worlds import releases, reviews
from tests.worlds.programme import HOSPITALS, email


TEXT = "Zwielicht of the ward"


def alders() -> Contest:
    return Contest.objects.get(public_id=reviews.CONTESTS["alder"])


def taken_back(world: World, who: str = "alder.clinician") -> Contest:
    with world.acting_as(who) as by:
        return withdraw_contest(contest=alders(), by=by)


def decided(world: World) -> Contest:
    with world.acting_as("cora") as cora:
        return decide_contest(contest=alders(), verdict=Verdict.DECLINE, text=TEXT, by=cora)


def test_an_open_contest_is_taken_back_and_the_log_keeps_it(world: World) -> None:
    found = taken_back(world)

    with world.acting_as("cora"):
        assert (alders().state, alders().decision) == (ContestState.WITHDRAWN, "")
        kept = Event.objects.get(kind=EventKind.CONTEST_WITHDRAWN)
        assert (kept.subject_id, kept.participation_id) == (found.pk, found.participation_id)


def test_what_is_taken_back_waits_for_nobody(world: World) -> None:
    taken_back(world)
    with world.acting_as("cora") as cora, pytest.raises(AlreadyDecidedError):
        decide_contest(contest=alders(), verdict=Verdict.EXCLUDE, text="Agreed.", by=cora)

    assert reviews.CONTESTS["alder"] not in text_of(world, "cora", url("contest-list"))
    assert reviews.CONTESTS["alder"] in text_of(world, "cora", f"{url('contest-list')}?state=withdrawn")


def test_the_same_case_can_be_contested_again(world: World) -> None:
    case = taken_back(world).case_id
    with world.acting_as("alder.champion") as by:
        again = reviews.contest("alder", by)
        assert (again.case_id, again.state) == (case, ContestState.OPEN)
        result, same = reviews.counted("alder", reviews.Outcome.MET)[0]
        with pytest.raises(AlreadyContestedError):
            raise_contest(case=same, result=result, reason=ContestReason.OTHER, text="Twice.", by=by)


def test_what_is_decided_stays(world: World) -> None:
    decided(world)
    with world.acting_as("alder.champion") as by, pytest.raises(AlreadyDecidedError):
        withdraw_contest(contest=alders(), by=by)


@pytest.mark.parametrize("who", ["birch.champion", "alder.administrator", "cora", "dana"])
def test_nobody_else_takes_it_back(world: World, who: str) -> None:
    with world.acting_as("cora"):
        contest = alders()
    with world.acting_as(who) as by, pytest.raises(PermissionRefusedError):
        withdraw_contest(contest=contest, by=by)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "accepted", "decision": "Yes.", "excludes": True},
        {"state": "declined", "decision": "No."},
        {"decision": "Half."},
    ],
)
def test_the_database_lets_no_hospital_decide(world: World, change: dict[str, object]) -> None:
    """What SQL in a hospital's session could try: the right to write is for taking back only."""
    with world.acting_as("alder.champion") as by:
        closed = {"decided_at": timezone.now(), "decided_by_id": by.user_id} if "state" in change else {}
        mine = Contest.objects.filter(public_id=reviews.CONTESTS["alder"])
        with pytest.raises(IntegrityError, match="takes back"), transaction.atomic():
            mine.update(**change, **closed)


def test_the_centre_takes_nothing_back(world: World) -> None:
    with world.acting_as("cora") as cora, pytest.raises(IntegrityError, match="takes back"), transaction.atomic():
        Contest.objects.filter(public_id=reviews.CONTESTS["alder"]).update(
            state="withdrawn", decided_at=timezone.now(), decided_by_id=cora.user_id
        )


def test_on_the_page(world: World) -> None:
    page, client = url("contest-detail", reviews.CONTESTS["alder"]), world.client("alder.abstractor")
    assert "As long as nobody has decided" in client.get(page).content.decode()
    done = client.post(url("contest-withdraw", reviews.CONTESTS["alder"]), follow=True)

    assert "is contested no more" in words(done.content.decode())
    assert "took it back" in words(text_of(world, "cora", page))
    assert url("contest-decide", reviews.CONTESTS["alder"]) not in text_of(world, "cora", page)
    with world.acting_as("alder.champion") as viewer:
        place = place_of(viewer)
        work = own_work(viewer, place, reviews.MEASURE, "")
        assert work is not None
        assert not work.contests, "the list offers to contest it again"


def place_of(viewer: Viewer) -> own.Place:
    return next(each for each in places_of(viewer.user_id) if each.participation_id == viewer.participation_id)


def test_decisions_stand_on_the_home_page_for_two_weeks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    decided(world)
    for days, shown in ((0, 1), (13, 1), (15, 0)):
        moment = timezone.now() + timedelta(days=days)
        with world.acting_as("alder.champion") as viewer, monkeypatch.context() as later:
            place = place_of(viewer)
            later.setattr(own.timezone, "now", lambda moment=moment: moment)
            found = waiting_work(viewer, place, Release.objects.get(name=releases.NAME))
        assert len(found.decided) == shown, days


# The mail, which a worker sends ---------------------------------------------------------------------------------------


def tell(contest: Contest) -> list[mail.EmailMessage]:
    mail.outbox.clear()
    with acting(releases.worker()), transaction.atomic():
        event = Event.objects.filter(kind=EventKind.CONTEST_DECIDED, subject_id=contest.pk).latest("pk")
        tell_contested(event)
    send_due(contest.collaborative_id)
    return [each for each in mail.outbox if "contested" in each.subject]


@pytest.mark.worker
def test_who_contested_hears_of_the_decision_and_nothing_of_the_case(world: World) -> None:
    contest = decided(world)
    (told,) = tell(contest)

    assert told.to == [email("alder.champion")]
    assert f"/contests/{contest.public_id}/" in told.body
    said = f"{told.subject} {told.body}"
    with acting(releases.worker()), transaction.atomic():
        number = Contest.objects.select_related("case").get(pk=contest.pk).case.case_number
    hidden = {number, TEXT, contest.text, "eclined", "SSI", "infection", *(name for _, name, _ in HOSPITALS.values())}
    assert [word for word in hidden if word in said] == []


@pytest.mark.worker
def test_it_is_told_once_however_often_it_is_sent(world: World) -> None:
    contest = decided(world)

    (first,), again = tell(contest), tell(contest)

    assert first.extra_headers["Message-ID"].endswith("@colloquy>")
    assert again == []


@pytest.mark.worker
def test_whose_role_has_ended_hears_nothing(world: World) -> None:
    """BA-17."""
    contest = decided(world)
    with world.acting_as("dana") as dana:
        for grant in Grant.objects.filter(user=contest.contested_by_id, role=Role.CHAMPION, ends_at=None):
            end_role(grant=grant, by=dana)

    assert tell(contest) == []


@pytest.mark.worker
def test_what_the_hospital_took_back_is_told_to_nobody(world: World) -> None:
    contest = taken_back(world)
    with acting(releases.worker()), transaction.atomic():
        tell_contested(Event.objects.get(kind=EventKind.CONTEST_WITHDRAWN, subject_id=contest.pk))

        assert not Notification.objects.filter(kind=NotificationKind.CONTEST).exists()
