"""A measure of supplied figures, made by the tests that want one: readmission from claims, with expected counts.

The world itself has none, so that its releases and pages stay as they are.
"""

from uuid import UUID

from django.db import transaction

from collaboratives.models import Participation
from collaboratives.selectors.places import acting_for
from feedback.enums import FigureState
from feedback.models import FigureUpload
from feedback.services.aggregate_upload import commit_figures, upload_figures
from measures.models import Measure
from measures.services.definitions import publish_definition
from tenancy.context import acting
from tests.worlds import definitions, programme


SLUG = "claims_readmission"
SOURCE = "Medicare claims, file of May 2026"
MEASURE = f"""
  {SLUG}:
    name: Readmission within 30 days, from claims
    short_name: Readmission (claims)
    kind: proportion
    domain: outcome
    direction: lower
    source: aggregate
    figures: {{numerator: Readmissions within 30 days, denominator: Discharges, expected: true}}
    unit_noun: readmissions
    minimum_cases: 25
    why_it_matters: Every readmission is a second time in hospital.
"""
HEADING = "hospital,period,numerator,denominator,expected"


def publish_measure(text: str = MEASURE, slug: str = SLUG) -> str:
    """Beside the measures of cases; again it changes nothing."""
    by = programme.viewer("dana")
    with acting(acting_for(by)), transaction.atomic():
        if not Measure.objects.filter(collaborative_id=by.collaborative_id, slug=slug).exists():
            file = definitions.FILE.read_text(encoding="utf-8")
            assert file.count("\nmeasures:\n") == 1
            publish_definition(text=file.replace("\nmeasures:\n", f"\nmeasures:{text}", 1), path="claims.yaml", by=by)
    return slug


def measure(slug: str = SLUG) -> Measure:
    with acting(acting_for(programme.viewer("cora"))), transaction.atomic():
        return Measure.objects.get(slug=slug)


def upload(
    *rows: str, by: str = "cora", heading: str = HEADING, source: str = SOURCE, slug: str = SLUG
) -> FigureUpload:
    """A file with these rows, looked at."""
    person, content = programme.viewer(by), "\n".join((heading, *rows, "")).encode()
    with acting(acting_for(person)), transaction.atomic():
        of = Measure.objects.get(slug=slug)
        return upload_figures(measure=of, file_name="claims.csv", source=source, content=content, by=person)


def supply(*rows: str, by: str = "cora", source: str = SOURCE) -> FigureUpload:
    """A file with these rows, taken over."""
    looked_at = upload(*rows, by=by, source=source)
    assert looked_at.state == FigureState.CHECKED, looked_at.problems
    person = programme.viewer(by)
    with acting(acting_for(person)), transaction.atomic():
        return commit_figures(upload=looked_at, by=person)


def members() -> list[Participation]:
    """Hospitals of the collaborative, by name."""
    with acting(acting_for(programme.viewer("cora"))), transaction.atomic():
        found = Participation.objects.filter(collaborative__slug="colectomy-mi", left_on=None)
        return list(found.select_related("site").order_by("site__name"))


def waiting_file() -> UUID:
    """A file nobody decided about."""
    publish_measure()
    with acting(acting_for(programme.viewer("cora"))), transaction.atomic():
        found = FigureUpload.objects.filter(state=FigureState.CHECKED).first()
    return (found or upload(f"{members()[0].site.identifier},2025-Q3,12,300,14.2")).public_id
