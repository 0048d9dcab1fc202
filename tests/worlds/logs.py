"""A rule for colectomy, one cycle of 2021, the drawn logs of alder and birch in it, and an attempt at follow-up at both.

The texts hold a word of their own for each hospital, so that a leak can be searched for.
"""

from datetime import date

from django.db import transaction

from cases.log.definition.rule import Eligibility, read_columns, read_exclusions
from cases.log.definition.sampling import Scheme
from cases.log.definition.words import RuleWords
from cases.log.enums import AttemptOutcome, FollowUpMethod, SubstitutionReason
from cases.log.models import CaseLogEntry, Cycle, LogUpload, SamplingRule
from cases.log.services.drawing import draw_sample
from cases.log.services.entries import Why, substitute_entry
from cases.log.services.follow_up import Attempt, record_attempt
from cases.log.services.rules import set_sampling
from cases.log.services.upload import commit_log, upload_log
from cases.models import Case
from collaboratives.selectors.places import acting_for
from measures.models import Form
from privacy.viewer import Viewer
from tenancy.context import acting
from tests.worlds import programme


WORDS = {"alder": "Brindlewax", "birch": "Quarrelstone"}
COLUMNS = "age | integer | Age in years\nemergency | yes_no | Emergency"
EXCLUSIONS = 'minor | Under 18 years | [age] < 18\nemergency | Emergency operation | [emergency] = "1"'
CYCLE = "Spring 2021"  # long before any case of the cast, so that no count of theirs changes
FIRST, LAST, LOCKS = date(2021, 4, 1), date(2021, 6, 30), date(2021, 9, 28)
ROWS = 24


def rule_words(scheme: Scheme = Scheme.SYSTEMATIC, **words: object) -> RuleWords:
    columns = read_columns(COLUMNS)
    eligibility = Eligibility(columns=columns, exclusions=read_exclusions(EXCLUSIONS, columns))
    given: dict[str, object] = {"effective_from": date(2021, 1, 1), "eligibility": eligibility, **words}
    if scheme in (Scheme.SYSTEMATIC, Scheme.EIGHT_DAY):
        given.setdefault("quota", 10)
    return RuleWords(scheme=scheme, **given)  # type: ignore[arg-type]  # by the test


def log_file(hospital: str, count: int = ROWS, *, first: int = 1, year: int = 2021) -> bytes:
    """Every sixth under 18, every eighth an emergency; the procedure is the hospital's own word."""
    identifier, prefix = programme.HOSPITALS[hospital][0], hospital[:2].upper()
    lines = ["hospital,case number,operation_date,time,procedure,age,emergency,patient"]
    for number in range(first, first + count):
        day = date(year, 4 + number % 3, 1 + (number * 5) % 28)
        age = 12 if number % 6 == 0 else 40 + number
        lines.append(
            f"{identifier},{prefix}L-{number:03d},{day.isoformat()},{7 + number % 9:02d}:30,"
            f"{WORDS.get(hospital, hospital)},{age},{int(number % 8 == 0)},Doe {number}"
        )
    return "\n".join(lines).encode()


def build() -> None:
    cora = programme.viewer("cora")
    with acting(acting_for(cora)), transaction.atomic():
        form = Form.objects.get(slug="colectomy")
        set_sampling(form=form, words=rule_words(), by=cora)
        spring = Cycle.objects.create(
            collaborative_id=cora.collaborative_id, form=form, name=CYCLE, created_by_id=cora.user_id,
            first_day=FIRST, last_day=LAST, locks_on=LOCKS,
        )  # fmt: skip
    for hospital in WORDS:
        _of_hospital(programme.viewer(f"{hospital}.sampler"), hospital, spring)


def _of_hospital(by: Viewer, hospital: str, cycle: Cycle) -> None:
    with acting(acting_for(by)), transaction.atomic():
        upload = upload_log(cycle=cycle, file_name=f"{WORDS[hospital]}.csv", content=log_file(hospital), by=by)
        commit_log(upload=upload, by=by)
        draw_sample(cycle=cycle, by=by, seed="the same sample in every run")
        sampled = list(CaseLogEntry.objects.filter(cycle=cycle, state="sampled").order_by("event_date", "pk"))
        substitute_entry(entry=sampled[0], why=Why(reason=SubstitutionReason.NO_RECORD, note=WORDS[hospital]), by=by)
        case = Case.objects.get(case_number=f"{hospital[:2].upper()}-902")
        attempt = Attempt(
            tried_on=date(2026, 10, 19),
            method=FollowUpMethod.PHONE,
            outcome=AttemptOutcome.NO_ANSWER,
            note=WORDS[hospital],
        )
        record_attempt(case=case, attempt=attempt, by=by)


def cycle(by: str = "cora", name: str = CYCLE) -> Cycle:
    with acting(acting_for(programme.viewer(by))), transaction.atomic():
        return Cycle.objects.select_related("form", "collaborative").get(name=name)


def rule() -> SamplingRule:
    with acting(acting_for(programme.viewer("cora"))), transaction.atomic():
        return SamplingRule.objects.latest("number")


def uploads(name: str) -> list[LogUpload]:
    with acting(acting_for(programme.viewer(name))), transaction.atomic():
        return list(LogUpload.objects.order_by("pk"))
