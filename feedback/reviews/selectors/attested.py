"""Which hospitals have reviewed a release: for the centre."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cases.selectors.clock import in_zone
from collaboratives.models import Participation
from collaboratives.selectors.places import Place
from feedback.models import Release, SiteResult
from feedback.reviews.models import Attestation
from feedback.selectors.releases import release_for
from privacy.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class HospitalReviewed:
    name: str
    public_id: UUID
    people: tuple[tuple[str, datetime], ...]

    @property
    def first(self) -> datetime | None:
        return self.people[0][1] if self.people else None


@dataclass(frozen=True, kw_only=True)
class ReviewedPage:
    release: Release
    hospitals: tuple[HospitalReviewed, ...]
    narrowed: bool = False

    @property
    def reviewed(self) -> int:
        return sum(1 for each in self.hospitals if each.people)

    @property
    def share(self) -> str:
        return f"{self.reviewed} of {len(self.hospitals)} hospitals have reviewed it"


def reviewed_page(viewer: Viewer, place: Place, public_id: UUID, hospital: str = "") -> ReviewedPage:
    """Every hospital of the release, or one: those that have not reviewed it first, then by name."""
    release = release_for(viewer, public_id)
    said: dict[int, list[tuple[str, datetime]]] = {}
    for each in Attestation.objects.filter(release=release, collaborative_id=viewer.collaborative_id).order_by(
        "attested_at"
    ):
        said.setdefault(each.participation_id, []).append((each.name, in_zone(each.attested_at, place.collaborative)))
    among = SiteResult.objects.filter(release=release).order_by().values("participation_id")
    members = Participation.objects.filter(pk__in=among).select_related("site").order_by("site__name")
    hospitals = [
        HospitalReviewed(name=each.site.name, public_id=each.public_id, people=tuple(said.get(each.pk, ())))
        for each in members
        if hospital in {"", str(each.public_id)}
    ]
    return ReviewedPage(
        release=release, hospitals=tuple(sorted(hospitals, key=lambda each: bool(each.people))), narrowed=bool(hospital)
    )
