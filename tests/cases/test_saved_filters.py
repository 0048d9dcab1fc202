"""Views of the list that one person keeps, and nobody else sees."""

import pytest

from cases.models import SavedFilter
from tests.world import World


LIST = "/c/colectomy-mi/cases/"
SAVE, REMOVE = f"{LIST}views/", f"{LIST}views/remove/"
VIEW = {"tab": "overdue", "q": "AL", "sort": "number", "page": "3"}


def test_a_view_is_kept_found_and_removed(world: World) -> None:
    client = world.client("alder.abstractor")
    answer = client.post(SAVE, {**VIEW, "name": "  Late   ones "}, follow=True)
    (view,) = answer.context["page"].views

    assert answer.redirect_chain == [(f"{LIST}?tab=overdue&q=AL&sort=number", 302)]
    assert (view.name, view.query, view.current) == ("Late ones", "tab=overdue&q=AL&sort=number", True)
    assert client.get(f"{LIST}?{view.query}").context["page"].filter.sort == "number"
    client.post(SAVE, {"tab": "due", "name": "Late ones"})
    assert [each.query for each in client.get(LIST).context["page"].views] == ["tab=due"]
    client.post(REMOVE, {"filter": str(view.public_id)})
    assert client.get(LIST).context["page"].views == ()


@pytest.mark.parametrize("name", ["alder.sampler", "birch.abstractor"])
def test_nobody_else_sees_or_removes_it(world: World, name: str) -> None:
    client = world.client("alder.abstractor")
    client.post(SAVE, {**VIEW, "name": "Mine"})
    (view,) = client.get(LIST).context["page"].views
    other = world.client(name)
    other.post(REMOVE, {"filter": str(view.public_id)})

    assert other.get(LIST).context["page"].views == ()
    assert [each.name for each in client.get(LIST).context["page"].views] == ["Mine"]
    with world.acting_as(name):
        assert list(SavedFilter.objects.all()) == []


def test_a_person_of_two_hospitals_has_views_of_each(world: World) -> None:
    client = world.client("ida")
    client.post(SAVE, {**VIEW, "name": "At Alder"})
    with world.acting_as("ida", hospital="birch"):
        assert list(SavedFilter.objects.all()) == []
    with world.acting_as("ida", hospital="alder"):
        assert [each.name for each in SavedFilter.objects.all()] == ["At Alder"]


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "a\x07b"])
def test_a_name_is_needed(world: World, name: str) -> None:
    client = world.client("alder.abstractor")
    text = client.post(SAVE, {**VIEW, "name": name}, follow=True).content.decode()

    assert "Give the view a name of up to 40 letters." in text
    assert client.get(LIST).context["page"].views == ()


def test_twelve_views_are_enough(world: World) -> None:
    client = world.client("alder.abstractor")
    for number in range(12):
        client.post(SAVE, {**VIEW, "name": f"View {number}"})
    text = client.post(SAVE, {**VIEW, "name": "One more"}, follow=True).content.decode()

    assert "You keep 12 views already." in text
    assert len(client.get(LIST).context["page"].views) == 12
