"""The case form of a draft, filled in to try it: read, derived and checked as a case would be, and forgotten."""

from datetime import date

from django.http import QueryDict

from cases.forms.case_page import Asked, CasePage, case_page
from cases.forms.submission import read_submission
from cases.models import Case
from collaboratives.models import Collaborative
from measures.definition.answers import Answers, to_json
from measures.definition.check import calculate
from measures.definition.compiled import compile_form
from measures.definition.expression.errors import ExpressionError
from measures.definition.spec import DateOrder
from measures.models import FormVersion


def preview_page(
    version: FormVersion, collaborative: Collaborative, data: QueryDict | None, today: date
) -> CasePage | None:
    """None while the expressions of the draft have mistakes: then nothing can be tried."""
    spec = version.definition
    try:
        compile_form(spec)
    except (ExpressionError, ValueError):  # CycleError is a ValueError
        return None
    submission = read_submission(data, spec, DateOrder(collaborative.date_order), today) if data else None
    answers = submission.base if submission else Answers()
    for name, answer in (submission.answers if submission else {}).items():
        answers = answers.with_answer(name, answer)
    stored = to_json(calculate(spec, answers))
    case = Case(
        form_version=version,
        collaborative=collaborative,
        case_number="Preview",
        event_date=today,
        answers=stored.answers,
        missing=stored.missing,
        reasons=dict(submission.reasons) if submission else {},
    )
    completing = data is not None and data.get("do") == "complete"
    asked = Asked(editable=True, today=today, dictionary_url="", completing=completing, submission=submission)
    return case_page(case, asked)
