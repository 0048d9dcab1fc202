"""A hospital uploads its operative log: looked at first, taken over whole or not at all."""

import hashlib
from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from cases.errors import ImportRefusedError
from cases.log.definition.calendar import Span
from cases.log.definition.rule import PROCEDURE
from cases.log.enums import EntryState, UploadState
from cases.log.errors import LeftBeforeError, UploadStateError
from cases.log.models import CaseLogEntry, Cycle, Draw, LogUpload, SamplingRule
from cases.log.selectors.rules import eligibility_of, rule_of
from cases.log.services.linking import link_hospital
from cases.log.services.reading import LogProblem, LogReader, LogRow, ReadLog, in_words, judged
from cases.selectors.agreements import require_agreements
from cases.selectors.clock import today_of
from collaboratives.models import Participation
from events.enums import EventKind
from events.services import record_event
from measures.definition.answers import to_json
from measures.definition.spec import DateOrder
from measures.selectors.definitions import merged_spec
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


MOST_PROBLEMS = 200  # kept and shown; all are counted
BATCH = 2_000
AFTER_DRAW = "after_draw"  # reason of an entry that came when its cycle was drawn already
KEPT = ("event_date", "event_time", "procedure", "columns", "missing")


def own_hospital(by: Viewer, permission: Permission) -> Participation:
    """The viewer's hospital; nobody else uploads, draws and abstracts for it."""
    require(by, permission)
    if by.capacity is not Capacity.HOSPITAL or by.participation_id is None:
        raise PermissionRefusedError(permission)
    return Participation.objects.select_related("site", "collaborative").get(pk=by.participation_id)


def refuse_left(cycle: Cycle, hospital: Participation) -> None:
    if hospital.left_on and hospital.left_on < cycle.first_day:
        raise LeftBeforeError(hospital.left_on)


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """A log beside what is listed of its cycle."""

    new: list[CaseLogEntry]
    changed: list[CaseLogEntry]
    same: list[int]
    absent: int


@transaction.atomic
def upload_log(*, cycle: Cycle, file_name: str, content: bytes, by: Viewer) -> LogUpload:
    """Keep the file and say what taking it over would do. Files of the cycle that nobody decided about are discarded."""
    hospital = own_hospital(by, Permission.LOG_MANAGE)
    require_agreements(by)
    if cycle.collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.LOG_MANAGE)
    refuse_left(cycle, hospital)
    waiting = LogUpload.objects.filter(participation=hospital, cycle=cycle, state=UploadState.CHECKED)
    waiting.update(state=UploadState.DISCARDED, content=None, decided_at=timezone.now())
    upload = LogUpload(
        collaborative_id=by.collaborative_id,
        participation=hospital,
        cycle=cycle,
        file_name=file_name[:200],
        content=content,
        content_digest=hashlib.sha256(content).hexdigest(),
        uploaded_by_id=by.user_id,
    )
    _look_at(upload)
    upload.save(force_insert=True)
    details = {"state": upload.state}
    record_event(EventKind.LOG_UPLOADED, by=by, subject=upload, participation_id=hospital.pk, details=details)
    return upload


def _look_at(upload: LogUpload) -> None:
    """Put into the upload what is wrong with its file, or what it would do."""
    rule = rule_of(upload.cycle)
    try:
        read = _read(upload, rule)
    except ImportRefusedError as refused:
        problem = LogProblem(line=0, column="", message=refused.message, remedy=refused.remedy)
        read = ReadLog(rows=(), problems=(problem,), not_read=())
    problems = [*read.problems, *_elsewhere(upload, read)]
    problems.sort(key=lambda each: each.line)
    upload.problems = in_words(problems[:MOST_PROBLEMS])
    upload.summary = {
        "rows": len(read.rows) + len(read.problems),
        "problems": len(problems),
        "not_read": list(read.not_read),
        **({} if problems else _would_do(upload, read, rule)),
    }
    upload.state = UploadState.REFUSED if problems else UploadState.CHECKED
    if problems:
        upload.content = None


def _read(upload: LogUpload, rule: SamplingRule | None) -> ReadLog:
    hospital, cycle, judge = upload.participation, upload.cycle, eligibility_of(rule)
    drawn_by = {PROCEDURE} if rule and rule.caps else set()
    stratum = {rule.stratum} if rule and rule.stratum else set()
    reader = LogReader(
        identifier=hospital.site.identifier,
        span=Span(cycle.first_day, cycle.last_day),
        cycle=cycle.name,
        form=merged_spec(cycle.form),
        rule=judge,
        needed=frozenset(judge.asked | drawn_by | stratum) - {"event_time"},
        order=DateOrder(hospital.collaborative.date_order),
        today=today_of(hospital.collaborative),
    )
    return reader.read(bytes(upload.content or b""))


def _elsewhere(upload: LogUpload, read: ReadLog) -> list[LogProblem]:
    """Operations that the log of another cycle lists, which would be there twice."""
    numbers = [row.number for row in read.rows]
    listed = CaseLogEntry.objects.filter(participation_id=upload.participation_id, log_number__in=numbers)
    others = listed.exclude(cycle_id=upload.cycle_id).values_list("log_number", "cycle__name", "event_date")
    there = {number: (name, day) for number, name, day in others}
    return [
        LogProblem(
            line=row.line,
            column="case_number",
            message=f"Case {row.number} is in the log of {there[row.number][0]} already, with {there[row.number][1]:%-d %B %Y}.",
            remedy="Check its number and its date. An operation is listed in one cycle.",
        )
        for row in read.rows
        if row.number in there
    ]


def _would_do(upload: LogUpload, read: ReadLog, rule: SamplingRule | None) -> dict[str, object]:
    compared, judge = _compare(upload, read), eligibility_of(rule)
    reasons = Counter(judge.reason(judged(row)) for row in read.rows)
    excluded = {judge.labels[code]: count for code, count in reasons.items() if code}
    return {
        "new": len(compared.new),
        "changed": len(compared.changed),
        "same": len(compared.same),
        "absent": compared.absent,
        "eligible": reasons[""],
        "excluded": excluded,
        "drawn": Draw.objects.filter(participation_id=upload.participation_id, cycle_id=upload.cycle_id).exists(),
    }


def _compare(upload: LogUpload, read: ReadLog) -> _Compared:
    listed = CaseLogEntry.objects.filter(participation_id=upload.participation_id, cycle_id=upload.cycle_id)
    there = {each.log_number: each for each in listed}
    new, changed, same = [], [], []
    for row in read.rows:
        entry = there.pop(row.number, None)
        if entry is None:
            new.append(_put(CaseLogEntry(log_number=row.number), row))
        elif _as_stored(entry) == _as_stored(_put(CaseLogEntry(), row)):
            same.append(entry.pk)
        else:
            changed.append(_put(entry, row))
    return _Compared(new=new, changed=changed, same=same, absent=len(there))


def _put(entry: CaseLogEntry, row: LogRow) -> CaseLogEntry:
    stored = to_json(row.values)
    entry.event_date, entry.event_time, entry.procedure = row.event_date, row.event_time, row.procedure
    entry.columns, entry.missing = stored.answers, stored.missing
    return entry


def _as_stored(entry: CaseLogEntry) -> tuple[object, ...]:
    return tuple(getattr(entry, name) for name in KEPT)


@transaction.atomic
def commit_log(*, upload: LogUpload, by: Viewer) -> LogUpload:
    """List what the file holds. What was listed before stays listed; the same file again changes nothing.

    Raises
    ------
    UploadStateError
        It is decided already, or rows must be corrected first; nothing is done.
    """
    upload = _held(upload, by)
    require_agreements(by)
    rule = rule_of(upload.cycle)
    read = _read_again(upload, rule)
    compared = _compare(upload, read)
    _judge(upload, read, compared, rule)
    _write(upload, compared)
    link_hospital(upload.participation_id)
    upload.state, upload.content, upload.decided_at = UploadState.COMMITTED, None, timezone.now()
    upload.save(update_fields=["state", "content", "decided_at"])
    details = {"new": len(compared.new), "changed": len(compared.changed), "same": len(compared.same)}
    hospital = upload.participation_id
    record_event(EventKind.LOG_COMMITTED, by=by, subject=upload, participation_id=hospital, details=details)
    return upload


def _read_again(upload: LogUpload, rule: SamplingRule | None) -> ReadLog:
    """The rows, unless the log of another cycle or a new rule has come between in the meantime."""
    try:
        read = _read(upload, rule)
    except ImportRefusedError as refused:
        raise UploadStateError(str(refused)) from refused
    if problems := [*read.problems, *_elsewhere(upload, read)]:
        raise UploadStateError(f"{problems[0].message} Upload the corrected file.")
    return read


def _judge(upload: LogUpload, read: ReadLog, compared: _Compared, rule: SamplingRule | None) -> None:
    """Who is eligible, of those that no draw has seen."""
    judge = eligibility_of(rule)
    drawn = Draw.objects.filter(participation_id=upload.participation_id, cycle_id=upload.cycle_id).exists()
    reasons = {row.number: judge.reason(judged(row)) for row in read.rows}
    for entry in (*compared.new, *compared.changed):
        if entry.state in (EntryState.LISTED, EntryState.EXCLUDED):
            reason = reasons[entry.log_number]
            entry.state = EntryState.EXCLUDED if reason else EntryState.LISTED
            entry.reason = reason or (AFTER_DRAW if drawn else "")


def _write(upload: LogUpload, compared: _Compared) -> None:
    now = timezone.now()
    for entry in compared.new:
        entry.collaborative_id, entry.participation_id = upload.collaborative_id, upload.participation_id
        entry.cycle_id, entry.last_upload = upload.cycle_id, upload
    for entry in compared.changed:
        entry.last_upload, entry.updated_at = upload, now
    CaseLogEntry.objects.bulk_create(compared.new, batch_size=BATCH)
    changing = [*KEPT, "state", "reason", "last_upload", "updated_at"]
    CaseLogEntry.objects.bulk_update(compared.changed, changing, batch_size=BATCH)
    CaseLogEntry.objects.filter(pk__in=compared.same).update(last_upload=upload)


@transaction.atomic
def discard_log(*, upload: LogUpload, by: Viewer) -> LogUpload:
    """Forget the file; its entries were never listed."""
    upload = _held(upload, by)
    upload.state, upload.content, upload.decided_at = UploadState.DISCARDED, None, timezone.now()
    upload.save(update_fields=["state", "content", "decided_at"])
    record_event(EventKind.LOG_DISCARDED, by=by, subject=upload, participation_id=upload.participation_id)
    return upload


def _held(upload: LogUpload, by: Viewer) -> LogUpload:
    """The file that waits for a decision; others of its cycle wait until this one is decided."""
    hospital = own_hospital(by, Permission.LOG_MANAGE)
    if upload.participation_id != hospital.pk:
        raise PermissionRefusedError(Permission.LOG_MANAGE)
    hold_log(upload.participation_id, upload.cycle_id)
    upload = LogUpload.objects.select_related("cycle__form").get(pk=upload.pk)
    upload.participation = hospital
    if upload.state != UploadState.CHECKED:
        raise UploadStateError(
            f"This file is {upload.get_state_display().lower()} already. Upload it again to look at it."
        )
    return upload


def hold_log(participation_id: int, cycle_id: int) -> None:
    """Whoever changes or draws from the log of a hospital and cycle comes one after the other."""
    held = LogUpload.objects.select_for_update().filter(participation_id=participation_id, cycle_id=cycle_id)
    list(held.order_by("pk").values_list("pk", flat=True))
