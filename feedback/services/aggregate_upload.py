"""The coordinating centre supplies the figures of an aggregate measure: looked at first, taken over whole or not at all."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from cases.errors import ImportRefusedError
from cases.selectors.clock import today_of
from collaboratives.enums import Stage
from collaboratives.models import Collaborative, Participation
from collaboratives.selectors.naming import naming_problem
from events.enums import EventKind
from events.services import record_event
from feedback.enums import FigureState
from feedback.errors import FigureSourceError, FigureStateError
from feedback.models import AggregateFigure, FigureUpload
from feedback.selectors.aggregate import MOST_SHOWN, figures_asked, in_words, name_of, newest
from feedback.services.aggregate_reading import FigureProblem, FigureReader, FigureRow, Member, ReadFigures
from measures.models import Measure, MeasureVersion
from measures.selectors.definitions import PUBLISHED
from privacy.roles import Permission
from privacy.viewer import Viewer, require


MOST_PROBLEMS = 200  # kept and shown; all are counted
Key = tuple[int, date, date]


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """A file beside the figures there are."""

    new: list[FigureRow]
    changed: list[tuple[FigureRow, AggregateFigure]]
    same: int
    absent: int  # of the periods of the file: figures that it does not hold, which stay


@transaction.atomic
def upload_figures(*, measure: Measure, file_name: str, source: str, content: bytes, by: Viewer) -> FigureUpload:
    """Keep the file and say what taking it over would do. Files of the measure that nobody decided about are discarded.

    Raises
    ------
    FigureSourceError
        The source, which every member reads, names a hospital.
    """
    require(by, Permission.FIGURES_SUPPLY)
    if problem := naming_problem(source, collaborative_id=by.collaborative_id or 0, reader=None):
        raise FigureSourceError(problem)
    _hold(measure.pk, by)
    waiting = FigureUpload.objects.filter(
        collaborative_id=by.collaborative_id, measure=measure, state=FigureState.CHECKED
    )
    waiting.update(
        state=FigureState.DISCARDED, content=None, decided_at=timezone.now(), decided_by_id=by.user_id or None
    )
    upload = FigureUpload(
        collaborative_id=by.collaborative_id,
        measure=measure,
        file_name=file_name[:200],
        source=source.strip()[:200],
        content=content,
        content_digest=hashlib.sha256(content).hexdigest(),
        uploaded_by_id=by.user_id,
    )
    _look_at(upload)
    upload.save(force_insert=True)
    record_event(EventKind.FIGURES_UPLOADED, by=by, subject=upload, details=_about(upload, state=upload.state))
    return upload


def _about(upload: FigureUpload, **details: object) -> dict[str, object]:
    return {"measure": upload.measure.slug, **details}


def _look_at(upload: FigureUpload) -> None:
    """Put into the upload what is wrong with its file, or what it would do."""
    try:
        read = _read(upload)
    except ImportRefusedError as refused:
        problem = FigureProblem(line=0, column="", message=refused.message, remedy=refused.remedy)
        read = ReadFigures(rows=(), problems=(problem,), not_read=())
    compared = _compare(upload, read)
    problems = sorted([*read.problems, *_overlaps(upload, read)], key=lambda each: each.line)
    upload.problems = [vars(each) for each in problems[:MOST_PROBLEMS]]
    upload.summary = {
        "rows": len(read.rows) + len(read.problems),
        "problems": len(problems),
        "not_read": list(read.not_read),
        **({} if problems else _would_do(upload, read, compared)),
    }
    upload.state = FigureState.REFUSED if problems else FigureState.CHECKED
    if problems:
        upload.content = None


def _read(upload: FigureUpload) -> ReadFigures:
    version = MeasureVersion.objects.filter(PUBLISHED, measure_id=upload.measure_id, form=None).first()
    if version is None:
        message = f"{upload.measure.name} has no version in use whose figures are supplied."
        raise ImportRefusedError(message, "Publish its definition first.")
    collaborative = Collaborative.objects.get(pk=upload.collaborative_id)
    reader = FigureReader(
        figures=figures_asked(version.definition),
        members=_members(collaborative),
        today=today_of(collaborative),
    )
    return reader.read(bytes(upload.content or b""))


def _members(collaborative: Collaborative) -> list[Member]:
    found = Participation.objects.filter(collaborative=collaborative).exclude(stage=Stage.LEFT)
    return [
        Member(participation_id=each.pk, identifier=each.site.identifier, name=each.site.name)
        for each in found.select_related("site").order_by("site__name")
    ]


def _there(upload: FigureUpload) -> dict[Key, AggregateFigure]:
    found = AggregateFigure.objects.filter(collaborative_id=upload.collaborative_id, measure_id=upload.measure_id)
    return {(each.participation_id, each.first_day, each.last_day): each for each in newest(found)}


def _overlaps(upload: FigureUpload, read: ReadFigures) -> Iterator[FigureProblem]:
    """A year beside its own quarters, supplied earlier: patients would count twice."""
    there = _there(upload)
    for row in read.rows:
        for (hospital, first, last), figure in there.items():
            crosses = hospital == row.member.participation_id and first <= row.last_day and row.first_day <= last
            if crosses and figure.denominator and (hospital, first, last) != row.key:
                message = f"{row.period} overlaps {name_of(figure)}, which was supplied for {row.member.name} already."
                remedy = f"Supply the same periods, or first take {name_of(figure)} back with 0 of 0."
                yield FigureProblem(line=row.line, column="period", message=message, remedy=remedy)
                break


def _compare(upload: FigureUpload, read: ReadFigures) -> _Compared:
    there = _there(upload)
    new, changed, same = [], [], 0
    for row in read.rows:
        figure = there.pop(row.key, None)
        if figure is None:
            new.append(row)
        elif _values(figure) == (row.numerator, row.denominator, row.expected):
            same += 1
        else:
            changed.append((row, figure))
    periods = {(row.first_day, row.last_day) for row in read.rows}
    absent = sum(1 for (_, *days), figure in there.items() if tuple(days) in periods and figure.denominator)
    return _Compared(new=new, changed=changed, same=same, absent=absent)


def _values(figure: AggregateFigure) -> tuple[int, int, float | None]:
    return figure.numerator, figure.denominator, figure.expected


def _would_do(upload: FigureUpload, read: ReadFigures, compared: _Compared) -> dict[str, object]:
    rows = read.rows
    sums = {name: sum(getattr(row, name) for row in rows) for name in ("numerator", "denominator")}
    expected = sum(row.expected or 0.0 for row in rows)
    hospitals = {row.member.participation_id for row in rows}
    members = _members(Collaborative.objects.get(pk=upload.collaborative_id))
    return {
        "new": len(compared.new),
        "changed": len(compared.changed),
        "same": compared.same,
        "absent": compared.absent,
        "hospitals": len(hospitals),
        "periods": [name for _, name in sorted({(row.first_day, row.period) for row in rows})],
        "without": [each.name for each in members if each.participation_id not in hospitals],
        **sums,
        "expected": round(expected, 1),
        "ratio": round(sums["numerator"] / expected, 3) if expected else None,
        "changes": [_change(row, before) for row, before in compared.changed[:MOST_SHOWN]],
        "shown": [_shown(row) for row in rows[:MOST_SHOWN]],
    }


def _shown(row: FigureRow) -> dict[str, object]:
    return {
        "hospital": row.member.name,
        "period": row.period,
        "numerator": row.numerator,
        "denominator": row.denominator,
        "expected": row.expected,
    }


def _change(row: FigureRow, before: AggregateFigure) -> Mapping[str, object]:
    after = AggregateFigure(numerator=row.numerator, denominator=row.denominator, expected=row.expected)
    return {
        "hospital": row.member.name,
        "period": row.period,
        "before": in_words(before),
        "after": in_words(after) if row.denominator else "taken back",
    }


@transaction.atomic
def commit_figures(*, upload: FigureUpload, by: Viewer) -> FigureUpload:
    """Take the figures over. What they replace stays in the history; what was released stays as it is.

    Raises
    ------
    FigureStateError
        It is decided already, or something came in between; nothing is done.
    """
    upload = _held(upload, by)
    try:
        read = _read(upload)
    except ImportRefusedError as refused:
        raise FigureStateError(str(refused)) from refused
    if problems := [*read.problems, *_overlaps(upload, read)]:
        raise FigureStateError(f"Line {problems[0].line}: {problems[0].message} Upload the corrected file.")
    compared = _compare(upload, read)
    today = today_of(Collaborative.objects.get(pk=upload.collaborative_id))
    rows = [*compared.new, *(row for row, _ in compared.changed)]
    AggregateFigure.objects.bulk_create((_figure(upload, row, today) for row in rows), batch_size=1000)
    _decide(upload, FigureState.COMMITTED, by)
    details = _about(upload, new=len(compared.new), changed=len(compared.changed), same=compared.same)
    record_event(EventKind.FIGURES_COMMITTED, by=by, subject=upload, details=details)
    return upload


def _figure(upload: FigureUpload, row: FigureRow, today: date) -> AggregateFigure:
    return AggregateFigure(
        collaborative_id=upload.collaborative_id,
        participation_id=row.member.participation_id,
        measure_id=upload.measure_id,
        upload=upload,
        first_day=row.first_day,
        last_day=row.last_day,
        numerator=row.numerator,
        denominator=row.denominator,
        expected=row.expected,
        source=upload.source,
        supplied_on=today,
    )


@transaction.atomic
def discard_figures(*, upload: FigureUpload, by: Viewer) -> FigureUpload:
    """Forget the file; its figures never counted."""
    upload = _held(upload, by)
    _decide(upload, FigureState.DISCARDED, by)
    record_event(EventKind.FIGURES_DISCARDED, by=by, subject=upload, details=_about(upload))
    return upload


def _decide(upload: FigureUpload, state: FigureState, by: Viewer) -> None:
    upload.state, upload.content, upload.decided_at = state, None, timezone.now()
    upload.decided_by_id = by.user_id or None
    upload.save(update_fields=["state", "content", "decided_at", "decided_by"])


def _held(upload: FigureUpload, by: Viewer) -> FigureUpload:
    """The file that waits for a decision; others of its measure wait until this one is decided."""
    require(by, Permission.FIGURES_SUPPLY)
    _hold(upload.measure_id, by)
    found = FigureUpload.objects.select_related("measure")
    upload = found.get(pk=upload.pk, collaborative_id=by.collaborative_id)
    if upload.state != FigureState.CHECKED:
        raise FigureStateError(
            f"This file is {upload.get_state_display().lower()} already. Upload it again to look at it."
        )
    return upload


def _hold(measure_id: int, by: Viewer) -> None:
    """Whoever supplies figures of a measure comes one after the other."""
    list(Measure.objects.select_for_update().filter(pk=measure_id, collaborative_id=by.collaborative_id))
