"""Load the demo: people and hospitals, definitions, cases, two releases. All of it, or nothing."""

from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction

from accounts.models import User
from collaboratives.selectors.places import acting_for
from config.demo.agreements import let_one_lapse, sign_agreements
from config.demo.answers import demo_cases
from config.demo.audits import write_audits
from config.demo.ballots import write_ballots
from config.demo.cases import Owner, write_cases
from config.demo.cast import ACCOUNTS, PROGRAMMES, SECOND_ABSTRACTORS, SURGERY, Programme
from config.demo.claims import write_claims
from config.demo.generator import CASES, generate
from config.demo.groups import write_groups
from config.demo.logs import write_logs
from config.demo.meetings import write_meetings
from config.demo.newcomers import let_hospitals_join
from config.demo.news import write_news
from config.demo.over_time import group_all, write_notes
from config.demo.people import Cast, create_cast
from config.demo.quality import count_quality
from config.demo.questions import write_questions
from config.demo.releases import RELEASES, Planned, release_all, work_off
from config.demo.reviews import write_reviews
from config.demo.rosters import write_roster
from config.demo.training import write_training
from config.demo.week import count_lists
from measures.services.definitions import publish_definition
from privacy.roles import Role
from tenancy.context import Acting, acting


Say = Callable[[str], None]


def is_loaded() -> bool:
    with acting(Acting("platform")), transaction.atomic():
        return User.objects.filter(email=ACCOUNTS[0].email).exists()


@transaction.atomic
def load_demo(say: Say, *, cases: int = CASES, releases: Sequence[Planned] = RELEASES) -> None:
    cast = create_cast()
    say(
        f"{len(cast.users)} people, {len({key for _, key in cast.participations})} hospitals, {len(PROGRAMMES)} collaboratives"
    )
    for programme in PROGRAMMES:
        _publish(programme, cast, say)
    say(f"{sign_agreements(cast)} hospitals with their agreements")
    say(f"{_write_cases(cast, cases):,} operations")
    for programme in PROGRAMMES:
        work_off(cast.viewer(Role.DIRECTOR, programme.slug).collaborative_id)
    say("outcomes of all operations for every measure")
    cycles, locked = write_logs(cast)
    say(f"{cycles} cycles, {locked:,} cases locked")
    say(f"{write_questions(cast)} questions and queries")
    say(f"{write_audits(cast)} audits")
    say(f"{write_training(cast)} certified abstractors")
    count_quality(cast)
    say("how good the data of every hospital are")
    say(f"{group_all(cast)} hospitals in groups of similar ones")
    say(f"{write_claims(cast)} figures from claims")
    release_all(cast, releases, say)
    say(f"{write_reviews(cast)} attestations, contests, comments and targets")
    say(f"{write_ballots(cast)} ballots")
    say(f"{write_notes(cast)} notes of what changed")
    say(f"{let_hospitals_join(cast)} hospitals on their way in")
    say(f"{write_meetings(cast)} meetings")
    say(f"{write_groups(cast)} working groups")
    say(f"{write_news(cast)} people with news to read")
    let_one_lapse(cast)
    say(f"{write_roster(cast)} people in the directory")
    say(f"{count_lists(cast)} lists of what waits for somebody")


def _write_cases(cast: Cast, cases: int) -> int:
    owners = {
        key: Owner(
            participation.pk,
            cast.users[f"{Role.ABSTRACTOR}@{key}.example"].pk,
            cast.users[SECOND_ABSTRACTORS[key][0]].pk if key in SECOND_ABSTRACTORS else None,
        )
        for (slug, key), participation in cast.participations.items()
        if slug == SURGERY
    }
    collaborative_id = cast.viewer(Role.DIRECTOR, SURGERY).collaborative_id
    with acting(Acting("compute", collaborative_id=collaborative_id)), transaction.atomic():
        return write_cases(demo_cases(generate(cases=cases)), owners)


def _publish(programme: Programme, cast: Cast, say: Say) -> None:
    path = definition_path(programme)
    by = cast.viewer(Role.DIRECTOR, programme.slug)
    with acting(acting_for(by)):
        publication = publish_definition(text=path.read_text(), path=str(path.relative_to(settings.BASE_DIR)), by=by)
    say(f"{programme.name}: {len(publication.created)} definitions")


def definition_path(programme: Programme) -> Path:
    return Path(settings.BASE_DIR) / "examples" / programme.folder / "definition.yaml"
