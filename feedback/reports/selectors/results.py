"""Results of releases as plain values for programs."""

from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from collaboratives.selectors.places import Place
from feedback.enums import ReleaseState
from feedback.models import Release
from feedback.reports.selectors.hospital import measure_contents
from feedback.reports.selectors.numbers import pooled_numbers, result_numbers
from feedback.selectors.pooled import pooled_of
from feedback.selectors.releases import SEEN, counted_release
from measures.definition.canonical import Json
from privacy.viewer import Viewer


class ReleaseValues(TypedDict):
    id: UUID
    name: str
    window_from: date
    window_to: date
    released_at: datetime | None
    in_force: bool


class ResultsValues(TypedDict):
    release: ReleaseValues
    hospital: str
    results: list[dict[str, Json]]


def releases_page(viewer: Viewer) -> list[ReleaseValues]:
    found = Release.objects.filter(collaborative_id=viewer.collaborative_id, state__in=SEEN)
    return [_release(each) for each in found.order_by("-released_at")]


def own_results_page(viewer: Viewer, place: Place, public_id: UUID) -> ResultsValues:
    release = counted_release(viewer, public_id)
    contents = measure_contents(viewer, release, place)
    return {"release": _release(release), "hospital": place.site_name, "results": [*map(result_numbers, contents)]}


def pooled_results_page(viewer: Viewer, place: Place, public_id: UUID) -> ResultsValues:
    release = counted_release(viewer, public_id)
    rows = pooled_of(release, place, plain=False).rows
    return {"release": _release(release), "hospital": place.site_name, "results": [*map(pooled_numbers, rows)]}


def _release(release: Release) -> ReleaseValues:
    return {
        "id": release.public_id,
        "name": release.name,
        "window_from": release.window_from,
        "window_to": release.window_to,
        "released_at": release.released_at,
        "in_force": release.state == ReleaseState.RELEASED,
    }
