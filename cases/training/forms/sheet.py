"""The case form over answers that belong to no case: the same questions, checks and words, never a row of cases."""

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from cases.forms.case_page import Asked, CasePage, case_page
from cases.forms.submission import Submission, read_submission
from cases.models import Case
from collaboratives.models import Collaborative
from measures.definition.answers import Answers, to_json
from measures.definition.check import calculate
from measures.definition.spec import DateOrder
from measures.models import FormVersion


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Where answers are entered: the questions, and the collaborative whose habits of dates apply."""

    version: FormVersion
    collaborative: Collaborative
    today: date
    dictionary_url: str = ""

    def read(self, data: QueryDict) -> Submission:
        order = DateOrder(self.collaborative.date_order)
        return read_submission(data, self.version.definition, order, self.today)

    def page(
        self,
        answers: Answers,
        *,
        editable: bool,
        submission: Submission | None = None,
        completing: bool = False,
    ) -> CasePage:
        stored = to_json(calculate(self.version.definition, answers))
        case = Case(  # lent to the page, never saved
            form_version=self.version,
            collaborative=self.collaborative,
            case_number="Training",
            event_date=self.today,
            answers=stored.answers,
            missing=stored.missing,
            reasons=dict(submission.reasons) if submission else {},
        )
        asked = Asked(
            editable=editable,
            today=self.today,
            dictionary_url=self.dictionary_url,
            completing=completing,
            submission=submission,
        )
        return case_page(case, asked)


def merged(stored: Answers, submission: Submission) -> Answers:
    """The stored answers with those that the page sent."""
    answers = stored
    for name, answer in submission.answers.items():
        answers = answers.with_answer(name, answer)
    return answers
