"""Who may take which step when, and what a text must be. Plain values; pages and services ask the same."""

import re
from collections.abc import Mapping

from cases.questions.enums import Outcome, QuestionKind, QuestionState, Side, Step
from cases.questions.errors import TextMissingError


LONGEST_TEXT = 4000
_OPEN, _ANSWERED, _CLOSED = QuestionState.OPEN, QuestionState.ANSWERED, QuestionState.CLOSED
_AT_CENTRE = (Step.ANSWER, Step.REPLY, Step.CLOSE)
_AT_HOSPITAL = (Step.CORRECT, Step.CONFIRM, Step.ASK_CENTRE)
# In the order of the buttons.
STEPS: Mapping[tuple[QuestionKind, Side, QuestionState], tuple[Step, ...]] = {
    (QuestionKind.QUESTION, Side.HOSPITAL, _OPEN): (Step.REPLY, Step.CLOSE),
    (QuestionKind.QUESTION, Side.HOSPITAL, _ANSWERED): (Step.CLOSE, Step.REPLY),
    (QuestionKind.QUESTION, Side.HOSPITAL, _CLOSED): (Step.REOPEN,),
    (QuestionKind.QUESTION, Side.CENTRE, _OPEN): _AT_CENTRE,
    (QuestionKind.QUESTION, Side.CENTRE, _ANSWERED): _AT_CENTRE,
    (QuestionKind.QUESTION, Side.CENTRE, _CLOSED): (Step.REOPEN,),
    (QuestionKind.QUERY, Side.HOSPITAL, _OPEN): _AT_HOSPITAL,
    (QuestionKind.QUERY, Side.HOSPITAL, _ANSWERED): (Step.ASK_CENTRE,),
    (QuestionKind.QUERY, Side.HOSPITAL, _CLOSED): (Step.REOPEN,),
    (QuestionKind.QUERY, Side.CENTRE, _OPEN): (Step.REPLY, Step.CLOSE),
    (QuestionKind.QUERY, Side.CENTRE, _ANSWERED): (Step.CLOSE, Step.REPLY),
    (QuestionKind.QUERY, Side.CENTRE, _CLOSED): (Step.REOPEN,),
}
# What a step says when it has no words, which these three may lack.
SILENT = frozenset({Step.CLOSE, Step.CORRECT, Step.PROMOTE})
OUTCOMES = {
    Step.CORRECT: Outcome.CORRECTED,
    Step.CONFIRM: Outcome.CONFIRMED,
    Step.ASK_CENTRE: Outcome.ASKED_CENTRE,
}
ADDRESSED = {QuestionKind.QUESTION: Side.CENTRE, QuestionKind.QUERY: Side.HOSPITAL}
OTHER = {Side.HOSPITAL: Side.CENTRE, Side.CENTRE: Side.HOSPITAL}


def state_after(step: Step, kind: QuestionKind, side: Side) -> tuple[QuestionState, Side | None]:
    """The state that a step leads to, and whom it waits for then."""
    if step is Step.CLOSE:
        return _CLOSED, None
    if step is Step.REOPEN:
        return _OPEN, ADDRESSED[kind]
    if step in {Step.ANSWER, Step.CORRECT, Step.CONFIRM}:
        return _ANSWERED, OTHER[side]
    return _OPEN, OTHER[side]


def clean_text(text: str, what: str) -> str:
    """The words without space around them, or `TextMissingError`."""
    text = re.sub(r"\r\n?", "\n", text).strip()[:LONGEST_TEXT]
    if not text:
        raise TextMissingError(what)
    return text
