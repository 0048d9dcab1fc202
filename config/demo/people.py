"""The cast as rows, made through the services that the centre itself uses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import User
from collaboratives.models import Participation
from collaboratives.selectors.places import acting_for, places_of
from collaboratives.services.invitations import invite
from collaboratives.services.people import grant_role
from collaboratives.services.programme import create_collaborative, create_hospital, join_hospital
from config.demo.cast import (
    ACCOUNTS,
    CENTRE_ROLES,
    HOSPITALS,
    INVITED,
    PASSPHRASE,
    PROGRAMMES,
    SURGERY,
    Account,
    Programme,
    people,
)
from privacy.roles import Role
from privacy.viewer import Viewer
from sites.models import Site
from tenancy.context import Acting, acting


@dataclass(frozen=True)
class Cast:
    """Rows of the cast by their names in `config.demo.cast`."""

    users: Mapping[str, User]
    participations: Mapping[tuple[str, str], Participation]

    def viewer(self, role: Role, slug: str, hospital: str | None = None) -> Viewer:
        """The person in this role as the middleware would know them."""
        account = next(account for account in ACCOUNTS if _part(account) == (role, slug, hospital))
        user = self.users[account.email]
        site = HOSPITALS[hospital].name if hospital else ""
        places = (place for place in places_of(user.pk) if (place.collaborative.slug, place.site_name) == (slug, site))
        return next(places).viewer(user.pk, user.full_name)


def _part(account: Account) -> tuple[Role, str, str | None]:
    return account.role, account.slug, account.hospital.key if account.hospital else None


def create_cast() -> Cast:
    users = _create_users()
    participations: dict[tuple[str, str], Participation] = {}
    cast = Cast(users, participations)
    for programme in PROGRAMMES:
        _create_programme(programme, users)
        by = cast.viewer(Role.DIRECTOR, programme.slug)
        with acting(acting_for(by)), transaction.atomic():
            participations |= {(programme.slug, key): _join(programme, key, by) for key in programme.hospitals}
            _grant(programme, cast, by)
    _invite(cast)
    return cast


def known_cast() -> Cast:
    """The people of a demo that is loaded; its hospitals are not looked up."""
    with acting(Acting("platform")), transaction.atomic():
        users = {user.email: user for user in User.objects.filter(email__in=list(people()))}
    return Cast(users, {})


def _create_users() -> dict[str, User]:
    # One hash for everybody: the passphrase is public, and hashing it 160 times takes as long as loading all cases.
    password = make_password(PASSPHRASE)
    users = [User(email=email, full_name=name, password=password) for email, name in people().items()]
    with acting(Acting("platform")), transaction.atomic():
        User.objects.bulk_create(users)
    return {user.email: user for user in users}


def _create_programme(programme: Programme, users: Mapping[str, User]) -> None:
    by_role = {
        account.role: users[account.email] for account in ACCOUNTS if _part(account)[1:] == (programme.slug, None)
    }
    coordinator = by_role[Role.COORDINATOR]
    create_collaborative(
        director=by_role[Role.DIRECTOR],
        slug=programme.slug,
        name=programme.name,
        contact_name=coordinator.full_name,
        contact_email=coordinator.email,
    )


def _join(programme: Programme, key: str, by: Viewer) -> Participation:
    hospital = HOSPITALS[key]
    known = Site.objects.filter(identifier=hospital.identifier).first()
    if known:
        return join_hospital(site=known, joined_on=programme.joined_on, by=by)
    return create_hospital(
        by=by,
        joined_on=programme.joined_on,
        identifier=hospital.identifier,
        name=hospital.name,
        city=hospital.city,
        region=programme.region,
        health_system=hospital.health_system,
        beds=hospital.beds,
        teaching=hospital.teaching,
        rural=hospital.rural,
    )


def _grant(programme: Programme, cast: Cast, by: Viewer) -> None:
    for account in _to_grant(programme):
        hospital = account.hospital
        participation = cast.participations[programme.slug, hospital.key] if hospital else None
        grant_role(user=cast.users[account.email], role=account.role, participation=participation, by=by)


def _to_grant(programme: Programme) -> Iterable[Account]:
    """Everybody but the director, who came with the programme."""
    here = (account for account in ACCOUNTS if account.slug == programme.slug)
    return (account for account in here if account.role != CENTRE_ROLES[0])


def _invite(cast: Cast) -> None:
    by = cast.viewer(Role.COORDINATOR, SURGERY)
    with acting(acting_for(by)), transaction.atomic():
        for email, name, role, key in INVITED:
            participation = cast.participations[SURGERY, key] if key else None
            invite(email=email, full_name=name, role=role, participation=participation, by=by)
