"""Missing is not No, from entry to model.

A registry once withdrew three years of results because absent values had become "No complication" (DOMAIN.md 3.5). So yes,
no, unknown, not documented, not applicable and empty are followed through every way in, storage, pages, the file and its
way back, the outcomes of measures, the counts of a release and the fit of its risk models, and compared with counts made
from the plan of what was planted.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import cycle, islice

import numpy as np
import pytest
import xlsxwriter
from django.db import transaction

from cases.forms.imports import code_tables
from cases.models import Case, CaseImport, ImportRow
from cases.services.cases import save_answers, start_case
from cases.services.changes import Changes
from cases.services.check_import import check_file
from cases.services.export import cases_file
from cases.services.imports import choose_codes, commit_import, upload_import
from cases.services.take_over import take_over_rows
from collaboratives.selectors.places import acting_for
from feedback.enums import Outcome
from feedback.models import CaseOutcome, MeasureResult, ModelFit, Release, SiteMonth, SiteResult
from feedback.services.bulk_outcomes import evaluate_collaborative
from feedback.services.outcomes import evaluate_case
from measures.definition.spec import MissingKind
from measures.models import Form
from measures.services.definitions import publish_definition
from privacy.viewer import Viewer
from riskstats.riskmodel import fit_logistic
from tenancy.context import acting
from tests.api.conftest import key_of
from tests.world import World
from tests.worlds import programme, releases
from tests.worlds.definitions import FILE


WORKER = pytest.mark.worker
HERE = "/c/colectomy-mi"
KINDS = "missing: [unknown, not_documented, not_applicable]"
FORM = f"""
  four:
    name: Four ways to be absent
    case_noun: case
    case_noun_plural: cases
    event_date: seen_on
    versions:
      - {{number: 1, effective_from: 2024-01-01, note: First.}}
    sections:
      - {{name: all, label: All}}
    variables:
      - {{name: seen_on, label: Seen on, type: date, section: all, required: true}}
      - {{name: harm, label: Harm, type: yes_no, section: all, tier: 1, {KINDS}}}
      - {{name: frail, label: Frail, type: yes_no, section: all, {KINDS}}}
      - {{name: kinds, label: Kinds of harm, type: many_of, codes: {{a: Fall, b: Burn}}, section: all, {KINDS}}}
      - {{name: stage, label: Stage, type: one_of, codes: {{0: None, 1: Some}}, section: all, missing: [unknown]}}
"""
MEASURE = """
  {slug}:
    name: {slug} of the four ways
    short_name: {slug}
    kind: proportion
    domain: outcome
    direction: lower
    form: four
{rest}    unit_noun: cases
"""
# Each asks of the same answer in another way; what its known answers make of a case, by the answer.
MET_IF_YES, MET_IF_NO = {"yes": Outcome.MET, "no": Outcome.NOT_MET}, {"yes": Outcome.NOT_MET, "no": Outcome.MET}
ASKED = {
    "harmed": ("""numerator: '[harm] = "1"'""", MET_IF_YES),
    "unharmed": ("""numerator: '[harm] = "0"'""", MET_IF_NO),
    "nothing_said": ("""numerator: 'not ([harm] = "1")'""", MET_IF_NO),
    "differs": ("""numerator: '[harm] <> "1"'""", MET_IF_NO),
    "listed": ("""numerator: '[harm] in ("1")'""", MET_IF_YES),
    "left_out": (
        """exclusions:\n      - {name: harmed, label: Harmed, when: '[harm] = "1"'}\n    numerator: '[seen_on] = [seen_on]'""",
        {"yes": Outcome.EXCLUDED, "no": Outcome.MET},
    ),
    "among": (
        """population: '[harm] = "1"'\n    numerator: '[seen_on] = [seen_on]'""",
        {"yes": Outcome.MET, "no": Outcome.EXCLUDED},
    ),
}
MODELLED = {"adjusted": "indicator", "strict": "exclude"}
MODEL = """
  {slug}_model:
    name: {slug}
    form: four
    method: pooled_logistic
    outcome: {slug}
    missing_rule: {rule}
    covariates:
      - {{variable: frail, kind: yes_no}}
"""
# The six states of an answer: the text in a file, what a program sends, and the two columns of a case.
KINDS_OF_MISSING = ("unknown", "not_documented", "not_applicable")
ABSENT = (*KINDS_OF_MISSING, "empty")
STATES = ("yes", "no", *ABSENT)
TEXTS = {
    "yes": "1",
    "no": "0",
    "unknown": "Unknown",
    "not_documented": "Not documented",
    "not_applicable": "n/a",
    "empty": "",
}
WORDS = {"yes": "Yes", "no": "No", "unknown": "Unknown", "not_documented": "Not documented", "not_applicable": "Not applicable", "empty": "Not answered"}  # fmt: skip


def stored(state: str, name: str = "harm") -> tuple[dict[str, object], dict[str, str]]:
    """The columns of a case, for one answer."""
    if state in {"yes", "no"}:
        return {name: state == "yes"}, {}
    return {}, {} if state == "empty" else {name: state}


def found(case: Case, name: str = "harm") -> tuple[dict[str, object], dict[str, str]]:
    """The same, of a case, and of nothing else in it."""
    return ({key: value for key, value in case.answers.items() if key == name}, {key: value for key, value in case.missing.items() if key == name})  # fmt: skip


@pytest.fixture
def form(world: World) -> Form:
    """The form with its measures and models, published beside what the world has."""
    asked = {slug: f"    {rest}\n" for slug, (rest, _) in ASKED.items()}
    asked |= {slug: f"    numerator: '[harm] = \"1\"'\n    risk_model: {slug}_model\n" for slug in MODELLED}
    text = FILE.read_text(encoding="utf-8")
    text = text.replace("\nmeasures:\n", f"\n{FORM}\nmeasures:\n")
    measures = "".join(MEASURE.format(slug=slug, rest=rest) for slug, rest in asked.items())
    text = text.replace("\nrisk_models:\n", f"\n{measures}\nrisk_models:\n")
    text += "".join(MODEL.format(slug=slug, rule=rule) for slug, rule in MODELLED.items())
    with world.acting_as("dana") as dana:
        publish_definition(text=text, path="four.yaml", by=dana)
        return Form.objects.get(slug="four")


def case_of(world: World, number: str, hospital: str = "alder") -> Case:
    with world.acting_as("dana"):
        rows = Case.objects.select_related("form_version__form")
        return rows.get(case_number=number, participation=world.participation(hospital))


def look_at(world: World, form: Form, text: str | bytes, by: Viewer, name: str = "f.csv") -> CaseImport:
    content = text if isinstance(text, bytes) else text.encode()
    with acting(acting_for(by)), transaction.atomic():
        uploaded = upload_import(form=form, file_name=name, content=content, by=by, queue=False)
    with acting(releases.worker()), transaction.atomic():
        check_file(uploaded)
    return uploaded


def take_in(world: World, form: Form, text: str | bytes, by: Viewer, name: str = "f.csv") -> CaseImport:
    uploaded = look_at(world, form, text, by, name)
    with acting(acting_for(by)), transaction.atomic():
        taken = commit_import(case_import=uploaded, valid_only=False, by=by, queue=False)
    with acting(releases.worker()), transaction.atomic():
        take_over_rows(taken)
    return taken


# Entry and storage ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_the_form_keeps_six_states_apart(world: World, form: Form, state: str) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = start_case(form=form, case_number="F-1", event_date=date(2026, 3, 5), by=by)
    sent = {"shown": "harm frail", "revision": "1", "do": "save"}
    sent |= {"harm": TEXTS[state]} if state in {"yes", "no"} else {}
    sent |= {"missing:harm": state} if state in ABSENT and state != "empty" else {}
    response = world.client("alder.abstractor").post(f"{HERE}/cases/{case.public_id}/", sent)
    kept = case_of(world, "F-1")

    assert (response.status_code, found(kept), found(kept, "frail")) == (302, stored(state), ({}, {}))


@pytest.mark.parametrize("state", STATES)
def test_a_program_keeps_six_states_apart_and_reads_them_again(world: World, form: Form, state: str) -> None:
    answers, missing = stored(state)
    program = key_of(world, "alder.abstractor")
    made = program.submit(form="four", answers=answers, missing=missing).json()
    typed = program.submit(key="key-0000-0002", form="four", case_number="P-2", answers={"harm": TEXTS[state]}).json()
    again = program.get(f"cases/{made['id']}/").json()

    assert found(case_of(world, "P-1")) == (answers, missing)
    for body in (made, again, typed):
        assert (body["answers"].get("harm"), body["missing"].get("harm")) == (
            answers.get("harm"),
            missing.get("harm"),
        )


def test_a_program_takes_an_answer_back_to_empty_and_not_to_no(world: World, form: Form) -> None:
    program = key_of(world, "alder.abstractor")
    made = program.submit(form="four", answers={"harm": True})
    address, tag = f"cases/{made.json()['id']}/", made["ETag"]
    body = program.patch(address, {"answers": {"harm": None}}, If_Match=tag).json()

    assert ("harm" in body["answers"], "harm" in body["missing"]) == (False, False)


@WORKER
def test_a_file_keeps_six_states_apart(world: World, form: Form) -> None:
    rows = "".join(f"F-{state},2026-03-05,{TEXTS[state]}\n" for state in STATES)
    take_in(world, form, f"case_number,seen_on,harm\n{rows}", world.viewer("alder.abstractor"))

    assert {state: found(case_of(world, f"F-{state}")) for state in STATES} == {
        state: stored(state) for state in STATES
    }


@WORKER
def test_a_workbook_keeps_six_states_apart(world: World, form: Form) -> None:
    """A cell that holds FALSE is an answer, an empty one is none, whatever a spreadsheet makes of both in a sum."""
    cells: dict[str, object] = dict(TEXTS) | {"yes": True, "no": False}
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("case_number", "seen_on", "harm"))
        for line, state in enumerate(STATES, 1):
            sheet.write_row(line, 0, (f"F-{state}", "2026-03-05"))
            if state == "empty":
                sheet.write_blank(line, 2, None, book.add_format({"bold": True}))
            else:
                sheet.write(line, 2, cells[state])
    take_in(world, form, out.getvalue(), world.viewer("alder.abstractor"), name="f.xlsx")

    assert {state: found(case_of(world, f"F-{state}")) for state in STATES} == {
        state: stored(state) for state in STATES
    }


@WORKER
def test_no_choice_at_all_is_an_answer_and_an_empty_cell_is_none(world: World, form: Form) -> None:
    texts = {"none": ";", "one": "a", "unknown": "unknown", "empty": ""}
    rows = "".join(f"K-{name},2026-03-05,{text}\n" for name, text in texts.items())
    take_in(world, form, f"case_number,seen_on,kinds\n{rows}", world.viewer("alder.abstractor"))

    assert {name: found(case_of(world, f"K-{name}"), "kinds") for name in texts} == {
        "none": ({"kinds": []}, {}),
        "one": ({"kinds": ["a"]}, {}),
        "unknown": ({}, {"kinds": "unknown"}),
        "empty": ({}, {}),
    }


@WORKER
def test_an_empty_cell_takes_an_answer_back_and_a_column_left_out_does_not(world: World, form: Form) -> None:
    by = world.viewer("alder.abstractor")
    take_in(world, form, "case_number,seen_on,harm,frail\nF-1,2026-03-05,1,1\n", by)
    take_in(world, form, "case_number,seen_on,harm\nF-1,2026-03-05,\n", by)
    kept = case_of(world, "F-1")

    assert (found(kept), found(kept, "frail")) == (({}, {}), ({"frail": True}, {}))


@WORKER
@pytest.mark.parametrize("text", ["", "n/a", "unknown", "Not documented"])
def test_nobody_can_say_that_a_missing_value_in_a_file_means_no(world: World, form: Form, text: str) -> None:
    """`stage` knows "unknown" only, so the page of codes asks about "n/a": it must not offer "0 None" for it."""
    by = world.viewer("alder.abstractor")
    looked = look_at(world, form, f"case_number,seen_on,stage\nF-1,2026-03-05,{text}\nF-2,2026-03-05,none at all\n", by)
    with world.acting_as("alder.abstractor"):
        looked.refresh_from_db()
        (table,) = code_tables(looked.summary, form.versions.get().definition)
        said = {"stage": {text.casefold(): "0", "none at all": "0"}}
        chosen = choose_codes(case_import=looked, codes=said, by=by, queue=False)
    with acting(releases.worker()), transaction.atomic():
        check_file(chosen)
        rows = {row.case_number: row.answers for row in ImportRow.objects.filter(case_import=chosen)}
    offered = {row.text: {each.value for each in row.targets} for row in table.rows}

    assert "0" in offered["none at all"]
    assert not {"0", "1"} & offered.get(text, set())
    assert ("stage" in rows["F-2"], "stage" in rows["F-1"]) == (True, False)


def test_pages_say_six_different_things(world: World, form: Form) -> None:
    with world.acting_as("alder.abstractor") as by:
        for state in STATES:
            case = start_case(form=form, case_number=f"F-{state}", event_date=date(2026, 3, 5), by=by)
            answer = {"yes": True, "no": False}.get(state, MissingKind(state) if state in KINDS_OF_MISSING else None)
            save_answers(case=case, changes=Changes(revision=1, answers={"harm": answer}, base=case.values), by=by)
    client, said = world.client("alder.champion"), {}
    for state in STATES:
        page = client.get(f"{HERE}/cases/{case_of(world, f'F-{state}').public_id}/").context["page"]
        (said[state],) = [fact.value for part in page.sections for fact in part.facts if fact.label == "Harm"]

    assert said == WORDS


# The file and its way back --------------------------------------------------------------------------------------------


@WORKER
def test_the_file_holds_six_different_texts_and_comes_back_as_it_went(world: World, form: Form) -> None:
    by = world.viewer("alder.abstractor")
    rows = "".join(f"F-{state},2026-03-05,{TEXTS[state]}\n" for state in STATES)
    take_in(world, form, f"case_number,seen_on,harm\n{rows}", by)
    with world.acting_as("alder.abstractor"):
        cases = Case.objects.filter(form_version__form=form)
        content = cases_file(cases=cases, participation_id=by.participation_id or 0, by=by).decode("utf-8-sig")
    table = {row["case_number"]: row["harm"] for row in csv.DictReader(io.StringIO(content, newline=""))}
    assert table == {f"F-{state}": WORDS[state] if state in KINDS_OF_MISSING else TEXTS[state] for state in STATES}

    looked = look_at(world, form, content, by)
    elsewhere = world.viewer("birch.abstractor")
    take_in(world, form, content, elsewhere)
    with world.acting_as("alder.abstractor"):
        looked.refresh_from_db()
    assert {name: count for name, count in looked.summary["actions"].items() if count} == {"unchanged": len(STATES)}
    assert {state: found(case_of(world, f"F-{state}", "birch")) for state in STATES} == {
        state: stored(state) for state in STATES
    }


# Outcomes -------------------------------------------------------------------------------------------------------------


def outcomes_of(form: Form) -> dict[tuple[str, str], tuple[str, list[str]]]:
    """Measure and state → outcome and what is missing."""
    rows = CaseOutcome.objects.filter(case__form_version__form=form)
    names = ("measure_version__measure__slug", "case__case_number", "outcome", "missing")
    return {(slug, number[2:]): (outcome, missing) for slug, number, outcome, missing in rows.values_list(*names)}


@WORKER
def test_no_measure_takes_a_missing_answer_for_no(world: World, form: Form) -> None:
    """One by one as cases are completed, and all at once in SQL, for every way to ask."""
    rows = "".join(f"F-{state},2026-03-05,{TEXTS[state]},1\n" for state in STATES)
    take_in(world, form, f"case_number,seen_on,harm,frail\n{rows}", world.viewer("alder.abstractor"))
    expected: dict[tuple[str, str], tuple[str, list[str]]] = {}
    meanings = {slug: meaning for slug, (_, meaning) in ASKED.items()} | dict.fromkeys(MODELLED, MET_IF_YES)
    for slug, meaning in meanings.items():
        for state in STATES:
            known = meaning.get(state)
            expected[slug, state] = (known.value, []) if known else (Outcome.CANNOT_TELL.value, ["harm"])
    with acting(releases.worker()) as who, transaction.atomic():
        evaluate_collaborative(who.collaborative_id)
        together = outcomes_of(form)
        CaseOutcome.objects.filter(case__form_version__form=form).delete()
        for key in Case.objects.filter(form_version__form=form).values_list("pk", flat=True):
            evaluate_case(key)
        single = outcomes_of(form)

    assert together == expected
    assert single == expected


# Releases and models --------------------------------------------------------------------------------------------------


def plan(place: int) -> Iterator[tuple[str, str]]:
    """Harm and frailty of the cases of a hospital: a third of both is absent, in every way there is."""
    harm = ("yes",) * (4 + place) + ("no",) * (16 - place) + ABSENT * 3
    frail = islice(cycle(("yes", "no", "no", "unknown", "no", "yes", "empty", "no", "not_documented", "no", "yes")), len(harm))  # fmt: skip
    return zip(harm, frail, strict=True)


PLANTED: Mapping[str, tuple[tuple[str, str], ...]] = {
    hospital: tuple(plan(place)) for place, hospital in enumerate(programme.COLECTOMY)
}


@pytest.fixture
def release(world: World, form: Form) -> Release:
    """A draft over the planted cases, computed by the worker."""
    lines = ["hospital,case_number,seen_on,harm,frail"]
    for hospital, states in PLANTED.items():
        number = programme.HOSPITALS[hospital][0]
        lines += [
            f"{number},F-{at},2026-03-{1 + at % 28:02d},{TEXTS[harm]},{TEXTS[frail]}"
            for at, (harm, frail) in enumerate(states)
        ]
    take_in(world, form, "\n".join(lines), world.viewer("cora"))
    releases.count_all()
    drafted = releases.draft("Missing", *releases.WINDOW)
    assert drafted.problem == ""
    return drafted


def counts(states: tuple[tuple[str, str], ...]) -> Counter[str]:
    return Counter(harm for harm, _ in states)


@WORKER
def test_a_release_counts_the_missing_neither_above_nor_below(world: World, release: Release) -> None:
    """Numerators, denominators and what cannot be told, by hospital, against the plan."""
    with acting(releases.worker()), transaction.atomic():
        names = ("participation_id", "measure_version__measure__slug", "observed", "denominator", "cannot_tell", "missing")  # fmt: skip
        kept = {(row[0], row[1]): row[2:] for row in SiteResult.objects.filter(release=release).values_list(*names)}
        pooled = MeasureResult.objects.get(release=release, measure_version__measure__slug="harmed")
        months = SiteMonth.objects.filter(measure_version__measure__slug="harmed")
        totals = [sum(each) for each in zip(*months.values_list("met", "not_met", "cannot_tell"), strict=True)]
    for hospital, states in PLANTED.items():
        planted, key = counts(states), world.participation(hospital).pk
        absent = sum(planted[state] for state in ABSENT)
        known = planted["yes"] + planted["no"]
        assert kept[key, "harmed"] == (planted["yes"], known, absent, {"harm": absent})
        for slug in ("unharmed", "nothing_said", "differs"):
            assert kept[key, slug] == (planted["no"], known, absent, {"harm": absent})
        assert kept[key, "left_out"][:3] == (planted["no"], planted["no"], absent)
        assert kept[key, "among"][:3] == (planted["yes"], planted["yes"], absent)
        # Had the missing been taken for "No", the denominator would be all cases of the hospital.
        assert known + absent == len(states) > known

    everywhere = counts(tuple(pair for states in PLANTED.values() for pair in states))
    known = everywhere["yes"] + everywhere["no"]
    assert (pooled.observed, pooled.denominator) == (everywhere["yes"], known)
    assert totals == [everywhere["yes"], everywhere["no"], sum(everywhere[state] for state in ABSENT)]


def _fits(release: Release) -> dict[str, ModelFit]:
    with acting(releases.worker()), transaction.atomic():
        rows = ModelFit.objects.filter(release=release).select_related("measure_version__measure")
        return {row.measure_version.measure.slug: row for row in rows if row.measure_version.measure.slug in MODELLED}


def _known(*, frail_too: bool) -> list[tuple[str, str]]:
    pairs = [pair for states in PLANTED.values() for pair in states if pair[0] not in ABSENT]
    return [pair for pair in pairs if not (frail_too and pair[1] in ABSENT)]


@WORKER
def test_a_model_is_fitted_on_what_is_known_alone(release: Release) -> None:
    """A missing outcome is no case of the model; a missing covariate has a term of its own, or leaves its case out."""
    fits = _fits(release)
    for slug, frail_too in (("adjusted", False), ("strict", True)):
        known = _known(frail_too=frail_too)
        assert (fits[slug].cases, fits[slug].events) == (len(known), sum(harm == "yes" for harm, _ in known))


@WORKER
@pytest.mark.parametrize("slug", MODELLED)
def test_the_fit_equals_one_made_from_the_plan(release: Release, slug: str) -> None:
    """An independent design from the planted states: a missing frailty coded as "No" would give other coefficients."""
    known = _known(frail_too=slug == "strict")
    columns = [[float(frail == "yes"), float(frail in ABSENT)] for _, frail in known]
    x = np.asarray(columns if slug == "adjusted" else [row[:1] for row in columns])
    outcomes = np.asarray([float(harm == "yes") for harm, _ in known])
    own = fit_logistic(x, outcomes, names=[f"x{at}" for at in range(x.shape[1])])
    as_no = fit_logistic(x[:, :1], outcomes, names=["x0"])
    terms = {term["name"]: term["coefficient"] for term in _fits(release)[slug].terms}

    assert [*terms.values()] == pytest.approx(own.coef.tolist(), rel=1e-9)
    if slug == "adjusted":
        assert terms["frail"] != pytest.approx(as_no.coef[1], rel=1e-3)


@WORKER
def test_the_strict_model_says_for_how_many_nobody_can_tell(world: World, release: Release) -> None:
    with acting(releases.worker()), transaction.atomic():
        rows = SiteResult.objects.filter(release=release, measure_version__measure__slug="strict")
        kept = {row.participation_id: (row.denominator, row.observed, row.missing) for row in rows}
    for hospital, states in PLANTED.items():
        told = [pair for pair in states if pair[0] not in ABSENT and pair[1] not in ABSENT]
        without = {
            "frail": sum(harm not in ABSENT and frail in ABSENT for harm, frail in states),
            "harm": sum(harm in ABSENT for harm, _ in states),
        }
        yes = sum(harm == "yes" for harm, _ in told)
        assert kept[world.participation(hospital).pk] == (len(told), yes, without)


@WORKER
def test_a_file_whose_text_is_no_answer_is_refused_and_not_guessed(world: World, form: Form) -> None:
    looked = look_at(world, form, "case_number,seen_on,harm\nF-1,2026-03-05,nil\n", world.viewer("alder.abstractor"))
    with world.acting_as("alder.abstractor"):
        looked.refresh_from_db()
    assert looked.summary["actions"]["rejected"] == 1
