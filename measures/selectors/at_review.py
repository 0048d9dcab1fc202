"""Drafts that wait for somebody's review before they are published, for the centre's home."""

from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models.functions import JSONObject
from django.urls import reverse

from collaboratives.selectors.by_hospital import HERE, PROGRAMME, Ask, Asked, Together, of_programme
from measures.enums import VersionStatus
from measures.models import FormVersion, MeasureVersion, RiskModelVersion
from privacy.roles import Permission
from privacy.viewer import Viewer


# What, its versions, the thing they are of, and the page with the draft.
DRAFTS = (
    ("measure", MeasureVersion, "measure", "measures:measure-draft"),
    ("risk model", RiskModelVersion, "risk_model", "measures:model-draft"),
    ("form", FormVersion, "form", "measures:draft-detail"),
)


@dataclass(frozen=True, kw_only=True)
class AtReview:
    what: str
    name: str
    url: str


def asks(viewer: Viewer) -> tuple[Ask, ...]:
    """Nothing is asked for whoever opens no drafts."""
    return (_asked,) if viewer.can(Permission.DEFINITION_EDIT) else ()


def _asked() -> list[Asked]:
    return [
        of_programme(
            f"review of {what}",
            versions.objects.filter(collaborative_id=HERE, status=VersionStatus.REVIEW),
            each=ArrayAgg(JSONObject(slug=f"{thing}__slug", name=f"{thing}__name"), order_by=f"{thing}__name"),
        )
        for what, versions, thing, _ in DRAFTS
    ]


def told(viewer: Viewer, found: Together) -> tuple[AtReview, ...]:
    return tuple(
        AtReview(what=what, name=row["name"], url=reverse(route, args=[viewer.collaborative_slug, row["slug"]]))
        for what, _, _, route in DRAFTS
        for row in found.get(f"review of {what}", {}).get(PROGRAMME, {}).get("each") or ()
    )
