"""Figures of data quality against a count made case by case in Python, and at the edges: no cases, no log, no cycle, left."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from cases.audits.selectors.figures import last_audits
from cases.enums import CaseStatus
from cases.log.enums import ExtensionReason, Rhythm
from cases.log.models import CaseLogEntry, Cycle
from cases.log.services.cycles import Extension, create_cycles, extend_lock
from cases.models import Case
from cases.quality.definition.figures import Answered, Figures, percent_of, statement
from cases.quality.models import ProgrammeMedians, QualityFigures
from cases.quality.selectors.reading import add_up, figures_of
from cases.quality.services.counting import Stretch, count_figures
from cases.quality.services.measuring import measure_quality
from cases.quality.services.medians import middle, write_medians
from cases.quality.services.refreshing import refresh_quality
from cases.services.cases import reopen_case
from cases.services.locking import lock_cases
from collaboratives.enums import Stage
from collaboratives.models import Participation
from measures.definition.check import hidden
from measures.models import Form
from privacy.disclosure import DisclosureRules, Step
from tenancy.context import Acting, acting
from tests.world import World


pytestmark = pytest.mark.worker
EVERYTHING = Stretch(key=5, first=date(2025, 1, 1), last=date(2026, 12, 31))
MATTER = {"age", "asa", "operation_date", "antibiotic", "ssi", "readmitted"}


@contextmanager
def compute(world: World) -> Iterator[int]:
    key = world.viewer("cora").collaborative_id
    with acting(Acting("compute", collaborative_id=key)), transaction.atomic():
        yield key


def counted_by_hand(hospital: int) -> Figures:
    """The same figures from every case of the hospital, one after the other."""
    today = timezone.now().astimezone(ZoneInfo("America/Detroit")).date()
    found, days, questions = Counter[str](), [], {name: Counter[str]() for name in MATTER}
    for case in Case.objects.filter(participation_id=hospital).select_related("form_version"):
        done = case.completed_at and case.completed_at.astimezone(ZoneInfo("America/Detroit")).date()
        due = case.event_date + timedelta(days=60)
        found["cases"] += 1
        found["complete"] += case.status != CaseStatus.IN_PROGRESS
        found["locked"] += case.status == CaseStatus.LOCKED
        found["asked"] += case.questions
        found["answered"] += case.answered
        found["due"] += due < today
        found["on_time"] += bool(due < today and done and done <= due)
        days += [(done - case.event_date).days] if done else []
        if case.status == CaseStatus.IN_PROGRESS:
            continue
        unseen = hidden(case.form_version.definition, case.values)
        for name in MATTER - unseen:
            kind = case.missing.get(name, "value" if name in case.answers else "empty")
            questions[name].update(["asked", kind])
    kinds = ("asked", "value", "unknown", "not_documented", "not_applicable")
    answered = {name: Answered(*(counts[kind] for kind in kinds)) for name, counts in questions.items() if counts}
    required = [answered[name] for name in answered if name != "readmitted"]
    return Figures(
        **found,
        median_days=median(days) if days else None,
        questions=answered,
        required=sum(each.asked for each in required),
        known=sum(each.value + each.not_applicable for each in required),
    )


def vary(world: World) -> None:
    """Completion on time and late, over midnight, and all four kinds of missing; as the worker, at alder."""
    for place, case in enumerate(Case.objects.filter(case_number__startswith="AL-0").order_by("case_number")[:20]):
        case.completed_at = datetime(
            case.event_date.year, case.event_date.month, case.event_date.day, 3 + place % 4, 30, tzinfo=UTC
        ) + timedelta(days=(10, 60, 61, 90)[place % 4])
        if place % 5 == 0:
            case.answers.pop("asa", None)
            case.missing["asa"] = "not_documented"
        if place % 5 == 1:
            case.answers.pop("antibiotic", None)
            case.answers.pop("antibiotic_at", None)
            case.missing["antibiotic"] = "not_applicable"
        if place % 5 == 2:
            case.answers.pop("readmitted", None)
        if place % 5 == 3:
            case.answers.pop("readmitted", None)
            case.missing["readmitted"] = "unknown"
        case.save()


def test_figures_equal_a_count_by_hand(world: World) -> None:
    alder, form = world.participation("alder").pk, Form
    with compute(world):
        vary(world)
        found = count_figures(form.objects.get(slug="colectomy"), [EVERYTHING])[alder, 5]
        expected = counted_by_hand(alder)
        assert expected.questions["readmitted"].empty == 4
        assert found.open_queries == 2
        for name in Figures.__dataclass_fields__:
            if name not in {"open_queries", "compared", "agreeing", "audited_on", "eligible", "captured"}:
                assert getattr(found, name) == getattr(expected, name), name


def test_the_year_and_the_cycles_are_kept_and_counting_again_changes_nothing(world: World) -> None:
    form = _cycles(world)
    with compute(world) as key:
        measure_quality(key)
        once = list(QualityFigures.objects.order_by("participation", "first_day", "cycle").values())
        measure_quality(key)
        again = list(QualityFigures.objects.order_by("participation", "first_day", "cycle").values())
        whole = count_figures(form, [Stretch(key=1, first=date(2025, 1, 1), last=date(2026, 12, 31))])

    def kept(rows: list[dict[str, object]]) -> list[dict[str, object]]:
        return [{name: value for name, value in row.items() if name not in {"id", "computed_at"}} for row in rows]

    assert kept(once) == kept(again)
    alder = world.participation("alder").pk
    of_cycles = [row for row in once if row["participation_id"] == alder and row["cycle_id"]]
    assert sum(row["cases"] for row in of_cycles) == whole[alder, 1].cases


def _cycles(world: World) -> Form:
    with world.acting_as("cora") as by:
        form = Form.objects.get(slug="colectomy")
        for year in (2025, 2026):
            create_cycles(form=form, rhythm=Rhythm.QUARTERLY, year=year, days_after=30, by=by)
    return form


def test_more_time_moves_the_lock_of_one_hospital_only(world: World) -> None:
    _cycles(world)
    with world.acting_as("cora") as by:
        cycle = Cycle.objects.get(name="2026, quarter 4")
        tomorrow = Extension(locks_on=date(2027, 3, 1), reason=ExtensionReason.STAFF)
        extend_lock(cycle=cycle, participation=world.participation("alder"), extension=tomorrow, by=by)
    stretch = {"key": 1, "first": date(2025, 7, 1), "last": date(2026, 9, 30)}
    with compute(world):
        alder, birch = world.participation("alder").pk, world.participation("birch").pk
        locks = {0: date(2026, 10, 30), alder: date(2027, 3, 1)}
        found = count_figures(Form.objects.get(slug="colectomy"), [Stretch(**stretch, locks_on=locks)])

    assert (found[alder, 1].lock_due, found[birch, 1].lock_due) == (0, found[birch, 1].cases)


def test_locked_cases_are_counted(world: World) -> None:
    with compute(world) as key:
        lock_cases(Case.objects.filter(participation=world.participation("cedar")))
        measure_quality(key, [world.participation("cedar").pk])
        row = QualityFigures.objects.get(participation=world.participation("cedar"), cycle=None)

    assert (row.locked, row.locked == row.complete) == (33, True)


def test_a_hospital_without_cases_has_a_row_that_claims_nothing(world: World) -> None:
    jay = world.participation("jay", "hernia-lakes")
    with acting(Acting("compute", collaborative_id=jay.collaborative_id)), transaction.atomic():
        assert list(QualityFigures.objects.filter(participation=jay)) == []  # its programme has no form yet
    with compute(world):
        found = count_figures(
            Form.objects.get(slug="colectomy"), [Stretch(key=1, first=date(2020, 1, 1), last=date(2020, 2, 1))]
        )

    assert {each.cases for each in found.values()} <= {0}
    assert statement(Figures()) == (
        "Completeness not known",
        "no case is due yet",
        "case capture not known",
        "not audited yet",
        "no open query",
        "no cases",
    )


def test_without_a_log_capture_is_not_known(world: World) -> None:
    """Never all: where nobody lists the operations, nobody knows what was left out."""
    with compute(world):
        captures = dict(QualityFigures.objects.filter(cycle=None).values_list("participation", "eligible"))
        logged = set(CaseLogEntry.objects.values_list("participation", flat=True))

    assert {hospital for hospital, eligible in captures.items() if eligible is not None} <= logged
    assert Figures(cases=5, complete=5).capture is None


def test_capture_is_of_the_cases_that_the_log_wants_entered(world: World) -> None:
    """Eligible operations, drawn ones where there was a draw; captured once their case is complete."""
    stretch = Stretch(key=1, first=date(2020, 1, 1), last=date(2027, 12, 31))
    with compute(world):
        found = count_figures(Form.objects.get(slug="colectomy"), [stretch])
        entries = list(CaseLogEntry.objects.filter(state__in=["listed", "sampled"]).select_related("case"))

    assert entries != []
    for (hospital, _), figures in found.items():
        own = [each.case for each in entries if each.participation_id == hospital]
        captured = sum(1 for case in own if case and case.is_counted)
        assert (figures.eligible, figures.captured) == ((len(own), captured) if own else (None, None))


def test_the_last_audit_is_told_with_its_date(world: World) -> None:
    with compute(world) as key:
        measure_quality(key)
        audits = last_audits(key)
        rows = {row.participation_id: row for row in QualityFigures.objects.filter(cycle=None)}

    assert audits != {}
    for hospital, row in rows.items():
        audit = audits.get(hospital)
        assert (row.compared, row.agreeing) == ((audit.compared, audit.agreeing) if audit else (None, None))


def test_a_hospital_that_left_keeps_its_figures_and_leaves_the_middle(world: World) -> None:
    heron = world.participation("heron")
    with world.acting_as("dana"):
        Participation.objects.filter(pk=heron.pk).update(stage=Stage.LEFT, left_on=date(2026, 11, 1))
    with compute(world) as key:
        before = ProgrammeMedians.objects.get(collaborative_id=key).median_days
        for row in QualityFigures.objects.filter(participation=heron, cycle=None):
            row.median_days = 900.0
            row.save()
        write_medians(key)
        after = ProgrammeMedians.objects.get(collaborative_id=key)
        assert QualityFigures.objects.filter(participation=heron).count() == 1

    assert (before, after.median_days) == (210.5, 210.5)


def test_the_middle_is_not_told_of_few_or_dominated_hospitals() -> None:
    rules = DisclosureRules()

    assert middle([(0.9, 50)] * 5, Step.PERCENT, rules) is None
    assert middle([(0.914, 50)] * 6, Step.PERCENT, rules) == 0.91
    assert middle([(0.914, 50)] * 5 + [(0.9, 10)], Step.PERCENT, rules) is None  # ten cases do not count
    assert middle([(0.914, 50)] * 6 + [(0.9, 5000)], Step.PERCENT, rules) is None
    assert middle([(0.914, 50)] * 6 + [(None, 50)], Step.PERCENT, rules) == 0.91


def test_what_happens_at_a_hospital_is_counted_again_for_it_alone(world: World) -> None:
    alder, birch = world.participation("alder").pk, world.participation("birch").pk
    with compute(world) as key:
        measure_quality(key)
        before = dict(QualityFigures.objects.values_list("participation", "computed_at"))
    with world.acting_as("alder.abstractor") as by:
        reopen_case(case=Case.objects.get(case_number="AL-030"), reason="The chart came back.", by=by)
    with compute(world) as key:
        refresh_quality(key)
        rows = {row.participation_id: row for row in QualityFigures.objects.filter(cycle=None)}

    assert (rows[alder].computed_at > before[alder], rows[birch].computed_at == before[birch]) == (True, True)
    assert (rows[alder].cases, rows[alder].complete) == (31, 28)


def test_words_never_claim_all_or_nothing_where_it_is_not_so() -> None:
    assert [percent_of(value) for value in (None, 0.0, 0.004, 0.005, 0.994, 0.996, 1.0)] == [
        "",
        "0%",
        "under 1%",
        "0%",
        "99%",
        "over 99%",
        "100%",
    ]


def test_the_statement_in_words() -> None:
    figures = Figures(
        cases=430, complete=420, locked=412, required=1000, known=978, due=400, on_time=364, open_queries=3,
        eligible=200, captured=190, compared=250, agreeing=240, audited_on=date(2026, 3, 9),
    )  # fmt: skip

    assert " · ".join(statement(figures)) == (
        "Completeness 98% · complete by the due date 91% · case capture 95% of 200 logged · "
        "last audit 96% agreement, Mar 2026 · 3 open queries · 412 of 430 cases locked"
    )


def test_hospitals_add_up_and_what_nobody_knows_stays_unknown(world: World) -> None:
    with compute(world):
        rows = [figures_of(row) for row in QualityFigures.objects.filter(cycle=None)]
    together = add_up([*rows, Figures(eligible=10, captured=9)])

    assert together.cases == sum(row.cases for row in rows)
    assert (together.eligible, together.captured, together.median_days) == (10, 9, None)
    assert together.compared == sum(row.compared or 0 for row in rows)
