"""What became of a hospital that went on as another, and what it was before."""

from collaboratives.models import Participation
from collaboratives.roster.models import Merger


def merged_into(place: Participation) -> Merger | None:
    return Merger.objects.filter(participation=place).select_related("into__site").first()


def merged_from(place: Participation) -> list[Merger]:
    """Hospitals that go on as this one, the latest first; the centre alone sees them."""
    return list(Merger.objects.filter(into=place).select_related("participation__site").order_by("-merged_on"))
