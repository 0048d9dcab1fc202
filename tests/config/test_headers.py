"""What every response carries, and what the frame around a page says."""

import pytest

from tests.world import World


BASE = "/c/colectomy-mi"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@pytest.mark.parametrize(
    "path", ["/healthz", "/accounts/login/", f"{BASE}/help/", f"{BASE}/nowhere/", f"{BASE}/people/"]
)
def test_every_answer_is_private_and_strict(world: World, path: str) -> None:
    answer = world.client("alder.clinician").get(path)

    directives = {part.strip() for part in answer["Content-Security-Policy"].split(";")}
    assert directives == {part.strip() for part in POLICY.split(";")}
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Permissions-Policy"].startswith("camera=()")


def test_signing_out_clears_the_browser(world: World) -> None:
    answer = world.client("alder.clinician").post("/accounts/logout/")

    assert answer["Clear-Site-Data"] == '"cache", "storage"'


def test_the_frame_names_the_place_and_offers_only_what_is_allowed(world: World) -> None:
    page = world.client("alder.clinician").get(f"{BASE}/help/").content.decode()

    assert "Aldermoor Quillen Hospital" in page
    assert "Colectomy Michigan" in page
    assert "Shown to Aldermoor Quillen Hospital only." in page
    assert f'href="{BASE}/cases/"' in page
    for hidden in ("/hospitals/", "/releases/", "/imports/", "/people/"):
        assert f'href="{BASE}{hidden}"' not in page


def test_one_place_offers_no_switch_and_two_do(world: World) -> None:
    assert 'href="/place/"' not in world.client("alder.clinician").get(f"{BASE}/help/").content.decode()
    assert 'href="/place/"' in world.client("ida").get(f"{BASE}/help/").content.decode()


def test_a_refusal_says_who_can_grant_access(world: World) -> None:
    answer = world.client("alder.clinician").get(f"{BASE}/people/")

    assert answer.status_code == 403
    assert "see who holds which role" in answer.content.decode()


def test_health_says_alive_and_ready(client, db: None) -> None:
    assert client.get("/healthz").json() == {"alive": True}
    assert client.get("/readyz").json() == {"ready": True, "database": True, "broker": True}


def test_home_leads_to_the_only_place_or_asks(world: World) -> None:
    assert world.client("alder.clinician").get("/")["Location"] == f"{BASE}/"
    assert world.client("ida").get("/")["Location"] == "/place/"
    assert world.client("stella").get("/")["Location"] == "/c/hernia-lakes/"
