"""MeasureReports of every hospital by name, for the coordinating centre's audited page."""

from uuid import UUID

from django.http import Http404

from collaboratives.selectors.places import Place
from feedback.models import Release, SiteResult
from feedback.reports.definition.measure_report import Item, bundle
from feedback.reports.selectors.fhir import hospital_reporter
from feedback.reports.selectors.hospital import content_of, place_of
from feedback.reports.selectors.numbers import hospital_report
from feedback.selectors.comparing import ALL
from feedback.selectors.releases import counted_release, peer_distributions
from feedback.selectors.statements import hospital_statements, statement_of
from measures.models import MeasureVersion
from measures.selectors.definitions import form_spec_of
from privacy.viewer import Viewer


def named_reports(viewer: Viewer, place: Place, public_id: UUID, slug: str) -> tuple[Release, Item]:
    """One measure of a release, a report for each hospital, in the order of the names."""
    release = counted_release(viewer, public_id)
    found = SiteResult.objects.filter(release=release, measure_version__measure__slug=slug).select_related(
        "participation__site",
        "measure_version__measure",
        "measure_version__form",
        "measure_version__risk_model_version",
    )
    results = list(found.order_by("participation__site__name", "pk"))
    if not results:
        raise Http404
    return release, bundle(release.public_id, _reports(release, place, results))


def _reports(release: Release, place: Place, results: list[SiteResult]) -> list[Item]:
    version: MeasureVersion = results[0].measure_version
    peers, form = peer_distributions(release).get(version.pk), form_spec_of(version)
    parts = {ALL: peers} if peers else {}
    statements, _ = hospital_statements(release.pk, version.pk)
    reports = []
    for result in results:
        hospital = result.participation
        hospital.collaborative = place.collaborative
        statement = statement_of(statements, result.participation_id)
        content = content_of(result, parts, place_of(hospital), form, statement)
        reports.append(hospital_report(release, content, hospital_reporter(hospital)))
    return reports
