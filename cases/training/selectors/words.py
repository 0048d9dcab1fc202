"""Answers as people read them."""

from cases.training.definition.scoring import Answer
from measures.definition.display import format_value
from measures.definition.spec import MissingKind, VariableSpec


def in_words(variable: VariableSpec, answer: Answer) -> str:
    if answer is None:
        return "Not answered"
    return answer.label if isinstance(answer, MissingKind) else format_value(variable, answer)
