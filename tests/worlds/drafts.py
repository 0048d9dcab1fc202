"""A follow-up form of colectomy-mi and a measure that Cora is drafting; nothing of them is published."""

from django.db import transaction

from collaboratives.selectors.places import acting_for
from measures.definition.spec import (
    Direction,
    Domain,
    MeasureKind,
    MeasureSpec,
    Rule,
    Severity,
    VariableSpec,
    VariableType,
)
from measures.forms.whole import blank_form
from measures.models import Form
from measures.services.drafts import save_part, start_form
from measures.services.measure_drafts import start_measure
from tenancy.context import acting
from tests.worlds import programme


SLUG = "followup"
MEASURE = MeasureSpec(
    slug="drained",
    name="Drain left in place",
    short_name="Drain",
    kind=MeasureKind.PROPORTION,
    domain=Domain.PROCESS,
    direction=Direction.LOWER,
    form="colectomy",
    numerator='[drain] = "1"',
)
PARTS = (
    VariableSpec(name="pain", label="Pain", type=VariableType.YES_NO, section="event"),
    Rule(
        name="early",
        when='[event_date] < "2020-01-01"',
        severity=Severity.WARNING,
        message="This is long ago.",
        remedy="Check the date.",
        variables=("event_date",),
    ),
)


def build() -> None:
    by = programme.viewer("cora")
    with acting(acting_for(by)), transaction.atomic():
        version = start_form(spec=blank_form(SLUG, "Follow-up"), by=by)
        for part in PARTS:
            save_part(version=version, part=part, shown=None, by=by)
        start_measure(spec=MEASURE, form=Form.objects.get(slug=MEASURE.form), by=by)
