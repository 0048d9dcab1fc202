"""Results as FHIR MeasureReports: of the own hospital, and of all hospitals together."""

from collections.abc import Sequence

from django.http import Http404

from collaboratives.models import Collaborative, Participation
from collaboratives.selectors.places import Place
from feedback.models import Release
from feedback.reports.definition.measure_report import Item, Reporter, bundle
from feedback.reports.selectors.hospital import measure_contents, own_hospital_of
from feedback.reports.selectors.numbers import hospital_report, pooled_report
from feedback.selectors.pooled import pooled_of
from feedback.selectors.releases import chosen_release
from privacy.viewer import Viewer


def hospital_reporter(hospital: Participation) -> Reporter:
    """By its public key here; official numbers stay inside."""
    return Reporter(name=hospital.site.name, key=str(hospital.public_id), is_hospital=True)


def programme_reporter(collaborative: Collaborative) -> Reporter:
    return Reporter(name=collaborative.name, key=collaborative.slug, is_hospital=False)


def own_measure_report(viewer: Viewer, place: Place, slug: str, asked: str) -> tuple[Release, Item]:
    """The own hospital's, of the release asked for, else the latest."""
    release, reports = own_measure_reports(viewer, place, asked, slug=slug)
    if not reports:
        raise Http404
    return release, reports[0]


def own_measure_reports(viewer: Viewer, place: Place, asked: str, *, slug: str = "") -> tuple[Release, Sequence[Item]]:
    release = chosen_release(viewer, asked)
    if release is None:
        raise Http404
    reporter = hospital_reporter(own_hospital_of(viewer))
    contents = measure_contents(viewer, release, place, slug=slug)
    return release, [hospital_report(release, each, reporter) for each in contents]


def own_bundle(viewer: Viewer, place: Place, asked: str) -> Item:
    release, reports = own_measure_reports(viewer, place, asked)
    return bundle(release.public_id, reports)


def pooled_measure_report(viewer: Viewer, place: Place, slug: str, asked: str) -> tuple[Release, Item]:
    """All hospitals together, by the rules of disclosure."""
    release = chosen_release(viewer, asked)
    row = (
        next((each for each in pooled_of(release, place, plain=False).rows if each.spec.slug == slug), None)
        if release
        else None
    )
    if release is None or row is None:
        raise Http404
    return release, pooled_report(release, row, programme_reporter(place.collaborative))
