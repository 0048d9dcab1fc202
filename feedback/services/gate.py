"""The data-quality gate: what a worker looks at before a biostatistician stands for a release. Kept, never changed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cases.log.definition.calendar import last_day_over
from cases.log.models import Cycle, LockExtension
from cases.quality.models import Anomaly
from cases.questions.enums import QuestionState
from events.models import Job
from events.services import queue_job
from feedback.definition.policy import Policy
from feedback.enums import CheckName, CheckState, ReleaseState
from feedback.errors import ReleaseStateError
from feedback.models import DataQualityStatement, MeasureResult, ModelFit, Release, ReleaseCheck, SiteResult
from feedback.selectors.membership import FewChanged, few_changed_since
from feedback.selectors.policies import policy_of
from feedback.selectors.since import READINGS, changed_readings, release_before
from feedback.selectors.units import form_of
from feedback.selectors.wording import percent
from measures.definition.spec import MeasureSpec
from measures.definition.sums import value_of
from privacy.roles import Permission
from privacy.viewer import Viewer, require


MANY = 0.25  # of the hospitals below a figure: then it is the programme's matter, not one hospital's
WEIGHTY = 0.1  # how far one hospital may move the value of all, as a share of it
SMALLEST_MOVE = 0.01  # moves of less than a percentage point are rounding
# "wound_class=4 is the same in every case": nobody has that level. A whole variable without "=" is another matter.
EMPTY_LEVEL = re.compile(r"=.* is the same in every case and was left out")
WEAK = 0.6  # c-statistic of a model that hardly tells patients apart
LINES = 40

Shares = Mapping[int, tuple[int, int]]  # by hospital: part and whole


@dataclass
class Answer:
    """To one question. `found` are pairs of a hospital, or None for all, and a text."""

    name: CheckName
    summary: str
    state: CheckState = CheckState.PASS
    found: list[tuple[int | None, str]] = field(default_factory=list)

    def row(self, release: Release, number: int) -> ReleaseCheck:
        lines = [{"hospital": hospital, "text": text} for hospital, text in self.found[:LINES]]
        if len(self.found) > LINES:
            lines.append({"hospital": None, "text": f"and {len(self.found) - LINES} more"})
        return ReleaseCheck(
            collaborative_id=release.collaborative_id,
            release=release,
            round=number,
            name=self.name,
            state=self.state,
            summary=self.summary[:300],
            found=lines,
        )


@transaction.atomic
def ask_to_check(*, release: Release, by: Viewer) -> Job:
    """Let the gate be counted again, after queries were answered or cycles were locked."""
    require(by, Permission.RELEASE_BUILD)
    if release.state != ReleaseState.DRAFT:
        raise ReleaseStateError(f"Release {release.name} is no draft any more; its checks stand as they are.")
    return queue_job("feedback.check_release", title=f"Check release {release.name} again", subject=release, by=by)


def check_release(job: Job) -> None:
    """Job: another round of every check."""
    release = Release.objects.select_for_update().get(pk=job.subject_id)
    if release.state == ReleaseState.DRAFT:
        write_checks(release)


def write_checks(release: Release) -> None:
    """Every question, as the data are now."""
    last = ReleaseCheck.objects.filter(release=release).aggregate(last=Max("round"))["last"] or 0
    ReleaseCheck.objects.bulk_create(answer.row(release, last + 1) for answer in answers(release))


def answers(release: Release) -> Iterator[Answer]:
    """In the order in which they are read."""
    policy = policy_of(release.collaborative_id)
    before = release_before(release)
    yield from _quality(release, policy)
    yield _odd_numbers(release)
    yield _unlocked(release)
    yield _moved(release, before, policy)
    yield _weight(release)
    yield _membership(release)
    yield _models(release)
    yield _readings(release, before)


# How good the data are -----------------------------------------------------------------------------------------------


def _quality(release: Release, policy: Policy) -> Iterator[Answer]:
    rows = list(
        DataQualityStatement.objects.filter(release=release).values(
            "participation_id", "measure_version__form_id", *("required", "known", "due", "on_time"),
            *("eligible", "captured", "compared", "agreeing"),
        )
    )  # fmt: skip
    once = {(row["participation_id"], row["measure_version__form_id"]): row for row in rows}.values()
    for name, floor, source, part, whole in (
        (CheckName.COMPLETENESS, policy.completeness, rows, "known", "required"),
        (CheckName.TIMELINESS, policy.timeliness, once, "on_time", "due"),
        (CheckName.CAPTURE, policy.capture, once, "captured", "eligible"),
        (CheckName.AGREEMENT, policy.agreement, once, "agreeing", "compared"),
    ):
        counts: dict[int, tuple[int, int]] = {}
        for row in source:
            so_far = counts.get(row["participation_id"], (0, 0))
            counts[row["participation_id"]] = (so_far[0] + (row[part] or 0), so_far[1] + (row[whole] or 0))
        yield _below(name, counts, floor)


def _below(name: CheckName, counts: Shares, floor: int) -> Answer:
    known = {hospital: pair for hospital, pair in counts.items() if pair[1]}
    low = sorted((part / whole, hospital) for hospital, (part, whole) in known.items() if 100 * part < floor * whole)
    silent = len(counts) - len(known)
    unknown = f"; not known of {silent}" if silent else ""
    state = CheckState.STOP if len(low) > MANY * len(counts) else CheckState.LOOK if low else CheckState.PASS
    summary = f"{len(low)} of {_count(len(known), 'hospital')} below {floor}%{unknown}" if known else "Not known of any"
    return Answer(
        name,
        summary,
        state,
        [(hospital, f"{percent(share)} ({known[hospital][0]:,} of {known[hospital][1]:,})") for share, hospital in low],
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _odd_numbers(release: Release) -> Answer:
    """Rows that the rules still find, in days of the window, and whose query nobody has closed."""
    found = Anomaly.objects.filter(
        collaborative_id=release.collaborative_id,
        gone_at=None,
        first_day__lte=release.window_to,
        last_day__gte=release.window_from,
    ).exclude(question__state=QuestionState.CLOSED)
    lines = [(row.participation_id, row.reason) for row in found.order_by("participation_id", "pk")]
    hospitals = len({hospital for hospital, _ in lines})
    summary = f"{len(lines)} open at {_count(hospitals, 'hospital')}" if lines else "None is open"
    return Answer(CheckName.ODD_NUMBERS, summary, CheckState.LOOK if lines else CheckState.PASS, list(lines))


def _unlocked(release: Release) -> Answer:
    """Cycles of the window that still take cases; a programme without cycles locks nothing."""
    collaborative = release.collaborative
    over = last_day_over(timezone.now(), collaborative.time_zone)
    cycles = Cycle.objects.filter(
        collaborative=collaborative, first_day__lte=release.window_to, last_day__gte=release.window_from
    )
    found: list[tuple[int | None, str]] = [
        (None, f"{cycle.name} takes cases until {cycle.locks_on:%-d %b %Y}")
        for cycle in cycles.order_by("first_day", "pk")
        if cycle.locks_on > over
    ]
    stop = bool(found)
    extensions = LockExtension.objects.filter(cycle__in=cycles, locks_on__gt=over).select_related("cycle")
    found += [
        (more.participation_id, f"{more.cycle.name}: has until {more.locks_on:%-d %b %Y}")
        for more in extensions.order_by("participation_id", "pk")
    ]
    if not cycles:
        return Answer(CheckName.UNLOCKED, "No cycle covers the window, so its cases are not locked", CheckState.LOOK)
    summary = f"{len(found)} still open" if found else "Every cycle of the window is locked"
    return Answer(
        CheckName.UNLOCKED,
        summary,
        CheckState.STOP if stop else CheckState.LOOK if found else CheckState.PASS,
        found,
    )


# What members will be told -------------------------------------------------------------------------------------------


def _moved(release: Release, before: Release | None, policy: Policy) -> Answer:
    """Somebody who sends extreme cases moves the value of all (attack BA-25); so does a mistake in a definition."""
    if before is None:
        return Answer(CheckName.MOVED, "No release before it to compare with")
    then = dict(MeasureResult.objects.filter(release=before).values_list("measure_version__measure_id", "rate"))
    found: list[tuple[int | None, str]] = []
    for result in _results(release):
        was, now = then.get(result.measure_version.measure_id), result.rate
        spec = result.measure_version.definition
        if was and now is not None and _far(now - was, was, policy.largest_move / 100, spec):
            write = form_of(spec).write
            found.append((None, f"{spec.short_name}: {write(was)} then, {write(now)} now"))
    summary = (
        f"{len(found)} of {_count(len(then), 'measure')} moved by more than {policy.largest_move}% since {before.name}"
    )
    return Answer(CheckName.MOVED, summary, CheckState.STOP if found else CheckState.PASS, found)


def _weight(release: Release) -> Answer:
    found: list[tuple[int | None, str]] = []
    for result in _results(release):
        if not result.rate or not result.denominator:
            continue
        for site in SiteResult.objects.filter(release=release, measure_version=result.measure_version_id):
            spec, without = result.measure_version.definition, _without(result, site)
            if _far(result.rate - without, without or result.rate, WEIGHTY, spec):
                write = form_of(spec).write
                text = f"{spec.short_name}: {write(result.rate)}, without it {write(without)}"
                found.append((site.participation_id, text))
    summary = (
        f"A value of all moves by more than {100 * WEIGHTY:.0f}% without one hospital: {_count(len(found), 'time')}"
    )
    if not found:
        summary = f"No value of all moves by more than {100 * WEIGHTY:.0f}% without one hospital"
    return Answer(CheckName.WEIGHT, summary, CheckState.LOOK if found else CheckState.PASS, found)


def _without(result: MeasureResult, site: SiteResult) -> float:
    """The value of all hospitals but one."""
    spec, cases = result.measure_version.definition, result.denominator - site.denominator
    events, whole = result.observed - site.observed, result.rate or 0.0
    if not spec.has_value:
        return events / cases if cases else whole
    total = result.values.get("total", 0.0) - site.values.get("total", 0.0)
    found = value_of(spec, events=events, cases=cases, total=total)
    return whole if found is None else found


def _far(move: float, of: float, share: float, spec: MeasureSpec) -> bool:
    """A value of cases has no percentage points: any move that is a large share of it counts."""
    return abs(move) >= (0.0 if spec.has_value else SMALLEST_MOVE) and abs(move) > share * abs(of)


def _membership(release: Release) -> Answer:
    """What follows from this release and earlier ones together, and what is therefore told more coarsely."""
    changed = few_changed_since(release)
    found: list[tuple[int | None, str]] = []
    for result in _results(release):
        few = changed.get(result.measure_version.measure_id)
        name = result.measure_version.definition.short_name
        if few and (few.window or few.benchmark):
            found.append((None, f"{name}: {'; '.join(few.why)}. {_coarser(few)}"))
        elif few and few.quarters:
            found.append((None, f"{name}: no value of all for {', '.join(sorted(few.quarters))}"))
    summary = "Nothing about few hospitals follows from this release and those that members have seen"
    if found:
        summary = f"{_count(len(found), 'measure')} told more coarsely: together with a release that members have seen, a value of all hospitals would tell about one or two of them"
    return Answer(CheckName.MEMBERSHIP, summary, CheckState.LOOK if found else CheckState.PASS, found)


def _coarser(few: FewChanged) -> str:
    parts = ["the hospital in the middle instead of the value of all"] if few.window else []
    parts += ["no achievable benchmark"] if few.benchmark else []
    return f"Members are told {' and '.join(parts)}"


def _models(release: Release) -> Answer:
    """A model that does not converge ends the release before; this is what it still warns of."""
    found: list[tuple[int | None, str]] = []
    stop = False
    fits = ModelFit.objects.filter(release=release).select_related("measure_version__measure")
    for fit in fits.order_by("measure_version__measure__position", "pk"):
        name = fit.measure_version.definition.short_name
        if fit.c_statistic < WEAK:
            found.append((None, f"{name}: c-statistic {fit.c_statistic:.2f}, the model hardly tells patients apart"))
        for warning in fit.warnings:
            if not EMPTY_LEVEL.search(warning):
                found.append((None, f"{name}: {warning}"))
                stop |= "left out" in warning
    summary = f"{_count(len(found), 'warning')} of {_count(len(fits), 'risk model')}"
    summary = summary if fits else "No risk model in this release"
    return Answer(
        CheckName.MODELS, summary, CheckState.STOP if stop else CheckState.LOOK if found else CheckState.PASS, found
    )


def _readings(release: Release, before: Release | None) -> Answer:
    if before is None:
        return Answer(CheckName.READINGS, "No release before it to compare with")
    names = {each.measure_version.measure_id: each.measure_version.definition.short_name for each in _results(release)}
    found: list[tuple[int | None, str]] = [
        (each.participation_id, f"{names.get(each.measure_id, '')}: was {READINGS[each.was]}, is {READINGS[each.now]}")
        for each in changed_readings(release, before)
    ]
    hospitals = len({hospital for hospital, _ in found})
    summary = (
        f"{_count(hospitals, 'hospital')} {'reads' if hospitals == 1 else 'read'} differently than in {before.name}"
    )
    return Answer(CheckName.READINGS, summary, CheckState.LOOK if found else CheckState.PASS, found)


def _results(release: Release) -> Sequence[MeasureResult]:
    found = MeasureResult.objects.filter(release=release).select_related("measure_version__measure")
    return list(found.order_by("measure_version__measure__position", "pk"))
