"""What a person changed in a case."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from measures.definition.answers import Answers
from measures.definition.spec import MissingKind, Value


Answer = Value | MissingKind | None


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Answers (None takes one back), and reasons for unusual ones.

    `base` is what the page showed before, at least for the answers in here: it tells which of them this person changed.
    Without it a case that was saved since `revision` takes no change. `resume_at` is the question where the person is.
    """

    revision: int
    answers: Mapping[str, Answer] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    base: Answers | None = None
    resume_at: str = ""
