"""What each hospital contests, and whether it has reviewed the release in force: for the centre's home."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, TextField
from django.db.models.functions import Cast

from collaboratives.selectors.by_hospital import HERE, Asked, Together, by_hospital, moment_of
from feedback.enums import ReleaseState
from feedback.models import Release, SiteResult
from feedback.reviews.enums import ContestState
from feedback.reviews.models import Attestation, Contest


CONTESTS, REVIEWED, RELEASED = "contests", "reviewed", "released"


@dataclass(frozen=True, kw_only=True)
class ReviewCounts:
    """`release`: the id of the one in force, if the hospital has a result in it; `reviewed`: how many of its people reviewed it."""

    contests: int = 0
    contests_since: datetime | None = None
    release: str = ""
    reviewed: int = 0


def asked() -> list[Asked]:
    here = {"collaborative_id": HERE}
    released = Release.objects.filter(**here, state=ReleaseState.RELEASED).order_by("-released_at").values("pk")[:1]
    return [
        by_hospital(
            CONTESTS,
            Contest.objects.filter(**here, state=ContestState.OPEN),
            count=Count("pk"),
            since=Min("contested_at"),
        ),
        by_hospital(REVIEWED, Attestation.objects.filter(**here, release__in=released), people=Count("pk")),
        by_hospital(
            RELEASED,
            SiteResult.objects.filter(**here, release__in=released),
            release=Max(Cast("release__public_id", TextField())),
        ),
    ]


def told(found: Together) -> dict[int, ReviewCounts]:
    contests, reviewed, released = (found.get(kind, {}) for kind in (CONTESTS, REVIEWED, RELEASED))
    return {
        key: ReviewCounts(
            contests=contests.get(key, {}).get("count", 0),
            contests_since=moment_of(contests.get(key, {}).get("since")),
            release=released.get(key, {}).get("release", ""),
            reviewed=reviewed.get(key, {}).get("people", 0),
        )
        for key in {*contests, *reviewed, *released}
    }
