"""Two collaboratives, their hospitals and people.

    colectomy-mi   Dana (director), Cora (coordinator), Ben (biostatistician), Vera (validator), Sam (sponsor), Pat (patient partner)
                   8 hospitals: alder … heron; each has a champion and an abstractor; alder and birch also a clinician,
                   an administrator and a sampler. Ida abstracts for alder and birch.
    hernia-lakes   Dieter (director), Hanna (coordinator); hospitals alder, ibis, jay (too few to compare).
                   Stella is a clinician at jay only: a stranger to colectomy-mi.

Every name, town and number is a canary: a word that occurs nowhere else, so that a leak can be searched for.
"""

from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.services import create_user
from collaboratives.models import Collaborative, Participation
from collaboratives.selectors.places import acting_for, places_of
from collaboratives.services.people import grant_role
from collaboratives.services.programme import create_collaborative, create_hospital, join_hospital
from privacy.roles import Role
from privacy.viewer import Viewer
from sites.models import Site
from tenancy.context import Acting, acting


PASSWORD = "correct horse battery staple"  # noqa: S105 -- of invented people
HOSPITALS = {
    "alder": ("0100", "Aldermoor Quillen Hospital", "Aldertown"),
    "birch": ("0201", "Birchgrove Zantar Medical", "Birchwick"),
    "cedar": ("0302", "Cedarholm Yvaine Clinic", "Cedarvale"),
    "dogwood": ("0403", "Dogwood Xerxa Infirmary", "Dogford"),
    "elm": ("0504", "Elmscourt Wivel Hospital", "Elmsworth"),
    "finch": ("0605", "Finchley Vorna Memorial", "Finchpool"),
    "grove": ("0706", "Grovemont Ulric Regional", "Grovesby"),
    "heron": ("0807", "Heronsgate Tovik General", "Heronburgh"),
    "ibis": ("0908", "Ibisfield Sarnak Hospital", "Ibishaven"),
    "jay": ("1009", "Jayminster Rookh Centre", "Jaybridge"),
}
COLECTOMY = tuple(name for name in HOSPITALS if name not in {"ibis", "jay"})
HERNIA = ("alder", "ibis", "jay")
CENTRE = {
    "dana": ("Dana Pellworthy", Role.DIRECTOR),
    "cora": ("Cora Ottershaw", Role.COORDINATOR),
    "ben": ("Ben Nettlecombe", Role.BIOSTATISTICIAN),
    "vera": ("Vera Mossgiel", Role.VALIDATOR),
    "sam": ("Sam Lyddington", Role.SPONSOR),
    "pat": ("Pat Kirtlebridge", Role.PATIENT_PARTNER),
}
SURNAMES = dict(
    zip(
        HOSPITALS,
        (
            "Ashgrave",
            "Bellweir",
            "Crowhurst",
            "Dunmarrow",
            "Eskdale",
            "Farthing",
            "Gorsewell",
            "Hollowick",
            "Inkpen",
            "Jessamy",
        ),
        strict=True,
    )
)
JOINED = date(2023, 1, 1)
USERS: dict[str, tuple[int, str]] = {}
DIRECTORS = {"colectomy-mi": "dana", "hernia-lakes": "dieter"}


def email(name: str) -> str:
    return f"{name}@example.org"


def new_user(name: str, full_name: str) -> User:
    with acting(Acting("platform")), transaction.atomic():
        user = create_user(email=email(name), full_name=full_name, password=PASSWORD)
    USERS[name] = (user.pk, full_name)
    return user


def viewer(name: str, slug: str = "colectomy-mi", hospital: str | None = None) -> Viewer:
    """The viewer that the middleware would make of this person, optionally at one of several hospitals."""
    user_id, full_name = USERS[name]
    places = [place for place in places_of(user_id) if place.collaborative.slug == slug]
    if hospital:
        places = [place for place in places if place.site_name == HOSPITALS[hospital][1]]
    return places[0].viewer(user_id, full_name)


def build() -> None:
    dana, dieter = new_user("dana", CENTRE["dana"][0]), new_user("dieter", "Dieter Quorndon")
    create_collaborative(
        director=dana,
        slug="colectomy-mi",
        name="Colectomy Michigan",
        specialty="Surgery",
        time_zone="America/Detroit",
        contact_name="Cora Ottershaw",
        contact_email=email("cora"),
        aim="Halve surgical-site infection by June 2027",
        aim_measure="ssi",
    )
    create_collaborative(
        director=dieter, slug="hernia-lakes", name="Hernia Lakes", specialty="Surgery", time_zone="UTC"
    )
    _centre("colectomy-mi", "dana", [name for name in CENTRE if name != "dana"], COLECTOMY)
    _centre("hernia-lakes", "dieter", [], HERNIA)
    _staff()


def _centre(slug: str, director: str, others: list[str], hospitals: tuple[str, ...]) -> None:
    by = viewer(director, slug)
    for name in others:
        full_name, role = CENTRE[name]
        user = new_user(name, full_name)
        with acting(acting_for(by)), transaction.atomic():
            grant_role(user=user, role=role, participation=None, by=by)
    with acting(acting_for(by)), transaction.atomic():
        for name in hospitals:
            _join(name, by)


def _join(name: str, by: Viewer) -> None:
    identifier, full_name, city = HOSPITALS[name]
    existing = Site.objects.filter(identifier=identifier).first()
    if existing:
        join_hospital(site=existing, joined_on=JOINED, by=by)
    else:
        create_hospital(
            by=by, joined_on=JOINED, identifier=identifier, name=full_name, city=city, region="Lake", beds=200
        )


def _staff() -> None:
    by = viewer("dana")
    for name in COLECTOMY:
        roles = {"champion": Role.CHAMPION, "abstractor": Role.ABSTRACTOR}
        if name in {"alder", "birch"}:
            roles |= {"clinician": Role.CLINICIAN, "administrator": Role.ADMINISTRATOR, "sampler": Role.SAMPLER}
        for label, role in roles.items():
            _give(f"{name}.{label}", f"{label.capitalize()} {SURNAMES[name]}", role, name, by)
    ida = new_user("ida", "Ida Twohospitals")
    for name in ("alder", "birch"):
        with acting(acting_for(by)), transaction.atomic():
            grant_role(user=ida, role=Role.ABSTRACTOR, participation=participation(name), by=by)
    by = viewer("dieter", "hernia-lakes")
    hanna = new_user("hanna", "Hanna Ravensworth")
    with acting(acting_for(by)), transaction.atomic():
        grant_role(user=hanna, role=Role.COORDINATOR, participation=None, by=by)
    _give("stella", "Stella Jessamy", Role.CLINICIAN, "jay", by, slug="hernia-lakes")


def _give(name: str, full_name: str, role: Role, hospital: str, by: Viewer, slug: str = "colectomy-mi") -> None:  # noqa: PLR0917
    user = new_user(name, full_name)
    with acting(acting_for(by)), transaction.atomic():
        grant_role(user=user, role=role, participation=participation(hospital, slug), by=by)


def participation(name: str, slug: str = "colectomy-mi") -> Participation:
    """The row as the collaborative's director sees it."""
    with acting(acting_for(viewer(DIRECTORS[slug], slug))), transaction.atomic():
        return Participation.objects.select_related("site", "collaborative").get(
            site__identifier=HOSPITALS[name][0], collaborative__slug=slug
        )


def collaborative(slug: str = "colectomy-mi") -> Collaborative:
    with acting(acting_for(viewer(DIRECTORS[slug], slug))), transaction.atomic():
        return Collaborative.objects.get(slug=slug)
