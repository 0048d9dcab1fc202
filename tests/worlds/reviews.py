"""What alder and birch did with their numbers of the release: attested, contested, discussed, aimed at, split.

The texts hold a word of their own for each hospital, so that a leak can be searched for.
"""

from django.db import transaction

from cases.models import Case
from cases.selectors.clock import today_of
from collaboratives.selectors.places import acting_for
from events.models import Job
from feedback.enums import Outcome
from feedback.models import Release, SiteResult, SnapshotSlice
from feedback.reviews.enums import ContestReason
from feedback.reviews.models import Comment, Contest
from feedback.reviews.services.attesting import attest
from feedback.reviews.services.breakdowns import break_down
from feedback.reviews.services.contesting import raise_contest
from feedback.reviews.services.discussing import write_comment
from feedback.reviews.services.targets import set_target
from feedback.reviews.validators import Wish
from feedback.selectors.slices import LETTERS, unpack
from measures.models import Measure
from privacy.viewer import Viewer
from tenancy.context import acting
from tests.worlds import programme, releases


WORDS = {"alder": "Quibblesome", "birch": "Ravenhollow"}
MEASURE = "ssi"
CONTESTS: dict[str, str] = {}
COMMENTS: dict[str, str] = {}
"""Public ids by hospital."""
TARGETS = {"alder": 0.0437, "birch": 0.0613}


def build() -> None:
    with acting(releases.worker()), transaction.atomic():
        break_down(Job(subject_id=Release.objects.get(name=releases.NAME).pk))
    for hospital in ("alder", "birch"):
        champion = programme.viewer(f"{hospital}.champion")
        with acting(acting_for(champion)), transaction.atomic():
            _of_hospital(hospital, champion)


def _of_hospital(hospital: str, champion: Viewer) -> None:
    release = Release.objects.get(name=releases.NAME)
    measure, word = Measure.objects.get(slug=MEASURE), WORDS[hospital]
    attest(release=release, by=champion)
    CONTESTS[hospital] = contest(hospital, champion).public_id
    said = write_comment(measure=measure, release=release, text=f"Let us look at {word} again.", by=champion)
    COMMENTS[hospital] = said.public_id
    today = today_of(programme.collaborative())
    wish = Wish(value=TARGETS[hospital], by=today.replace(year=today.year + 1), reason=f"We {word} can.")
    set_target(measure=measure, wish=wish, today=today, by=champion)


def contest(hospital: str, by: Viewer, *, number: int = 0, reason: str = "should_be_excluded") -> Contest:
    """Contest one of the hospital's counted infections, the `number`-th by its key."""
    result, case = counted(hospital, Outcome.MET)[number]
    text = f"Operated elsewhere first, {WORDS.get(hospital, hospital)}."
    return raise_contest(case=case, result=result, reason=ContestReason(reason), text=text, by=by)


def counted(hospital: str, outcome: Outcome) -> list[tuple[SiteResult, Case]]:
    """The hospital's cases behind the number that counted as this; act as somebody who sees them."""
    place = programme.participation(hospital)
    results = SiteResult.objects.select_related("release", "measure_version__measure", "measure_version__form")
    result = results.get(release__name=releases.NAME, participation=place, measure_version__measure__slug=MEASURE)
    slices = result.release.snapshot_id
    frozen = SnapshotSlice.objects.filter(snapshot_id=slices or 0, measure_version=result.measure_version)
    columns = unpack(frozen.get(participation_id=result.participation_id).payload)
    keys = [case for case, letter in zip(columns.cases, columns.outcomes, strict=True) if letter == LETTERS[outcome]]
    cases = Case.objects.in_bulk(keys)
    return [(result, cases[key]) for key in sorted(keys)]


def own_comment(hospital: str) -> Comment:
    return Comment.objects.get(public_id=COMMENTS[hospital])
