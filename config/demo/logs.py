"""Cycles of two years, the first one locked; two hospitals' logs of the summer, drawn; calls to patients.

Cases of the log that the demo has are linked by their number, so that what hospitals are like stays as it was generated.
"""

import csv
import random
from datetime import date, datetime, timedelta
from io import StringIO

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from cases.enums import CaseStatus
from cases.log.definition.calendar import lock_moment
from cases.log.definition.rule import Eligibility, read_columns, read_exclusions
from cases.log.definition.sampling import Scheme
from cases.log.definition.words import RuleWords
from cases.log.enums import AttemptOutcome, FollowUpMethod, Rhythm
from cases.log.models import Cycle
from cases.log.services.cycles import create_cycles
from cases.log.services.drawing import draw_sample
from cases.log.services.follow_up import Attempt, record_attempt
from cases.log.services.rules import set_sampling
from cases.log.services.upload import commit_log, upload_log
from cases.models import Case
from collaboratives.selectors.clock import today_at
from collaboratives.selectors.places import acting_for
from config.demo.cast import SURGERY
from config.demo.people import Cast
from measures.models import Form
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting, say_way


SEED = 20261122
# The programme began to lock with 2025, and gives its members half a year since 2026.
YEARS = {2025: 90, 2026: 180}
SUMMER = "2026, quarter 3"
LOGGED = ("northgate", "alder-valley")
COLUMNS = "age | integer | Age in years"
EXCLUSIONS = """minor | Under 18 years | [age] < 18
other | Neither colectomy nor hernia repair | [procedure] <> "1" and [procedure] <> "2" and [procedure] <> "3"
"""
NOT_ENTERED, NOT_ELIGIBLE = 6, 21  # operations of a log that no case was begun for
CALLED = 9  # drafts of a hospital about which somebody has called
CALLS = (
    (FollowUpMethod.PHONE, AttemptOutcome.NO_ANSWER),
    (FollowUpMethod.PHONE, AttemptOutcome.INCOMPLETE),
    (FollowUpMethod.LETTER, AttemptOutcome.NO_ANSWER),
    (FollowUpMethod.RECORD, AttemptOutcome.REACHED),
    (FollowUpMethod.OTHER_RECORD, AttemptOutcome.REACHED),
    (FollowUpMethod.PHONE, AttemptOutcome.DECLINED),
)


def write_logs(cast: Cast) -> tuple[int, int]:
    """How many cycles there are, and how many cases are locked."""
    by = cast.viewer(Role.COORDINATOR, SURGERY)
    with acting(acting_for(by)), transaction.atomic():
        form = Form.objects.get(slug="operation")
        cycles = [
            cycle
            for year, days in YEARS.items()
            for cycle in create_cycles(form=form, rhythm=Rhythm.QUARTERLY, year=year, days_after=days, by=by)
        ]
        _set_rules(form, by)
    summer = next(cycle for cycle in cycles if cycle.name == SUMMER)
    for key in LOGGED:
        abstractor, chance = cast.viewer(Role.ABSTRACTOR, SURGERY, key), random.Random(f"{SEED} {key}")  # noqa: S311 -- the same demo every time
        with acting(acting_for(abstractor)), transaction.atomic():
            _log(summer, abstractor, chance)
            _call(abstractor, chance)
    return len(cycles), _lock(cycles, by)


def _set_rules(form: Form, by: Viewer) -> None:
    columns = read_columns(COLUMNS)
    eligibility = Eligibility(columns=columns, exclusions=read_exclusions(EXCLUSIONS, columns))
    everybody = RuleWords(effective_from=date(2025, 1, 1), scheme=Scheme.ALL, eligibility=eligibility)
    set_sampling(form=form, words=everybody, by=by)
    fewer = RuleWords(
        effective_from=date(2027, 1, 1),
        scheme=Scheme.SYSTEMATIC,
        quota=90,
        caps={"3": 30},
        eligibility=eligibility,
        note="Agreed in November 2026: fewer hernia repairs, so that every case is complete in time.",
    )
    set_sampling(form=form, words=fewer, by=by)


def _log(cycle: Cycle, by: Viewer, chance: random.Random) -> None:
    upload = upload_log(cycle=cycle, file_name="operations-summer.csv", content=_file(cycle, by, chance), by=by)
    commit_log(upload=upload, by=by)
    draw_sample(cycle=cycle, by=by, seed=f"demo {SEED}")


def _file(cycle: Cycle, by: Viewer, chance: random.Random) -> bytes:
    """The operations that were entered, some that were not, and some of patients who are not eligible."""
    cases = Case.objects.filter(
        participation_id=by.participation_id or 0, event_date__range=(cycle.first_day, cycle.last_day)
    )
    rows = [
        (case.case_number, case.event_date, case.answers.get("procedure", ""), case.answers.get("age", ""))
        for case in cases.order_by("event_date", "pk")
    ]
    days = (cycle.last_day - cycle.first_day).days
    for place in range(NOT_ENTERED + NOT_ELIGIBLE):
        day = cycle.first_day + timedelta(days=chance.randint(0, days))
        eligible, minor = place < NOT_ENTERED, place % 3 == 0
        procedure = chance.choice("123") if eligible or minor else "44970"
        age = chance.randint(19, 88) if eligible or not minor else chance.randint(4, 17)
        rows.append((f"LOG-2026-{place + 1:03d}", day, procedure, age))
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("case_number", "Date of operation", "procedure", "age"))
    writer.writerows((number, day.isoformat(), procedure, age) for number, day, procedure, age in rows)
    return text.getvalue().encode()


def _call(by: Viewer, chance: random.Random) -> None:
    today = today_at(by.collaborative_id)
    drafts = Case.objects.filter(
        participation_id=by.participation_id or 0,
        status=CaseStatus.IN_PROGRESS,
        event_date__lte=today - timedelta(days=31),
    )
    for case in drafts.order_by("event_date", "pk")[:CALLED]:
        method, outcome = chance.choice(CALLS)
        waited = (today - case.event_date).days
        day = case.event_date + timedelta(days=min(waited, 30 + chance.randint(0, 12)))
        record_attempt(case=case, attempt=Attempt(tried_on=day, method=method, outcome=outcome), by=by)


def _lock(cycles: list[Cycle], by: Viewer) -> int:
    """As the worker would have, each cycle in its night; a statement a cycle."""
    now, locked = timezone.now(), 0
    with acting(Acting("compute", collaborative_id=by.collaborative_id)), transaction.atomic():
        say_way("lock")
        for cycle in cycles:
            moment = lock_moment(cycle.locks_on, "America/Detroit")
            if moment <= now:
                locked += _lock_cycle(cycle, moment)
        say_way("")
    return locked


def _lock_cycle(cycle: Cycle, moment: datetime) -> int:
    complete = Case.objects.filter(
        collaborative_id=cycle.collaborative_id,
        form_version__form_id=cycle.form_id,
        event_date__range=(cycle.first_day, cycle.last_day),
        status=CaseStatus.COMPLETE,
    )
    night = Greatest(moment, F("completed_at"))
    return complete.update(
        status=CaseStatus.LOCKED, locked_at=night, updated_at=night, updated_by=None, revision=F("revision") + 1
    )
