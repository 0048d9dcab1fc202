"""What somebody reads who brings SQL of their own into a hospital's session: the wall is all that is left.

Pages round, choose and withhold; none of that helps here. So every number that members read coarsely is stored coarsely,
and what only one hospital reads is a row of that hospital.
"""

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from accounts.models import User
from privacy.fields import FieldClass
from tenancy.bootstrap import CAPACITIES
from tests.world import World


PLACES = sorted(set(CAPACITIES) - {"platform"})  # the operator's own commands make accounts
# Digests of 32 random bytes: whoever reads one cannot find what it was made from.
RANDOM = {("collaboratives_apitoken", "digest"), ("collaboratives_invitation", "token_digest")}


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
