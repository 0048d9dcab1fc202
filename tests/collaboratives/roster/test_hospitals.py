"""A hospital's way in, and two hospitals becoming one."""

from datetime import date, timedelta

import pytest

from cases.models import Case
from collaboratives.agreements.selectors.due import due_for as agreements_due
from collaboratives.enums import Stage
from collaboratives.models import Grant, Participation
from collaboratives.roster.definition.step_dates import StepDates
from collaboratives.roster.errors import RosterError
from collaboratives.roster.models import Merger
from collaboratives.roster.selectors.dates import dates_for
from collaboratives.roster.selectors.due import due_for
from collaboratives.roster.selectors.mergers import merged_from, merged_into
from collaboratives.roster.selectors.onboarding import onboarding_of
from collaboratives.roster.services.mergers import merge_hospital
from collaboratives.roster.services.onboarding import go_live, plan_onboarding
from collaboratives.selectors.clock import today_of
from collaboratives.services.people import grant_role
from collaboratives.services.programme import create_hospital
from feedback.models import SiteResult
from privacy.roles import Role
from privacy.viewer import PermissionRefusedError, Viewer
from tests.world import World
from tests.worlds import agreements, programme


HERE = "/c/colectomy-mi"


@pytest.fixture
def newcomer(world: World) -> Participation:
    with world.acting_as("dana") as dana:
        place = create_hospital(
            by=dana,
            joined_on=date(2026, 11, 1),
            stage=Stage.AGREEMENTS,
            identifier="7777",
            name="Kestrelmoor Ovington",
            city="Kestrel",
        )
        return Participation.objects.select_related("site", "collaborative").get(pk=place.pk)


def states(place: Participation) -> dict[str, bool]:
    return {line.step.key: line.done_on is not None for line in onboarding_of(place).lines}


def sign(place: Participation, by: Viewer) -> None:
    for kind in agreements.NEEDED:
        text = agreements.AgreementText.objects.get(kind=kind, number=1, collaborative_id=by.collaborative_id)
        agreements.sign_on_paper(place, text, by, starts_on=date(2026, 11, 3))


def test_steps_are_derived_from_what_was_done(world: World, newcomer: Participation) -> None:
    with world.acting_as("dana") as dana:
        nothing = {"agreements": False, "people": False, "training": False, "test_cases": False}
        assert states(newcomer) == nothing
        sign(newcomer, dana)
        for role, person in ((Role.CHAMPION, "ida"), (Role.ABSTRACTOR, "ida"), (Role.ADMINISTRATOR, "stella")):
            grant_role(user=world.user(person), role=role, participation=newcomer, by=dana)
        assert states(newcomer) == nothing | {"agreements": True, "people": True}
        lines = {line.step.key: line for line in onboarding_of(newcomer).lines}
        assert lines["agreements"].done_on == date(2026, 11, 3)
    with world.acting_as("dana"):
        alder = onboarding_of(world.participation("alder"))
        assert states(alder.participation) == dict.fromkeys(nothing, True)


def test_going_live_needs_every_step_done_or_ticked(world: World, newcomer: Participation) -> None:
    today = today_of(newcomer.collaborative)
    with world.acting_as("cora") as cora:
        with pytest.raises(RosterError, match="Not yet: agreements, people, training, test cases are open"):
            go_live(participation=newcomer, by=cora)
        steps = ("agreements", "people", "training", "test_cases")
        plan_onboarding(participation=newcomer, dates=dict.fromkeys(steps, StepDates(None, today)), by=cora)
        with pytest.raises(RosterError, match="Not yet: agreements is open"):  # nobody ticks a signature
            go_live(participation=newcomer, by=cora)
        sign(newcomer, cora)
        live = go_live(participation=newcomer, by=cora)
        assert live.stage == Stage.LIVE
        assert onboarding_of(live).live_on == today
        with pytest.raises(RosterError, match="live already"):
            go_live(participation=newcomer, by=cora)


def test_planned_steps_come_into_the_week_and_the_calendar(world: World, newcomer: Participation) -> None:
    today = today_of(newcomer.collaborative)
    with world.acting_as("cora") as cora:
        dates = {"training": StepDates(today - timedelta(days=1)), "go_live": StepDates(today + timedelta(days=9))}
        assert plan_onboarding(participation=newcomer, dates=dates, by=cora) == 2
        assert plan_onboarding(participation=newcomer, dates=dates, by=cora) == 0
        late = [line.step.key for line in onboarding_of(newcomer).lines if line.late]
        waiting = [(due.title, due.due_on) for due in due_for(cora) if due.kind == "onboarding"]
        ahead = [thing.title for thing in dates_for(cora, today, today + timedelta(days=30))]
        with pytest.raises(RosterError, match="in the future"):
            plan_onboarding(
                participation=newcomer, dates={"training": StepDates(None, today + timedelta(days=1))}, by=cora
            )
    assert late == ["training"]
    assert waiting == [("Way in: training", today - timedelta(days=1))]
    assert ahead == ["Go live: Kestrelmoor Ovington"]


def test_hospital_and_centre_see_the_same_list(world: World, newcomer: Participation) -> None:
    with world.acting_as("dana") as dana:
        grant_role(user=world.user("stella"), role=Role.ADMINISTRATOR, participation=newcomer, by=dana)
    own = world.client("alder.administrator").get(f"{HERE}/way-in/").content.decode()
    centre = world.client("cora").get(f"{HERE}/hospitals/{newcomer.public_id}/way-in/").content.decode()

    assert "4 of 4 steps done" in own
    assert "0 of 4 steps done" in centre
    assert "Go live today" in centre
    assert "Go live today" not in own
    refused = world.client("alder.administrator").get(f"{HERE}/hospitals/{newcomer.public_id}/way-in/")
    assert refused.status_code == 403


def test_a_new_hospital_is_asked_for_its_agreements(world: World, newcomer: Participation) -> None:
    with world.acting_as("cora") as cora:
        waiting = {due.title for due in agreements_due(cora) if due.hospital == newcomer.public_id}

    assert waiting == {"Sign the participation agreement", "Sign the data-use agreement"}


# Mergers --------------------------------------------------------------------------------------------------------------


def merge(by: Viewer, world: World, *, let_read: bool = True) -> Merger:
    return merge_hospital(
        participation=world.participation("birch"),
        into=world.participation("alder"),
        merged_on=date(2026, 10, 31),
        let_read=let_read,
        by=by,
    )


def test_both_histories_stay_readable(world: World) -> None:
    with world.acting_as("birch.champion"):
        before = Case.objects.count(), SiteResult.objects.count()
    with world.acting_as("dana") as dana:
        merge(dana, world)
        birch, alder = world.participation("birch"), world.participation("alder")
        assert (birch.stage, birch.left_on, alder.stage) == (Stage.LEFT, date(2026, 10, 31), Stage.LIVE)
        into = merged_into(birch)
        assert into
        assert into.into == alder
        assert [each.participation for each in merged_from(alder)] == [birch]
    for name, hospital in (("birch.champion", None), ("alder.champion", "birch")):
        with world.acting_as(name, hospital=hospital):
            assert (Case.objects.count(), SiteResult.objects.count()) == before != (0, 0)
    with world.acting_as("alder.champion", hospital="alder"):
        assert Case.objects.exists()
        assert not Case.objects.filter(participation=birch).exists()
        assert not Merger.objects.exists()  # a row of birch
    with world.acting_as("birch.abstractor"):
        assert Merger.objects.count() == 1


def test_nobody_reads_the_other_history_without_the_centres_word(world: World) -> None:
    with world.acting_as("dana") as dana:
        merge(dana, world, let_read=False)
        assert not Grant.objects.filter(
            participation=world.participation("birch"), user__email=programme.email("alder.champion")
        ).exists()


def test_a_merger_happens_once_between_two_members(world: World) -> None:
    birch = world.participation("birch")
    with world.acting_as("dana") as dana:
        with pytest.raises(RosterError, match="into itself"):
            merge_hospital(participation=birch, into=birch, merged_on=date(2026, 10, 31), let_read=False, by=dana)
        merge(dana, world)
        with pytest.raises(RosterError, match="has merged already"):
            merge(dana, world)
        with pytest.raises(RosterError, match="has left"):
            merge_hospital(
                participation=world.participation("cedar"),
                into=world.participation("birch"),
                merged_on=date(2026, 10, 31),
                let_read=False,
                by=dana,
            )
    with world.acting_as("alder.administrator") as by, pytest.raises(PermissionRefusedError):
        merge(by, world)
