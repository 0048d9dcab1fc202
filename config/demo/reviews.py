"""What hospitals did with the latest release: reviewed, contested, discussed, aimed at. Northgate leaves something to do.

Through the services, then dated back: a service would date everything today.
"""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from cases.models import Case
from cases.selectors.clock import today_of
from collaboratives.models import Collaborative, Participation
from collaboratives.selectors.places import acting_for
from config.demo.cast import SURGERY
from config.demo.people import Cast
from config.demo.releases import work_off
from feedback.enums import Outcome, ReleaseState
from feedback.models import Release, SiteResult, SnapshotSlice
from feedback.reviews.enums import ContestReason, Verdict
from feedback.reviews.models import Attestation, Comment, LocalTarget
from feedback.reviews.services.contesting import decide_contest, raise_contest
from feedback.selectors.results import own_hospital
from feedback.selectors.slices import LETTERS, unpack
from measures.models import Measure
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting


SEED, SHOWN = 20261122, "northgate"
MEASURE, PROCESS = "ssi", "antibiotic_timing"
# Reason, what the hospital writes, and what the centre decides with its words; None where it has not decided.
CONTESTED = (
    (ContestReason.NOT_OURS, "Operated at another hospital; came to us on day four with the infection.", (Verdict.EXCLUDE, "Agreed. The index operation was elsewhere, so the case is left out of this measure.")),
    (ContestReason.WRONG_DATA, "The culture was taken from a drain on day two and grew skin flora only.", (Verdict.CORRECT, "Please enter No for infection and note the culture. The case will be unlocked on request.")),
    (ContestReason.SHOULD_BE_EXCLUDED, "Wound class was IV in the operation note; the form says III.", None),
    (ContestReason.OTHER, "The patient was on steroids for years, so this was to be expected.", (Verdict.DECLINE, "Risk adjustment is for that. The definition counts the infection whatever its cause.")),
    (ContestReason.SHOULD_BE_EXCLUDED, "Palliative stoma in a patient with perforation at another hospital.", None),
)  # fmt: skip
TALK = (
    (Role.CHAMPION, 9, "Eleven of our infections were elective colectomies. Let us look at the bowel preparation of each on Thursday."),
    (Role.ABSTRACTOR, 8, "Oral antibiotics are documented in four of the eleven. In the others I find neither a yes nor a no."),
    (Role.CLINICIAN, 6, "The order set has had them since August. I will ask pharmacy how often they are given."),
)  # fmt: skip


def write_reviews(cast: Cast) -> int:
    """Everything of the latest release, at Northgate and a few others."""
    chance = random.Random(SEED)  # noqa: S311 -- the same demo every time
    coordinator = cast.viewer(Role.COORDINATOR, SURGERY)
    with acting(acting_for(coordinator)), transaction.atomic():
        found = Release.objects.filter(collaborative_id=coordinator.collaborative_id, state=ReleaseState.RELEASED)
        release = found.first()
        measures = {each.slug: each for each in Measure.objects.filter(collaborative_id=coordinator.collaborative_id)}
    if release is None:
        return 0  # a demo without releases, as tests load it
    hospitals = {key: place for (slug, key), place in cast.participations.items() if slug == SURGERY}
    others = chance.sample(sorted(set(hospitals) - {SHOWN}), len(hospitals) // 2)
    written = _attested(cast, release, hospitals, [SHOWN, *others], chance)
    written += _contested(cast, release, chance, coordinator)
    work_off(coordinator.collaborative_id)
    return written + _talked(cast, release, measures, hospitals[SHOWN]) + _aimed(cast, measures, hospitals[SHOWN])


def _attested(
    cast: Cast, release: Release, hospitals: dict[str, Participation], keys: Sequence[str], chance: random.Random
) -> int:
    """The champions of half the hospitals; at Northgate not yet."""
    rows = [
        Attestation(
            collaborative_id=release.collaborative_id,
            participation=hospitals[key],
            release=release,
            person=person,
            name=person.full_name,
            attested_at=_ago(chance.uniform(1, 6)),
        )
        for key in keys
        if (person := _person(cast, Role.ADMINISTRATOR if key == SHOWN else Role.CHAMPION, key))
    ]
    for row in rows:
        with acting(_hospital(row.participation, row.person)), transaction.atomic():
            row.save(force_insert=True)
    return len(rows)


def _contested(cast: Cast, release: Release, chance: random.Random, coordinator: Viewer) -> int:
    clinician = cast.viewer(Role.CLINICIAN, SURGERY, SHOWN)
    with acting(acting_for(clinician)), transaction.atomic():
        result, cases = _counted(release, clinician)
        chosen = chance.sample(cases, min(len(cases), len(CONTESTED)))
        raised = [
            raise_contest(case=case, result=result, reason=reason, text=text, by=clinician)
            for case, (reason, text, _) in zip(chosen, CONTESTED, strict=False)
        ]
    with acting(acting_for(coordinator)), transaction.atomic():
        for contest, (_, _, decided) in zip(raised, CONTESTED, strict=False):
            if decided:
                decide_contest(contest=contest, verdict=decided[0], text=decided[1], by=coordinator)
    return len(raised)


def _counted(release: Release, clinician: Viewer) -> tuple[SiteResult, list[Case]]:
    """Northgate's infections behind the number of the release."""
    results = SiteResult.objects.select_related("release", "measure_version__measure", "measure_version__form")
    result = results.get(
        release=release, participation_id=own_hospital(clinician), measure_version__measure__slug=MEASURE
    )
    frozen = SnapshotSlice.objects.filter(snapshot_id=release.snapshot_id or 0, measure_version=result.measure_version)
    columns = unpack(frozen.get(participation_id=own_hospital(clinician)).payload)
    met = LETTERS[Outcome.MET]
    keys = [case for case, letter in zip(columns.cases, columns.outcomes, strict=True) if letter == met]
    return result, list(Case.objects.filter(pk__in=keys).order_by("pk"))


def _talked(cast: Cast, release: Release, measures: dict[str, Measure], place: Participation) -> int:
    for role, days, text in TALK:
        person = _person(cast, role, SHOWN)
        if person is None:
            continue
        with acting(_hospital(place, person)), transaction.atomic():
            Comment.objects.create(
                collaborative_id=place.collaborative_id,
                participation=place,
                measure=measures[MEASURE],
                release=release,
                text=text,
                written_at=_ago(days),
                written_by=person,
            )
    return len(TALK)


def _aimed(cast: Cast, measures: dict[str, Measure], place: Participation) -> int:
    """One target that was replaced, and those that hold."""
    champion = cast.viewer(Role.CHAMPION, SURGERY, SHOWN)
    with acting(acting_for(champion)), transaction.atomic():
        today = today_of(Collaborative.objects.get(pk=place.collaborative_id))
        for slug, value, by, reason, days in (
            (MEASURE, 0.06, date(today.year, 12, 31), "A first step, agreed with the department.", 320),
            (MEASURE, 0.05, date(today.year + 1, 6, 30), "The pilot on ward 4 reached it in spring.", 12),
            (PROCESS, 0.95, date(today.year + 1, 3, 31), "Where the collaborative is today.", 12),
        ):
            LocalTarget.objects.create(
                collaborative_id=place.collaborative_id,
                participation=place,
                measure=measures[slug],
                value=value,
                by=by,
                reason=reason,
                set_at=_ago(days),
                set_by_id=champion.user_id,
            )
    return 3


def _person(cast: Cast, role: Role, key: str) -> User | None:
    return cast.users.get(f"{role}@{key}.example")


def _hospital(place: Participation, person: User) -> Acting:
    return Acting("hospital", user_id=person.pk, collaborative_id=place.collaborative_id, participation_id=place.pk)


def _ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)
