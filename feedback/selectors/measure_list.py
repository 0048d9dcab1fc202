"""Every measure of the collaborative: with the latest result for a hospital, with its definition for the centre."""

from dataclasses import dataclass

from django.urls import reverse

from collaboratives.selectors.places import Place
from feedback.selectors.home import MeasureRow, measure_rows
from feedback.selectors.measure_page import context_of
from feedback.selectors.releases import latest_release, release_line
from measures.selectors.definitions import published_measures
from privacy.roles import Permission
from privacy.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class DefinedMeasure:
    name: str
    context: str
    url: str


@dataclass(frozen=True, kw_only=True)
class MeasureListPage:
    line: str
    rows: tuple[MeasureRow, ...]
    defined: tuple[DefinedMeasure, ...]


def measure_list_page(viewer: Viewer, place: Place) -> MeasureListPage:
    release = latest_release(viewer)
    hospital = viewer.can(Permission.COMPARISON_VIEW)
    rows = measure_rows(viewer, place, release) if release and hospital else ()
    shown = {row.spec.slug for row in rows}
    return MeasureListPage(
        line=release_line(release) if release else "",
        rows=rows,
        defined=tuple(
            DefinedMeasure(
                name=version.definition.name,
                context=context_of(version.definition, version.number),
                url=reverse("feedback:measure-detail", args=[viewer.collaborative_slug, version.definition.slug]),
            )
            for version in published_measures(viewer.collaborative_id)
            if version.definition.slug not in shown
        ),
    )
