"""Seven hospitals on their way in: invited, signing, or in training. They have people and dates, and no case yet."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import User
from collaboratives.enums import Stage
from collaboratives.models import Participation
from collaboratives.roster.definition.step_dates import StepDates
from collaboratives.roster.services.onboarding import plan_onboarding
from collaboratives.selectors.clock import today_of
from collaboratives.selectors.places import acting_for
from collaboratives.services.people import grant_role
from collaboratives.services.programme import create_hospital
from config.demo.cast import PASSPHRASE, SURGERY
from config.demo.people import Cast
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting


JOINED_ON = date(2026, 10, 1)
# Days from today at which the steps of the first of them are planned; each next one is a week behind.
STEPS = {"agreements": -3, "people": 10, "training": 24, "test_cases": 31, "go_live": 45}


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    identifier: str
    name: str
    city: str
    beds: int
    stage: Stage
    champion: tuple[str, str]
    region: str = "Great Lakes"


def _newcomers() -> tuple[Newcomer, ...]:
    rows = (
        ("239998", "Pelican Point Hospital", "Pelican Point", 118, Stage.AGREEMENTS, "pelican-point", "Dr Oda Marchetti"),
        ("239990", "Sleeping Bear Medical", "Glen Dune", 205, Stage.TRAINING, "sleeping-bear", "Dr Ewan Castellano"),
        ("239991", "Tahquamenon Falls", "Paradise Bay", 64, Stage.TRAINING, "tahquamenon", "Dr Miriam Osei"),
        ("239992", "St Ignatius", "Mackinaw Reach", 142, Stage.AGREEMENTS, "st-ignatius", "Dr Pavel Horák"),
        ("239993", "Muskrat River", "Muskrat", 58, Stage.AGREEMENTS, "muskrat-river", "Dr Anneke Vos"),
        ("239994", "Grand Traverse West", "Long Harbor", 330, Stage.INVITED, "traverse-west", "Dr Luis Abelard"),
        ("239995", "Keweenaw Point", "Eagle Cove", 36, Stage.INVITED, "keweenaw", "Dr Siobhan Reyes"),
    )  # fmt: skip
    return tuple(
        Newcomer(
            identifier=number,
            name=name,
            city=city,
            beds=beds,
            stage=stage,
            champion=(f"champion@{key}.example", person),
        )
        for number, name, city, beds, stage, key, person in rows
    )


NEWCOMERS = _newcomers()


def let_hospitals_join(cast: Cast) -> int:
    """How many are on their way in."""
    by = cast.viewer(Role.COORDINATOR, SURGERY)
    people = _people()
    with acting(acting_for(by)), transaction.atomic():
        for number, newcomer in enumerate(NEWCOMERS):
            place = _join(newcomer, by)
            grant_role(user=people[newcomer.champion[0]], role=Role.CHAMPION, participation=place, by=by)
            today = today_of(place.collaborative) + timedelta(weeks=number)
            dates = {step: StepDates(today + timedelta(days=days)) for step, days in STEPS.items()}
            plan_onboarding(participation=place, dates=dates, by=by)
    return len(NEWCOMERS)


def _join(newcomer: Newcomer, by: Viewer) -> Participation:
    place = create_hospital(
        by=by,
        joined_on=JOINED_ON,
        stage=newcomer.stage,
        identifier=newcomer.identifier,
        name=newcomer.name,
        city=newcomer.city,
        region=newcomer.region,
        beds=newcomer.beds,
    )
    return Participation.objects.select_related("collaborative").get(pk=place.pk)


def _people() -> dict[str, User]:
    password = make_password(PASSPHRASE)
    users = [
        User(email=email, full_name=name, password=password) for email, name in (each.champion for each in NEWCOMERS)
    ]
    with acting(Acting("platform")), transaction.atomic():
        User.objects.bulk_create(users)
    return {user.email: user for user in users}
