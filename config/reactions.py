"""What follows from what: every kind of event with its reactions, every kind of job with its work.

News travels upwards only through here; no package imports one above it.
"""

from collections.abc import Callable, Mapping, Sequence

from cases.audits.services.agreement import compute_report
from cases.audits.services.comparing import compare_audit
from cases.audits.services.correction import correct_cases, corrected_cases
from cases.audits.services.notices import cancel_audits_of
from cases.audits.services.review import close_review
from cases.log.services.linking import link_case, link_import
from cases.log.services.unlocking import carry_out
from cases.quality.services.refreshing import measure_job
from cases.services.burden import burden_after, burden_job
from cases.services.check_import import check_import
from cases.services.form_publishing import rebind_drafts
from cases.services.take_over import take_over
from cases.services.undo import undo_cases
from collaboratives.agreements.services.reminding import tell_expiring
from collaboratives.documents.services.documents import tell_of_upload, tell_reminded
from collaboratives.notifications.services.job_done import tell_done
from collaboratives.roster.services.directory import follow_hospital, follow_role, follow_wish
from collaboratives.services.invitations import send_invitation
from coordination.groups.services.checking import check_decision, check_post
from coordination.groups.services.leaving import follow_leaving, follow_role_end
from coordination.groups.services.telling import (
    tell_admission,
    tell_decision,
    tell_document,
    tell_invitation,
    tell_of_withdrawal,
    tell_post,
    tell_request,
)
from coordination.meetings.services.mailing import (
    mail_cancellation,
    mail_change,
    mail_invitations,
    mail_minutes,
)
from coordination.meetings.services.polling import count_poll
from coordination.news.services.delivering import call_back, deliver, remind_readers
from coordination.week.services.keeping import follow_roles, mark_stale
from coordination.week.services.reminding import remind_hospital
from events.enums import EventKind
from events.models import Event, Job
from feedback.enums import ComputingStep
from feedback.reports.services.preparing import ask_for_reports, prepare_reports
from feedback.reviews.services.breakdowns import ask_for_breakdowns, break_down
from feedback.reviews.services.telling import tell_contested
from feedback.selectors.job_paths import release_path, trial_path
from feedback.services.bulk_outcomes import evaluate_collaborative, evaluate_import, follow_undo
from feedback.services.computing import compute_release
from feedback.services.gate import check_release
from feedback.services.measure_evaluation import evaluate_measure
from feedback.services.noticing import give_notice
from feedback.services.outcomes import evaluate_case
from feedback.services.proving import prove_release
from feedback.services.publishing import publish_release
from feedback.services.release_mail import tell_no_more
from feedback.services.trial_fitting import fit_trial
from measures.services.review_reminders import tell_review


def remind_of_tasks(event: Event) -> None:
    remind_hospital(event)


def mail_invitation(event: Event) -> None:
    send_invitation(invitation_id=event.subject_id, inviter_capacity=event.capacity)


def count_case(event: Event) -> None:
    evaluate_case(event.subject_id)


def count_import(event: Event) -> None:
    evaluate_import(event.collaborative_id, event.subject_id)


def count_all_cases(event: Event) -> None:
    evaluate_collaborative(event.collaborative_id)


def link_to_log(event: Event) -> None:
    link_case(event.subject_id)


def link_import_to_log(event: Event) -> None:
    link_import(event.subject_id)


def unlock_granted(event: Event) -> None:
    carry_out(event.subject_id)


def compare_abstractions(event: Event) -> None:
    compare_audit(event.subject_id)


def end_audit_review(event: Event) -> None:
    close_review(event.subject_id)


def count_audited(event: Event) -> None:
    for case_id in corrected_cases(event.subject_id):
        evaluate_case(case_id)


def cancel_audits(event: Event) -> None:
    cancel_audits_of(event.subject_id)


def bind_drafts(event: Event) -> None:
    rebind_drafts(event.collaborative_id)


def compute_and_break_down(job: Job) -> bool:
    """The release first; the split of each hospital's own cases follows by itself, so that nobody waits for it."""
    step = compute_release(job)
    if step is ComputingStep.DRAFTED:
        ask_for_breakdowns(job)
        tell_done(job, release_path(job.subject_id))
    return step is ComputingStep.MORE


def undo_import(job: Job) -> None:
    """Cases and what was counted from them, in one transaction: no count of a case that is gone is ever seen."""
    if undone := undo_cases(job):
        follow_undo(job.collaborative_id, deleted=undone.deleted, restored=undone.restored, hospitals=undone.hospitals)


def fit_and_tell(job: Job) -> None:
    fit_trial(job)
    tell_done(job, trial_path(job.subject_id))


def prove_and_tell(job: Job) -> None:
    prove_release(job)
    tell_done(job, release_path(job.subject_id))


def release_to_members(job: Job) -> None:
    """What members see, then the files made of it: a job of its own, so that nobody waits for them."""
    publish_release(job)
    ask_for_reports(job.subject_id)


_REACTIONS: Mapping[str, Sequence[Callable[[Event], None]]] = {
    **dict.fromkeys(EventKind, ()),
    EventKind.INVITATION_CREATED: (mail_invitation,),
    EventKind.INVITATION_RESENT: (mail_invitation,),
    EventKind.DIRECTORY_CHANGED: (follow_wish,),
    EventKind.ROLE_GRANTED: (follow_role, follow_roles),
    EventKind.ROLE_ENDED: (follow_role, follow_roles, follow_role_end),
    EventKind.HOSPITAL_CHANGED: (follow_hospital,),
    EventKind.HOSPITAL_REMINDED: (remind_of_tasks,),
    EventKind.AGREEMENT_EXPIRING: (tell_expiring,),
    EventKind.DOCUMENT_UPLOADED: (tell_of_upload,),
    EventKind.DOCUMENT_REMINDED: (tell_reminded,),
    EventKind.REVIEW_DUE: (tell_review,),
    EventKind.CASE_COMPLETED: (count_case,),
    EventKind.CASE_EXCLUDED: (count_case,),
    EventKind.EXCLUSION_LIFTED: (count_case,),
    EventKind.RELEASE_WITHDRAWN: (tell_no_more,),
    EventKind.CONTEST_DECIDED: (tell_contested,),
    EventKind.CASE_REOPENED: (count_case,),
    EventKind.CASE_SAVED: (link_to_log,),
    EventKind.IMPORT_COMMITTED: (count_import, link_import_to_log),
    EventKind.UNLOCK_DECIDED: (unlock_granted,),
    EventKind.HOSPITAL_LEFT: (cancel_audits, follow_hospital, follow_roles, follow_leaving),
    EventKind.AUDIT_ABSTRACTED: (compare_abstractions,),
    EventKind.AUDIT_ANSWERED: (end_audit_review,),
    EventKind.AUDIT_CORRECTED: (count_audited,),
    EventKind.MEETING_INVITED: (mail_invitations,),
    EventKind.MEETING_CHANGED: (mail_change,),
    EventKind.MEETING_CANCELLED: (mail_cancellation,),
    EventKind.MINUTES_SENT: (mail_minutes,),
    EventKind.ANNOUNCEMENT_SENT: (deliver,),
    EventKind.ANNOUNCEMENT_REMINDED: (remind_readers,),
    EventKind.ANNOUNCEMENT_WITHDRAWN: (call_back,),
    EventKind.POLL_CLOSED: (count_poll,),
    EventKind.GROUP_INVITED: (tell_invitation,),
    EventKind.GROUP_ASKED: (tell_request,),
    EventKind.GROUP_JOINED: (tell_admission,),
    EventKind.GROUP_POSTED: (check_post, tell_post),
    EventKind.GROUP_POST_WITHDRAWN: (tell_of_withdrawal,),
    EventKind.GROUP_DOCUMENT_ADDED: (tell_document,),
    EventKind.GROUP_DECIDED: (check_decision, tell_decision),
    EventKind.DEFINITION_PUBLISHED: (bind_drafts, count_all_cases, burden_after),
}
# Whatever happens may change what waits for somebody. Last, so that nobody waits for the lists that it holds.
REACTIONS: Mapping[str, Sequence[Callable[[Event], None]]] = {
    kind: (*reactions, mark_stale) for kind, reactions in _REACTIONS.items()
}
# Work that answers true has more to do: it is called again, in a transaction of its own.
JOBS: Mapping[str, Callable[[Job], bool | None]] = {
    "audits.report": compute_report,
    "reviews.break_down": break_down,
    "audits.correct": correct_cases,
    "cases.check_import": check_import,
    "cases.commit_import": take_over,
    "cases.undo_import": undo_import,
    "cases.measure_burden": burden_job,
    "quality.measure": measure_job,
    "feedback.evaluate_measure": evaluate_measure,
    "feedback.fit_trial": fit_and_tell,
    "feedback.compute_release": compute_and_break_down,
    "feedback.publish_release": release_to_members,
    "feedback.check_release": check_release,
    "feedback.give_notice": give_notice,
    "feedback.prove_release": prove_and_tell,
    "reports.prepare": prepare_reports,
}
