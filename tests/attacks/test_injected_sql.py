"""What somebody reads who brings SQL of their own into a hospital's session: the wall is all that is left.

Pages round, choose and withhold; none of that helps here. So every number that members read coarsely is stored coarsely,
and what only one hospital reads is a row of that hospital.
"""

from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from accounts.models import User
from feedback.models import GroupPeers, MemberFit, ModelFit, PeerDistribution, Release, SiteResult
from feedback.selectors.disclosing_fit import told_of
from feedback.selectors.disclosing_parts import is_group, parts_shown, rows_of_groups
from privacy.disclosure import DisclosureRules
from privacy.fields import FieldClass
from tenancy.bootstrap import CAPACITIES
from tenancy.context import acting
from tests.world import World
from tests.worlds import programme, releases


PLACES = sorted(set(CAPACITIES) - {"platform"})  # the operator's own commands make accounts
# Digests of 32 random bytes: whoever reads one cannot find what it was made from.
RANDOM = {
    ("collaboratives_apitoken", "digest"),
    ("collaboratives_invitation", "token_digest"),
    ("meetings_calendarfeed", "digest"),
}


@pytest.mark.parametrize("who", ["birch.champion", "cora"])
def test_digests_of_passwords_are_read_by_nobody_inside_a_place(world: World, who: str) -> None:
    """Not of colleagues, not of the centre's staff, not one's own."""
    with world.acting_as(who), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("SELECT password FROM accounts_user")


def test_no_role_of_a_place_reads_a_secret(world: World) -> None:
    found = set()
    for model in apps.get_models():
        classes = getattr(model, "field_classes", {})
        for name in (name for name, kind in classes.items() if kind is FieldClass.SECRET):
            table, column = model._meta.db_table, model._meta.get_field(name).column
            for role in PLACES:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT has_column_privilege(%s, %s, %s, 'SELECT')", [f"colloquy_{role}", table, column]
                    )
                    found |= {(table, column)} if cursor.fetchone() == (True,) else set()
    assert found <= RANDOM


def test_people_are_read_without_their_digest_and_never_saved_over_it(world: World) -> None:
    with world.acting_as("birch.champion") as viewer:
        person = User.objects.get(pk=viewer.user_id)
    assert person.password is None
    assert User.objects.get(pk=person.pk).password.startswith("argon2")
    with pytest.raises(Exception, match="null value"), transaction.atomic():
        person.save()


# Fits ----------------------------------------------------------------------------------------------------------------


def test_exact_fits_are_the_centres(world: World) -> None:
    with (
        world.acting_as("birch.champion"),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        connection.cursor().execute("SELECT cases, events FROM feedback_modelfit")


def test_what_members_read_of_a_fit_is_rough_in_the_table_too(world: World) -> None:
    """Every number of the row is one that the page shows: a count to the nearest ten, a rate of a group in whole per cents."""
    with world.acting_as("cora"):
        exact = {fit.release_id: fit for fit in ModelFit.objects.filter(release__name=releases.NAME)}
    with world.acting_as("birch.champion"):
        told = list(MemberFit.objects.filter(release__name=releases.NAME))

    assert told
    for row in told:
        fit = exact[row.release_id]
        assert {name: getattr(row, name) for name in told_of(fit)} == told_of(fit)
        assert (row.cases % 10, row.events % 10, abs(row.cases - fit.cases) <= 5) == (0, 0, True)
        assert not set(_counts(row.details.get("missing", ()))) - set(range(0, 10**6, 10))
        assert "observed" not in row.details["earlier"]


def _counts(missing: Any) -> list[int]:
    return [each[name] for each in missing for name in ("missing", "unseen")]


def test_fits_of_drafts_are_told_to_nobody(world: World) -> None:
    with world.acting_as("cora"):
        assert not MemberFit.objects.exclude(release__name=releases.NAME).exists()
        assert ModelFit.objects.exclude(release__name=releases.NAME).exists()


# Groups of similar hospitals ------------------------------------------------------------------------------------------


@pytest.mark.worker
def test_a_hospital_reads_its_own_group_and_no_other(world: World) -> None:
    """The page shows the own group only; so does the table."""
    mine = programme.participation("birch")
    with acting(releases.worker()), transaction.atomic():
        release = Release.objects.get(name=releases.NAME)
        sites = list(SiteResult.objects.filter(release=release, measure_version__measure__slug="antibiotic"))
        for at, site in enumerate(sorted(sites, key=lambda site: site.participation_id != mine.pk)):
            site.comparison_group = "small" if at % 2 else "large"
        pooled = release.measure_results.select_related("measure_version").get(
            measure_version__measure__slug="antibiotic"
        )
        parts = parts_shown(pooled, sites, DisclosureRules())
        GroupPeers.objects.bulk_create(rows_of_groups(parts, sites))

    with world.acting_as("birch.champion"):
        assert set(GroupPeers.objects.values_list("stratum", flat=True)) == {"group:large"}
        assert {row.participation_id for row in GroupPeers.objects.all()} == {mine.pk}
        assert not [row for row in PeerDistribution.objects.all() if is_group(row)]
    with world.acting_as("cora"):
        assert set(GroupPeers.objects.values_list("stratum", flat=True)) == {"group:large", "group:small"}
