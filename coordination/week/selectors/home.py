"""Where the coordinating centre lands: where help is needed today, and what waits for the centre itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from cases.log.selectors.by_hospital import ClosingWindow, closing_window
from cases.questions.selectors import by_hospital as questions
from cases.questions.selectors.ages import duration_in_words
from cases.selectors import import_problems
from cases.selectors.burden import BurdenTable, burden_table
from cases.selectors.hospital_cases import counted_at, hospitals_with_cases
from collaboratives.ballots.selectors import closing as ballots
from collaboratives.ballots.selectors.closing import ClosingBallot
from collaboratives.models import Collaborative
from collaboratives.selectors.by_hospital import Together, read_together
from collaboratives.selectors.clock import today_of
from coordination.meetings.selectors.next_meeting import NextMeeting, next_meeting
from coordination.week.selectors.jobs import JobStrip, job_strip
from coordination.week.selectors.matrix import ASKS, Line, Totals, lines_of, ordered, totals_of
from feedback.selectors.release_card import ReleaseCard, release_card
from measures.selectors import at_review
from measures.selectors.at_review import AtReview
from measures.selectors.reviews_due import ReviewDue, reviews_due
from privacy.roles import Permission
from privacy.viewer import Viewer, require
from ui.parts import Step


@dataclass(frozen=True)
class FigureCard:
    label: str
    value: int
    note: str
    url: str


@dataclass(frozen=True)
class Told:
    """A few words, and the page that they are the sum of."""

    text: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Pages of which the table holds hundreds of links, as seen from the home; each ends where a hospital's id is added."""

    hospital: str
    cases: str
    past_lock: str
    log: str
    audits: str
    questions: str
    roster: str
    agreements: str
    read: str
    meetings: str


@dataclass(frozen=True, kw_only=True)
class HomePage:
    news_url: str
    meeting_url: str
    told: tuple[Told, ...]
    logged: str
    release: ReleaseCard | None
    steps: tuple[Step, ...]
    cards: tuple[FigureCard, ...]
    lines: tuple[Line, ...]
    totals: Totals
    order: str
    to: Addresses
    may_remind: bool
    inbox: tuple[Told, ...]
    ballots: tuple[ClosingBallot, ...]
    at_review: tuple[AtReview, ...]
    reviews: tuple[ReviewDue, ...]
    meeting: NextMeeting | None
    jobs: JobStrip
    burden: BurdenTable
    median_answer: str
    counted_at: datetime | None
    time_zone: str
    now: datetime


def home_page(viewer: Viewer, collaborative: Collaborative, query: Mapping[str, str]) -> HomePage:
    """Seven statements: hospitals with their cases, all other counts at once, releases, reviews, meeting, jobs, burden."""
    require(viewer, Permission.HOSPITAL_VIEW)
    hospitals = hospitals_with_cases(viewer)
    beside = (ballots.asked, *import_problems.asks(viewer), *at_review.asks(viewer))
    found = read_together(viewer, collaborative, *ASKS, *beside)
    lines = lines_of(found, collaborative, hospitals)
    totals, release, jobs = totals_of(lines), release_card(viewer, collaborative), job_strip(viewer)
    edits = viewer.can(Permission.DEFINITION_EDIT)
    return HomePage(
        news_url=_news(viewer),
        meeting_url=_url(viewer, "meetings:meeting-new", Permission.MEETING_MANAGE),
        told=tuple(_told(viewer, collaborative, lines, jobs, closing_window(found))),
        logged=next((line.log.cycle_name for line in lines if line.log.cycle_name), ""),
        release=release,
        steps=_steps(viewer, release, totals),
        cards=tuple(_cards(viewer, lines, totals)),
        lines=ordered(lines, query.get("sort", "")),
        totals=totals,
        order=query.get("sort", "need"),
        to=_addresses(viewer, lines),
        may_remind=viewer.can(Permission.HOSPITAL_REMIND),
        inbox=tuple(_inbox(viewer, lines, found, release)),
        ballots=ballots.told(viewer, found),
        at_review=at_review.told(viewer, found),
        reviews=tuple(reviews_due(collaborative)) if edits else (),
        meeting=next_meeting(viewer),
        jobs=jobs,
        burden=burden_table(viewer),
        median_answer=questions.median_answer(found),
        counted_at=min(_moments(counted_at([line.cases for line in lines]), lines), default=None),
        time_zone=collaborative.time_zone,
        now=timezone.now(),
    )


def _moments(cases: datetime | None, lines: Iterable[Line]) -> list[datetime]:
    """All that a worker counted is of the earliest of these moments, or later."""
    return [each for each in (cases, *(line.log.counted_at for line in lines)) if each]


def _url(viewer: Viewer, route: str, permission: Permission) -> str:
    """The page, for those who may open it."""
    return reverse(route, args=[viewer.collaborative_slug]) if viewer.can(permission) else ""


def _news(viewer: Viewer) -> str:
    """Where an announcement is begun, once the program has that page."""
    if not viewer.can(Permission.NEWS_WRITE):
        return ""
    try:
        return reverse("news:draft-new", args=[viewer.collaborative_slug])
    except NoReverseMatch:
        return ""


def _addresses(viewer: Viewer, lines: list[Line]) -> Addresses:
    slug = viewer.collaborative_slug
    window = next((line.log.cycle for line in lines if line.log.cycle), "")
    read = next((line.reviews.release for line in lines if line.reviews.release), "")
    home = reverse("home-collaborative", args=[slug])

    def at(route: str, *args: str) -> str:
        return reverse(route, args=[slug, *args]).removeprefix(home)

    return Addresses(
        hospital=at("collaboratives:hospital-list"),
        cases=at("cases:case-list") + "?hospital=",
        past_lock=at("caselog:past-lock-list") + "?hospital=",
        log=at("caselog:log-detail", window) + "?hospital=" if window else "",
        audits=at("audits:audit-list"),
        questions=at("questions:question-list") + "?tab=open&amp;hospital=",
        roster=at("roster:roster") + "?show=vacant&amp;hospital=",
        agreements=at("agreements:agreement-list") + "hospitals/",
        read=at("reviews:release-reviewed", read) + "?hospital=" if read else "",
        meetings=at("meetings:attendance-report") + "?hospital=",
    )


def _told(
    viewer: Viewer, collaborative: Collaborative, lines: list[Line], jobs: JobStrip, window: ClosingWindow | None
) -> Iterable[Told]:
    """The line under the heading (UX.md, W6)."""
    if window:
        left = (window.closes_on - today_of(collaborative)).days
        when = "today" if left <= 0 else f"in {_some(left, 'day')}"
        log = reverse("caselog:log-list", args=[viewer.collaborative_slug]) + f"?cycle={window.public_id}"
        yield Told(f"Window {window.name} closes {when}", log)
    well = sum(not line.needs_help for line in lines)
    yield Told(f"{well} of {_some(len(lines), 'hospital')} on track")
    asked_questions = sum(line.questions.open for line in lines)
    tab = reverse("questions:question-list", args=[viewer.collaborative_slug]) + "?tab=open"
    yield Told(_some(asked_questions, "open question"), tab)
    yield Told(f"{_some(jobs.under_way, 'job')} under way", "#jobs")


def _some(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _steps(viewer: Viewer, release: ReleaseCard | None, totals: Totals) -> tuple[Step, ...]:
    """The last step is the hospitals': they review what members see."""
    if release is None:
        return ()
    if not release.is_in_force:
        return (*release.steps, Step("Reviewed by hospitals", "waiting"))
    url = reverse("reviews:release-reviewed", args=[viewer.collaborative_slug, release.public_id])
    every = totals.reviewed == totals.in_release
    words = f"{totals.reviewed} of {totals.in_release}"
    return (*release.steps, Step("Reviewed by hospitals", "done" if every else "now", words, url))


def _cards(viewer: Viewer, lines: list[Line], totals: Totals) -> Iterable[FigureCard]:
    """Each figure is the number of rows of the list behind it."""
    slug, now = viewer.collaborative_slug, timezone.now()
    late = sum(1 for line in lines if line.log.past_lock)
    locks = reverse("caselog:past-lock-list", args=[slug])
    yield FigureCard(
        "Cases past lock date", totals.past_lock, f"at {_some(late, 'hospital')}" if late else "nothing is late", locks
    )
    waiting = sum(line.questions.centre for line in lines)
    oldest = min((line.questions.centre_since for line in lines if line.questions.centre_since), default=None)
    note = f"oldest {duration_in_words(now - oldest)}" if oldest else "none waits for you"
    yield FigureCard("Questions unanswered", waiting, note, reverse("questions:question-list", args=[slug]))
    contests = sum(line.reviews.contests for line in lines)
    since = min((line.reviews.contests_since for line in lines if line.reviews.contests_since), default=None)
    note = f"oldest {duration_in_words(now - since)}" if since else "none waits for you"
    yield FigureCard("Contested cases", contests, note, reverse("reviews:contest-list", args=[slug]))
    vacant = sum(1 for line in lines if line.vacant)
    note = f"at {_some(vacant, 'hospital')}" if vacant else "every role is held"
    yield FigureCard("Vacant roles", totals.vacant, note, reverse("roster:roster", args=[slug]) + "?show=vacant")


def _inbox(viewer: Viewer, lines: list[Line], found: Together, release: ReleaseCard | None) -> Iterable[Told]:
    """What waits for the centre itself; only what this person may open."""
    waiting = (
        (sum(line.questions.centre for line in lines), "question", "questions:question-list", Permission.CASE_VIEW),
        (sum(line.log.unlocks for line in lines), "request to unlock", "caselog:unlock-list", Permission.LOCK_MANAGE),
        (
            sum(line.reviews.contests for line in lines),
            "case contested",
            "reviews:contest-list",
            Permission.CONTEST_VIEW,
        ),
        (import_problems.told(found), "import with problems", "cases:import-list", Permission.CASE_IMPORT),
        (release.to_decide if release else 0, "release to decide", "feedback:release-list", Permission.RELEASE_VIEW),
    )
    for count, noun, route, permission in waiting:
        if count and (url := _url(viewer, route, permission)):
            first, _, rest = noun.partition(" ")
            yield Told(f"{count:,} {first}{'' if count == 1 else 's'}{f' {rest}' if rest else ''}", url)
