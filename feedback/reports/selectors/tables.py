"""Tables of pages as files: the page's own rows, through the registry of columns."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from django.http import Http404

from collaboratives.selectors.places import Place
from feedback.models import Release
from feedback.reports.selectors.columns import HOME, POOLED, SUMMARY, Table, hospitals
from feedback.selectors.home import measure_rows
from feedback.selectors.pooled import PooledPage
from feedback.selectors.releases import chosen_release, release_line, release_page
from measures.definition.spec import MeasureSpec
from privacy.viewer import Viewer


class AuditedPage(Protocol):
    """What is needed of results by hospital; only its own view may name the rest."""

    @property
    def spec(self) -> MeasureSpec: ...
    @property
    def line(self) -> str: ...
    @property
    def rows(self) -> Sequence[object]: ...
    @property
    def adjusted(self) -> bool: ...
    @property
    def watched(self) -> bool: ...


def home_table(viewer: Viewer, place: Place, asked: str) -> tuple[Release, Table]:
    """All measures of the own hospital, as its home page shows them."""
    release = chosen_release(viewer, asked)
    if release is None:
        raise Http404
    head = ((place.site_name,), (release_line(release),))
    return release, Table(name="measures", head=head, columns=HOME, rows=measure_rows(viewer, place, release))


def pooled_table(page: PooledPage) -> Table:
    head = (("Results of all hospitals",), (page.line,))
    return Table(name="all-hospitals", head=head, columns=POOLED, rows=page.rows)


def summary_table(viewer: Viewer, public_id: UUID) -> tuple[Release, Table]:
    """The measures of a release as the centre sees them, hospitals not named."""
    page = release_page(viewer, public_id)
    head = ((f"Release {page.release.name}",), (page.line,))
    return page.release, Table(name="release", head=head, columns=SUMMARY, rows=page.measures)


def hospitals_table(page: AuditedPage) -> Table:
    """The table of the audited page."""
    columns = hospitals(adjusted=page.adjusted, watched=page.watched)
    head = ((page.spec.name,), (page.line,))
    return Table(name=f"{page.spec.slug}-hospitals", head=head, columns=columns, rows=page.rows)
