"""Who has what since when: the report that somebody looks through and confirms, twice a year."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from collaboratives.models import ApiToken, Collaborative, Grant, Participation
from collaboratives.roster.definition.half_years import half_year_of, in_words
from collaboratives.roster.models import AccessReview
from collaboratives.selectors.clock import today_of
from collaboratives.selectors.people import ROLE_ORDER
from privacy.roles import Capacity, Permission, Role
from privacy.viewer import Viewer, require


UNSEEN_DAYS = 90
HEADER = ("hospital", "name", "email", "role", "since", "given by", "last sign-in", "keys for programs")
# A spreadsheet would run a cell that begins with one of these.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class AccessRow:
    hospital: str
    name: str
    email: str
    role: str
    since: datetime
    given_by: str
    last_login: datetime | None
    keys: int

    @property
    def long_unseen(self) -> bool:
        seen = self.last_login or self.since
        return (timezone.now() - seen).days > UNSEEN_DAYS


@dataclass(frozen=True, kw_only=True)
class AccessReport:
    rows: tuple[AccessRow, ...]
    people: int
    half_year: str
    half_year_words: str
    done: AccessReview | None
    earlier: tuple[AccessReview, ...]
    hospitals: int
    reviewed: int
    not_reviewed: tuple[str, ...]


def access_report(viewer: Viewer) -> AccessReport:
    """Every role held now: of the whole programme for the centre, of its own people for a hospital."""
    require(viewer, Permission.PEOPLE_MANAGE)
    collaborative = Collaborative.objects.get(pk=viewer.collaborative_id)
    half_year = half_year_of(today_of(collaborative))
    rows, reviews = access_rows(viewer), _own_reviews(viewer)
    waiting = _not_reviewed(viewer, half_year)
    return AccessReport(
        rows=rows,
        people=len({row.email for row in rows}),
        half_year=half_year,
        half_year_words=in_words(half_year),
        done=next((each for each in reviews if each.half_year == half_year), None),
        earlier=tuple(reviews),
        hospitals=len(waiting),
        reviewed=sum(done for _, done in waiting),
        not_reviewed=tuple(name for name, done in waiting if not done),
    )


def side_of(viewer: Viewer) -> Q:
    """Reviews of the viewer's hospital, or of the centre."""
    return Q(participation_id=viewer.participation_id) if viewer.participation_id else Q(participation=None)


def _own_reviews(viewer: Viewer) -> list[AccessReview]:
    mine = AccessReview.objects.filter(side_of(viewer), collaborative_id=viewer.collaborative_id)
    return list(mine.select_related("reviewed_by").order_by("-half_year"))


def _not_reviewed(viewer: Viewer, half_year: str) -> list[tuple[str, bool]]:
    """For the centre: every member and whether its administrator has confirmed."""
    if viewer.capacity is not Capacity.CENTRE:
        return []
    done = AccessReview.objects.filter(participation=OuterRef("pk"), half_year=half_year)
    members = Participation.objects.filter(collaborative_id=viewer.collaborative_id, left_on=None)
    return list(members.order_by("site__name").annotate(done=Exists(done)).values_list("site__name", "done"))


def access_rows(viewer: Viewer) -> tuple[AccessRow, ...]:
    require(viewer, Permission.PEOPLE_MANAGE)
    now = timezone.now()
    here = Q(collaborative_id=viewer.collaborative_id)
    if viewer.capacity is Capacity.HOSPITAL:
        here &= Q(participation_id=viewer.participation_id)
    keys = ApiToken.objects.filter(
        user=OuterRef("user"), participation=OuterRef("participation"), revoked_at=None, expires_at__gt=now
    )
    counted = keys.order_by().values("user").annotate(found=Count("pk")).values("found")
    grants = (
        Grant.objects.filter(here, Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)
        .select_related("user", "participation__site", "granted_by")
        .annotate(keys=Coalesce(Subquery(counted), 0))
        .order_by(F("participation__site__name").asc(nulls_first=True), "user__full_name", ROLE_ORDER)
    )
    return tuple(_row(grant) for grant in grants)


def _row(grant: Grant) -> AccessRow:
    return AccessRow(
        hospital=grant.participation.site.name if grant.participation else "",
        name=grant.user.full_name,
        email=grant.user.email,
        role=Role(grant.role).label,
        since=grant.starts_at,
        given_by=grant.granted_by.full_name if grant.granted_by else "",
        last_login=grant.user.last_login,
        keys=grant.keys,  # type: ignore[attr-defined]  # annotated
    )


def access_file(rows: tuple[AccessRow, ...]) -> bytes:
    """The report as CSV, for a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for row in rows:
        seen = f"{row.last_login:%Y-%m-%d %H:%M}" if row.last_login else "never"
        cells = (
            row.hospital or "Coordinating centre",
            row.name,
            row.email,
            row.role,
            f"{row.since:%Y-%m-%d}",
            row.given_by,
            seen,
        )
        writer.writerow([*(_safe(cell) for cell in cells), row.keys])
    return out.getvalue().encode("utf-8-sig")


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def review_due(viewer: Viewer) -> str:
    """The half-year that the viewer's side has not confirmed yet, or nothing. One statement."""
    mine = AccessReview.objects.filter(side_of(viewer), collaborative=OuterRef("pk"))
    done = ArraySubquery(mine.values("half_year"))
    collaborative = Collaborative.objects.annotate(done=done).get(pk=viewer.collaborative_id)
    half_year = half_year_of(today_of(collaborative))
    return "" if half_year in collaborative.done else half_year
