"""Which files there are, and which of them a viewer may take away."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from feedback.models import Release, SiteResult
from feedback.reports.enums import ReportKind
from feedback.reports.models import HospitalReport, PooledReport
from feedback.selectors.releases import SEEN, chosen_release, period
from privacy.roles import Capacity
from privacy.viewer import Viewer


MOST_RELEASES = 12


@dataclass(frozen=True, kw_only=True)
class ReportFile:
    """A file by its address; `digest` shows that what was downloaded is what was made."""

    public_id: UUID
    label: str
    size: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class ReportRow:
    """Files of one release for a hospital; of one hospital for the centre."""

    name: str
    note: str
    files: tuple[ReportFile, ...]


@dataclass(frozen=True, kw_only=True)
class ReportListPage:
    at_centre: bool
    releases: tuple[Release, ...]
    release: Release | None
    rows: tuple[ReportRow, ...]
    missing: int


def report_list_page(viewer: Viewer, asked: str) -> ReportListPage:
    releases = tuple(_releases(viewer)[:MOST_RELEASES])
    centre = viewer.capacity is Capacity.CENTRE
    chosen = chosen_release(viewer, asked) if centre else None
    release = chosen if chosen is None or chosen.state in SEEN else None
    found = list(_reports(viewer).filter(release=release) if centre else _reports(viewer))
    rows = _by_hospital(found) if centre else _by_release(releases, found)
    return ReportListPage(
        at_centre=centre,
        releases=releases,
        release=release,
        rows=tuple(rows),
        missing=_missing(release, found) if release else 0,
    )


def _missing(release: Release, found: Iterable[HospitalReport]) -> int:
    """Hospitals with a result and without files yet."""
    having = SiteResult.objects.filter(release=release).values_list("participation_id", flat=True).distinct()
    return len({*having} - {each.participation_id for each in found})


def _releases(viewer: Viewer) -> QuerySet[Release]:
    found = Release.objects.filter(collaborative_id=viewer.collaborative_id, state__in=SEEN)
    return found.order_by("-released_at")


def _reports(viewer: Viewer) -> QuerySet[HospitalReport]:
    """Without what is in them. Those of a withdrawn release are gone for everybody."""
    found = HospitalReport.objects.filter(collaborative_id=viewer.collaborative_id, release__state__in=SEEN)
    if viewer.capacity is not Capacity.CENTRE:
        found = found.filter(participation_id=viewer.participation_id or 0)
    return found.defer("content", "file").select_related("participation__site").order_by("kind")


def _by_release(releases: Iterable[Release], found: Iterable[HospitalReport]) -> list[ReportRow]:
    files: dict[int, list[ReportFile]] = {}
    for each in found:
        files.setdefault(each.release_id, []).append(_file(each))
    return [
        ReportRow(name=each.name, note=period(each.window_from, each.window_to), files=_ordered(files, each.pk))
        for each in releases
    ]


def _by_hospital(found: Iterable[HospitalReport]) -> list[ReportRow]:
    files: dict[int, list[ReportFile]] = {}
    names: dict[int, str] = {}
    for each in found:
        names[each.participation_id] = each.participation.site.name
        files.setdefault(each.participation_id, []).append(_file(each))
    ordered = sorted(names, key=lambda key: (names[key], key))
    return [ReportRow(name=names[key], note="", files=_ordered(files, key)) for key in ordered]


def _ordered(files: Mapping[int, list[ReportFile]], key: int) -> tuple[ReportFile, ...]:
    """The one page first."""
    labels = list(ReportKind.labels)
    return tuple(sorted(files.get(key, ()), key=lambda file: labels.index(file.label)))


def _file(report: HospitalReport) -> ReportFile:
    return ReportFile(
        public_id=report.public_id,
        label=ReportKind(report.kind).label,
        size=_size(report.size),
        digest=report.digest[:12],
    )


def _size(size: int) -> str:
    return f"{size / 1024:,.0f} kB" if size < 1024 * 1024 else f"{size / 1024 / 1024:,.1f} MB"


def report_for(viewer: Viewer, public_id: UUID) -> HospitalReport:
    """404 for what is another hospital's, withdrawn or was never there."""
    found = _reports(viewer).defer(None).defer("content")
    return get_object_or_404(found.select_related("participation__site", "release"), public_id=public_id)


def own_report(viewer: Viewer, kind: ReportKind, asked: str) -> HospitalReport | None:
    """Of the release asked for, else the latest; None while it is being prepared."""
    release = chosen_release(viewer, asked)
    if release is None:
        raise Http404
    found = _reports(viewer).defer(None).select_related("participation__site", "release")
    return found.filter(release=release, kind=kind, participation_id=viewer.participation_id or 0).first()


def reports_of(viewer: Viewer, public_id: UUID) -> list[HospitalReport]:
    """Every file of a release, for the centre, without what is in it."""
    found = _reports(viewer).filter(release__public_id=public_id)
    reports = list(found.select_related("participation__site", "release").order_by("participation__site__name", "kind"))
    if not reports:
        raise Http404
    return reports


def report_bytes(viewer: Viewer, report: HospitalReport) -> bytes:
    """The file itself, as long as the release is one that is seen."""
    return bytes(_reports(viewer).values_list("file", flat=True).get(pk=report.pk))


def pooled_report(viewer: Viewer, asked: str, *, plain: bool) -> PooledReport | None:
    """Of the release asked for, else the latest; None while it is being prepared."""
    release = chosen_release(viewer, asked)
    if release is None:
        raise Http404
    found = PooledReport.objects.filter(release=release, release__state__in=SEEN, plain=plain)
    return found.select_related("release").defer("said").first()
