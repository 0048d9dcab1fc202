"""The operative log: uploaded whole or not at all, drawn once, and nobody ever leaves the list."""

import io
from datetime import date

import openpyxl
import pytest
from django.db import IntegrityError, transaction

from cases.log.definition.rule import Eligibility, read_columns, read_exclusions
from cases.log.definition.sampling import Scheme
from cases.log.enums import EntryState, SubstitutionReason, UploadState
from cases.log.errors import (
    DrawnAlreadyError,
    DrawTooEarlyError,
    EmptyFrameError,
    EntryStateError,
    LeftBeforeError,
    ReasonMissingError,
    RuleMissingError,
    UploadStateError,
)
from cases.log.models import CaseLogEntry, Cycle, Draw, LogUpload, SamplingRule, Substitution
from cases.log.selectors.figures import cycle_figures
from cases.log.services.drawing import draw_sample
from cases.log.services.entries import Why, begin_all, begin_case, substitute_entry
from cases.log.services.linking import link_case
from cases.log.services.rules import set_sampling
from cases.log.services.upload import commit_log, discard_log, upload_log
from cases.models import Case
from cases.services.cases import start_case
from collaboratives.models import Collaborative, Participation
from events.enums import EventKind
from events.models import Event
from measures.errors import NoVersionInForceError
from measures.models import Form
from privacy.viewer import PermissionRefusedError
from tests.world import World
from tests.worlds.logs import LOCKS, log_file, rule_words


pytestmark = pytest.mark.django_db
FIRST, LAST = date(2024, 4, 1), date(2024, 6, 30)  # the form begins with 2024
HEADING = "case number,date,age,emergency"


@pytest.fixture
def cycle(world: World) -> Cycle:
    """A second one, whose log nobody has uploaded."""
    with world.acting_as("cora") as cora:
        form = Form.objects.get(slug="colectomy")
        return Cycle.objects.create(
            collaborative_id=cora.collaborative_id, form=form, name="Spring 2024", created_by_id=cora.user_id,
            first_day=FIRST, last_day=LAST, locks_on=date(2090, 1, 1),
        )  # fmt: skip


def _rule(world: World, scheme: Scheme, **words: object) -> SamplingRule:
    with world.acting_as("cora") as cora:
        form = Form.objects.get(slug="colectomy")
        return set_sampling(form=form, words=rule_words(scheme, **words), by=cora)


def _upload(world: World, cycle: Cycle, content: bytes, name: str = "alder.sampler") -> LogUpload:
    with world.acting_as(name) as by:
        cycle = Cycle.objects.select_related("form").get(pk=cycle.pk)
        return upload_log(cycle=cycle, file_name="log.csv", content=content, by=by)


def _take(world: World, cycle: Cycle, content: bytes, name: str = "alder.sampler") -> LogUpload:
    upload = _upload(world, cycle, content, name)
    assert upload.problems == []
    with world.acting_as(name) as by:
        return commit_log(upload=upload, by=by)


def _log(world: World, cycle: Cycle, count: int = 24, name: str = "alder.sampler", *, first: int = 101) -> LogUpload:
    return _take(world, cycle, log_file(name.partition(".")[0], count, first=first, year=2024), name)


def _draw(world: World, cycle: Cycle, name: str = "alder.sampler", seed: str = "") -> Draw:
    with world.acting_as(name) as by:
        return draw_sample(cycle=Cycle.objects.select_related("form").get(pk=cycle.pk), by=by, seed=seed)


def _entries(world: World, cycle: Cycle, **only: object) -> list[CaseLogEntry]:
    with world.acting_as("alder.sampler"):
        return list(CaseLogEntry.objects.filter(cycle=cycle, **only).order_by("log_number"))


def _words(upload: LogUpload) -> list[tuple[int, str]]:
    return [(each["line"], each["message"]) for each in upload.problems]


# Uploading ------------------------------------------------------------------------------------------------------------


def test_a_file_is_looked_at_before_anything_is_listed(world: World, cycle: Cycle) -> None:
    upload = _upload(world, cycle, log_file("alder", year=2024, first=101))
    summary = upload.summary
    assert (upload.state, summary["new"], summary["changed"], summary["absent"]) == (UploadState.CHECKED, 24, 0, 0)
    assert summary["eligible"] == 24 - sum(summary["excluded"].values())
    assert summary["excluded"] == {"Under 18 years": 4, "Emergency operation": 2}  # the first reason that is true
    assert summary["not_read"] == ["patient"]
    assert _entries(world, cycle) == []


def test_a_log_is_listed_with_who_is_not_eligible_and_why(world: World, cycle: Cycle) -> None:
    upload = _log(world, cycle)
    found = _entries(world, cycle)
    states = {state: sum(each.state == state for each in found) for state in ("listed", "excluded")}
    assert states == {"listed": 18, "excluded": 6}
    assert {each.reason for each in found} == {"", "minor", "emergency"}
    assert (upload.state, upload.content) == (UploadState.COMMITTED, None)
    assert "Doe" not in str([vars(each) for each in found])


def test_bad_rows_are_named_with_their_lines_and_nothing_is_listed(world: World, cycle: Cycle) -> None:
    rows = (
        "hospital,case number,date,age,emergency",
        "0100,A-1,2024-04-05,40,0",
        "0100,A-1,2024-04-06,41,0",
        "0201,A-3,2024-04-06,41,0",
        "0100,A-4,2024-02-31,41,0",
        "0100,A-5,2024-07-01,41,0",
        "0100,A-6,2091-04-06,41,0",
        "0100,A-7,2024-04-06,forty,0",
        "0100,,2024-04-06,41,0",
        "0100,A-9,,41,0",
    )
    upload = _upload(world, cycle, "\n".join(rows).encode())
    assert upload.state == UploadState.REFUSED
    assert [line for line, _ in _words(upload)] == [3, 4, 5, 6, 7, 8, 9, 10]
    assert [message for _, message in _words(upload)][:5] == [
        "Case A-1 is in line 2 already.",
        '"0201" is not the number of your hospital.',
        '"2024-02-31" is not a date: Feb 2024 has 29 days.',
        "1 July 2024 is not in Spring 2024 (1 April 2024 to 30 June 2024).",
        "6 April 2091 is in the future.",
    ]
    assert all(each["remedy"] for each in upload.problems[:6])
    with world.acting_as("alder.sampler") as by, pytest.raises(UploadStateError):
        commit_log(upload=upload, by=by)
    assert _entries(world, cycle) == []


def test_the_answer_about_another_hospital_tells_not_whether_it_exists(world: World, cycle: Cycle) -> None:
    rows = [f"{number},A-{number},2024-04-05,40,0" for number in ("0201", "9999")]
    upload = _upload(world, cycle, "\n".join([f"hospital,{HEADING}", *rows]).encode())
    said = [{name: value for name, value in each.items() if name != "line"} for each in upload.problems]
    assert str(said[0]).replace("0201", "9999") == str(said[1])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b"case number,date\nA-1,2024-04-05\n", "The log has no column for Age in years (age); Emergency (emergency)."),
        (b"number,age,emergency\n1,40,0\n", "The log has no column for Date of the event (event_date)."),
        (b"PK\x03\x04nonsense", "The file is a damaged workbook: it breaks off, or was changed on its way."),
    ],
)
def test_a_file_that_is_no_log_is_refused_in_words(world: World, cycle: Cycle, content: bytes, message: str) -> None:
    assert _words(_upload(world, cycle, content)) == [(0, message)]


def test_a_workbook_is_read_too(world: World, cycle: Cycle) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Case number", "Operation date", "Age in years", "Emergency"])
    book.active.append(["X-1", date(2024, 4, 5), 61, "no"])
    file = io.BytesIO()
    book.save(file)
    _take(world, cycle, file.getvalue())
    (entry,) = _entries(world, cycle)
    assert (entry.event_date, entry.columns) == (date(2024, 4, 5), {"age": 61, "emergency": False})


def test_uploading_again_is_idempotent_and_leaves_everybody_listed(world: World, cycle: Cycle) -> None:
    _log(world, cycle)
    before = [(each.pk, each.updated_at) for each in _entries(world, cycle)]
    again = _upload(world, cycle, log_file("alder", year=2024, first=101))
    assert [again.summary[name] for name in ("new", "changed", "same", "absent")] == [0, 0, 24, 0]
    with world.acting_as("alder.sampler") as by:
        commit_log(upload=again, by=by)
    assert [(each.pk, each.updated_at) for each in _entries(world, cycle)] == before

    shorter = _upload(world, cycle, log_file("alder", 5, year=2024, first=101))
    assert shorter.summary["absent"] == 19
    with world.acting_as("alder.sampler") as by:
        commit_log(upload=shorter, by=by)
    assert len(_entries(world, cycle)) == 24


def test_missing_values_stay_apart_and_exclude_nobody(world: World, cycle: Cycle) -> None:
    rows = ["U-1,2024-04-05,unknown,0", "U-2,2024-04-05,not documented,0", "U-3,2024-04-05,,0", "U-4,2024-04-05,9,0"]
    _take(world, cycle, "\n".join([HEADING, *rows]).encode())
    found = [(each.missing.get("age"), each.columns.get("age"), each.state) for each in _entries(world, cycle)]
    assert found == [
        ("unknown", None, "listed"),
        ("not_documented", None, "listed"),
        (None, None, "listed"),
        (None, 9, "excluded"),
    ]


def test_an_operation_is_in_the_log_of_one_cycle_only(world: World, cycle: Cycle) -> None:
    _take(world, cycle, f"{HEADING}\nALL-1,2024-04-05,50,0".encode())
    with world.acting_as("alder.sampler"):
        spring = Cycle.objects.get(name="Spring 2021")
    twice = _upload(world, spring, f"{HEADING}\nALL-1,2021-04-05,50,0".encode())
    assert _words(twice) == [(2, "Case ALL-1 is in the log of Spring 2024 already, with 5 April 2024.")]


def test_a_newer_file_of_the_cycle_takes_the_place_of_one_nobody_decided_about(world: World, cycle: Cycle) -> None:
    first = _upload(world, cycle, log_file("alder", year=2024, first=101))
    second = _upload(world, cycle, log_file("alder", 3, year=2024, first=101))
    with world.acting_as("alder.sampler") as by:
        with pytest.raises(UploadStateError, match="discarded already"):
            commit_log(upload=first, by=by)
        discard_log(upload=second, by=by)
        first.refresh_from_db()
    assert (first.state, first.content) == (UploadState.DISCARDED, None)
    assert _entries(world, cycle) == []


@pytest.mark.parametrize("name", ["cora", "vera", "alder.champion", "alder.clinician"])
def test_only_the_data_team_of_a_hospital_uploads_and_draws(world: World, cycle: Cycle, name: str) -> None:
    with pytest.raises(PermissionRefusedError):
        _upload(world, cycle, b"case number,date\nA-1,2024-04-05\n", name)
    with pytest.raises(PermissionRefusedError):
        _draw(world, cycle, name)


def test_nothing_of_a_cycle_after_the_hospital_left_is_taken(world: World, cycle: Cycle) -> None:
    with world.acting_as("dana"):
        Participation.objects.filter(pk=world.participation("alder").pk).update(stage="left", left_on=date(2024, 3, 31))
    with pytest.raises(LeftBeforeError, match="left the collaborative on 31 March 2024"):
        _upload(world, cycle, log_file("alder", year=2024))
    with pytest.raises(LeftBeforeError):
        _draw(world, cycle)


# Drawing --------------------------------------------------------------------------------------------------------------


def _result(world: World, cycle: Cycle) -> list[tuple[str, str, object]]:
    return [(each.log_number, each.state, each.fraction) for each in _entries(world, cycle)]


@pytest.mark.parametrize(
    ("scheme", "words", "taken"),
    [
        (Scheme.ALL, {}, 18),
        (Scheme.FRACTION, {"fraction": "0.5"}, 9),
        (Scheme.EIGHT_DAY, {"quota": 7}, 7),
        (Scheme.EIGHT_DAY, {"quota": 7, "caps": {"Brindlewax": 5}}, 5),
        (Scheme.SYSTEMATIC, {"quota": 6}, 6),
    ],
)
def test_the_sample_reconciles_with_the_log(
    world: World, cycle: Cycle, scheme: Scheme, words: dict[str, object], taken: int
) -> None:
    _rule(world, scheme, **words)
    _log(world, cycle)
    made = _draw(world, cycle)
    found = _entries(world, cycle)
    states = {state: sum(each.state == state for each in found) for state in EntryState.values}
    assert (made.listed, made.eligible, made.drawn, made.sampled) == (24, 18, taken, taken)
    assert (states["sampled"], states["not_sampled"], states["excluded"]) == (taken, 18 - taken, 6)
    weights = [1 / each.fraction for each in found if each.state == "sampled"]
    assert round(sum(weights), 4) == 18  # weighted, the sample stands for everybody eligible
    assert all(each.reason for each in found if each.state == "not_sampled")
    with world.acting_as("cora") as cora:
        (figures,) = cycle_figures(
            Collaborative.objects.get(pk=cora.collaborative_id),
            cycles=[cycle.pk],
            hospitals=[world.participation("alder").pk],
        )
    assert (figures.listed, figures.eligible, figures.sampled, figures.achieved) == (24, 18, taken, taken / 18)


def test_the_same_log_and_seed_draw_the_same_sample(world: World, cycle: Cycle) -> None:
    _rule(world, Scheme.FRACTION, fraction="0.5")
    results, digests = [], []
    for order in (1, -1):
        with transaction.atomic():
            lines = log_file("alder", year=2024, first=101).decode().splitlines()
            _take(world, cycle, "\n".join([lines[0], *lines[1:][::order]]).encode())
            made = _draw(world, cycle, seed="one")
            results.append(_result(world, cycle))
            digests.append(made.frame_digest)
            transaction.set_rollback(True)
    _log(world, cycle)
    other = _draw(world, cycle)
    assert results[0] == results[1] != _result(world, cycle)
    assert digests == [other.frame_digest] * 2
    assert len(other.seed) == 32


def test_a_drawn_cycle_is_not_drawn_again(world: World, cycle: Cycle) -> None:
    _log(world, cycle)
    made = _draw(world, cycle)
    before = _result(world, cycle)
    with pytest.raises(DrawnAlreadyError, match="a drawn cycle is not drawn again"):
        _draw(world, cycle)
    with world.acting_as("alder.sampler"):
        copy = Draw.objects.get(pk=made.pk)
        copy.pk = None
        with pytest.raises(IntegrityError, match="caselog_draw_once"), transaction.atomic():
            copy.save(force_insert=True)
        with pytest.raises(IntegrityError, match="not drawn again"), transaction.atomic():
            Draw.objects.filter(pk=made.pk).update(seed="mine")
        with pytest.raises(IntegrityError, match="not drawn again"), transaction.atomic():
            Draw.objects.filter(pk=made.pk).update(sampled=made.sampled + 1)
    assert _result(world, cycle) == before


def test_what_comes_after_the_draw_is_listed_and_not_in_it(world: World, cycle: Cycle) -> None:
    _log(world, cycle)
    _draw(world, cycle)
    drawn = _result(world, cycle)
    _log(world, cycle, 26)
    late = [each for each in _entries(world, cycle) if each.reason == "after_draw"]
    assert [each.log_number for each in late] == ["ALL-125"]  # the other is under 18
    assert _result(world, cycle)[:24] == drawn


def test_an_empty_frame_is_refused_and_nothing_is_drawn(world: World, cycle: Cycle) -> None:
    with pytest.raises(EmptyFrameError, match="No eligible case is listed"):
        _draw(world, cycle)
    _take(world, cycle, f"{HEADING}\nM-1,2024-04-05,7,0".encode())
    with pytest.raises(EmptyFrameError):
        _draw(world, cycle)
    with world.acting_as("alder.sampler"):
        assert not Draw.objects.filter(cycle=cycle).exists()


def test_a_cycle_is_drawn_when_it_is_over_and_by_a_rule(world: World, cycle: Cycle) -> None:
    with world.acting_as("cora") as cora:
        form = Form.objects.get(slug="colectomy")
        running, ruleless = (
            Cycle.objects.create(
                collaborative_id=cora.collaborative_id, form=form, name=name, created_by_id=cora.user_id,
                first_day=first, last_day=last, locks_on=LOCKS.replace(year=2092),
            )
            for name, first, last in (
                ("Now", date(2090, 1, 1), date(2091, 1, 1)),
                ("Before", date(2019, 1, 1), date(2019, 1, 31)),
            )
        )  # fmt: skip
    with pytest.raises(DrawTooEarlyError, match="Now runs until 1 January 2091"):
        _draw(world, running)
    with pytest.raises(RuleMissingError, match="how Colectomy is sampled"):
        _draw(world, ruleless)


def test_the_rule_in_force_when_the_cycle_began_judges_again_at_the_draw(world: World, cycle: Cycle) -> None:
    _log(world, cycle)
    _rule(world, Scheme.ALL, effective_from=date(2024, 4, 2))  # too late for this cycle
    assert _draw(world, cycle).rule.number == 1


# Abstracting ----------------------------------------------------------------------------------------------------------


def _sampled(world: World, cycle: Cycle) -> list[CaseLogEntry]:
    _log(world, cycle)
    _draw(world, cycle)
    return _entries(world, cycle, state="sampled")


def test_a_sampled_operation_becomes_a_case_with_its_number_and_date(world: World, cycle: Cycle) -> None:
    entry = _sampled(world, cycle)[0]
    with world.acting_as("alder.abstractor") as by:
        case = begin_case(entry=entry, by=by)
        again = begin_case(entry=entry, by=by)
        entry.refresh_from_db()
    assert (case.case_number, case.event_date, case.pk) == (entry.log_number, entry.event_date, again.pk)
    assert entry.case_id == case.pk


def test_all_that_is_sampled_is_begun_at_once(world: World, cycle: Cycle) -> None:
    count = len(_sampled(world, cycle))
    with world.acting_as("alder.abstractor") as by:
        assert (begin_all(cycle=cycle, by=by), begin_all(cycle=cycle, by=by)) == (count, 0)
        assert Case.objects.filter(event_date__range=(FIRST, LAST)).count() == count


def test_what_is_not_sampled_is_not_begun_from_the_log(world: World, cycle: Cycle) -> None:
    _sampled(world, cycle)
    entry = _entries(world, cycle, state="not_sampled")[0]
    with world.acting_as("alder.abstractor") as by, pytest.raises(EntryStateError, match="is not sampled"):
        begin_case(entry=entry, by=by)
    with world.acting_as("birch.abstractor") as by, pytest.raises(PermissionRefusedError):
        begin_case(entry=entry, by=by)


def test_a_case_that_was_begun_elsewhere_is_linked_by_its_number(world: World, cycle: Cycle) -> None:
    first, second, *_ = _sampled(world, cycle)
    with world.acting_as("alder.abstractor") as by:
        form = Form.objects.get(slug="colectomy")
        begun = [
            start_case(form=form, case_number=each.log_number, event_date=each.event_date, by=by)
            for each in (first, second)
        ]
        assert begin_case(entry=first, by=by).pk == begun[0].pk
        assert link_case(begun[1].pk) == 1
    assert [each.case_id for each in _entries(world, cycle, case__isnull=False)] == [each.pk for each in begun]


def test_an_operation_before_the_form_cannot_be_begun_and_stays_as_it_was(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        entry = CaseLogEntry.objects.filter(cycle__name="Spring 2021", state="sampled").first()
        assert entry is not None
        with pytest.raises(NoVersionInForceError, match="Colectomy begins on 1 January 2024"), transaction.atomic():
            begin_case(entry=entry, by=by)
        entry.refresh_from_db()
    assert entry.case_id is None


def _substitute(world: World, entry: CaseLogEntry, **why: object) -> Substitution:
    with world.acting_as("alder.sampler") as by:
        return substitute_entry(
            entry=entry, why=Why(**{"reason": SubstitutionReason.NO_RECORD, **why}), by=by  # type: ignore[arg-type]
        )  # fmt: skip


def test_a_stand_in_comes_from_the_same_draw_with_the_same_weight(world: World, cycle: Cycle) -> None:
    gone, *rest = _sampled(world, cycle)
    made = _substitute(world, gone)
    after = {each.log_number: each for each in _entries(world, cycle)}
    with world.acting_as("alder.sampler"):
        drawn = Draw.objects.get(cycle=cycle)
        event = Event.objects.get(kind=EventKind.ENTRY_SUBSTITUTED, subject_id=made.pk)
    assert made.stand_in is not None
    assert (after[gone.log_number].state, after[gone.log_number].reason) == ("substituted", "no_record")
    assert after[made.stand_in.log_number].state == "sampled"
    assert after[made.stand_in.log_number].fraction == gone.fraction
    assert (drawn.drawn, drawn.sampled) == (len(rest) + 1, len(rest) + 1)
    assert event.details["reason"] == "no_record"


def test_without_a_stand_in_the_sample_is_smaller_and_says_so(world: World, cycle: Cycle) -> None:
    _rule(world, Scheme.ALL)
    entry = _sampled(world, cycle)[0]
    assert _substitute(world, entry).stand_in is None
    with world.acting_as("alder.sampler"):
        drawn = Draw.objects.get(cycle=cycle)
    assert (drawn.drawn, drawn.sampled) == (18, 17)


def test_a_substitution_wants_a_sampled_operation_and_a_reason(world: World, cycle: Cycle) -> None:
    entry = _sampled(world, cycle)[0]
    with pytest.raises(ReasonMissingError, match="The note is empty"):
        _substitute(world, entry, reason=SubstitutionReason.OTHER)
    _substitute(world, entry)
    with pytest.raises(EntryStateError, match="only a sampled one is substituted"):
        _substitute(world, entry)


def test_hospitals_see_and_draw_their_own_log_only(world: World, cycle: Cycle) -> None:
    _log(world, cycle)
    with world.acting_as("birch.sampler"):
        assert not CaseLogEntry.objects.filter(cycle=cycle).exists()
    with pytest.raises(EmptyFrameError):
        _draw(world, cycle, "birch.sampler")
    _draw(world, cycle)
    _log(world, cycle, name="birch.sampler")
    assert _draw(world, cycle, "birch.sampler").eligible == 18


def test_a_rule_that_comes_between_look_and_decision_stops_the_file(world: World, cycle: Cycle) -> None:
    upload = _upload(world, cycle, f"{HEADING}\nA-1,2024-04-05,50,0".encode())
    columns = read_columns("asa | integer | ASA class")
    words = Eligibility(columns=columns, exclusions=read_exclusions("ill | Too ill | [asa] > 3", columns))
    _rule(world, Scheme.ALL, eligibility=words)
    with world.acting_as("alder.sampler") as by, pytest.raises(UploadStateError, match="no column for ASA class"):
        commit_log(upload=upload, by=by)
    assert _entries(world, cycle) == []


def test_the_draft_of_a_substituted_operation_stays_and_a_complete_case_is_not_substituted(
    world: World, cycle: Cycle
) -> None:
    first, second, *_ = _sampled(world, cycle)
    with world.acting_as("alder.abstractor") as by:
        draft = begin_case(entry=first, by=by)
        complete = Case.objects.filter(status="complete").earliest("pk")
        CaseLogEntry.objects.filter(pk=second.pk).update(case=complete)
    _substitute(world, first, reason=SubstitutionReason.NOT_ELIGIBLE)
    with pytest.raises(EntryStateError, match="is complete, so it was abstracted"):
        _substitute(world, second)
    with world.acting_as("alder.abstractor"):
        assert Case.objects.filter(pk=draft.pk).exists()
