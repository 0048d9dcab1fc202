"""One row in every protected table for a hospital that most people must not see, so that there is something to leak."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection, sql

from tests.tenancy.catalog import protected, rows, tables
from tests.tenancy.plain import insert


# Where harmless fillings would break a rule of the table.
PARTICULARS: dict[str, dict[str, object]] = {
    "ballots_ballot": {"state": "open", "opens_at": "2020-01-01", "closes_at": "2100-01-01"},
    "ballots_designation": {"named_by_id": 1},
    "ballots_vote": {"option": "Abstain"},
    "ballots_result": {"votes": 0},
    "caselog_followup": {"state": "open"},
    "caselog_caselogentry": {"state": "listed"},
    "caselog_logupload": {"state": "discarded", "decided_at": "2026-01-05"},
    "caselog_samplingrule": {"scheme": "all"},
    "agreements_agreementtext": {"kind": "confidentiality", "number": 9},
    "agreements_agreementneed": {"kind": "confidentiality"},
    "agreements_agreement": {"kind": "confidentiality", "how": "on_paper"},
    "documents_documentversion": {"size": 1},
    "roster_interimcover": {"role": "champion"},
    "collaboratives_grant": {"role": "clinician", "capacity": "hospital", "ends_at": "2001-01-01"},
    "collaboratives_invitation": {"role": "clinician", "capacity": "hospital"},
    "events_job": {"state": "queued"},
    "measures_formversion": {"status": "draft"},
    "measures_measureversion": {"status": "draft"},
    "measures_riskmodelversion": {"status": "draft"},
    "questions_question": {"kind": "question", "state": "open", "waiting_for": "centre", "waiting_since": "2026-01-05"},
    "training_testcase": {"state": "draft"},
    "training_exam": {"state": "draft", "tier_1_percent": 95, "tier_2_percent": 90, "valid_months": 12},
    "training_certificate": {"issued_on": "2026-01-05", "valid_until": "2027-01-05"},
    "audits_audit": {"state": "announced"},
    "audits_response": {"answer": "accepted"},
    "audits_ruling": {"verdict": "second", "reason": "planted", "decided_by_id": 1},
    "audits_agreement": {"compared": 1},
    "meetings_meeting": {"starts_at": "2026-01-05", "ends_at": "2026-01-06", "state": "announced"},
    "meetings_agendaitem": {"minutes": 10, "is_public": True},
    "meetings_meetingfile": {"data": b"planted"},
    "meetings_invitee": {"reply": "open"},
    "meetings_attendance": {"counts": True, "why_not": "", "removed_because": ""},
    "meetings_actionitem": {"state": "open"},
    "meetings_meetingrule": {"meetings_a_year": 3},
    "notifications_notification": {"path": "/", "mail": "none"},
    "news_announcement": {"state": "draft", "saved_by_id": 1},
    **{table: {"capacity": "hospital"} for table in ("week_waitinglist", "week_waitingtask")},
    "groups_membership": {"role": "member"},
    "groups_admission": {"state": "open", "asked_by_id": 1},
    "groups_groupdocumentversion": {"size": 1},
    "groups_grouppost": {"text": "planted", "withdrawn_because": ""},
    "groups_workinggroup": {"closed_because": ""},
    "reviews_contest": {"state": "open", "excludes": False, "decision": ""},
    "reviews_comment": {"text": "planted"},
    "reviews_localtarget": {"value": 0.5, "by": "2027-01-05"},
    "feedback_figureupload": {"state": "discarded", "decided_at": "2026-01-05"},
    "feedback_trialfit": {"state": "waiting"},
    "feedback_trialhospital": {"reading": "too_few"},
    "feedback_release": {"state": "draft", "name": "planted"},
    "feedback_baselinechange": {"month": "2026-01-01", "reason": "planted", "signature": "planted"},
    "feedback_hospitalnote": {"text": "planted"},
    "feedback_programmenote": {"text": "planted"},
    "feedback_releasepolicy": {"largest_move": 25},
    "feedback_releaseproof": {"difference": "planted"},
}
# What a trigger checks instead of keys (ADR 10).
PARENTS_WITHOUT_KEYS = {
    "feedback_caseoutcome": {"cases_case": "case_id", "measures_measureversion": "measure_version_id"},
}
# A second reference to a hospital: another one of the same collaborative.
OTHER_HOSPITAL = {"roster_merger": "into_id"}
NOT_PLANTED = {
    "accounts_user",
    "sites_site",
    "collaboratives_collaborative",
    "collaboratives_participation",
    *("caselog_followupcount", "caselog_windowcount", "cases_casecount"),  # one row a hospital
    "notifications_notificationwish",  # one row a person and kind
    "week_digest",  # one row a person and day, of no tenant
}  # the world has them


@contextmanager
def planted(connection: Connection[Any], *places: tuple[int, int, int]) -> Iterator[None]:
    """Commit the rows for each place (collaborative, participation, user); take them out at the end."""
    done: list[tuple[str, int | str]] = []
    try:
        for place in places:
            _plant(connection, place, done)
        yield
    finally:
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            for table, key in reversed(done):
                statement = sql.SQL("DELETE FROM {} WHERE {} = {}").format(
                    sql.Identifier(table), sql.Identifier(_primary_key(connection, table)), sql.Literal(key)
                )
                connection.execute(statement)


def _plant(connection: Connection[Any], place: tuple[int, int, int], done: list[tuple[str, int | str]]) -> None:
    collaborative, participation, user = place
    known = {
        "collaboratives_collaborative": collaborative,
        "collaboratives_participation": participation,
        "accounts_user": user,
    }
    columns_of, waiting = (
        {name: columns for name, (*_, columns) in tables(connection).items()},
        protected(connection) - NOT_PLANTED,
    )
    while waiting:
        ready = [name for name in sorted(waiting) if _parents(connection, name).keys() <= known.keys() | {name}]
        assert ready, f"cannot plant {waiting}"
        for table in ready:
            values: dict[str, object] = {
                parent_column: known[parent] for parent, parent_column in _parents(connection, table).items()
            }
            values |= {"collaborative_id": collaborative} if "collaborative_id" in columns_of[table] else {}
            values |= {"participation_id": participation} if "participation_id" in columns_of[table] else {}
            if column := OTHER_HOSPITAL.get(table):
                others = "SELECT max(id) FROM collaboratives_participation WHERE collaborative_id = %s AND id <> %s"
                values |= {column: rows(connection, others, collaborative, participation)[0][0]}
            key = insert(connection, table, **(values | PARTICULARS.get(table, {})))
            done.append((table, key))
            known[table] = key
            waiting.discard(table)


def _parents(connection: Connection[Any], table: str) -> dict[str, str]:
    """Required references: parent table → column. The first column of a composite key is the reference, then its tenant."""
    found = rows(
        connection,
        """SELECT k.confrelid::regclass::text, a.attname FROM pg_constraint k
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
            WHERE k.contype = 'f' AND k.conrelid = %s::regclass AND a.attnotnull""",
        table,
    )
    return dict(found) | PARENTS_WITHOUT_KEYS.get(table, {})


def _primary_key(connection: Connection[Any], table: str) -> str:
    (name,) = rows(
        connection,
        """SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indisprimary AND i.indrelid = %s::regclass""",
        table,
    )[0]
    return str(name)
