"""What a hospital did with its own numbers: everything for a page in one statement."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import OuterRef, Q
from django.utils import timezone

from cases.selectors.clock import in_zone
from collaboratives.models import Participation
from collaboratives.selectors.listed import Found, listed, moment
from collaboratives.selectors.places import Place
from feedback.enums import ReleaseState
from feedback.models import Release
from feedback.reviews.enums import ContestState
from feedback.reviews.models import Attestation, Comment, Contest, LocalTarget
from feedback.selectors.results import own_hospital
from feedback.selectors.units import form_of
from measures.definition.spec import MeasureSpec
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer


MOST_COMMENTS, RECENT = 50, timedelta(days=14)
STANDING = ~Q(state=ContestState.WITHDRAWN)  # what the hospital took back is as if it had not been said
MOST_DECIDED, MOST_TALKS = 2, 2  # with the release at most five things at once


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """Who said that they reviewed a release."""

    name: str
    at: datetime
    mine: bool


@dataclass(frozen=True, kw_only=True)
class ContestMark:
    """What became of a contested case, for its row in a list."""

    public_id: str
    state: str
    excludes: bool
    lifted: bool

    @property
    def label(self) -> str:
        if self.state == ContestState.ACCEPTED and self.excludes:
            return "Accepted, exclusion taken back" if self.lifted else "Excluded from the next release on"
        return str(ContestState(self.state).label)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One comment; without a text it was deleted."""

    public_id: str
    who: str
    text: str
    at: datetime
    release: str
    mine: bool


@dataclass(frozen=True, kw_only=True)
class Target:
    value: float
    by: date

    def text(self, spec: MeasureSpec) -> str:
        """85.0% by Mar 2027."""
        return f"{form_of(spec).write(self.value)} by {self.by:%b %Y}"


@dataclass(frozen=True, kw_only=True)
class OwnWork:
    """The parts of a hospital's own work beside a measure."""

    reviewed: tuple[Reviewed, ...] = ()
    may_attest: bool = False
    contests: Mapping[str, ContestMark] = field(default_factory=dict)
    contested: str = ""
    comments: tuple[Said, ...] = ()
    target: Target | None = None

    @property
    def target_value(self) -> float | None:
        return self.target.value if self.target else None


def own_work(viewer: Viewer, place: Place, slug: str, release: str) -> OwnWork | None:
    """Beside a measure; none for the centre and for observers, who are shown nothing of it.

    `release` as the address asks for it; empty means the one in force. Read before the page, which draws the target.
    """
    if viewer.capacity is not Capacity.HOSPITAL or viewer.participation_id is None:
        return None
    found = _gathered(viewer, slug, _asked(release))
    reviewed = tuple(_reviewed(each, viewer, place) for each in found["reviewed"])
    contests = {each["case"]: _mark(each) for each in found["contests"]}
    return OwnWork(
        reviewed=reviewed,
        may_attest=_may_attest(viewer, reviewed),
        contests=contests,
        contested=_counted(contests),
        comments=tuple(_said(each, viewer, place) for each in reversed(found["comments"])),
        target=_target(found["target"]),
    )


def _asked(release: str) -> Q:
    """The release that the address asks for, as `chosen_release` understands it."""
    if not release:
        return Q(release__state=ReleaseState.RELEASED)
    try:
        return Q(release__public_id=UUID(release))
    except ValueError:
        return Q(pk=None)


def _gathered(viewer: Viewer, slug: str, release: Q) -> Found:
    own = Q(participation_id=OuterRef("pk"))
    reviewed = Attestation.objects.filter(own, release).order_by("attested_at")
    contests = Contest.objects.filter(STANDING, own, measure_version__measure__slug=slug).order_by("contested_at")
    comments = Comment.objects.filter(own, measure__slug=slug).order_by("-written_at", "-pk")[:MOST_COMMENTS]
    targets = LocalTarget.objects.filter(own, measure__slug=slug).order_by("-set_at", "-pk")[:1]
    hospital = Participation.objects.filter(pk=own_hospital(viewer)).values(
        reviewed=listed(reviewed, name="name", at="attested_at", person="person_id"),
        contests=listed(
            contests,
            public_id="public_id",
            case="case__public_id",
            state="state",
            excludes="excludes",
            lifted="lifted_at",
        ),
        comments=listed(
            comments,
            public_id="public_id",
            person="written_by_id",
            who="written_by__full_name",
            text="text",
            at="written_at",
            release="release__name",
        ),
        target=listed(targets, value="value", by="by"),
    )
    return dict(hospital.get())


def _may_attest(viewer: Viewer, reviewed: tuple[Reviewed, ...]) -> bool:
    return viewer.can(Permission.RELEASE_ATTEST) and not any(each.mine for each in reviewed)


def _reviewed(found: Found, viewer: Viewer, place: Place) -> Reviewed:
    return Reviewed(name=found["name"], at=_moment(found["at"], place), mine=found["person"] == viewer.user_id)


def _mark(found: Found) -> ContestMark:
    return ContestMark(
        public_id=found["public_id"], state=found["state"], excludes=found["excludes"], lifted=bool(found["lifted"])
    )


def _counted(contests: Mapping[str, ContestMark]) -> str:
    """2 contested, 1 of them open."""
    states = Counter(each.state for each in contests.values())
    words = {ContestState.OPEN: "open", ContestState.ACCEPTED: "accepted", ContestState.DECLINED: "declined"}
    told = [f"{states[state]} {word}" for state, word in words.items() if states[state]]
    return f"{len(contests)} contested: {', '.join(told)}" if told else ""


def _said(found: Found, viewer: Viewer, place: Place) -> Said:
    return Said(
        public_id=found["public_id"],
        who=found["who"],
        text=found["text"],
        at=_moment(found["at"], place),
        release=found["release"] or "",
        mine=found["person"] == viewer.user_id,
    )


def _target(found: list[Found]) -> Target | None:
    if not found or found[0]["value"] is None:
        return None
    return Target(value=float(found[0]["value"]), by=date.fromisoformat(found[0]["by"]))


def _moment(text: str, place: Place) -> datetime:
    return in_zone(moment(text), place.collaborative)


# The clinician's home -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What somebody of a hospital finds waiting on the home page."""

    release: Release | None = None
    may_attest: bool = False
    reviewed: tuple[Reviewed, ...] = ()
    decided: tuple[Found, ...] = ()
    more_decided: bool = False
    talks: tuple[Found, ...] = ()

    @property
    def count(self) -> int:
        return self.may_attest + len(self.decided) + len(self.talks)


def waiting_work(viewer: Viewer, place: Place, release: Release | None) -> Waiting:
    """A release to be reviewed, what the centre decided and what colleagues said in the last two weeks."""
    if viewer.capacity is not Capacity.HOSPITAL or viewer.participation_id is None:
        return Waiting()
    own, since = Q(participation_id=OuterRef("pk")), timezone.now() - RECENT
    reviewed = Attestation.objects.filter(own, release=release).order_by("attested_at")
    decided = Contest.objects.filter(STANDING, own, decided_at__gte=since).order_by("-decided_at")[: MOST_DECIDED + 1]
    talks = Comment.objects.filter(own, written_at__gte=since, deleted_at=None)
    talks = talks.exclude(written_by_id=viewer.user_id).order_by("-written_at")[:MOST_COMMENTS]
    found = Participation.objects.filter(pk=own_hospital(viewer)).values(
        reviewed=listed(reviewed, name="name", at="attested_at", person="person_id"),
        decided=listed(
            decided,
            public_id="public_id",
            state="state",
            excludes="excludes",
            lifted="lifted_at",
            case="case__case_number",
            measure="measure_version__measure__name",
            at="decided_at",
        ),
        talks=listed(talks, slug="measure__slug", measure="measure__name", who="written_by__full_name"),
    ).get()  # fmt: skip
    said = tuple(_reviewed(each, viewer, place) for each in found["reviewed"])
    return Waiting(
        release=release,
        may_attest=release is not None and _may_attest(viewer, said),
        reviewed=said,
        decided=tuple(_decided(each, place) for each in found["decided"][:MOST_DECIDED]),
        more_decided=len(found["decided"]) > MOST_DECIDED,
        talks=tuple(_talks(found["talks"])[:MOST_TALKS]),
    )


def _decided(found: Found, place: Place) -> Found:
    return {**found, "at": _moment(found["at"], place), "label": _mark(found).label}


def _talks(found: list[Found]) -> list[Found]:
    """One line for each measure that colleagues spoke about: who, the latest first, and how often."""
    measures: dict[str, Found] = {}
    for each in found:
        line = measures.setdefault(each["slug"], {**each, "count": 0, "people": []})
        line["count"] += 1
        line["people"] += [each["who"]] if each["who"] not in line["people"] else []
    return [{**line, "who": _named(line["people"])} for line in measures.values()]


def _named(people: list[str]) -> str:
    """Two by their names; more are colleagues."""
    first, *others = people
    return f"{first} and {others[0] if len(others) == 1 else 'colleagues'}" if others else first
