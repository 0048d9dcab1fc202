"""Questions and queries as a year of a programme leaves them: most answered and closed, some waiting, a few for long.

Rows with their own dates, as the cases of the demo are: a service would date them all today.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from cases.enums import CaseStatus
from cases.models import Case
from cases.questions.enums import QuestionKind, QuestionState, Side, Step
from cases.questions.models import Message, Question
from cases.questions.selectors.values import value_in_words
from cases.questions.services.counts import count_questions
from cases.questions.validators import OUTCOMES, state_after
from collaboratives.models import Participation
from collaboratives.selectors.places import acting_for
from config.demo.cast import SURGERY
from config.demo.people import Cast
from privacy.roles import Role
from tenancy.context import acting


SEED = 20261118
# Variable, what hospitals ask, what the centre answers.
ASKED = (
    ("asa_class", "The anaesthetist wrote 3 on the form and 2 in the computer. Which one counts?", "The anaesthetic record signed last before induction; here that is the computer. Assign 2."),
    ("wound_class", "Appendix abscess found by chance in an elective right colectomy. Is that 3 or 4?", "Pus was there before the incision, so it is dirty: assign 4."),
    ("antibiotic_given", "Oral antibiotics the evening before, nothing at induction. Yes or No?", "No. Only an intravenous dose before or during the operation counts."),
    ("antibiotic_time", "The infusion began at 08:10 and ended at 08:40. Which time do we enter?", "The time it began: 08:10."),
    ("smoker", "Patient vapes with nicotine and stopped cigarettes eight months ago.", "Cigarettes within twelve months before admission: assign Yes. The e-cigarette alone would be No."),
    ("approach", "Robot docked, then undocked before any dissection and opened.", "Converted: it was begun with the robot, however short that was."),
    ("vte_prophylaxis", "First dose of heparin 30 hours after the end of the operation. Drug or not?", "Not within 24 hours of the end, so it is not counted as a drug. Then answer whether a reason was documented."),
    ("readmitted", "Came to our emergency department on day 9 and went home after six hours.", "Not a readmission: no order to admit was written."),
    ("ssi", "Redness treated with tablets by the family doctor, wound not opened, no culture.", "Redness alone, without one of the four criteria, is not an infection. Assign No unless the surgeon diagnosed one."),
    ("blood_loss_ml", "The record says 50 to 100.", "Enter the middle, 75."),
    ("follow_up_complete", "We reached the patient on day 27 and not again. Is follow-up complete?", "No. Day 30 must have been reached, by a visit, a call or the chart."),
    ("procedure", "Caecectomy with the appendix for a mucocele: is that a colectomy?", "Yes, colon was removed. Assign 1."),
)  # fmt: skip
# Variable, what the centre asks of its value, and what the hospital says when it confirms it.
QUERIED = (
    ("duration_min", "{value}: from incision to closure of the skin, or the time in the room?", "From incision to closure; read again in the anaesthetic record."),
    ("weight_kg", "{value}: the same patient had another weight at the last visit. Pounds, perhaps?", "Kilograms. The patient lost weight before the operation."),
    ("discharge_date", "{value}: is this the day the patient left, or the day it was ordered?", "The day the patient left, by the nurses' record."),
    ("blood_loss_ml", "{value}: from the anaesthetic record, or from the surgeon's note?", "From the anaesthetic record."),
    ("wound_class", "{value}: does the operation note say anything of spillage?", "It says there was none."),
    ("haematocrit", "{value}: is it the last value before the operation?", "Yes, of the evening before."),
)  # fmt: skip
ASKED_BACK = "The laboratory changed its report on that day. Which of the two do you mean?"
GENERAL = "Is there a call for abstractors before the form changes in January?"
# At this hospital something waits in every state, whatever the rest drew.
SHOWN = "northgate"


@dataclass(frozen=True)
class Writer:
    """One hospital with its abstractor, and the coordinator on the other side."""

    participation: Participation
    abstractor_id: int
    coordinator_id: int
    now: datetime


def write_questions(cast: Cast) -> int:
    chance, by = random.Random(SEED), cast.viewer(Role.COORDINATOR, SURGERY)  # noqa: S311 -- the same demo every time
    written = 0
    with acting(acting_for(by)), transaction.atomic():
        for (slug, key), participation in cast.participations.items():
            if slug == SURGERY:
                abstractor = cast.users[f"{Role.ABSTRACTOR}@{key}.example"]
                writer = Writer(participation, abstractor.pk, by.user_id, timezone.now())
                written += _of_hospital(writer, chance, shown=key == SHOWN)
    return written


def _of_hospital(writer: Writer, chance: random.Random, *, shown: bool) -> int:
    latest = Case.objects.filter(participation=writer.participation).order_by("-event_date", "-pk")
    cases = list(latest.select_related("form_version")[:400])
    drafts = [case for case in cases if case.status == CaseStatus.IN_PROGRESS] or cases
    done = [case for case in cases if case.is_counted] or cases
    if not cases:
        return 0
    rows = [*_past(writer, done, chance), *_waiting(writer, drafts, done, chance, shown=shown)]
    for case in {row.case for row in rows if row.case}:
        count_questions(case)
    return len(rows)


def _past(writer: Writer, cases: list[Case], chance: random.Random) -> Iterator[Question]:
    """A few of the last year, answered within hours or days and closed."""
    for variable, text, answer in chance.sample(ASKED, chance.randint(1, 4)):
        asked = writer.now - timedelta(days=chance.uniform(20, 350))
        question = _ask(writer, _one_of(cases, asked, chance), QuestionKind.QUESTION, (variable, text), asked)
        answered = question.asked_at + timedelta(hours=chance.lognormvariate(3.1, 0.9))
        _say(question, Step.ANSWER, answer, writer.coordinator_id, answered)
        _say(question, Step.CLOSE, "", writer.abstractor_id, answered + timedelta(days=1))
        yield question
    variable, text, words = chance.choice(QUERIED)
    asked = writer.now - timedelta(days=chance.uniform(30, 300))
    query = _ask(writer, _one_of(cases, asked, chance), QuestionKind.QUERY, (variable, text), asked)
    _say(query, Step.CONFIRM, words, writer.abstractor_id, query.asked_at + timedelta(days=3))
    _say(query, Step.CLOSE, "Thank you.", writer.coordinator_id, query.asked_at + timedelta(days=5))
    yield query


def _waiting(
    writer: Writer, drafts: list[Case], done: list[Case], chance: random.Random, *, shown: bool
) -> Iterator[Question]:
    """What is on the desks today."""
    variable, text, answer = chance.choice(ASKED)
    if shown or chance.random() < 0.3:
        asked = writer.now - timedelta(hours=chance.uniform(3, 200))
        yield _ask(writer, chance.choice(drafts[:20]), QuestionKind.QUESTION, (variable, text), asked)
    if shown or chance.random() < 0.2:
        variable, text, answer = chance.choice(ASKED)
        asked = writer.now - timedelta(days=chance.uniform(3, 9))
        question = _ask(writer, chance.choice(drafts[:20]), QuestionKind.QUESTION, (variable, text), asked)
        answered = question.asked_at + timedelta(hours=chance.uniform(4, 60))
        _say(question, Step.ANSWER, answer, writer.coordinator_id, answered)
        yield question
    yield from _queries(writer, done, chance, 4 if shown else chance.choice((0, 0, 1, 2)))
    if shown:
        yield _ask(writer, None, QuestionKind.QUESTION, ("", GENERAL), writer.now - timedelta(days=2))


def _queries(writer: Writer, cases: list[Case], chance: random.Random, most: int) -> Iterator[Question]:
    """The first two wait for the hospital, the third is confirmed, the fourth handed back with a question."""
    for number, (variable, text, words) in enumerate(chance.sample(QUERIED, most)):
        asked = writer.now - timedelta(days=chance.uniform(2, 40))
        query = _ask(writer, _one_of(cases, asked, chance), QuestionKind.QUERY, (variable, text), asked)
        if number == 2:
            _say(query, Step.CONFIRM, words, writer.abstractor_id, query.asked_at + timedelta(days=1))
        if number == 3:
            _say(query, Step.ASK_CENTRE, ASKED_BACK, writer.abstractor_id, query.asked_at + timedelta(hours=20))
        yield query


def _one_of(cases: list[Case], at: datetime, chance: random.Random) -> Case:
    """A case that had been entered by then, if there is one."""
    return chance.choice([case for case in cases if case.created_at < at] or cases)


def _ask(writer: Writer, case: Case | None, kind: QuestionKind, said: tuple[str, str], at: datetime) -> Question:
    """As the service would have written it then."""
    variable, text = said
    at = max(at, case.created_at) if case else at
    spec = case.form_version.definition if case else None
    if case and spec and variable:
        text = text.format(value=value_in_words(spec, variable, case.answers.get(variable), case.missing.get(variable)))
    return Question.objects.create(
        collaborative_id=writer.participation.collaborative_id,
        participation=writer.participation,
        kind=kind,
        case=case,
        form_version=case.form_version if case else None,
        variable=variable,
        label=spec.variable(variable).label if spec and variable else "",
        text=text,
        waiting_for=Side.CENTRE if kind == QuestionKind.QUESTION else Side.HOSPITAL,
        waiting_since=at,
        asked_at=at,
        asked_by_id=writer.abstractor_id if kind == QuestionKind.QUESTION else writer.coordinator_id,
    )


def _say(question: Question, step: Step, text: str, who: int, at: datetime) -> None:
    """Write a step with its date; never later than now."""
    at = min(at, timezone.now())
    asked = question.asked_by_id == who
    side = Side.CENTRE if asked == (question.kind == QuestionKind.QUERY) else Side.HOSPITAL
    Message.objects.create(
        collaborative_id=question.collaborative_id,
        participation_id=question.participation_id,
        question=question,
        step=step,
        side=side,
        text=text,
        written_at=at,
        written_by_id=who,
    )
    question.state, waiting = state_after(step, QuestionKind(question.kind), side)
    closed = waiting is None
    question.waiting_for, question.waiting_since = waiting or "", None if closed else at
    question.outcome = OUTCOMES.get(step, question.outcome)
    if question.state == QuestionState.ANSWERED and question.answered_at is None:
        question.answered_at, question.answered_by_id = at, who
    if closed:
        question.closed_at, question.closed_by_id = at, who
    question.save()
