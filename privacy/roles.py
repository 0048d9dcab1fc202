"""Roles of people, what each may do, and the database capacity each acts in. One table; everything asks it."""

from enum import StrEnum


class Capacity(StrEnum):
    """The side of the wall from which somebody works; each is a database role of its own."""

    HOSPITAL = "hospital"
    CENTRE = "centre"
    OBSERVER = "observer"


class Role(StrEnum):
    """What a person is in a collaborative or in one of its hospitals."""

    DIRECTOR = "director"
    COORDINATOR = "coordinator"
    BIOSTATISTICIAN = "biostatistician"
    VALIDATOR = "validator"
    CHAMPION = "champion"
    CLINICIAN = "clinician"
    ABSTRACTOR = "abstractor"
    SAMPLER = "sampler"
    ADMINISTRATOR = "administrator"
    SPONSOR = "sponsor"
    PATIENT_PARTNER = "patient_partner"

    @property
    def label(self) -> str:
        """The name people use."""
        return ROLE_LABELS[self]

    @property
    def capacity(self) -> Capacity:
        """The side of the wall this role works from."""
        return ROLE_CAPACITY[self]


class Permission(StrEnum):
    """Something a page or a service asks before it shows or does it."""

    PROGRAMME_VIEW = "programme_view"
    POOLED_VIEW = "pooled_view"
    MEASURE_VIEW = "measure_view"
    COMPARISON_VIEW = "comparison_view"
    TREND_NOTE = "trend_note"
    BASELINE_SET = "baseline_set"
    UNBLINDED_VIEW = "unblinded_view"
    MODEL_VIEW = "model_view"
    REPORT_VIEW = "report_view"
    CASE_VIEW = "case_view"
    CASE_EDIT = "case_edit"
    CASE_COMPLETE = "case_complete"
    CASE_REOPEN = "case_reopen"
    CASE_IMPORT = "case_import"
    QUESTION_ASK = "question_ask"
    QUESTION_ANSWER = "question_answer"
    LOG_MANAGE = "log_manage"
    SAMPLING_MANAGE = "sampling_manage"
    LOCK_MANAGE = "lock_manage"
    UNLOCK_ASK = "unlock_ask"
    AUDIT_VIEW = "audit_view"
    AUDIT_MANAGE = "audit_manage"
    AUDIT_ABSTRACT = "audit_abstract"
    AUDIT_REVIEW = "audit_review"
    AUDIT_ADJUDICATE = "audit_adjudicate"
    TRAINING_VIEW = "training_view"
    TRAINING_TAKE = "training_take"
    TRAINING_MANAGE = "training_manage"
    QUALITY_VIEW = "quality_view"
    DICTIONARY_VIEW = "dictionary_view"
    DEFINITION_EDIT = "definition_edit"
    DEFINITION_PUBLISH = "definition_publish"
    HOSPITAL_VIEW = "hospital_view"
    HOSPITAL_MANAGE = "hospital_manage"
    PEOPLE_VIEW = "people_view"
    PEOPLE_MANAGE = "people_manage"
    AGREEMENT_VIEW = "agreement_view"
    AGREEMENT_SIGN = "agreement_sign"
    AGREEMENT_MANAGE = "agreement_manage"
    DIRECTORY_VIEW = "directory_view"
    DOCUMENT_VIEW = "document_view"
    DOCUMENT_CONFIRM = "document_confirm"
    DOCUMENT_MANAGE = "document_manage"
    FIGURES_SUPPLY = "figures_supply"
    RELEASE_VIEW = "release_view"
    RELEASE_BUILD = "release_build"
    RELEASE_APPROVE = "release_approve"
    RELEASE_PUBLISH = "release_publish"
    NOTICE_VIEW = "notice_view"
    RELEASE_ATTEST = "release_attest"
    CONTEST_VIEW = "contest_view"
    CONTEST_RAISE = "contest_raise"
    CONTEST_DECIDE = "contest_decide"
    DISCUSSION_JOIN = "discussion_join"
    TARGET_VIEW = "target_view"
    TARGET_SET = "target_set"
    BREAKDOWN_VIEW = "breakdown_view"
    BALLOT_VIEW = "ballot_view"
    BALLOT_VOTE = "ballot_vote"
    BALLOT_MANAGE = "ballot_manage"
    MEETING_VIEW = "meeting_view"
    MEETING_JOIN = "meeting_join"
    MEETING_MANAGE = "meeting_manage"
    ATTENDANCE_VIEW = "attendance_view"
    NEWS_VIEW = "news_view"
    NEWS_WRITE = "news_write"
    GROUP_VIEW = "group_view"
    GROUP_MANAGE = "group_manage"
    HOSPITAL_REMIND = "hospital_remind"
    MAIL_VIEW = "mail_view"
    ACCESS_LOG_VIEW = "access_log_view"
    API_TOKEN_MANAGE = "api_token_manage"  # noqa: S105 -- the name of a permission

    @property
    def sentence(self) -> str:
        """What the permission allows, for the page «Who can see what»."""
        return PERMISSION_SENTENCES[self]


ROLE_LABELS = {
    Role.DIRECTOR: "programme director",
    Role.COORDINATOR: "coordinator",
    Role.BIOSTATISTICIAN: "biostatistician",
    Role.VALIDATOR: "data validator",
    Role.CHAMPION: "clinical champion",
    Role.CLINICIAN: "clinician",
    Role.ABSTRACTOR: "abstractor",
    Role.SAMPLER: "sampler",
    Role.ADMINISTRATOR: "hospital administrator",
    Role.SPONSOR: "sponsor",
    Role.PATIENT_PARTNER: "patient partner",
}

ROLE_CAPACITY = {
    Role.DIRECTOR: Capacity.CENTRE,
    Role.COORDINATOR: Capacity.CENTRE,
    Role.BIOSTATISTICIAN: Capacity.CENTRE,
    Role.VALIDATOR: Capacity.CENTRE,
    Role.CHAMPION: Capacity.HOSPITAL,
    Role.CLINICIAN: Capacity.HOSPITAL,
    Role.ABSTRACTOR: Capacity.HOSPITAL,
    Role.SAMPLER: Capacity.HOSPITAL,
    Role.ADMINISTRATOR: Capacity.HOSPITAL,
    Role.SPONSOR: Capacity.OBSERVER,
    Role.PATIENT_PARTNER: Capacity.OBSERVER,
}

PERMISSION_SENTENCES = {
    Permission.PROGRAMME_VIEW: "open the collaborative's home page and this charter",
    Permission.POOLED_VIEW: "see results of all hospitals together, never of one",
    Permission.MEASURE_VIEW: "read the definitions of measures",
    Permission.COMPARISON_VIEW: "see the own hospital among blinded peers in a release",
    Permission.TREND_NOTE: "note on a measure's trend what changed and when",
    Permission.BASELINE_SET: "begin the limits of the own hospital's chart anew after a change, with a reason",
    Permission.UNBLINDED_VIEW: "see results by named hospital",
    Permission.MODEL_VIEW: "see risk models: coefficients, c-statistic, calibration",
    Permission.REPORT_VIEW: "take away the reports of a release: of the own hospital; the centre: of every hospital",
    Permission.CASE_VIEW: "read cases",
    Permission.CASE_EDIT: "enter and change cases",
    Permission.CASE_COMPLETE: "complete cases",
    Permission.CASE_REOPEN: "re-open completed cases",
    Permission.CASE_IMPORT: "upload files of cases",
    Permission.QUESTION_ASK: "ask the coordinating centre and answer its queries",
    Permission.QUESTION_ANSWER: "answer hospitals' questions and raise queries about cases",
    Permission.LOG_MANAGE: "upload the operative log of the own hospital, draw its sample, substitute a case",
    Permission.SAMPLING_MANAGE: "say who of a log is eligible, how many are drawn and how long they are followed",
    Permission.LOCK_MANAGE: "set when cases are locked, give a hospital more time, unlock a case",
    Permission.UNLOCK_ASK: "ask the coordinating centre to unlock a case",
    Permission.AUDIT_VIEW: "see data validation audits and their reports",
    Permission.AUDIT_MANAGE: "announce data validation audits, draw their samples, report them",
    Permission.AUDIT_ABSTRACT: "abstract drawn cases again, without seeing what the hospital entered",
    Permission.AUDIT_REVIEW: "accept or contest what an audit found",
    Permission.AUDIT_ADJUDICATE: "decide what a hospital contests",
    Permission.TRAINING_VIEW: "open the training area and see who is certified",
    Permission.TRAINING_TAKE: "practise and take exams in the training area",
    Permission.TRAINING_MANAGE: "write modules, test cases and exams, and say where certificates are asked for",
    Permission.QUALITY_VIEW: "see how complete, timely and well audited the own cases are; the centre: those of every hospital",
    Permission.DICTIONARY_VIEW: "read the data dictionary",
    Permission.DEFINITION_EDIT: "draft forms, measures and risk models",
    Permission.DEFINITION_PUBLISH: "publish forms, measures and risk models",
    Permission.HOSPITAL_VIEW: "see the list of member hospitals",
    Permission.HOSPITAL_MANAGE: "create hospitals, let them join and leave",
    Permission.PEOPLE_VIEW: "see who holds which role",
    Permission.PEOPLE_MANAGE: "invite people and end their roles",
    Permission.AGREEMENT_VIEW: "read the agreements of the own hospital; the centre: those of every hospital",
    Permission.AGREEMENT_SIGN: "sign agreements for the own hospital",
    Permission.AGREEMENT_MANAGE: "write agreements, say what they are needed for, keep and end what hospitals signed",
    Permission.DIRECTORY_VIEW: "find people of other hospitals who want to be found",
    Permission.DOCUMENT_VIEW: "read the documents of the collaborative that are for their role",
    Permission.DOCUMENT_CONFIRM: "confirm that they have read a document",
    Permission.DOCUMENT_MANAGE: "upload documents, say whom they are for, and see who has not read them",
    Permission.FIGURES_SUPPLY: "upload the figures of measures that are not counted from cases, for every hospital",
    Permission.RELEASE_VIEW: "see releases being prepared",
    Permission.RELEASE_BUILD: "close a window and compute a release",
    Permission.RELEASE_APPROVE: "approve the statistics of a release",
    Permission.RELEASE_PUBLISH: "release results to members",
    Permission.NOTICE_VIEW: "read results of the own hospital that read worse, some days before members see a release",
    Permission.RELEASE_ATTEST: "say that they have reviewed a release",
    Permission.CONTEST_VIEW: "see which cases behind a number are contested; the centre: those of every hospital",
    Permission.CONTEST_RAISE: "contest how a case of the own hospital is counted",
    Permission.CONTEST_DECIDE: "decide what hospitals contest, and leave a case out of a measure",
    Permission.DISCUSSION_JOIN: "discuss measures within the own hospital, where nobody outside it reads along",
    Permission.TARGET_VIEW: "see the targets that the own hospital sets itself; the centre: those of every hospital",
    Permission.TARGET_SET: "set a target of the own hospital",
    Permission.BREAKDOWN_VIEW: "see the own hospital's results by clinician code and by kind of case; nobody outside it can",
    Permission.BALLOT_VIEW: "see ballots and their results; how a hospital voted is seen by it and the centre alone",
    Permission.BALLOT_VOTE: "vote for the own hospital, or name who votes for it",
    Permission.BALLOT_MANAGE: "put questions to a vote of the hospitals, and call a ballot off",
    Permission.MEETING_VIEW: "see meetings with the public part of their agenda, and answer an invitation",
    Permission.MEETING_JOIN: "read files, decisions and minutes of meetings, and say that they are there",
    Permission.MEETING_MANAGE: "plan meetings, invite to them, note attendance, decisions and actions, write minutes",
    Permission.ATTENDANCE_VIEW: "see who of the own hospital attended meetings; the centre: of every hospital",
    Permission.NEWS_VIEW: "read the announcements that the coordinating centre addresses to them",
    Permission.NEWS_WRITE: "write announcements, choose who gets them, and see how many read them",
    Permission.GROUP_VIEW: "see working groups, what they are for and who is in them; members: their documents and discussion",
    Permission.GROUP_MANAGE: "found working groups, say who is in them and who leads them",
    Permission.HOSPITAL_REMIND: "remind hospitals of what waits for them",
    Permission.MAIL_VIEW: "see what every mail of the program looks like",
    Permission.ACCESS_LOG_VIEW: "see who viewed identified data",
    Permission.API_TOKEN_MANAGE: "make and revoke keys with which programs submit cases",
}

_P = Permission
_EVERYONE = frozenset({_P.PROGRAMME_VIEW, _P.POOLED_VIEW, _P.MEETING_VIEW, _P.NEWS_VIEW})
_HOSPITAL = _EVERYONE | {
    _P.GROUP_VIEW,
    _P.MEETING_JOIN,
    _P.ATTENDANCE_VIEW,
    _P.MEASURE_VIEW,
    _P.COMPARISON_VIEW,
    _P.REPORT_VIEW,
    _P.CASE_VIEW,
    _P.QUESTION_ASK,
    _P.QUALITY_VIEW,
    _P.DICTIONARY_VIEW,
    _P.MODEL_VIEW,
    _P.CONTEST_VIEW,
    _P.DIRECTORY_VIEW,
    _P.DOCUMENT_CONFIRM,
    _P.DOCUMENT_VIEW,
    _P.AGREEMENT_VIEW,
    _P.DISCUSSION_JOIN,
    _P.TARGET_VIEW,
    _P.BALLOT_VIEW,
}
_TRAINEE = {_P.TRAINING_VIEW, _P.TRAINING_TAKE}
_DATA_TEAM = _HOSPITAL | _TRAINEE | {_P.CASE_EDIT, _P.CASE_IMPORT, _P.LOG_MANAGE, _P.API_TOKEN_MANAGE}
# Bad news of a release, some days before members see it.
_WARNED = frozenset({_P.NOTICE_VIEW})
# The three to whom the report of an audit is addressed (DOMAIN 3.6).
_AUDITED = frozenset({_P.AUDIT_VIEW, _P.AUDIT_REVIEW})
# Who answers for the care behind the numbers: clinician-level cells are theirs alone (DOMAIN 3.10).
_REVIEWER = frozenset({_P.RELEASE_ATTEST, _P.BREAKDOWN_VIEW})
_CENTRE = _EVERYONE | {
    _P.GROUP_VIEW,
    _P.MEETING_JOIN,
    _P.ATTENDANCE_VIEW,
    _P.MEASURE_VIEW,
    _P.UNBLINDED_VIEW,
    _P.MODEL_VIEW,
    _P.REPORT_VIEW,
    _P.CASE_VIEW,
    _P.QUESTION_ANSWER,
    _P.QUALITY_VIEW,
    _P.TRAINING_VIEW,
    _P.DICTIONARY_VIEW,
    _P.HOSPITAL_VIEW,
    _P.DIRECTORY_VIEW,
    _P.DOCUMENT_VIEW,
    _P.AGREEMENT_VIEW,
    _P.PEOPLE_VIEW,
    _P.RELEASE_VIEW,
    _P.ACCESS_LOG_VIEW,
    _P.AUDIT_VIEW,
    _P.CONTEST_VIEW,
    _P.TARGET_VIEW,
    _P.BALLOT_VIEW,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.DIRECTOR: _CENTRE
    | {
        _P.MEETING_MANAGE,
        _P.GROUP_MANAGE,
        _P.NEWS_WRITE,
        _P.HOSPITAL_REMIND,
        _P.MAIL_VIEW,
        _P.TREND_NOTE,
        _P.RELEASE_PUBLISH,
        _P.BALLOT_MANAGE,
        _P.CONTEST_DECIDE,
        _P.LOCK_MANAGE,
        _P.SAMPLING_MANAGE,
        _P.AUDIT_MANAGE,
        _P.AUDIT_ADJUDICATE,
        _P.TRAINING_MANAGE,
        _P.DOCUMENT_MANAGE,
        _P.AGREEMENT_MANAGE,
        _P.HOSPITAL_MANAGE,
        _P.PEOPLE_MANAGE,
        _P.API_TOKEN_MANAGE,
        _P.RELEASE_BUILD,
        _P.DEFINITION_EDIT,
        _P.DEFINITION_PUBLISH,
    },
    Role.COORDINATOR: _CENTRE
    | {
        _P.MEETING_MANAGE,
        _P.GROUP_MANAGE,
        _P.NEWS_WRITE,
        _P.HOSPITAL_REMIND,
        _P.MAIL_VIEW,
        _P.TREND_NOTE,
        _P.BALLOT_MANAGE,
        _P.CONTEST_DECIDE,
        _P.LOCK_MANAGE,
        _P.SAMPLING_MANAGE,
        _P.AUDIT_MANAGE,
        _P.AUDIT_ADJUDICATE,
        _P.TRAINING_MANAGE,
        _P.DOCUMENT_MANAGE,
        _P.AGREEMENT_MANAGE,
        _P.HOSPITAL_MANAGE,
        _P.PEOPLE_MANAGE,
        _P.API_TOKEN_MANAGE,
        _P.RELEASE_BUILD,
        _P.FIGURES_SUPPLY,
        _P.CASE_IMPORT,
        _P.DEFINITION_EDIT,
        _P.DEFINITION_PUBLISH,
    },
    Role.BIOSTATISTICIAN: _CENTRE
    | {_P.TREND_NOTE, _P.FIGURES_SUPPLY, _P.RELEASE_BUILD, _P.RELEASE_APPROVE, _P.DEFINITION_EDIT},
    Role.VALIDATOR: _CENTRE | {_P.AUDIT_ABSTRACT, _P.AUDIT_ADJUDICATE},
    Role.CHAMPION: _HOSPITAL
    | _TRAINEE
    | _AUDITED
    | _WARNED
    | _REVIEWER
    | {
        _P.TREND_NOTE,
        _P.BASELINE_SET,
        _P.BALLOT_VOTE,
        _P.CONTEST_RAISE,
        _P.TARGET_SET,
        _P.UNLOCK_ASK,
        _P.PEOPLE_VIEW,
        _P.ACCESS_LOG_VIEW,
    },
    Role.CLINICIAN: _HOSPITAL | _REVIEWER | {_P.TREND_NOTE, _P.CONTEST_RAISE},
    Role.ABSTRACTOR: _DATA_TEAM | _AUDITED | {_P.CASE_COMPLETE, _P.CASE_REOPEN, _P.UNLOCK_ASK, _P.CONTEST_RAISE},
    Role.SAMPLER: _DATA_TEAM,
    Role.ADMINISTRATOR: _HOSPITAL
    | _AUDITED
    | _WARNED
    | _REVIEWER
    | {
        _P.AGREEMENT_SIGN,
        _P.TRAINING_VIEW,
        _P.UNLOCK_ASK,
        _P.PEOPLE_VIEW,
        _P.PEOPLE_MANAGE,
        _P.ACCESS_LOG_VIEW,
        _P.API_TOKEN_MANAGE,
    },
    Role.SPONSOR: _EVERYONE,
    Role.PATIENT_PARTNER: _EVERYONE | {_P.GROUP_VIEW},
}


def roles_of(capacity: Capacity) -> tuple[Role, ...]:
    """Roles that work from this side of the wall, in the order of the table."""
    return tuple(role for role in Role if role.capacity == capacity)
