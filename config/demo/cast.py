"""Who plays: hospitals and people of the demo, all invented. Pure data: no rows, no Django."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count

from privacy.roles import Role


SURGERY, STAYS = "great-lakes-surgical", "medicare-stays"
# Everybody's, and shown on /demo/: the demo guards nothing.
PASSPHRASE = "great lakes, small steps"  # noqa: S105


@dataclass(frozen=True, kw_only=True)
class Hospital:
    key: str
    identifier: str
    name: str
    city: str
    beds: int
    teaching: bool = False
    rural: bool = False
    health_system: str = ""


@dataclass(frozen=True, kw_only=True)
class Programme:
    slug: str
    name: str
    folder: str
    mail: str
    region: str
    joined_on: date
    hospitals: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Account:
    """One person in one role: a button of the page /demo/. Somebody with two roles has two."""

    email: str
    full_name: str
    role: Role
    slug: str
    hospital: Hospital | None

    @property
    def key(self) -> str:
        return "/".join((self.slug, self.hospital.key if self.hospital else "centre", self.email))


def _hospitals() -> dict[str, Hospital]:
    lake, north, none = "Lakeland Health", "North Shore Alliance", ""
    # (key, number, name, city, beds, teaching, rural, system). The first four, and the last four, are in the programme of
    # Medicare stays too and carry numbers of its file; the others a number that no hospital has.
    rows = (
        ("northgate", "030061", "Northgate Hospital", "Grand Marais", 412, True, False, lake),
        ("alder-valley", "030006", "Alder Valley", "Alderton", 268, False, False, lake),
        ("st-brendans", "030088", "St Brendan's", "Port Ellery", 355, True, False, none),
        ("three-rivers", "030014", "Three Rivers", "Confluence", 190, False, False, none),
        ("lakeside-general", "239901", "Lakeside General", "Harbour Point", 530, True, False, lake),
        ("copper-harbor", "239902", "Copper Harbor", "Copper Harbor", 48, False, True, north),
        ("westmoor", "239903", "Westmoor", "Westmoor", 310, False, False, none),
        ("great-oaks", "239904", "Great Oaks Medical Center", "Oakfield", 720, True, False, none),
        ("marlow", "239905", "Marlow Memorial", "Marlow", 145, False, False, none),
        ("birch-run", "239906", "Birch Run Community", "Birch Run Mills", 62, False, True, none),
        ("sable-point", "239907", "Sable Point", "Sable Point", 88, False, True, north),
        ("holy-family", "239908", "Holy Family", "Kentworth", 280, False, False, none),
        ("university", "239909", "University Hospital of the Lakes", "Ardmore", 980, True, False, none),
        ("ferris", "239910", "Ferris County", "Ferris", 74, False, True, none),
        ("pine-bluff", "239911", "Pine Bluff Regional", "Pine Bluff", 205, False, False, north),
        ("mercy-east", "239912", "Mercy East", "Dunmore", 390, True, False, none),
        ("mercy-west", "239913", "Mercy West", "Tallis", 240, False, False, none),
        ("huron-view", "239914", "Huron View", "Bayless", 175, False, False, lake),
        ("st-agnes", "239915", "St Agnes", "Wexley", 330, False, False, none),
        ("ironwood", "239916", "Ironwood District", "Ironwood Falls", 56, False, True, north),
        ("clearwater", "239917", "Clearwater Medical", "Clearwater", 260, False, False, none),
        ("riverbend", "239918", "Riverbend", "Carrow", 160, False, False, none),
        ("eastlake", "239919", "Eastlake Surgical", "Eastlake", 120, False, False, lake),
        ("dunes", "239920", "The Dunes", "Sandhaven", 96, False, True, none),
        ("beaumaris", "239921", "Beaumaris", "Beaumaris", 445, True, False, none),
        ("kestrel", "239922", "Kestrel Ridge", "Lowther", 210, False, False, none),
        ("maplewood", "239923", "Maplewood General", "Maplewood", 300, False, False, none),
        ("thornapple", "239924", "Thornapple", "Thornapple", 130, False, False, none),
        ("old-mission", "239925", "Old Mission", "Mission Bay", 40, False, True, north),
        ("st-clement", "239926", "St Clement", "Brockway", 365, False, False, none),
        ("saguaro", "030089", "Saguaro General", "Mesa Verde", 310, False, False, none),
        ("canyon-rim", "030002", "Canyon Rim", "Rimrock", 240, False, False, none),
        ("palo-verde", "030013", "Palo Verde", "Verde Wells", 180, False, False, none),
        ("sonoita", "030001", "Sonoita Medical", "Sonoita Flats", 420, True, False, none),
    )
    names = ("key", "identifier", "name", "city", "beds", "teaching", "rural", "health_system")
    return {row[0]: Hospital(**dict(zip(names, row, strict=True))) for row in rows}  # type: ignore[arg-type]  # a table


HOSPITALS = _hospitals()
_KEYS = tuple(HOSPITALS)
PROGRAMMES = (
    Programme(
        slug=SURGERY,
        name="Great Lakes Surgical",
        folder="surgical",
        mail="greatlakes.example",
        region="Great Lakes",
        joined_on=date(2023, 9, 1),
        hospitals=_KEYS[:30],
    ),
    Programme(
        slug=STAYS,
        name="Medicare Stays",
        folder="medicare_stays",
        mail="stays.example",
        region="South-west",
        joined_on=date(1991, 1, 1),  # its file is of that year, and a release counts members of its window
        hospitals=_KEYS[:4] + _KEYS[30:],
    ),
)
PROGRAMME = {programme.slug: programme for programme in PROGRAMMES}
CENTRE_ROLES = (
    Role.DIRECTOR,
    Role.COORDINATOR,
    Role.BIOSTATISTICIAN,
    Role.VALIDATOR,
    Role.SPONSOR,
    Role.PATIENT_PARTNER,
)
HOSPITAL_ROLES = (Role.CHAMPION, Role.CLINICIAN, Role.ABSTRACTOR, Role.ADMINISTRATOR)
# Abstracts for two hospitals by contract; sees one at a time.
TWO_HOSPITALS = ("ida.twomey@chartwork.example", "Ida Twomey", ("alder-valley", "copper-harbor"))
# Where the work is shared: hospital → e-mail and name.
SECOND_ABSTRACTORS = {
    "northgate": ("w.aldous@northgate.example", "Winifred Aldous"),
    "three-rivers": ("t.bakare@three-rivers.example", "Tunde Bakare"),
    "great-oaks": ("m.ceballos@great-oaks.example", "Marisol Ceballos"),
    "university": ("j.dahlgren@university.example", "Johan Dahlgren"),
    "holy-family": ("k.eastwick@holy-family.example", "Karen Eastwick"),
}
# Works in both collaboratives at the same hospital.
TWO_PROGRAMMES = "northgate"
INVITED = (
    ("r.sandoval@northgate.example", "Rosa Sandoval", Role.CLINICIAN, "northgate"),
    ("h.okafor@three-rivers.example", "Henry Okafor", Role.ABSTRACTOR, "three-rivers"),
    ("j.lindqvist@greatlakes.example", "Jonas Lindqvist", Role.VALIDATOR, None),
)

_FIRST = (
    "Ruth", "Amir", "Helen", "Diego", "Nora", "Samuel", "Priya", "Walter", "Lena", "Marcus", "Aiko", "Owen", "Fatima", "Peter",
    "Grace", "Tomas", "Ingrid", "Jamal", "Clara", "Victor", "Mei", "Daniel", "Zofia", "Andre", "Leila", "Simon", "Ana", "Felix",
    "Hanna", "Isaac", "Yara", "Colin", "Beth", "Rafael", "Sofia", "Emil", "Tessa", "Kofi", "Maren", "Lewis", "Noor", "Gavin",
    "Elsa",
)  # fmt: skip
_LAST = (
    "Adler", "Banerjee", "Castell", "Dufresne", "Ekström", "Farrow", "Galindo", "Hartnett", "Ivers", "Jankowski", "Kessler",
    "Larkin", "Mbeki", "Novak", "Ortega", "Pemberton", "Quigley", "Rahman", "Solberg", "Tanaka", "Underhill", "Vasquez",
    "Whitlock", "Xu", "Yardley", "Zeller", "Archer", "Brandt", "Corrigan", "Delacroix", "Esposito", "Fonseca", "Granger",
    "Halloran", "Imhoff", "Jessup", "Kowalski",
)  # fmt: skip


def _names() -> Iterator[str]:
    """Lists of 43 and 37, no common factor: no name comes twice before 1,591 people."""
    return (f"{_FIRST[number % len(_FIRST)]} {_LAST[number * 5 % len(_LAST)]}" for number in count())


def _accounts() -> tuple[Account, ...]:
    names, accounts = _names(), []
    for programme in PROGRAMMES:
        accounts += [
            Account(
                email=f"{role}@{programme.mail}".replace("_", "-"),
                full_name=next(names),
                role=role,
                slug=programme.slug,
                hospital=None,
            )
            for role in CENTRE_ROLES
        ]
        prefix = "" if programme.slug == SURGERY else "stays."
        accounts += [
            Account(
                email=f"{prefix}{role}@{key}.example",
                full_name=next(names),
                role=role,
                slug=programme.slug,
                hospital=HOSPITALS[key],
            )
            for key in programme.hospitals
            for role in HOSPITAL_ROLES
        ]
    return (*_in_both_programmes(accounts), *_of_two_hospitals(), *_second_abstractors())


def _in_both_programmes(accounts: list[Account]) -> list[Account]:
    """Let the clinician of the shared hospital be one person."""
    wanted = (TWO_PROGRAMMES, Role.CLINICIAN)
    one = next(account for account in accounts if account.hospital and (account.hospital.key, account.role) == wanted)
    return [
        Account(
            email=one.email, full_name=one.full_name, role=account.role, slug=account.slug, hospital=account.hospital
        )
        if account.hospital and (account.hospital.key, account.role) == wanted
        else account
        for account in accounts
    ]


def _of_two_hospitals() -> tuple[Account, ...]:
    email, full_name, keys = TWO_HOSPITALS
    return tuple(
        Account(email=email, full_name=full_name, role=Role.ABSTRACTOR, slug=SURGERY, hospital=HOSPITALS[key])
        for key in keys
    )


def _second_abstractors() -> tuple[Account, ...]:
    return tuple(
        Account(email=email, full_name=name, role=Role.ABSTRACTOR, slug=SURGERY, hospital=HOSPITALS[key])
        for key, (email, name) in SECOND_ABSTRACTORS.items()
    )


ACCOUNTS = _accounts()


def people() -> dict[str, str]:
    """E-mail → name of everybody, each once."""
    return {account.email: account.full_name for account in ACCOUNTS}
