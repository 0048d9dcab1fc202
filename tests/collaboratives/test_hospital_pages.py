"""Centre pages: hospitals and people."""

from collaboratives.models import Grant, Invitation, Participation
from events.models import Event
from sites.models import Site
from tests.world import World


BASE = "/c/colectomy-mi"


def test_the_centre_creates_a_hospital_that_joins(world: World) -> None:
    client = world.client("cora")

    answer = client.post(
        f"{BASE}/hospitals/new/",
        {"identifier": "0042", "name": "Kestrel Hospital", "city": "Kestrel", "joined_on": "2026-01-31"},
    )

    assert answer.status_code == 302
    with world.acting_as("cora"):
        participation = Participation.objects.get(site__identifier="0042")
        assert (participation.site.name, participation.stage, str(participation.joined_on)) == (
            "Kestrel Hospital",
            "agreements",
            "2026-01-31",
        )
        assert list(
            Event.objects.filter(subject_id=participation.pk, kind="hospital_joined").values_list(
                "participation_id", flat=True
            )
        ) == [participation.pk]
    assert "Kestrel Hospital" in client.get(f"{BASE}/hospitals/").content.decode()


def test_a_hospital_of_the_directory_joins(world: World) -> None:
    client = world.client("cora")
    page = client.get(f"{BASE}/hospitals/join/").content.decode()
    assert "Jayminster Rookh Centre" in page
    assert "Aldermoor" not in page
    with world.acting_as("cora"):
        jay = Site.objects.get(identifier="1009")

    assert client.post(f"{BASE}/hospitals/join/", {"site": jay.pk, "joined_on": "2026-02-01"}).status_code == 302
    with world.acting_as("cora"):
        assert Participation.objects.filter(site=jay).count() == 1


def test_a_bad_hospital_is_refused_with_the_remedy(world: World) -> None:
    answer = world.client("cora").post(
        f"{BASE}/hospitals/new/", {"identifier": "0100", "name": "", "joined_on": "31.01.2026"}
    )

    assert answer.status_code == 422
    text = answer.content.decode()
    assert "<title>Error: New hospital" in text
    with world.acting_as("cora"):
        assert Participation.objects.count() == 8


def test_leaving_needs_the_name_typed(world: World) -> None:
    client, heron = world.client("cora"), world.participation("heron")
    url = f"{BASE}/hospitals/{heron.public_id}/leave/"

    assert client.post(url, {"left_on": "2026-06-30", "name": "Heron"}).status_code == 422
    assert client.post(url, {"left_on": "2026-06-30", "name": "Heronsgate Tovik General"}).status_code == 302
    with world.acting_as("cora"):
        heron.refresh_from_db()
        assert (heron.stage, str(heron.left_on)) == ("left", "2026-06-30")


def test_the_profile_is_saved(world: World) -> None:
    client, elm = world.client("cora"), world.participation("elm")

    client.post(
        f"{BASE}/hospitals/{elm.public_id}/",
        {"name": "Elmscourt Wivel Hospital", "city": "Elmsworth", "beds": "310", "teaching": "true"},
    )

    elm = world.participation("elm")
    assert (elm.site.beds, elm.site.teaching, elm.site.rural) == (310, True, None)


def test_a_hospital_administrator_sees_and_manages_the_own_people_only(world: World) -> None:
    client = world.client("alder.administrator")
    page = client.get(f"{BASE}/people/").content.decode()
    assert "Clinician Ashgrave" in page
    assert "Bellweir" not in page
    assert "Ottershaw" not in page.split("<footer")[0]
    with world.acting_as("cora"):
        other = Grant.objects.get(user__email="birch.clinician@example.org")
        own = Grant.objects.get(user__email="alder.clinician@example.org")

    assert client.post(f"{BASE}/people/roles/{other.public_id}/end/").status_code == 404
    assert client.post(f"{BASE}/people/roles/{own.public_id}/end/").status_code == 302
    with world.acting_as("cora"):
        own.refresh_from_db()
        assert own.ends_at is not None
        assert Grant.objects.get(pk=other.pk).ends_at is None


def test_inviting_from_the_page_and_taking_back(world: World) -> None:
    client, cedar = world.client("cora"), world.participation("cedar")
    form = {
        "full_name": "Nora New",
        "email": "nora@example.org",
        "role": "abstractor",
        "hospital": str(cedar.public_id),
    }

    assert client.post(f"{BASE}/people/invite/", form | {"hospital": ""}).status_code == 422
    assert client.post(f"{BASE}/people/invite/", form).status_code == 302
    with world.acting_as("cora"):
        invitation = Invitation.objects.get(email="nora@example.org")
    assert "Nora New" in client.get(f"{BASE}/people/").content.decode()

    client.post(f"{BASE}/people/invitations/{invitation.public_id}/revoke/")
    assert "Nora New" not in client.get(f"{BASE}/people/").content.decode().split("The invitation of")[-1][200:]


def test_the_charter_is_made_from_the_permission_table(world: World) -> None:
    for name in ("sam", "alder.clinician", "cora"):
        page = world.client(name).get(f"{BASE}/who-can-see-what/").content.decode()
        assert "see results by named hospital" in page
        assert "sponsor" in page.lower()


def test_a_person_with_two_hospitals_switches_explicitly(world: World) -> None:
    client = world.client("ida")
    page = client.get("/place/").content.decode()
    assert "Aldermoor Quillen Hospital" in page
    assert "Birchgrove Zantar Medical" in page

    client.post("/place/", {"place": str(world.participation("birch").public_id)})
    help_page = client.get(f"{BASE}/help/").content.decode()
    assert "Birchgrove Zantar Medical" in help_page
    assert "Aldermoor" not in help_page
    assert client.post("/place/", {"place": str(world.participation("cedar").public_id)}).status_code == 404
