"""Every route there is, and for every part of an address an object to put into it.

A new route whose parts nobody can make fails its tests until a factory is added here.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from cases.audits.models import AuditedCase
from cases.log.enums import Rhythm
from cases.log.models import CaseLogEntry, Cycle, UnlockRequest
from cases.log.services.cycles import create_cycles
from cases.log.services.unlocking import ask_unlock
from cases.models import Case, CaseImport, new_public_id
from cases.training.models import Certificate
from cases.training.services.taking import begin_practice
from collaboratives.agreements.models import Agreement, AgreementText
from collaboratives.enums import KeyScope
from collaboratives.models import Grant, Invitation, Participation
from collaboratives.services.invitations import invite
from collaboratives.services.people import grant_role
from collaboratives.services.tokens import create_token
from feedback.enums import Outcome
from feedback.models import Release
from feedback.reports.models import HospitalReport
from measures.models import Form, FormVersion
from privacy.roles import Capacity, Permission, Role
from privacy.viewer import Viewer
from tests.world import World
from tests.worlds import (
    agreements,
    audits,
    ballots,
    baselines,
    cases,
    documents,
    drafts,
    figures,
    groups,
    locks,
    logs,
    meetings,
    news,
    notifications,
    programme,
    questions,
    reviews,
    rosters,
    training,
    trend_notes,
    trials,
)


SLUG = "colectomy-mi"
FOREIGN_HOSPITAL = "birch"


@dataclass(frozen=True)
class Route:
    """One address of the program, by its name."""

    name: str
    callback: Callable[..., object]
    parts: tuple[str, ...]

    @property
    def ours(self) -> bool:
        return not self.callback.__module__.startswith("allauth.")

    @property
    def inside(self) -> bool:
        """Inside a collaborative: the viewer is resolved, and a permission is asked."""
        return "collaborative_slug" in self.parts

    @property
    def permission(self) -> Permission | None:
        return getattr(self.callback, "permission", None)

    @property
    def audience(self) -> str | None:
        return getattr(self.callback, "audience", None)

    @property
    def asks(self) -> Mapping[str, Permission] | None:
        """For programs: each method and its permission. The key says which collaborative and hospital."""
        return getattr(self.callback, "asks", None)

    @property
    def objects(self) -> tuple[str, ...]:
        return tuple(part for part in self.parts if part != "collaborative_slug")

    def url(self, **parts: object) -> str:
        inside = {"collaborative_slug": SLUG} if self.inside else {}
        return reverse(self.name, kwargs=inside | parts)


def routes() -> list[Route]:
    return sorted(_walk(get_resolver(), "", ()), key=lambda route: route.name)


def _walk(resolver: URLResolver, prefix: str, parts: tuple[str, ...]) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        here = parts + tuple(pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix, here)
        elif isinstance(pattern, URLPattern):
            yield Route(f"{prefix}{pattern.name}", pattern.callback, here)


# Objects for the parts ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Objects:
    """For one viewer: something of theirs, and of somebody whose door is closed to them."""

    world: World
    viewer: Viewer

    @property
    def at_centre(self) -> bool:
        return self.viewer.capacity is not Capacity.HOSPITAL

    def first(self, rows: Any) -> Any:
        with self.world.acting_as("dana"):
            return rows.order_by("pk").first()

    def participation(self, *, own: bool) -> uuid.UUID:
        name, slug = ("alder", SLUG) if own else (FOREIGN_HOSPITAL, SLUG)
        return self.world.participation(
            *(("jay", "hernia-lakes") if not own and self.at_centre else (name, slug))
        ).public_id

    def case(self, *, own: bool) -> str:
        hospital = "alder" if own else FOREIGN_HOSPITAL
        participation = self.world.participation(hospital)
        case: Case = self.first(Case.objects.filter(participation=participation, status="complete"))
        return case.public_id

    def grant(self, *, own: bool) -> uuid.UUID:
        hospital = "alder" if own else FOREIGN_HOSPITAL
        email = programme.email(f"{hospital}.sampler")
        if self.at_centre and not own:
            with self.world.acting_as("dieter", "hernia-lakes"):
                return Grant.objects.get(user__email=programme.email("stella")).public_id
        with self.world.acting_as("dana"):
            return Grant.objects.get(user__email=email).public_id

    def invitation(self, *, own: bool) -> uuid.UUID:
        inviter, slug, hospital = ("dana", SLUG, "alder" if own else FOREIGN_HOSPITAL)
        if self.at_centre and not own:
            inviter, slug, hospital = "dieter", "hernia-lakes", "jay"
        place: Participation = self.world.participation(hospital, slug)
        with self.world.acting_as(inviter, slug) as by:
            found = Invitation.objects.filter(participation=place).first()
            if found is None:
                found = invite(
                    email="new@example.org", full_name="New Person", role=Role.SAMPLER, participation=place, by=by
                )
            return found.public_id

    def question(self, *, own: bool) -> str:
        """The hospital's own query; somebody else's is another hospital's, or another collaborative's."""
        foreign = "jay.general" if self.at_centre else f"{FOREIGN_HOSPITAL}.query"
        return questions.QUESTIONS["alder.query" if own else foreign]

    def cycle(self, *, own: bool) -> uuid.UUID:
        """A cycle of the own collaborative; the other one has no form, and so has no cycle either."""
        with self.world.acting_as("cora") as by:
            found = Cycle.objects.filter(name="2022, quarter 1").first()
            if found is None:
                form = Form.objects.get(slug="colectomy")
                found = create_cycles(form=form, rhythm=Rhythm.QUARTERLY, year=2022, days_after=30, by=by)[0]
            return found.public_id if own else uuid.uuid4()

    def log_file(self, *, own: bool) -> uuid.UUID:
        name = "alder.sampler" if own else f"{FOREIGN_HOSPITAL}.sampler"
        return logs.uploads(name)[0].public_id

    def log_entry(self, *, own: bool) -> str:
        name = "alder.sampler" if own else f"{FOREIGN_HOSPITAL}.sampler"
        with self.world.acting_as(name):
            return CaseLogEntry.objects.filter(state="sampled").earliest("pk").public_id

    def unlock_request(self, *, own: bool) -> str:
        hospital = "alder" if own else FOREIGN_HOSPITAL
        with self.world.acting_as(f"{hospital}.abstractor") as by:
            case = Case.objects.get(case_number=locks.LOCKED[hospital])
            found = UnlockRequest.objects.filter(case=case).first() or ask_unlock(case=case, reason="A slip.", by=by)
            return found.public_id

    @staticmethod
    def material(name: str) -> Callable[..., object]:
        """Written for the whole collaborative; the other one has no form to teach, and so nothing."""
        return lambda _objects, *, own: training.MATERIAL[name] if own else uuid.uuid4()

    def exercise(self, *, own: bool) -> str:
        """An exercise of the viewer; nobody reads those of others."""
        with self.world.acting_as(self._trainee(own=own)) as by:
            return begin_practice(test_case=training.test_case("practice"), by=by).public_id

    def attempt(self, *, own: bool) -> str:
        with self.world.acting_as(self._trainee(own=own)) as by:
            return training.begin(by).public_id

    def certificate(self, *, own: bool) -> str:
        """The viewer's own; those who see people open a colleague's. The other collaborative has none."""
        if self.at_centre and not own:
            return new_public_id()
        with self.world.acting_as(self._trainee(own=own)) as by:
            found = Certificate.objects.filter(holder_id=by.user_id).first()
            return (found or training.pass_exam(by)).public_id

    def _trainee(self, *, own: bool) -> str:
        """Whose training it is: the viewer's, where they may take any, else an abstractor's."""
        if own and Permission.TRAINING_TAKE in self.viewer.permissions:
            return next(name for name, (user, _) in programme.USERS.items() if user == self.viewer.user_id)
        return "alder.abstractor" if own else f"{FOREIGN_HOSPITAL}.abstractor"

    def audit(self, *, own: bool) -> str:
        """The hospital's reported audit; no other collaborative has one."""
        if self.at_centre and not own:
            return "ZZZZZZZZZ2"
        return audits.AUDITS["alder" if own else FOREIGN_HOSPITAL]

    def sample(self, *, own: bool) -> str:
        """A case that Vera abstracts again, and one that somebody else abstracts."""
        if not own:
            return "ZZZZZZZZZ2"
        with self.world.acting_as("vera"):
            found = AuditedCase.objects.filter(audit__public_id=audits.AUDITS["alder"])
            return found.order_by("case_number")[0].public_id

    def key(self, *, own: bool) -> uuid.UUID:
        """A key for programs: the viewer's own if they may have one, else one of their hospital's abstractor."""
        may = Permission.API_TOKEN_MANAGE in self.viewer.permissions and not self.at_centre
        name, slug = next(name for name, (user, _) in programme.USERS.items() if user == self.viewer.user_id), SLUG
        if not (own and may):
            name = "alder.abstractor" if own else f"{FOREIGN_HOSPITAL}.abstractor"
        if self.at_centre and not own:
            name, slug = "stella", "hernia-lakes"
            with self.world.acting_as("dieter", slug) as by:
                place = self.world.participation("jay", slug)
                grant_role(user=self.world.user(name), role=Role.ABSTRACTOR, participation=place, by=by)
        with self.world.acting_as(name, slug) as by:
            later = timezone.now() + timedelta(days=1)
            return create_token(name="Program", scopes=[KeyScope.READ_CASES], expires_at=later, by=by).token.public_id

    def case_import(self, *, own: bool) -> str:
        """The hospital's file with problems; the centre's, which was taken over. A hospital must not reach the centre's."""
        if own != self.at_centre:
            return cases.IMPORTS["checked"]
        centres: CaseImport = self.first(CaseImport.objects.filter(participation=None))
        return str(centres.public_id)

    def release(self, *, own: bool) -> uuid.UUID:  # noqa: ARG002 -- a release belongs to everybody in the collaborative
        release: Release = self.first(Release.objects.filter(state="released"))
        return release.public_id

    def aggregate(self, *, own: bool) -> str:  # noqa: ARG002 -- a measure belongs to everybody in the collaborative
        return figures.publish_measure()

    def figures(self, *, own: bool) -> uuid.UUID:
        """A file of figures of the own collaborative; the other one has no measure of them."""
        return figures.waiting_file() if own else uuid.uuid4()

    def report(self, *, own: bool) -> uuid.UUID:
        """A file of the own hospital; the other collaborative has no release, and so no file."""
        if self.at_centre and not own:
            return uuid.uuid4()
        place = self.world.participation("alder" if own else FOREIGN_HOSPITAL)
        report: HospitalReport = self.first(HospitalReport.objects.filter(participation=place))
        return report.public_id

    def contest(self, *, own: bool) -> str:
        """The hospital's own contest; no other collaborative has one."""
        if self.at_centre and not own:
            return "ZZZZZZZZZ2"
        return reviews.CONTESTS["alder" if own else FOREIGN_HOSPITAL]

    def comment(self, *, own: bool) -> str:
        return reviews.COMMENTS["alder" if own else FOREIGN_HOSPITAL]

    def case_behind(self, *, own: bool) -> str:
        """A case that counts in the measure of the world, and is contested by nobody."""
        hospital = "alder" if own else FOREIGN_HOSPITAL
        with self.world.acting_as("dana"):
            return reviews.counted(hospital, Outcome.NOT_MET)[0][1].public_id

    def trend_note(self, *, own: bool) -> uuid.UUID:
        """A note of the own side; the other collaborative has none."""
        if self.at_centre:
            return trend_notes.NOTES["centre"] if own else uuid.uuid4()
        return trend_notes.NOTES["alder" if own else FOREIGN_HOSPITAL]

    def baseline(self, *, own: bool) -> uuid.UUID:
        """A new baseline of a hospital's own chart; nobody at the centre decides about one."""
        if self.at_centre:
            return uuid.uuid4()
        return baselines.BASELINES["alder" if own else FOREIGN_HOSPITAL]

    def trial(self, *, own: bool) -> uuid.UUID:
        """Of the centre of this collaborative; the other one has no risk model."""
        return trials.TRIALS["readmission"] if own else uuid.uuid4()

    def agreement(self, *, own: bool) -> uuid.UUID:
        """A signed paper of the own hospital; the other collaborative's is looked up there."""
        if self.at_centre and not own:
            with self.world.acting_as("dieter", "hernia-lakes"):
                return Agreement.objects.earliest("pk").public_id
        return agreements.SIGNED["alder" if own else FOREIGN_HOSPITAL]

    def agreement_text(self, *, own: bool) -> uuid.UUID:
        if own:
            return agreements.TEXTS["data_use"]
        with self.world.acting_as("dieter", "hernia-lakes"):
            return AgreementText.objects.earliest("pk").public_id

    def ballot(self, *, own: bool) -> uuid.UUID:
        """An open ballot of this collaborative; the other one has none."""
        return ballots.BALLOTS["open"] if own else uuid.uuid4()

    def document(self, *, own: bool) -> uuid.UUID:
        """For every hospital's roles; somebody else's is for another hospital."""
        return (
            documents.DOCUMENTS["everybody" if own else "birch"] if not (self.at_centre and not own) else uuid.uuid4()
        )

    def cover(self, *, own: bool) -> uuid.UUID:
        """Nobody at the centre's other collaborative has a vacancy that is covered."""
        if self.at_centre and not own:
            return uuid.uuid4()
        return rosters.COVERS["alder" if own else FOREIGN_HOSPITAL]

    def form_digest(self, *, own: bool) -> str:  # noqa: ARG002 -- a form belongs to everybody in the collaborative
        version: FormVersion = self.first(FormVersion.objects.filter(status="published"))
        return version.digest

    def meeting(self, *, own: bool) -> uuid.UUID:
        """A meeting belongs to everybody in the collaborative; the other one has its own."""
        return meetings.MEETINGS["coming" if own else "elsewhere"]

    @staticmethod
    def meeting_part(name: str) -> Callable[..., object]:
        """Of a meeting of the whole collaborative; nothing of the other one."""
        return lambda _objects, *, own: meetings.PARTS[name] if own else uuid.uuid4()

    def notification(self, *, own: bool) -> uuid.UUID:
        """What the viewer was told; somebody else's is of another person."""
        name = next(name for name, (user, _) in programme.USERS.items() if user == self.viewer.user_id)
        return notifications.NOTIFICATIONS[
            name if own else "stella" if self.at_centre else f"{FOREIGN_HOSPITAL}.sampler"
        ]

    def announcement(self, *, own: bool) -> uuid.UUID:
        """Sent to everybody; to another hospital alone, or by the other collaborative."""
        return news.NEWS["everybody" if own else "elsewhere" if self.at_centre else FOREIGN_HOSPITAL]

    @staticmethod
    def news_draft(_objects: "Objects", *, own: bool) -> uuid.UUID:
        return news.NEWS["draft" if own else "draft_elsewhere"]

    def action(self, *, own: bool) -> uuid.UUID:
        """What a hospital has to do after a meeting."""
        if self.at_centre and not own:
            return uuid.uuid4()
        return meetings.PARTS[f"action.{'alder' if own else FOREIGN_HOSPITAL}"]

    @property
    def _may_join(self) -> bool:
        return self.viewer.collaborative_slug == SLUG and self.viewer.can(Permission.GROUP_VIEW)

    def group(self, *, own: bool) -> uuid.UUID:
        """A group that the viewer is in; somebody else's is another collaborative's."""
        if own and self._may_join:
            groups.joined(self.viewer)
        return groups.GROUPS["prevention" if own else "elsewhere"]

    @staticmethod
    def group_part(name: str, secret: str = "") -> Callable[..., object]:
        """Of a group that the viewer is in; somebody else's is of a group that only the centre is in."""

        def make(objects: "Objects", *, own: bool) -> uuid.UUID:
            if own:
                objects.group(own=True)
                return groups.PARTS[name]
            return groups.PARTS[secret] if secret and not objects.at_centre else uuid.uuid4()

        return make

    def admission(self, *, own: bool) -> uuid.UUID:
        """The viewer's own invitation; somebody else's is another hospital's."""
        if not self._may_join or (self.at_centre and not own):
            return uuid.uuid4()
        is_in = self.viewer.user_id == programme.USERS["cora"][0]
        invited = self.world.viewer(f"{FOREIGN_HOSPITAL}.champion") if is_in or not own else self.viewer
        return groups.invited(invited, "recovery").public_id


FACTORIES: dict[tuple[str, str], Callable[..., object]] = {
    ("collaboratives:", "participation_id"): Objects.participation,
    ("feedback:", "hospital_id"): Objects.participation,
    ("agreements:", "participation_id"): Objects.participation,
    ("documents:", "document_id"): Objects.document,
    ("documents:", "number"): lambda *_, **__: 1,
    ("roster:", "participation_id"): Objects.participation,
    ("roster:", "cover_id"): Objects.cover,
    ("agreements:", "agreement_id"): Objects.agreement,
    ("agreements:", "text_id"): Objects.agreement_text,
    ("agreements:", "kind"): lambda *_, **__: "data_use",
    ("ballots:", "ballot_id"): Objects.ballot,
    ("collaboratives:", "grant_id"): Objects.grant,
    ("collaboratives:", "invitation_id"): Objects.invitation,
    ("collaboratives:", "key_id"): Objects.key,
    ("cases:case-", "public_id"): Objects.case,
    ("quality:", "participation_id"): Objects.participation,
    ("cases:import-", "public_id"): Objects.case_import,
    ("cases:import-template", "form_slug"): lambda *_, **__: "colectomy",
    ("audits:", "public_id"): Objects.audit,
    ("audits:", "sample_id"): Objects.sample,
    ("caselog:", "case_public_id"): Objects.case,
    ("caselog:", "cycle_id"): Objects.cycle,
    ("caselog:", "upload_id"): Objects.log_file,
    ("caselog:", "entry_id"): Objects.log_entry,
    ("caselog:", "request_id"): Objects.unlock_request,
    ("training:module-detail", "module_id"): Objects.material("module"),
    ("training:module-edit", "module_id"): Objects.material("module"),
    ("training:practice-", "test_case_id"): Objects.material("practice"),
    ("training:test-case-", "test_case_id"): Objects.material("draft_case"),
    ("training:exam-", "exam_id"): Objects.material("exam"),
    ("training:", "attempt_id"): Objects.attempt,
    ("training:", "exercise_id"): Objects.exercise,
    ("training:", "certificate_id"): Objects.certificate,
    ("training:rule-", "form_slug"): lambda *_, **__: "colectomy",
    ("questions:", "case_public_id"): Objects.case,
    ("questions:", "public_id"): Objects.question,
    ("feedback:", "public_id"): Objects.release,
    ("feedback:trend-note", "note_id"): Objects.trend_note,
    ("feedback:baseline-", "baseline_id"): Objects.baseline,
    ("reviews:release-", "release_id"): Objects.release,
    ("reviews:contest-new", "case_public_id"): Objects.case_behind,
    ("reviews:contest-", "public_id"): Objects.contest,
    ("reviews:comment-", "public_id"): Objects.comment,
    ("reviews:", "measure_slug"): lambda *_, **__: reviews.MEASURE,
    ("groups:", "group_id"): Objects.group,
    ("groups:", "admission_id"): Objects.admission,
    ("groups:", "membership_id"): Objects.group_part("membership"),
    ("groups:", "document_id"): Objects.group_part("document", "secret_document"),
    ("groups:", "number"): lambda *_, **__: 1,
    ("groups:", "post_id"): Objects.group_part("post", "secret_post"),
    ("groups:", "decision_id"): Objects.group_part("decision"),
    ("groups:", "wish_id"): Objects.group_part("wish"),
    ("meetings:", "meeting_id"): Objects.meeting,
    ("meetings:", "item_id"): Objects.meeting_part("item"),
    ("meetings:", "file_id"): Objects.meeting_part("file"),
    ("meetings:", "recording_id"): Objects.meeting_part("recording"),
    ("meetings:", "attendance_id"): Objects.meeting_part("attendance"),
    ("meetings:", "question_id"): Objects.meeting_part("question"),
    ("meetings:", "decision_id"): Objects.meeting_part("decision"),
    ("meetings:", "action_id"): Objects.action,
    ("notifications:", "notification_id"): Objects.notification,
    ("news:", "announcement_id"): Objects.announcement,
    ("news:", "draft_id"): Objects.news_draft,
    ("reports:", "public_id"): Objects.release,
    ("reports:", "measure_slug"): lambda *_, **__: "ssi",
    ("reports:", "report_id"): Objects.report,
    ("measures:", "digest"): Objects.form_digest,
    ("measures:model-", "model_slug"): lambda *_, **__: trials.MODEL.slug,
    ("measures:model-download", "version"): lambda *_, **__: 1,
    ("feedback:trial-", "model_slug"): lambda *_, **__: trials.MODEL.slug,
    ("feedback:trial-", "trial_id"): Objects.trial,
    ("feedback:", "measure_slug"): lambda *_, **__: "ssi",
    ("feedback:figure-", "aggregate_slug"): Objects.aggregate,
    ("feedback:figure-", "upload_id"): Objects.figures,
    ("measures:measure-", "measure_slug"): lambda *_, **__: drafts.MEASURE.slug,
    ("measures:measure-download", "version"): lambda *_, **__: 1,
    ("measures:measure-download", "file_format"): lambda *_, **__: "fhir",
    **{
        (f"measures:{prefix}-", "form_slug"): lambda *_, **__: drafts.SLUG
        for prefix in ("draft", "part", "section", "question", "check")
    },
    **{(f"cases:form-{page}", "form_slug"): lambda *_, **__: drafts.SLUG for page in ("review", "preview")},
    ("measures:form-", "form_slug"): lambda *_, **__: "colectomy",
    ("measures:form-download", "version"): lambda *_, **__: 1,
    ("measures:form-download", "file_format"): lambda *_, **__: "redcap",
    ("measures:section-", "part"): lambda *_, **__: "event",
    ("measures:question-", "part"): lambda *_, **__: "pain",
    ("measures:check-", "part"): lambda *_, **__: "early",
}
# Parts that name no row of a hospital: everybody in the collaborative may try them.
SHARED_PARTS = {
    "digest",
    "form_slug",
    "measure_slug",
    "model_slug",
    "aggregate_slug",
    "version",
    "file_format",
    "part",
    "kind",
    "number",
}


def factory(route: Route, part: str) -> Callable[..., object]:
    found = [make for (prefix, name), make in FACTORIES.items() if route.name.startswith(prefix) and name == part]
    assert len(found) == 1, (
        f"no factory, or several, for {part} of {route.name}: add one to tests/architecture/routes.py"
    )
    return found[0]


def own_url(route: Route, objects: Objects) -> str:
    return route.url(**{part: factory(route, part)(objects, own=True) for part in route.objects})
