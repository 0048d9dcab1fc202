"""A hospital's private look at results that read worse than the collaborative, before members see the release."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet
from django.urls import reverse

from collaboratives.definition.clock import told_in
from collaboratives.selectors.places import Place
from feedback.models import PeerDistribution, PrivateNotice, SiteResult
from feedback.models.results import KEPT_OVER_TIME
from feedback.selectors.releases import period
from feedback.selectors.results import finding_of, own_hospital
from feedback.selectors.statements import Statement, quality_url, statement_of, statements_of
from feedback.selectors.wording import Span, reading_kind, reading_text, sentence
from measures.definition.spec import Direction, MeasureSpec
from measures.selectors.definitions import case_noun_of
from privacy.roles import Permission
from privacy.viewer import Viewer
from ui.parts import Kind


@dataclass(frozen=True, kw_only=True)
class NoticedMeasure:
    """One measure: the sentence that this hospital will read, without anything of its peers but the value of all."""

    spec: MeasureSpec
    spans: tuple[Span, ...]
    reading: str
    reading_kind: Kind
    statement: Statement
    cases_url: str


@dataclass(frozen=True, kw_only=True)
class NoticedRelease:
    name: str
    line: str
    members_from: str
    measures: tuple[NoticedMeasure, ...]


@dataclass(frozen=True, kw_only=True)
class NoticePage:
    hospital: str
    questions_url: str
    releases: tuple[NoticedRelease, ...]


def notice_page(viewer: Viewer, place: Place) -> NoticePage:
    """Empty where no notice is open. The wall shows the rows to this hospital's champion and administrator alone."""
    by_release = groupby(open_notices(viewer), key=lambda row: row.release_id)
    return NoticePage(
        hospital=place.site_name,
        questions_url=reverse("questions:question-list", args=[viewer.collaborative_slug]),
        releases=tuple(_release(viewer, place, list(rows)) for _, rows in by_release),
    )


def _release(viewer: Viewer, place: Place, rows: Sequence[PrivateNotice]) -> NoticedRelease:
    first = rows[0]
    found = SiteResult.objects.filter(participation_id=own_hospital(viewer), release=first.release_id)
    found = found.defer(*KEPT_OVER_TIME)
    results = {each.measure_version_id: each for each in found}
    statements = statements_of(first.release_id, own_hospital(viewer), url=quality_url(viewer))
    return NoticedRelease(
        name=first.release_name,
        line=f"Release {first.release_name} · cases {period(first.window_from, first.window_to)}",
        members_from=told_in(first.members_from, place.collaborative.time_zone),
        measures=tuple(_measure(viewer, place, row, results[row.measure_version_id], statements) for row in rows),
    )


@dataclass(frozen=True, kw_only=True)
class NoticeNote:
    """Beside the home page: that there is something to read, not what."""

    release: str
    members_from: str
    measures: int


def notice_note(viewer: Viewer, place: Place) -> NoticeNote | None:
    """For those who may read it, in one query; for everybody else nothing is asked."""
    if not viewer.can(Permission.NOTICE_VIEW):
        return None
    rows = list(open_notices(viewer))
    if not rows:
        return None
    when = told_in(rows[0].members_from, place.collaborative.time_zone)
    count = sum(row.release_id == rows[0].release_id for row in rows)
    return NoticeNote(release=rows[0].release_name, members_from=when, measures=count)


def open_notices(viewer: Viewer) -> QuerySet[PrivateNotice]:
    """Of the own hospital, in the order in which members will see them. The wall says which are open."""
    found = PrivateNotice.objects.filter(participation_id=own_hospital(viewer))
    return found.select_related("measure_version__measure", "measure_version__form").order_by(
        "members_from", "release", "measure_version__measure__position", "pk"
    )


def _measure(
    viewer: Viewer, place: Place, row: PrivateNotice, result: SiteResult, statements: Mapping[int, Statement]
) -> NoticedMeasure:
    version = row.measure_version
    result.measure_version = version
    told = PeerDistribution(
        collaborative_value=row.collaborative_value, middle=row.middle, benchmark=row.benchmark, withheld=row.withheld
    )
    finding = finding_of(result, told, place, case_noun=case_noun_of(version))
    spec = version.definition
    address = reverse("feedback:measure-detail", args=[viewer.collaborative_slug, spec.slug])
    missed = "not_met" if spec.direction is Direction.HIGHER else "met"
    return NoticedMeasure(
        spec=spec,
        spans=sentence(finding),
        reading=reading_text(finding),
        reading_kind=reading_kind(finding),
        statement=statement_of(statements, version.pk),
        cases_url=f"{address}?view=cases&outcome={missed}",
    )
