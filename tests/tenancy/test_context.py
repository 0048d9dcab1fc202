"""The signed context: who may see what, and what happens without it."""

import pytest
from django.db import ProgrammingError, connections, transaction

from collaboratives.models import Collaborative, Grant, Participation
from collaboratives.services.people import end_role
from sites.models import Site
from tenancy.context import Acting, acting
from tests.world import World


def test_no_context_is_an_error_not_an_empty_page(world: World) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        list(Participation.objects.all())


def test_a_hospital_sees_only_itself_when_the_filter_is_forgotten(world: World) -> None:
    with world.acting_as("alder.clinician"):
        assert [site.identifier for site in Site.objects.all()] == ["0100"]
        assert [row.site.identifier for row in Participation.objects.all()] == ["0100"]


def test_the_centre_sees_its_own_collaborative_only(world: World) -> None:
    with world.acting_as("cora"):
        assert Participation.objects.count() == 8
        assert [each.slug for each in Collaborative.objects.all()] == ["colectomy-mi"]


@pytest.mark.django_db(databases=["default", "owner"])
def test_hmac_matches_rfc_4231() -> None:
    # RFC 4231 test case 2: key "Jefe", data "what do ya want for nothing?"; case 6: a key longer than a block.
    cases = [
        (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            b"\xaa" * 131,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
    ]
    with connections["owner"].cursor() as cursor:
        for key, message, digest in cases:
            cursor.execute("SELECT encode(app_private.hmac_sha256(%s, %s), 'hex')", [key, message])
            assert cursor.fetchone() == (digest,)


def test_ending_a_role_acts_inside_an_open_transaction(world: World) -> None:
    with world.acting_as("cora") as cora:
        grant = Grant.objects.get(user__email="alder.clinician@example.org")
        with world.acting_as("alder.clinician"):
            assert Site.objects.count() == 1
        end_role(grant=grant, by=cora)
    stale = Acting(
        "hospital",
        user_id=grant.user_id,
        collaborative_id=grant.collaborative_id,
        participation_id=grant.participation_id,
    )
    with acting(stale):
        assert Site.objects.count() == 0
