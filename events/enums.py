from django.db.models import TextChoices


class EventKind(TextChoices):
    """Everything that changes a row says so with one of these. `config/reactions.py` answers every kind."""

    COLLABORATIVE_CREATED = "collaborative_created"
    HOSPITAL_CREATED = "hospital_created"
    HOSPITAL_CHANGED = "hospital_changed"
    HOSPITAL_JOINED = "hospital_joined"
    HOSPITAL_LEFT = "hospital_left"
    ROLE_GRANTED = "role_granted"
    ROLE_ENDED = "role_ended"
    INVITATION_CREATED = "invitation_created"
    INVITATION_REVOKED = "invitation_revoked"
    INVITATION_ACCEPTED = "invitation_accepted"
    DEFINITION_PUBLISHED = "definition_published"
    DRAFT_SAVED = "draft_saved"
    DRAFT_SUBMITTED = "draft_submitted"
    DRAFT_RETURNED = "draft_returned"
    DRAFT_DISCARDED = "draft_discarded"
    CASE_SAVED = "case_saved"
    CASE_COMPLETED = "case_completed"
    CASE_REOPENED = "case_reopened"
    CASE_ASSIGNED = "case_assigned"
    CYCLE_CREATED = "cycle_created"
    CASES_LOCKED = "cases_locked"
    LOCK_EXTENDED = "lock_extended"
    UNLOCK_ASKED = "unlock_asked"
    UNLOCK_DECIDED = "unlock_decided"
    QUESTION_ASKED = "question_asked"
    QUERY_RAISED = "query_raised"
    QUESTION_REPLIED = "question_replied"
    QUESTION_ANSWERED = "question_answered"
    QUERY_CONFIRMED = "query_confirmed"
    QUERY_CORRECTED = "query_corrected"
    QUERY_PASSED_BACK = "query_passed_back"
    QUESTION_CLOSED = "question_closed"
    QUESTION_REOPENED = "question_reopened"
    QUESTION_ASSIGNED = "question_assigned"
    ANSWER_PROMOTED = "answer_promoted"
    IMPORT_UPLOADED = "import_uploaded"
    IMPORT_COMMITTED = "import_committed"
    IMPORT_DISCARDED = "import_discarded"
    IMPORT_UNDONE = "import_undone"
    TOKEN_CREATED = "token_created"  # noqa: S105 -- a kind of event
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 -- a kind of event
    RELEASE_DRAFTED = "release_drafted"
    RELEASE_APPROVED = "release_approved"
    RELEASE_PUBLISHED = "release_published"
    RELEASE_DISCARDED = "release_discarded"


class AccessAction(TextChoices):
    """How somebody looked at identified hospital data."""

    CASE_VIEWED = "case_viewed", "opened a case"
    CASES_LISTED = "cases_listed", "listed cases"
    RESULTS_VIEWED = "results_viewed", "viewed results by hospital"
    EXPORTED = "exported", "downloaded a file"


class JobState(TextChoices):
    QUEUED = "queued", "waiting"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"
