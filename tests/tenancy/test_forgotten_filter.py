"""`Model.objects.all()` and a plain SELECT, for every model and every kind of person: only what is theirs, or an error."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, models, transaction

from tenancy.context import Acting, acting
from tests.tenancy import catalog
from tests.tenancy.conftest import address
from tests.tenancy.planting import planted
from tests.world import World


# What may be seen, as (hospital, centre, observer, compute, member); "-" is an error. Each word is a rule below.
KINDS = ("hospital", "centre", "observer", "compute", "member")
EXPECTED = {
    "accounts_user": "people people self all self",
    "sites_site": "own_site all - all own_sites",
    "collaboratives_collaborative": "here here here here mine",
    "collaboratives_participation": "own here - here own",
    "collaboratives_grant": "own here - here self",
    "collaboratives_invitation": "own here - here -",
    **dict.fromkeys(("agreements_agreementtext", "agreements_agreementneed"), "here here - here -"),
    **dict.fromkeys(("agreements_agreement", "agreements_agreementreminder"), "own here - here -"),
    "agreements_agreementscan": "own here - - -",
    **dict.fromkeys(("documents_document", "documents_documentversion"), "own_or_shared here - here -"),
    "documents_acknowledgement": "own here - here -",
    "notifications_notification": "own_or_shared_self here_self here_self here -",
    "notifications_notificationwish": "- - - all self",
    **dict.fromkeys(("roster_interimcover", "roster_accessreview"), "own here - here -"),
    **dict.fromkeys(("roster_onboardingdate", "roster_merger"), "own here - here -"),
    "roster_directorywish": "own_self - - here -",
    "roster_directoryentry": "here here - here -",
    **dict.fromkeys(
        ("measures_form", "measures_formversion", "measures_riskmodel", "measures_riskmodelversion"),
        "here here - here -",
    ),
    **dict.fromkeys(("measures_measure", "measures_measureversion"), "here here here here -"),
    **dict.fromkeys(("cases_case", "cases_caseimport", "cases_importrow"), "own here - here -"),
    **dict.fromkeys(("cases_casechange", "cases_importmapping", "cases_questioncount"), "own here - here -"),
    **dict.fromkeys(("questions_question", "questions_message"), "own here - here -"),
    "cases_savedrequest": "own - - here -",
    "cases_savedfilter": "own_self - - - -",
    **dict.fromkeys(("cases_formburden", "cases_casecount"), "- here - here -"),
    "collaboratives_apitoken": "own here - - self",
    **dict.fromkeys(("ballots_ballot", "ballots_result"), "here here - here -"),
    "ballots_policy": "here here - - -",
    "ballots_designation": "own here - - -",
    "ballots_vote": "own here - here -",
    **dict.fromkeys(("caselog_cycle", "caselog_samplingrule"), "here here - here -"),
    **dict.fromkeys(("caselog_lockextension", "caselog_unlockrequest"), "own here - here -"),
    **dict.fromkeys(("caselog_logupload", "caselog_caselogentry", "caselog_draw"), "own here - here -"),
    **dict.fromkeys(("caselog_substitution", "caselog_followup", "caselog_followupattempt"), "own here - here -"),
    **dict.fromkeys(
        (
            "training_module",
            "training_moduleversion",
            "training_testcase",
            "training_exam",
            "training_examcase",
            "training_certificationrule",
        ),
        "here here - here -",
    ),
    **dict.fromkeys(
        ("training_modulereading", "training_attempt", "training_exercise"),
        "own here - here -",
    ),
    "training_certificate": "own here - here own",
    **dict.fromkeys(
        ("quality_qualityfigures", "quality_anomaly", "caselog_followupcount", "caselog_windowcount"),
        "own here - here -",
    ),
    "quality_programmemedians": "here here - here -",
    **dict.fromkeys(
        (
            "audits_audit",
            "audits_auditedcase",
            "audits_disagreement",
            "audits_response",
            "audits_ruling",
            "audits_agreement",
        ),
        "own here - here -",
    ),
    "audits_original": "- - - here -",
    "audits_secondabstraction": "- here - here -",
    "events_event": "own here own_deed here -",
    **dict.fromkeys(("events_job", "events_accesslog"), "own here - here -"),
    **dict.fromkeys(("feedback_caseoutcome", "feedback_sitemonth", "feedback_snapshotslice"), "own here - here -"),
    **dict.fromkeys(("feedback_snapshot", "feedback_measureresult"), "- here - here -"),
    "feedback_figureupload": "- here - - -",
    "feedback_aggregatefigure": "own here - here -",
    **dict.fromkeys(("feedback_trialfit", "feedback_trialhospital"), "- here - here -"),
    "feedback_decidedexclusion": "- here - here -",
    "reviews_attestation": "own_released here - here -",
    "reviews_contest": "own here - here -",
    "reviews_comment": "own - - - -",
    "reviews_localtarget": "own here - - -",
    "reviews_ownbreakdown": "own_released - - here -",
    "feedback_baselinechange": "own here - here -",
    "feedback_hospitalnote": "own here - - -",
    "feedback_programmenote": "here here - - -",
    "feedback_release": "released here released here -",
    **dict.fromkeys(
        ("feedback_siteresult", "feedback_dataqualitystatement", "reports_hospitalreport"), "own_released here - here -"
    ),
    # Nobody here is a champion or administrator; tests/feedback/test_private_notice.py has those who are.
    "feedback_privatenotice": "nothing here - here -",
    **dict.fromkeys(
        (
            "feedback_releasepolicy",
            "feedback_releasecheck",
            "feedback_releasecheckreason",
            "feedback_releaseproof",
            "feedback_releasemail",
        ),
        "- here - here -",
    ),
    **dict.fromkeys(("feedback_memberfit", "feedback_peerdistribution"), "released here - here -"),
    "feedback_modelfit": "- here - here -",
    "feedback_grouppeers": "own_released here - here -",
    **dict.fromkeys(
        ("feedback_pooledresult", "feedback_pooledstatement", "reports_pooledreport"), "released here released here -"
    ),
    **dict.fromkeys(("meetings_series", "meetings_meeting"), "here here here here -"),
    "meetings_agendaitem": "here here public_here here -",
    **dict.fromkeys(
        ("meetings_meetingfile", "meetings_recording", "meetings_meetingrule", "meetings_decision"), "here here - - -"
    ),
    "meetings_invitee": "own here here_self here -",
    "meetings_attendance": "own here here_self here -",
    "meetings_meetingmail": "- here - here -",
    "meetings_calendarfeed": "here_self here_self here_self - self",
    "meetings_actionitem": "own_or_shared here - here -",
    "meetings_minutes": "- here - - -",
    **dict.fromkeys(("meetings_issuedminutes", "meetings_pollquestion", "meetings_pollcount"), "here here - here -"),
    "meetings_pollanswer": "own - - here -",
    "news_announcement": "addressed here addressed here -",
    "news_audience": "- here - here -",
    "news_receipt": "own_self here here_self here -",
    **dict.fromkeys(("week_waitinglist", "week_waitingtask"), "own_self self_at_centre self_observing here -"),
    "week_digest": "- - - - -",
    **dict.fromkeys(("week_escalationrule", "week_escalationdone", "week_hospitalreminder"), "- here - here -"),
    "groups_workinggroup": "here here partner here -",
    "groups_membership": "here here partner here -",
    "groups_admission": "here_self_or_led here here_self_or_led here -",
    **dict.fromkeys(
        ("groups_groupdocument", "groups_groupdocumentversion", "groups_agendawish"),
        "joined here joined - -",
    ),
    "groups_grouppost": "joined here joined here -",
    "groups_groupdecision": "here here partner here -",
    "groups_groupmeeting": "here here partner - -",
    **dict.fromkeys((*catalog.SHARED, *catalog.REFERENCE), "- - - - -"),
}
PERSONS = {
    "alder.clinician": ("colectomy-mi", None),
    "birch.abstractor": ("colectomy-mi", None),
    "ida": ("colectomy-mi", "birch"),
    "stella": ("hernia-lakes", None),
    "cora": ("colectomy-mi", None),
    "dieter": ("hernia-lakes", None),
    "sam": ("colectomy-mi", None),
    "pat": ("colectomy-mi", None),
}
MODELS = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
Row = dict[str, Any]


@pytest.fixture(scope="module")
def truth(django_db_setup: None) -> Iterator["Truth"]:
    """Everything there is, as a superuser sees it, with a planted row of two other hospitals in every table."""
    with psycopg.connect(address(), autocommit=True) as superuser, planted(superuser, *_places(superuser)):
        yield Truth(superuser)


def _places(superuser: psycopg.Connection[Any]) -> list[tuple[int, int, int]]:
    """A hospital of the other collaborative, and another hospital of the same one."""
    return catalog.rows(
        superuser,
        """SELECT DISTINCT ON (s.identifier) p.collaborative_id, p.id, (SELECT min(id) FROM accounts_user)
             FROM collaboratives_participation p JOIN sites_site s ON s.id = p.site_id WHERE s.identifier IN ('1009', '0807')""",
    )


class Truth:
    def __init__(self, superuser: psycopg.Connection[Any]) -> None:
        self.tables = {
            table: [row for (row,) in catalog.rows(superuser, f"SELECT row_to_json(t) FROM {table} t")]  # noqa: S608
            for table in MODELS
        }
        self.released = {
            row["id"] for row in self.tables["feedback_release"] if row["state"] in {"released", "superseded"}
        }
        self.sites = {row["id"]: row["site_id"] for row in self.tables["collaboratives_participation"]}

    def grants_of(self, user: int) -> list[Row]:
        return [row for row in self.tables["collaboratives_grant"] if row["user_id"] == user and row["ends_at"] is None]

    def visible(self, table: str, who: Acting) -> set[object] | None:
        """Keys of the rows that this viewer may see; None where even asking is an error."""
        word = EXPECTED[table].split()[KINDS.index(who.kind)]
        if word == "-":
            return None
        rule = RULES[word]
        key = MODELS[table]._meta.pk.column
        return {str(row[key]) for row in self.tables[table] if rule(self, row, who)}

    def places_of(self, who: Acting, row: Row) -> bool:
        granted = {each["participation_id"] for each in self.grants_of(who.user_id)}
        return _either(row, "participation_id", "id") in (granted if who.kind == "member" else {who.participation_id})

    def has_got(self, announcement: int, who: Acting) -> bool:
        """At the place where they act: a hospital, or none."""
        here = (who.collaborative_id, who.user_id, who.participation_id or None, announcement)
        return any(
            (row["collaborative_id"], row["user_id"], row["participation_id"], row["announcement_id"]) == here
            for row in self.tables["news_receipt"]
        )

    def is_partner(self, who: Acting) -> bool:
        return any(
            row["role"] == "patient_partner" and row["collaborative_id"] == who.collaborative_id
            for row in self.grants_of(who.user_id)
        )

    def groups_of(self, who: Acting, role: str = "") -> set[object]:
        """Working groups that this person is in from here; nobody of the cast is in one before a test lets them in."""
        return {
            row["group_id"]
            for row in self.tables["groups_membership"]
            if row["user_id"] == who.user_id
            and row["until"] is None
            and (row["participation_id"] or 0) == who.participation_id
            and (not role or row["role"] == role)
        }

    def knows(self, user: int, who: Acting) -> bool:
        return user == who.user_id or any(
            row["user_id"] == user
            and row["collaborative_id"] == who.collaborative_id
            and (who.kind == "centre" or row["participation_id"] == who.participation_id or row["capacity"] == "centre")
            for row in self.tables["collaboratives_grant"]
        )


RULES: dict[str, Callable[[Truth, Row, Acting], bool]] = {
    "all": lambda *_: True,
    "nothing": lambda *_: False,
    "here": lambda _truth, row, who: _either(row, "collaborative_id", "id") == who.collaborative_id,
    "mine": lambda truth, row, who: row["id"] in {each["collaborative_id"] for each in truth.grants_of(who.user_id)},
    "own": lambda truth, row, who: truth.places_of(who, row),
    "own_or_shared": lambda truth, row, who: (
        row["collaborative_id"] == who.collaborative_id
        and (row["participation_id"] is None or truth.places_of(who, row))
    ),
    "own_site": lambda truth, row, who: row["id"] == truth.sites[who.participation_id],
    "own_sites": lambda truth, row, who: (
        row["id"] in {truth.sites.get(each["participation_id"]) for each in truth.grants_of(who.user_id)}
    ),
    "self": lambda _truth, row, who: _either(row, "user_id", "id") == who.user_id,
    "own_self": lambda truth, row, who: truth.places_of(who, row) and row["user_id"] == who.user_id,
    "here_self": lambda _truth, row, who: (
        row["collaborative_id"] == who.collaborative_id and row["user_id"] == who.user_id
    ),
    "own_or_shared_self": lambda truth, row, who: (
        row["collaborative_id"] == who.collaborative_id
        and row["user_id"] == who.user_id
        and (row["participation_id"] is None or truth.places_of(who, row))
    ),
    **{
        word: lambda _truth, row, who: (
            row["collaborative_id"] == who.collaborative_id
            and row["user_id"] == who.user_id
            and row["capacity"] == who.kind
        )
        for word in ("self_at_centre", "self_observing")
    },
    "own_deed": lambda _truth, row, who: (
        row["collaborative_id"] == who.collaborative_id and row["actor_id"] == who.user_id
    ),
    "public_here": lambda _truth, row, who: row["collaborative_id"] == who.collaborative_id and row["is_public"],
    "addressed": lambda truth, row, who: truth.has_got(row["id"], who),
    "partner": lambda truth, row, who: truth.is_partner(who) and row["collaborative_id"] == who.collaborative_id,
    "joined": lambda truth, row, who: row["group_id"] in truth.groups_of(who),
    "here_self_or_led": lambda truth, row, who: (
        row["collaborative_id"] == who.collaborative_id
        and (row["user_id"] == who.user_id or (row["is_request"] and row["group_id"] in truth.groups_of(who, "chair")))
    ),
    "people": lambda truth, row, who: truth.knows(row["id"], who),
    "released": lambda truth, row, who: (
        row["collaborative_id"] == who.collaborative_id and _either(row, "release_id", "id") in truth.released
    ),
    "own_released": lambda truth, row, who: truth.places_of(who, row) and row["release_id"] in truth.released,
}


def _either(row: Row, name: str, otherwise: str) -> object:
    return row[name] if name in row else row[otherwise]


def answers(model: type[models.Model]) -> tuple[set[object] | None, set[object] | None]:
    """Keys that the ORM and plain SQL give back, None for a refusal."""
    table, key = model._meta.db_table, model._meta.pk.column
    found: list[set[object] | None] = []
    for ask in (
        lambda: {str(each.pk) for each in model._default_manager.all()},
        lambda: _plain(f'SELECT "{key}" FROM "{table}"'),  # noqa: S608 -- names of our own models
    ):
        try:
            with transaction.atomic():
                found.append(ask())
        except ProgrammingError as refusal:
            assert "permission denied" in str(refusal) or "no acting context" in str(refusal)  # noqa: PT017
            found.append(None)
    return found[0], found[1]


def _plain(statement: str) -> set[object]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {str(key) for (key,) in cursor.fetchall()}


def surprises(truth: Truth, who: Acting) -> dict[str, object]:
    """Tables whose answer, by the ORM or in SQL, is not the truth."""
    found = {table: answers(model) for table, model in MODELS.items()}
    return {table: answer for table, answer in found.items() if answer != (truth.visible(table, who),) * 2}


def test_every_table_is_expected() -> None:
    assert set(EXPECTED) == set(MODELS) | {"django_migrations"}


@pytest.mark.parametrize("name", PERSONS)
def test_people_see_what_is_theirs(world: World, truth: Truth, name: str) -> None:
    with world.acting_as(name, *PERSONS[name]) as viewer:
        who = Acting(viewer.capacity.value, viewer.user_id, viewer.collaborative_id, viewer.participation_id or 0)  # type: ignore[arg-type, union-attr]
        wrong = surprises(truth, who)

    assert wrong == {}


@pytest.mark.parametrize("name", PERSONS)
def test_a_person_without_a_place_sees_only_the_way_to_places(world: World, truth: Truth, name: str) -> None:
    who = Acting("member", user_id=world.user(name).pk)
    with acting(who), transaction.atomic():
        wrong = surprises(truth, who)

    assert wrong == {}


@pytest.mark.worker
@pytest.mark.parametrize("slug", ["colectomy-mi", "hernia-lakes"])
def test_the_worker_sees_one_collaborative(world: World, truth: Truth, slug: str) -> None:
    who = Acting("compute", collaborative_id=world.participation("alder", slug).collaborative_id)
    with acting(who), transaction.atomic():
        wrong = surprises(truth, who)

    assert wrong == {}


@pytest.mark.parametrize("role", ["app", pytest.param("work", marks=pytest.mark.worker)])
def test_without_a_context_it_is_an_error(world: World, truth: Truth, role: str) -> None:
    readable = {table for table, model in MODELS.items() if answers(model) != (None, None)}

    shared = {*catalog.SHARED, "accounts_user"} if role == "app" else set()
    assert readable == shared | {"django_content_type"}


def test_there_is_something_to_leak(world: World, truth: Truth) -> None:
    """In every table: rows that a hospital of one collaborative, and the centre of the other, must not see."""
    alder, dieter = world.viewer("alder.clinician"), world.viewer("dieter", "hernia-lakes")
    tenants = {table: rows for table, rows in truth.tables.items() if rows and catalog.TENANT_COLUMNS & rows[0].keys()}

    kept = {"here", "own", "own_self", "here_self"}
    assert set(tenants) == {table for table, words in EXPECTED.items() if kept & {*words.split()}} - {
        "collaboratives_collaborative"
    }
    for rows in tenants.values():
        assert {row["collaborative_id"] for row in rows} == {alder.collaborative_id, dieter.collaborative_id}
        assert "participation_id" not in rows[0] or {row["participation_id"] for row in rows} - {alder.participation_id}
