from cases.questions.models.question import Message, Question


__all__ = ["Message", "Question"]
