"""The database as migrated keeps every rule of the wall, and each rule notices the fault it is there for."""

import os
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from tests.tenancy import catalog


GOLDEN = Path(__file__).with_name("privileges.txt")

SABOTAGE = (
    (catalog.every_table_is_in_one_class, "CREATE TABLE cases_history (id bigint)"),
    (catalog.every_table_is_in_one_class, "ALTER TABLE account_emailaddress ADD COLUMN participation_id bigint"),
    (catalog.every_table_is_in_one_class, "ALTER TABLE sites_site NO FORCE ROW LEVEL SECURITY"),
    (catalog.tables_with_tenants_are_forced, "ALTER TABLE cases_case DISABLE ROW LEVEL SECURITY"),
    (catalog.tables_with_tenants_are_forced, "ALTER TABLE cases_case NO FORCE ROW LEVEL SECURITY"),
    (
        catalog.tables_with_tenants_are_forced,
        "CREATE TABLE copy AS SELECT * FROM cases_case; GRANT SELECT ON copy TO colloquy_hospital",
    ),
    (catalog.views_obey_their_reader, "CREATE VIEW all_cases AS SELECT * FROM cases_case"),
    (catalog.views_obey_their_reader, "CREATE MATERIALIZED VIEW all_cases AS SELECT * FROM cases_case"),
    (catalog.functions_are_pinned, "ALTER FUNCTION app.ctx_sites() RESET search_path"),
    (catalog.functions_are_pinned, "ALTER FUNCTION app_private.deny() SECURITY DEFINER"),
    (catalog.functions_are_pinned, "ALTER FUNCTION app.ctx_sites() VOLATILE"),
    (catalog.sign_ins_cannot_climb, "ALTER ROLE colloquy_app BYPASSRLS"),
    (catalog.sign_ins_cannot_climb, "ALTER ROLE colloquy_app INHERIT"),
    (catalog.sign_ins_cannot_climb, "ALTER ROLE colloquy_hospital LOGIN"),
    (catalog.sign_ins_cannot_climb, "ALTER ROLE colloquy_centre BYPASSRLS"),
    (catalog.sign_ins_cannot_climb, "ALTER ROLE colloquy_work REPLICATION"),
    (catalog.sign_ins_cannot_climb, "CREATE ROLE colloquy_fixture"),
    (catalog.memberships_are_as_listed, "GRANT colloquy_compute TO colloquy_app"),
    (catalog.memberships_are_as_listed, "GRANT colloquy_hospital TO colloquy_app WITH ADMIN OPTION"),
    (catalog.memberships_are_as_listed, "REVOKE colloquy_centre FROM colloquy_app"),
    (catalog.nobody_has_more_than_rows, "GRANT TRUNCATE ON cases_case TO colloquy_centre"),
    (catalog.nobody_has_more_than_rows, "GRANT UPDATE (state) ON events_job TO colloquy_hospital"),
    (catalog.nobody_has_more_than_rows, "GRANT UPDATE (email) ON accounts_user TO colloquy_hospital"),
    (catalog.withheld_columns_are_read_by_nobody, "GRANT SELECT ON accounts_user TO colloquy_hospital"),
    (catalog.withheld_columns_are_read_by_nobody, "GRANT SELECT (password) ON accounts_user TO colloquy_member"),
    (catalog.withheld_columns_are_read_by_nobody, "ALTER TABLE accounts_user ADD COLUMN shoe_size int"),
    (catalog.nothing_is_left_to_public, "GRANT EXECUTE ON FUNCTION app.ctx_user() TO PUBLIC"),
    (catalog.nothing_is_left_to_public, "GRANT EXECUTE ON FUNCTION app_private.ctx() TO colloquy_app"),
    (catalog.nothing_is_left_to_public, "GRANT CREATE ON SCHEMA public TO colloquy_app"),
    (catalog.nothing_is_left_to_public, "GRANT SELECT ON app_private.ctx_key TO PUBLIC"),
    (catalog.nothing_is_left_to_public, "GRANT TEMPORARY ON DATABASE {database} TO PUBLIC"),
    (
        catalog.nothing_is_left_to_public,
        "ALTER DEFAULT PRIVILEGES FOR ROLE colloquy_owner GRANT SELECT ON TABLES TO colloquy_app",
    ),
    (catalog.everything_belongs_to_the_owner, "CREATE TABLE stray (id bigint)"),
    (catalog.policies_say_only_what_is_allowed, "ALTER POLICY hospital_p ON cases_case USING (true)"),
    (catalog.policies_say_only_what_is_allowed, "ALTER POLICY hospital_p ON cases_case WITH CHECK (true)"),
    (
        catalog.policies_say_only_what_is_allowed,
        "ALTER POLICY centre_p ON cases_case TO colloquy_centre, colloquy_hospital",
    ),
    (catalog.policies_say_only_what_is_allowed, "ALTER POLICY hospital_p ON cases_case USING (participation_id = 1)"),
    (
        catalog.policies_say_only_what_is_allowed,
        "CREATE POLICY fixture ON cases_case TO colloquy_app USING (true) WITH CHECK (true)",
    ),
    (catalog.policies_say_only_what_is_allowed, "ALTER POLICY owner_guard ON cases_case USING (true)"),
    (catalog.owners_are_guarded, "DROP POLICY owner_guard ON cases_case"),
    (catalog.privileges_and_policies_come_together, "GRANT SELECT ON feedback_measureresult TO colloquy_hospital"),
    (catalog.privileges_and_policies_come_together, "DROP POLICY hospital_p ON cases_case"),
    (catalog.unique_keys_hold_the_tenant, "ALTER TABLE cases_case ADD UNIQUE (case_number)"),
    (
        catalog.keys_stay_inside_the_tenant,
        "ALTER TABLE cases_case DROP CONSTRAINT cases_case_form_version_id_collaborative_id_fk",
    ),
    (
        catalog.keys_stay_inside_the_tenant,
        "ALTER TABLE cases_case DROP CONSTRAINT cases_case_participation_id_collaborative_id_fk",
    ),
    (catalog.keys_stay_inside_the_tenant, "ALTER TABLE cases_case ALTER COLUMN collaborative_id DROP NOT NULL"),
    (catalog.keys_stay_inside_the_tenant, "ALTER TABLE cases_case DROP CONSTRAINT {single}"),
    (catalog.keys_stay_inside_the_tenant, "DROP TRIGGER outcomes_belong_inserted ON feedback_caseoutcome"),
    (
        catalog.keys_stay_inside_the_tenant,
        "ALTER TABLE feedback_caseoutcome DISABLE TRIGGER outcomes_belong_updated",
    ),
    (catalog.deletion_is_rare, "GRANT DELETE ON cases_case TO colloquy_centre"),
)


@pytest.mark.parametrize("rule", catalog.RULES, ids=lambda rule: rule.__name__)
def test_the_migrated_database_keeps_the_rule(admin: Connection[Any], rule: catalog.Rule) -> None:
    assert rule(admin) == []


@pytest.mark.parametrize(("rule", "sabotage"), SABOTAGE, ids=[f"{rule.__name__}: {sql}" for rule, sql in SABOTAGE])
def test_the_rule_notices(admin: Connection[Any], rule: catalog.Rule, sabotage: str) -> None:
    (single,) = catalog.rows(
        admin,
        """SELECT conname FROM pg_constraint
            WHERE conrelid = 'cases_case'::regclass AND confrelid = 'collaboratives_collaborative'::regclass""",
    )[0]
    admin.execute(sabotage.format(database=admin.info.dbname, single=single))

    assert rule(admin) != []


def test_every_rule_is_tried_with_a_fault() -> None:
    assert {rule for rule, _ in SABOTAGE} == set(catalog.RULES)


def test_every_exception_in_the_lists_is_needed(admin: Connection[Any]) -> None:
    """A list of exceptions only ever shrinks by somebody noticing; this notices."""
    shared = set(catalog.tables(admin)) - catalog.protected(admin)
    deletable = {
        (table, role.removeprefix("colloquy_"))
        for _, table, role, command in catalog.table_grants(admin)
        if command == "DELETE"
    }
    everything = {
        (table, roles[0].removeprefix("colloquy_"))
        for table, _, roles, _, _, using, _ in catalog.policies(admin)
        if using == "true" and roles[0] not in {catalog.DATAOPS, catalog.OWNER}
    }

    assert shared == set(catalog.SHARED) | set(catalog.REFERENCE)
    assert {pair for pair in deletable if pair[1] != "dataops"} == set(catalog.DELETABLE)
    assert everything == set(catalog.EVERYTHING)


def test_privileges_are_those_of_the_golden_file(admin: Connection[Any]) -> None:
    """Who may do what is read in review: COLLOQUY_WRITE_GOLDEN=1 writes the file again."""
    now = "".join(f"{line.rstrip()}\n" for line in catalog.privileges(admin))
    if os.environ.get("COLLOQUY_WRITE_GOLDEN"):
        GOLDEN.write_text(now)

    assert now == GOLDEN.read_text()
