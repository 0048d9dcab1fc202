"""The directory of hospitals: the centre reads and adds to all of it, and changes its own members only."""

import pytest
from django.db import DatabaseError, transaction

from sites.models import Site
from tests.world import World


def test_a_centre_changes_the_profiles_of_its_members_only(world: World) -> None:
    with world.acting_as("hanna", "hernia-lakes"):
        member, stranger = Site.objects.get(identifier="1009"), Site.objects.get(identifier="0201")
        assert Site.objects.filter(pk__in=[member.pk, stranger.pk]).update(city="Changed") == 1

        stranger.city = "Changed"
        with pytest.raises(DatabaseError), transaction.atomic():
            stranger.save(update_fields=["city"])

    with world.acting_as("cora"):
        assert Site.objects.get(identifier="0201").city == "Birchwick"
