"""From a body to a case that the services take."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from cases.api.problems import problem_of
from cases.api.serializers import NewCaseSerializer
from cases.forms.exchange import Reader, Reading, Sent
from cases.selectors.clock import today_of
from cases.services.submit import NewCase
from collaboratives.api.problems import Kind, ProblemError, Wrong, wrongs_of
from collaboratives.services.tokens import Visit
from measures.definition.errors import ValueProblem, did_you_mean
from measures.definition.moments import parse_date
from measures.definition.spec import DateOrder, FormSpec
from measures.errors import NoVersionInForceError
from measures.selectors.definitions import form_version_on, forms_of


class BodyReader:
    """Reads bodies for one visit; the forms are looked up once, however many cases come."""

    def __init__(self, visit: Visit) -> None:
        self.collaborative = visit.place.collaborative
        self.forms = {form.slug: form for form in forms_of(self.collaborative.pk)}
        self.specs: dict[tuple[str, date], FormSpec] = {}
        self.order, self.today = DateOrder(self.collaborative.date_order), today_of(self.collaborative)

    def new_case(self, data: object) -> NewCase:
        """The case that a body describes, or `ProblemError` with everything that is wrong in it."""
        serializer = NewCaseSerializer(data=data)
        if not serializer.is_valid():
            raise ProblemError(Kind.REFUSED, problems=wrongs_of(serializer.errors))
        sent: Mapping[str, Any] = serializer.validated_data
        if sent["form"] not in self.forms:
            remedy = did_you_mean(sent["form"], list(self.forms), otherwise="The dictionary lists the forms.")
            raise _refused([Wrong("form", f'There is no form "{sent["form"]}".', remedy)])
        form = self.forms[sent["form"]]
        day = self._day(sent["event_date"])
        spec = self._spec(form.slug, day)
        reading = self.answers(spec, sent)
        if reading.answers.get(spec.event_date, day) != day:
            wrong = Wrong(f"answers.{spec.event_date}", "This is another day than event_date.", "Send one of the two.")
            raise _refused([wrong])
        return NewCase(
            form=form,
            case_number=sent["case_number"],
            event_date=day,
            answers=reading.answers,
            reasons=reading.reasons,
            complete=sent["complete"],
        )

    def answers(self, spec: FormSpec, sent: Mapping[str, Any]) -> Reading:
        """Answers and reasons of a body, or `ProblemError` with every one that could not be read."""
        parts = Sent(**{name: sent[name] for name in ("answers", "missing", "reasons") if name in sent})
        reading = Reader(spec, self.order, self.today).read(parts)
        if reading.problems:
            raise _refused(Wrong(each.field, each.message, each.remedy) for each in reading.problems)
        return reading

    def _spec(self, form: str, day: date) -> FormSpec:
        if (form, day) not in self.specs:
            try:
                self.specs[form, day] = form_version_on(self.forms[form], day).definition
            except NoVersionInForceError as error:
                raise (problem_of(error) or error) from error
        return self.specs[form, day]

    def _day(self, text: str) -> date:
        try:
            return parse_date(text.strip(), self.order, self.today)
        except ValueProblem as problem:
            raise _refused([Wrong("event_date", problem.message, problem.remedy)]) from problem


def _refused(wrong: Iterable[Wrong]) -> ProblemError:
    return ProblemError(Kind.REFUSED, problems=wrong)
