"""Cases as a file: the columns of the import template, so that it can be corrected and uploaded again."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet

from cases.errors import NoCasesChosenError, SeveralFormsError, TooManyCasesError
from cases.models import Case
from cases.services.columns import CASE_NUMBER, HOSPITAL
from cases.services.csv_file import write_table
from collaboratives.models import Participation
from events.enums import AccessAction
from events.services import record_access
from measures.definition.answers import Answers, from_json
from measures.definition.display import input_text
from measures.definition.spec import FormSpec
from measures.models import Form, FormVersion
from measures.selectors.definitions import merged_spec
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer, require


MOST_CASES = 20_000


@transaction.atomic
def cases_file(*, cases: QuerySet[Case], participation_id: int, by: Viewer) -> bytes:
    """These cases of one hospital, one row each. The download is noted where the hospital can read it.

    Raises
    ------
    NoCasesChosenError, SeveralFormsError, TooManyCasesError
        Say what to choose instead.
    """
    require(by, Permission.CASE_VIEW)
    own = cases.filter(participation_id=participation_id, collaborative_id=by.collaborative_id)
    if (count := own.count()) > MOST_CASES:
        raise TooManyCasesError(count, MOST_CASES)
    form = _form_of(own)
    spec = merged_spec(form)
    table = [_header(spec, by), *_rows(own, spec, by, _number_of(participation_id, by))]
    record_access(
        AccessAction.EXPORTED,
        by=by,
        subject=f"{count:,} case{'' if count == 1 else 's'} ({form.slug})",
        participation_id=participation_id,
    )
    return write_table(table)


def _form_of(cases: QuerySet[Case]) -> Form:
    forms = list(Form.objects.filter(pk__in=cases.values("form_version__form").distinct()))
    if not forms:
        raise NoCasesChosenError
    if len(forms) > 1:
        raise SeveralFormsError
    return forms[0]


def _number_of(participation_id: int, by: Viewer) -> str:
    """The hospital's number, where a file of several hospitals has to name it."""
    if by.capacity is not Capacity.CENTRE:
        return ""
    return Participation.objects.values_list("site__identifier", flat=True).get(pk=participation_id)


def _header(spec: FormSpec, by: Viewer) -> list[str]:
    hospital = [HOSPITAL] if by.capacity is Capacity.CENTRE else []
    return [*hospital, CASE_NUMBER, *_asked(spec)]


def _asked(spec: FormSpec) -> list[str]:
    return [variable.name for variable in spec.variables if not variable.calculation]


def _rows(cases: QuerySet[Case], spec: FormSpec, by: Viewer, number: str) -> Iterator[list[str]]:
    hospital, asked = [number] if by.capacity is Capacity.CENTRE else [], _asked(spec)
    # Not joined: a definition of 100 kB would come along with every row.
    versions = {version.pk: version.definition for version in FormVersion.objects.filter(form__slug=spec.slug)}
    found = cases.order_by("event_date", "pk").values_list("case_number", "form_version_id", "answers", "missing")
    for case_number, version, values, missing in found.iterator(chunk_size=500):
        answers = from_json(versions[version], values, missing)
        yield [*hospital, case_number, *(_cell(answers, name) for name in asked)]


def _cell(answers: Answers, name: str) -> str:
    """What the import reads back as the same answer: a value, a kind of missing, or nothing."""
    if name in answers.missing:
        return answers.missing[name].label
    value = answers.values.get(name)
    # No choice at all is an answer; an empty cell would be none.
    return ";" if value == () else "" if value is None else input_text(value)
