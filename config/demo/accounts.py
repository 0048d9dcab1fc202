"""The people of the demo as the page /demo/ shows them, and the way from a button to a session."""

from dataclasses import dataclass
from itertools import groupby

from accounts.models import User
from collaboratives.selectors.places import places_of
from config.demo.cast import (
    ACCOUNTS,
    CENTRE_ROLES,
    HOSPITAL_ROLES,
    PASSPHRASE,
    PROGRAMMES,
    Account,
    Hospital,
    Programme,
)
from privacy.roles import Role


SEES = {
    Role.DIRECTOR: "Every hospital by name; releases results that the biostatistician has approved.",
    Role.COORDINATOR: "Every hospital by name, cases and completeness; hospitals, people, imports, new releases.",
    Role.BIOSTATISTICIAN: "Every hospital by name, risk models and calibration; approves the statistics of a release.",
    Role.VALIDATOR: "Every hospital by name and its cases; changes nothing.",
    Role.SPONSOR: "Results of all hospitals together, and nothing else.",
    Role.PATIENT_PARTNER: "Results of all hospitals together, and nothing else.",
    Role.CHAMPION: "Own results among blinded peers, own cases, and who looked at them.",
    Role.CLINICIAN: "Own results among blinded peers, and own cases.",
    Role.ABSTRACTOR: "The work list: enters, imports and completes the hospital's cases.",
    Role.ADMINISTRATOR: "Own results among blinded peers; invites colleagues and ends their roles.",
}


@dataclass(frozen=True)
class HospitalRow:
    hospital: Hospital
    cells: tuple[tuple[Account, ...], ...]


@dataclass(frozen=True)
class ProgrammeCard:
    programme: Programme
    centre: tuple[tuple[Account, str], ...]
    columns: tuple[tuple[Role, str], ...]
    rows: tuple[HospitalRow, ...]


@dataclass(frozen=True)
class DemoPage:
    programmes: tuple[ProgrammeCard, ...]
    passphrase: str = PASSPHRASE
    email: str = ACCOUNTS[0].email


def demo_page() -> DemoPage:
    return DemoPage(tuple(_card(programme) for programme in PROGRAMMES))


def _card(programme: Programme) -> ProgrammeCard:
    here = [account for account in ACCOUNTS if account.slug == programme.slug]
    staff = sorted((account for account in here if account.hospital), key=_hospital_key)
    by_hospital = {key: list(group) for key, group in groupby(staff, key=_hospital_key)}
    return ProgrammeCard(
        programme=programme,
        centre=tuple((account, SEES[account.role]) for account in here if account.role in CENTRE_ROLES),
        columns=tuple((role, SEES[role]) for role in HOSPITAL_ROLES),
        rows=tuple(_row(by_hospital[key]) for key in programme.hospitals),
    )


def _hospital_key(account: Account) -> str:
    return account.hospital.key if account.hospital else ""


def _row(staff: list[Account]) -> HospitalRow:
    hospital = staff[0].hospital
    assert hospital is not None  # noqa: S101 -- staff are the accounts with a hospital
    return HospitalRow(
        hospital, tuple(tuple(account for account in staff if account.role == role) for role in HOSPITAL_ROLES)
    )


def find_account(key: str) -> Account | None:
    return next((account for account in ACCOUNTS if account.key == key), None)


def user_of(account: Account) -> User | None:
    """The person's row; None until the demo is loaded."""
    return User.objects.filter(email=account.email, is_active=True).first()


def place_key(account: Account, user: User) -> str:
    """The place of the button, as the session remembers it; empty when the person no longer holds the role."""
    wanted = (account.slug, account.hospital.name if account.hospital else "")
    return next(
        (
            place.key
            for place in places_of(user.pk)
            if (place.collaborative.slug, place.site_name) == wanted and account.role in place.roles
        ),
        "",
    )


def accounts_as_json() -> list[dict[str, str | None]]:
    return [
        {
            "email": account.email,
            "name": account.full_name,
            "role": account.role.value,
            "hospital": account.hospital.name if account.hospital else None,
            "collaborative": account.slug,
            "sign_in": "/demo/",
        }
        for account in ACCOUNTS
    ]
