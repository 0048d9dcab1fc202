"""Every page of measures and releases, who reads it, and what else stands on them in a year of a large registry."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import psycopg
from django.db import transaction

from cases.quality.services.refreshing import measure_night
from cases.services.burden import measure_burden
from cases.services.case_counts import count_cases
from collaboratives.models import Participation
from collaboratives.selectors.places import acting_for
from collaboratives.services.people import grant_role
from events.models import Job
from events.outbox import run_job
from feedback.enums import CheckName
from feedback.models import Release, TrialFit
from feedback.reviews.services.attesting import attest
from feedback.reviews.services.discussing import write_comment
from feedback.reviews.services.targets import set_target
from feedback.reviews.validators import Wish
from feedback.services.releases import approve_release, draft_release
from feedback.services.scheduling import publish_release
from feedback.services.trend_notes import add_note
from feedback.services.trials import request_trial
from measures.models import Measure, RiskModel
from measures.services.measure_drafts import start_measure_draft
from measures.services.risk_models import save_model, start_model_draft
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting
from tests.bench.large import SLUG, superuser
from tests.clock import today
from tests.worlds import programme


REASON = "Seen in the steering meeting."
# Months enough that rare events happen in them when COLLOQUY_BENCH_CASES is small.
EARLIER = date(2025, 10, 1), date(2025, 12, 31)
DRAFTED = date(2026, 7, 1), date(2026, 9, 30)
# (who, path); {release} is the one in force, {draft} the one after it, {hospital} the first.
PAGES = (
    ("clara", ""),
    ("clara", "measures/"),
    ("clara", "measures/ssi/"),
    ("clara", "measures/leak/"),
    ("clara", "measures/ssi/?view=time"),
    ("clara", "measures/ssi/?view=cases"),
    ("clara", "measures/ssi/?view=cases&outcome=not_met&page=3"),
    ("clara", "measures/ssi/?view=definition"),
    ("clara", "measures/ssi/breakdown/"),
    ("chloe", "measures/ssi/target/"),
    ("clara", "contests/"),
    ("clara", "reports/"),
    ("clara", "results/"),
    ("clara", "methods/"),
    ("colin", ""),
    ("colin", "cases/"),
    ("colin", "measures/"),
    ("colin", "releases/"),
    ("colin", "releases/{release}/"),
    ("bella", "releases/{draft}/"),
    ("colin", "releases/{draft}/as/{hospital}/"),
    ("colin", "releases/{release}/measures/ssi/"),
    ("colin", "releases/{release}/measures/ssi/hospitals/{hospital}/"),
    ("colin", "releases/{release}/measures/leak_28/"),
    ("bella", "releases/{release}/measures/ssi/model/"),
    ("bella", "releases/{release}/measures/ssi/model/hospitals/"),
    ("bella", "manage/models/"),
    ("bella", "manage/models/model_0/"),
    ("bella", "manage/models/model_0/draft/"),
    ("bella", "manage/models/model_0/trials/"),
    ("bella", "manage/models/model_0/trials/{trial}/"),
    ("bella", "manage/models/model_0/trials/{trial}/hospitals/"),
    ("colin", "manage/measures/"),
    ("colin", "manage/measures/ssi/"),
    ("colin", "manage/measures/ssi/draft/"),
    ("colin", "contests/"),
    ("colin", "reports/"),
    ("selma", ""),
    ("petra", ""),
)
PEOPLE = (("chloe", Role.CHAMPION, True), ("selma", Role.SPONSOR, False), ("petra", Role.PATIENT_PARTNER, False))
# Three of each hospital's cases are contested, and every measure of it is split by five clinicians.
CONTESTS = """
INSERT INTO reviews_contest (public_id, collaborative_id, participation_id, case_id, release_id, measure_version_id, outcome,
  why, reason, text, state, contested_at, contested_by_id, excludes, decision)
SELECT upper(substr(md5('contest' || c.id), 1, 10)), c.collaborative_id, c.participation_id, c.id, r.id, v.id, 'met', '',
  'wrong_data', 'Operated elsewhere first.', 'open', now(), u.id, false, ''
FROM (SELECT *, row_number() OVER (PARTITION BY participation_id ORDER BY id) AS nth FROM cases_case
       WHERE collaborative_id = %(collaborative)s) AS c
JOIN feedback_release AS r ON r.public_id = %(release)s
JOIN measures_measure AS m ON m.collaborative_id = c.collaborative_id AND m.slug = 'ssi'
JOIN measures_measureversion AS v ON v.measure_id = m.id AND v.status = 'published'
JOIN accounts_user AS u ON u.id = %(user)s
WHERE c.nth <= 3
"""
# Each hospital's two files of the release, as large as real ones.
REPORTS = """
INSERT INTO reports_hospitalreport (public_id, collaborative_id, participation_id, release_id, kind, content, file, size,
  digest, made_at)
SELECT gen_random_uuid(), p.collaborative_id, p.id, r.id, k.kind, jsonb_build_object('said', t.words), t.words::bytea,
  length(t.words), md5(t.words), now()
FROM collaboratives_participation AS p
JOIN feedback_release AS r ON r.public_id = %(release)s
CROSS JOIN (VALUES ('one-page'), ('full')) AS k (kind)
CROSS JOIN (SELECT string_agg(md5(n::text), '') AS words FROM generate_series(1, 2000) AS n) AS t
WHERE p.collaborative_id = %(collaborative)s
"""


@dataclass(frozen=True, kw_only=True)
class Furnished:
    """What addresses name."""

    release: str
    draft: str
    hospital: str
    trial: str

    def address(self, path: str) -> str:
        return f"/c/{SLUG}/{path.format(**vars(self))}"


def furnish_before(by: Viewer) -> None:
    """What was there before the release: people, figures of data quality, an earlier release."""
    _let_in(by)
    with acting(Acting("compute", collaborative_id=by.collaborative_id)), transaction.atomic():
        measure_night(by.collaborative_id)
        measure_burden(by.collaborative_id)
        count_cases(by.collaborative_id)
    earlier = _draft("2025", *EARLIER)
    _work_off(by.collaborative_id)
    approve_and_publish(earlier)
    _work_off(by.collaborative_id)


def _work_off(collaborative: int) -> None:
    """Take jobs as a worker does, until none is left but the files, which are made while members already read."""
    worker = Acting("compute", collaborative_id=collaborative)
    while True:
        with acting(worker), transaction.atomic():
            found = Job.objects.filter(finished_at=None).exclude(kind__startswith="reports.")
            waiting = found.order_by("created_at", "pk").values_list("pk", flat=True).first()
            refused = Release.objects.exclude(problem="").values_list("name", "problem").first()
        assert refused is None, refused
        if waiting is None:
            return
        run_job(job_id=waiting, collaborative_id=collaborative)


def _let_in(by: Viewer) -> None:
    with acting(acting_for(by)), transaction.atomic():
        first = Participation.objects.filter(collaborative_id=by.collaborative_id).earliest("pk")
    for name, role, at_hospital in PEOPLE:
        user = programme.new_user(name, f"{name.capitalize()} Largeford")
        with acting(acting_for(by)), transaction.atomic():
            grant_role(user=user, role=role, participation=first if at_hospital else None, by=by)


def _draft(name: str, window_from: date, window_to: date) -> Release:
    by = programme.viewer("colin", SLUG)
    with acting(acting_for(by)), transaction.atomic():
        return draft_release(name=name, window_from=window_from, window_to=window_to, by=by)


def approve_and_publish(release: Release) -> None:
    """By two people, with a reason for every check that says stop."""
    for name in ("bella", "della"):
        by = programme.viewer(name, SLUG)
        with acting(acting_for(by)), transaction.atomic():
            current = Release.objects.get(pk=release.pk)
            if name == "bella":
                approve_release(release=current, reasons=dict.fromkeys(CheckName.values, REASON), by=by)
            else:
                publish_release(release=current, reason=REASON, by=by)


def furnish_after(database: str, release: Release) -> Furnished:
    """What people did with it since, and the draft of the next one."""
    by = programme.viewer("della", SLUG)
    trial, hospital = _try_model(), _work_of_a_hospital(release)
    _notes_and_drafts(by)
    draft = _draft("2027", *DRAFTED)
    _work_off(by.collaborative_id)
    with psycopg.connect(superuser(database), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        user, _ = programme.USERS["chloe"]
        values = {"collaborative": by.collaborative_id, "release": release.public_id, "user": user}
        for statement in (CONTESTS, REPORTS):
            admin.execute(statement, values)
        admin.execute("VACUUM ANALYZE")
    return Furnished(
        release=str(release.public_id), draft=str(draft.public_id), hospital=hospital, trial=str(trial.public_id)
    )


def _try_model() -> TrialFit:
    by = programme.viewer("bella", SLUG)
    with acting(acting_for(by)), transaction.atomic():
        model = RiskModel.objects.get(collaborative_id=by.collaborative_id, slug="model_0")
        version = start_model_draft(model=model, by=by)
        spec = replace(version.definition, covariates=version.definition.covariates[:-1])
        version = save_model(version=version, spec=spec, shown=version.digest, by=by)
        return request_trial(version=version, window_from=DRAFTED[0], window_to=DRAFTED[1], by=by)


def _work_of_a_hospital(release: Release) -> str:
    by = programme.viewer("chloe", SLUG)
    with acting(acting_for(by)), transaction.atomic():
        measure, day = Measure.objects.get(collaborative_id=by.collaborative_id, slug="ssi"), today()
        release = Release.objects.get(pk=release.pk)
        attest(release=release, by=by)
        set_target(
            measure=measure, wish=Wish(value=0.04, by=day + timedelta(days=200), reason="We can."), today=day, by=by
        )
        for number in range(12):
            write_comment(measure=measure, release=release, text=f"Let us look at week {number} again.", by=by)
        add_note(measure=measure, month=date(2026, 3, 1), text="new closing tray", by=by)
        return str(Participation.objects.get(pk=by.participation_id).public_id)


def _notes_and_drafts(by: Viewer) -> None:
    colin = programme.viewer("colin", SLUG)
    with acting(acting_for(colin)), transaction.atomic():
        measure = Measure.objects.get(collaborative_id=by.collaborative_id, slug="ssi")
        add_note(measure=measure, month=date(2026, 2, 1), text="bundle agreed", by=colin)
        start_measure_draft(measure=measure, by=colin)
