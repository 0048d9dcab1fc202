"""Giving cases to colleagues: one, many, all that match; never across hospitals; and taking it back."""

import re
from collections.abc import Iterable

import pytest
from django.core import signing
from django.test import Client

from cases.errors import NoCasesChosenError, NotAColleagueError, TooLateToUndoError, TooManyCasesError
from cases.models import Case, CaseChange
from cases.services import assignment
from cases.services.assignment import UNDO_SALT, assign_cases, undo_assignment
from events.models import Event
from privacy.viewer import PermissionRefusedError
from tests.world import World


LIST = "/c/colectomy-mi/cases/"
ASSIGN, UNDO = f"{LIST}assign/", f"{LIST}assign/undo/"


def _drafts(world: World, hospital: str = "alder") -> list[Case]:
    with world.acting_as(f"{hospital}.abstractor") as by:
        drafts = Case.objects.filter(participation_id=by.participation_id, status="in_progress")
        return list(drafts.order_by("case_number"))


def _holders(world: World, cases: Iterable[Case]) -> list[int | None]:
    with world.acting_as("dana"):
        found = dict(Case.objects.filter(pk__in=[case.pk for case in cases]).values_list("pk", "assigned_to_id"))
    return [found[case.pk] for case in cases]


def _key(world: World, name: str) -> str:
    return str(world.user(name).public_id)


def test_a_case_is_given_to_a_colleague_and_history_says_who_did_it(world: World) -> None:
    case, sampler = _drafts(world)[0], world.user("alder.sampler")
    with world.acting_as("alder.abstractor") as by:
        done = assign_cases(case_ids=[case.pk], to=sampler.public_id, by=by)
        change = CaseChange.objects.filter(case_id=case.pk).latest("pk")
        event = Event.objects.latest("pk")
        after = Case.objects.get(pk=case.pk)

    assert (done.changed, done.to) == (1, sampler.full_name)
    assert _holders(world, [case]) == [sampler.pk]
    assert (change.changes, change.changed_by_id) == ({"assigned_to": [None, sampler.pk]}, by.user_id)
    assert (event.kind, event.subject, event.subject_id) == ("case_assigned", "cases.Case", case.pk)
    assert event.details == {"moves": [[case.pk, None, sampler.pk]]}
    # Whoever has the case open must not meet a conflict.
    assert (after.revision, after.updated_at) == (case.revision, case.updated_at)


def test_many_are_given_with_one_event_and_back_to_whoever_had_them(world: World) -> None:
    first, second = _drafts(world)
    sampler, ida = world.user("alder.sampler"), world.user("ida")
    with world.acting_as("alder.abstractor") as by:
        assign_cases(case_ids=[first.pk], to=ida.public_id, by=by)
        before = Event.objects.count()
        done = assign_cases(case_ids=[first.pk, second.pk], to=sampler.public_id, by=by)
        events = Event.objects.count() - before
    given = _holders(world, [first, second])
    with world.acting_as("alder.abstractor") as by:
        back = undo_assignment(token=done.undo, by=by)

    assert (events, given, back) == (1, [sampler.pk, sampler.pk], 2)
    assert _holders(world, [first, second]) == [ida.pk, None]


def test_undo_leaves_what_somebody_has_given_on(world: World) -> None:
    first, second = _drafts(world)
    sampler, ida = world.user("alder.sampler"), world.user("ida")
    with world.acting_as("alder.abstractor") as by:
        done = assign_cases(case_ids=[first.pk, second.pk], to=sampler.public_id, by=by)
    with world.acting_as("alder.sampler") as other:
        assign_cases(case_ids=[second.pk], to=ida.public_id, by=other)
    with world.acting_as("alder.abstractor") as by:
        back = undo_assignment(token=done.undo, by=by)

    assert back == 1
    assert _holders(world, [first, second]) == [None, ida.pk]


def test_undo_is_for_the_person_and_the_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = _drafts(world)[0]
    with world.acting_as("alder.abstractor") as by:
        done = assign_cases(case_ids=[case.pk], to=world.user("ida").public_id, by=by)
    with world.acting_as("alder.sampler") as other, pytest.raises(TooLateToUndoError):
        undo_assignment(token=done.undo, by=other)
    with world.acting_as("birch.abstractor") as stranger, pytest.raises(TooLateToUndoError):
        undo_assignment(token=done.undo, by=stranger)
    with world.acting_as("alder.abstractor") as by:
        for token in ("", "nonsense", signing.dumps(10**9, salt=UNDO_SALT), signing.dumps(1, salt="other")):
            with pytest.raises(TooLateToUndoError):
                undo_assignment(token=token, by=by)
        monkeypatch.setattr(assignment, "UNDO_SECONDS", -1)
        with pytest.raises(TooLateToUndoError):
            undo_assignment(token=done.undo, by=by)


@pytest.mark.parametrize("name", ["birch.abstractor", "alder.clinician", "alder.champion", "cora", "stella"])
def test_cases_go_only_to_people_who_enter_cases_of_the_hospital(world: World, name: str) -> None:
    """Another hospital's abstractor, a reader, the centre and a stranger are refused in the same words."""
    case = _drafts(world)[0]
    with world.acting_as("alder.abstractor") as by, pytest.raises(NotAColleagueError) as refused:
        assign_cases(case_ids=[case.pk], to=world.user(name).public_id, by=by)

    assert str(refused.value) == str(NotAColleagueError())
    assert _holders(world, [case]) == [None]


def test_another_hospitals_case_is_not_touched(world: World) -> None:
    foreign = _drafts(world, "birch")[0]
    with world.acting_as("alder.abstractor") as by:
        done = assign_cases(case_ids=[foreign.pk], to=world.user("ida").public_id, by=by)

    assert (done.chosen, done.changed) == (0, 0)
    assert _holders(world, [foreign]) == [None]
    # And by the form: its public id names nothing here, although Ida works at both hospitals.
    answer = world.client("alder.abstractor").post(
        ASSIGN, {"case": foreign.public_id, "to": _key(world, "ida")}, follow=True
    )
    assert "Choose one or more cases first" in answer.content.decode()
    assert _holders(world, [foreign]) == [None]


@pytest.mark.parametrize("name", ["alder.clinician", "alder.administrator", "cora", "vera", "sam"])
def test_readers_and_the_centre_assign_nothing(world: World, name: str) -> None:
    case = _drafts(world)[0]
    data = {"case": case.public_id, "to": "nobody"}
    with world.acting_as(name) as by, pytest.raises(PermissionRefusedError):
        assign_cases(case_ids=[case.pk], to=None, by=by)

    assert world.client(name).post(ASSIGN, data).status_code == 403
    assert world.client(name).post(UNDO, {"token": "x"}).status_code == 403


def test_nothing_and_too_much_are_refused(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        with pytest.raises(NoCasesChosenError):
            assign_cases(case_ids=[], to=None, by=by)
        with pytest.raises(TooManyCasesError, match="2,001 cases; 2,000"):
            assign_cases(case_ids=range(2001), to=None, by=by)


# By the page ----------------------------------------------------------------------------------------------------------


def _undo(client: Client, page: str) -> tuple[str, str]:
    found = re.search(r'action="([^"]+/undo/[^"]*)".*?name="token" value="([^"]+)"', page, re.DOTALL)
    assert found
    return found[1].replace("&amp;", "&"), found[2]


def test_page_assigns_what_is_ticked_and_takes_it_back(world: World) -> None:
    client, case = world.client("alder.abstractor"), _drafts(world)[0]
    data = {
        "case": case.public_id,
        "to": _key(world, "alder.sampler"),
        "tab": "drafts",
        "q": "AL-9",
        "which": "selected",
    }
    answer = client.post(ASSIGN, data, follow=True)
    text = answer.content.decode()

    assert answer.redirect_chain == [(f"{LIST}?tab=drafts&q=AL-9", 302)]
    assert f"1 case assigned to {world.user('alder.sampler').full_name}." in text
    assert answer.context["page"].rows[0].assigned == world.user("alder.sampler").full_name
    url, token = _undo(client, text)
    undone = client.post(url, {"token": token}, follow=True)
    assert undone.redirect_chain == [(f"{LIST}?tab=drafts&q=AL-9", 302)]
    assert "Undone: 1 case is with whom they were before." in undone.content.decode()
    assert _holders(world, [case]) == [None]


def test_all_that_match_are_all_that_the_tab_counts(world: World) -> None:
    client = world.client("alder.abstractor")
    wanted = {"tab": "complete", "q": "AL-00"}
    count = client.get(LIST, wanted).context["page"].total
    answer = client.post(ASSIGN, {**wanted, "which": "all", "to": _key(world, "ida")}, follow=True)

    assert f"{count} cases assigned to Ida Twohospitals." in answer.content.decode()
    with world.acting_as("dana"):
        held = sorted(Case.objects.filter(assigned_to=world.user("ida")).values_list("case_number", flat=True))
    assert held == [f"AL-00{digit}" for digit in range(1, 10)]
    assert client.get(LIST, {**wanted, "assigned": _key(world, "ida")}).context["page"].total == count


def test_a_second_time_changes_nothing_and_offers_no_undo(world: World) -> None:
    client, case = world.client("alder.abstractor"), _drafts(world)[0]
    data = {"case": case.public_id, "to": "nobody"}
    text = client.post(ASSIGN, data, follow=True).content.decode()

    assert "Nothing changed: nobody had these cases already." in text
    assert "data-toast" not in text
