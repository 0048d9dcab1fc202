"""Draw the sample of a hospital and cycle: once, by the rule in force, with a seed that nobody chooses."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.log.definition.calendar import last_day_over
from cases.log.definition.rule import Eligibility
from cases.log.definition.sampling import Drawn, Entry, draw, frame_digest
from cases.log.enums import EntryState
from cases.log.errors import DrawnAlreadyError, DrawTooEarlyError, EmptyFrameError, RuleMissingError
from cases.log.models import CaseLogEntry, Cycle, Draw, SamplingRule
from cases.log.selectors.rules import eligibility_of, plan_of, rule_of
from cases.log.services.upload import BATCH, hold_log, own_hospital, refuse_left
from cases.selectors.clock import in_zone
from collaboratives.models import Participation
from collaboratives.selectors.clock import today_of
from events.enums import EventKind
from events.services import record_event
from measures.definition.answers import Answers, from_json
from measures.definition.canonical import digest_of
from measures.definition.spec import Value
from privacy.roles import Permission
from privacy.viewer import PermissionRefusedError, Viewer


@transaction.atomic
def draw_sample(*, cycle: Cycle, by: Viewer, seed: str = "") -> Draw:
    """Draw from what is listed and eligible. Entries that are not drawn stay listed, with the reason.

    Without a seed (always, but for whoever repeats a draw to check it) a random one is made and kept.

    Raises
    ------
    DrawnAlreadyError, DrawTooEarlyError, RuleMissingError, EmptyFrameError
        Nothing is drawn.
    """
    hospital = own_hospital(by, Permission.LOG_MANAGE)
    if cycle.collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.LOG_MANAGE)
    refuse_left(cycle, hospital)
    hold_log(hospital.pk, cycle.pk)
    _refuse_drawn(cycle, hospital)
    if cycle.last_day > last_day_over(timezone.now(), hospital.collaborative.time_zone):
        raise DrawTooEarlyError(cycle.name, cycle.last_day)
    rule = rule_of(cycle)
    if rule is None:
        raise RuleMissingError(cycle.form.name)
    made = _drawn(cycle, hospital, rule, seed or secrets.token_hex(16), by)
    details = {"eligible": made.eligible, "drawn": made.drawn, "seed": made.seed, "frame": made.frame_digest}
    record_event(EventKind.SAMPLE_DRAWN, by=by, subject=made, participation_id=hospital.pk, details=details)
    return made


def _refuse_drawn(cycle: Cycle, hospital: Participation) -> None:
    earlier = Draw.objects.filter(participation=hospital, cycle=cycle).first()
    if earlier is not None:
        raise DrawnAlreadyError(cycle.name, in_zone(earlier.drawn_at, hospital.collaborative).date())


def _drawn(cycle: Cycle, hospital: Participation, rule: SamplingRule, seed: str, by: Viewer) -> Draw:
    listed = list(CaseLogEntry.objects.filter(participation=hospital, cycle=cycle).order_by("pk"))
    judge = eligibility_of(rule)
    _judge_again(listed, judge)
    frame = {each.log_number: each for each in listed if each.state == EntryState.LISTED}
    entries = [entry_of(each, rule) for each in frame.values()]
    if not entries:
        raise EmptyFrameError
    found = draw(plan_of(rule), entries, seed)
    _keep(listed, frame, found)
    taken = sum(each.taken for each in found)
    try:
        with transaction.atomic():
            return Draw.objects.create(
                collaborative_id=cycle.collaborative_id,
                participation=hospital,
                cycle=cycle,
                rule=rule,
                seed=seed,
                frame_digest=frame_digest(entries, _digest(rule, judge)),
                listed=len(listed),
                eligible=len(entries),
                drawn=taken,
                sampled=taken,
                drawn_by_id=by.user_id,
            )
    except IntegrityError as problem:  # somebody drew in the meantime; the database keeps one draw of a cycle
        raise DrawnAlreadyError(cycle.name, today_of(hospital.collaborative)) from problem


def _judge_again(listed: Sequence[CaseLogEntry], judge: Eligibility) -> None:
    """The rule may be another than when the log came."""
    for entry in listed:
        entry.reason = judge.reason(_judged(entry, judge))
        entry.state = EntryState.EXCLUDED if entry.reason else EntryState.LISTED


def _judged(entry: CaseLogEntry, judge: Eligibility) -> Answers:
    values: dict[str, Value] = {"event_date": entry.event_date}
    if entry.event_time is not None:
        values["event_time"] = entry.event_time
    if entry.procedure:
        values["procedure"] = entry.procedure
    stored = from_json(judge.form, entry.columns, entry.missing)
    return Answers({**stored.values, **values}, stored.missing)


def entry_of(entry: CaseLogEntry, rule: SamplingRule) -> Entry:
    """The entry as the draw sees it."""
    stratum = entry.procedure if rule.stratum == "procedure" else str(entry.columns.get(rule.stratum, ""))
    return Entry(
        number=entry.log_number,
        at=datetime.combine(entry.event_date, entry.event_time or time(0)),
        procedure=entry.procedure,
        stratum=stratum if rule.stratum else "",
    )


def _keep(listed: Sequence[CaseLogEntry], frame: Mapping[str, CaseLogEntry], found: Sequence[Drawn]) -> None:
    now = timezone.now()
    for each in found:
        entry = frame[each.entry.number]
        entry.state = EntryState.SAMPLED if each.taken else EntryState.NOT_SAMPLED
        entry.reason = each.reason
        entry.fraction = Decimal(each.fraction.numerator) / Decimal(each.fraction.denominator)
    for entry in listed:
        entry.updated_at = now
    CaseLogEntry.objects.bulk_update(listed, ["state", "reason", "fraction", "updated_at"], batch_size=BATCH)


def _digest(rule: SamplingRule, judge: Eligibility) -> str:
    plan = (rule.scheme, str(rule.fraction or ""), rule.quota or 0, tuple(sorted(rule.caps.items())), rule.stratum)
    return digest_of((plan, judge.columns, judge.exclusions))
