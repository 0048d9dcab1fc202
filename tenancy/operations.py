"""Migration operations that put a table behind the wall. A table without one of them fails the catalog test."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


Statements = list[str | tuple[str, Any]]
# Every policy predicate in the database is one of these texts. A scalar sub-select giving an array is the only shape
# that keeps index scans (SECURITY 2.3: a function per row is 10,000 times slower).
PREDICATES = {
    "own": "participation_id = ANY ((SELECT app.ctx_participations())::bigint[])",
    "own_participation": "id = ANY ((SELECT app.ctx_participations())::bigint[])",
    # What is for every hospital has none; what is for one is seen by no other.
    "own_or_shared": "collaborative_id = ANY ((SELECT app.ctx_collaboratives())::bigint[])"
    " AND (participation_id IS NULL OR participation_id = ANY ((SELECT app.ctx_participations())::bigint[]))",
    "collaborative": "collaborative_id = ANY ((SELECT app.ctx_collaboratives())::bigint[])",
    "own_collaborative": "id = ANY ((SELECT app.ctx_collaboratives())::bigint[])",
    "own_site": "id = ANY ((SELECT app.ctx_sites())::bigint[])",
    "own_user": "id = ANY ((SELECT app.ctx_users())::bigint[])",
    "self": "user_id = (SELECT app.ctx_user())",
    "own_self": "participation_id = ANY ((SELECT app.ctx_participations())::bigint[])"
    " AND user_id = (SELECT app.ctx_user())",
    # A person's own rows, in this programme, whatever the side they work on: replies, feeds.
    "here_self": "collaborative_id = ANY ((SELECT app.ctx_collaboratives())::bigint[])"
    " AND user_id = (SELECT app.ctx_user())",
    # The same for hospital staff: what is about one hospital is read while they act for it.
    "own_or_shared_self": "collaborative_id = ANY ((SELECT app.ctx_collaboratives())::bigint[])"
    " AND user_id = (SELECT app.ctx_user())"
    " AND (participation_id IS NULL OR participation_id = ANY ((SELECT app.ctx_participations())::bigint[]))",
    # The same, of one side alone: somebody who works at a hospital, too, reads there what is of there.
    **{
        name: "collaborative_id = ANY ((SELECT app.ctx_collaboratives())::bigint[])"
        f" AND user_id = (SELECT app.ctx_user()) AND capacity = '{side}'"
        for name, side in (("self_at_centre", "centre"), ("self_observing", "observer"))
    },
    # What somebody did themselves: an observer's answer to an invitation leaves an event, and reads no other.
    "own_deed": "collaborative_id = ANY ((SELECT app.ctx_collaboratives())::bigint[])"
    " AND actor_id = (SELECT app.ctx_user())",
    # What observers may read of a list that members read whole.
    "public_here": "collaborative_id = ANY ((SELECT app.ctx_collaboratives())::bigint[]) AND is_public",
    # What the centre sent to this person at this place (news).
    "addressed": "id = ANY ((SELECT app.ctx_announcements())::bigint[])",
    # Working groups (coordination.groups): an observer sees them as a patient partner only; what is a group's own is read
    # by those who are in it today; a request to join also by its chair.
    "partner_here": "collaborative_id = ANY ((SELECT app.ctx_partnering())::bigint[])",
    "joined": "group_id = ANY ((SELECT app.ctx_groups())::bigint[])",
    "here_self_or_led": "collaborative_id = ANY ((SELECT app.ctx_collaboratives())::bigint[])"
    " AND (user_id = (SELECT app.ctx_user()) OR is_request AND group_id = ANY ((SELECT app.ctx_led_groups())::bigint[]))",
    "released": "release_id = ANY ((SELECT app.ctx_releases())::bigint[])",
    "own_released": "release_id = ANY ((SELECT app.ctx_releases())::bigint[])"
    " AND participation_id = ANY ((SELECT app.ctx_participations())::bigint[])",
    # A hospital's champion and administrator have their bad news before members see the release (PrivateNotice).
    "own_noticed": "release_id = ANY ((SELECT app.ctx_noticed())::bigint[])"
    " AND participation_id = ANY ((SELECT app.ctx_participations())::bigint[])",
    "own_released_or_noticed": "(release_id = ANY ((SELECT app.ctx_releases())::bigint[])"
    " OR release_id = ANY ((SELECT app.ctx_noticed())::bigint[]))"
    " AND participation_id = ANY ((SELECT app.ctx_participations())::bigint[])",
    "released_release": "id = ANY ((SELECT app.ctx_releases())::bigint[])",
    "everything": "true",
    # Taken away from what a role's own policy gives: the hospital whose cases this person abstracts blind (ADR 11).
    "unblinded": "participation_id <> ALL ((SELECT app.ctx_blind())::bigint[])",
    # The agreements without which a hospital does not see its peers count today (collaboratives.agreements).
    "comparing": "(SELECT app.ctx_comparing())",
    "sighted": "(SELECT app.ctx_sighted())",  # the same for a hospital's own people, whose rows are all of one hospital
}
READ = "SELECT"
ADD = "SELECT, INSERT"
WRITE = "SELECT, INSERT, UPDATE"
WRITE_AND_CLEAR = "SELECT, INSERT, UPDATE, DELETE"  # working rows of the worker only; nothing a person entered


@dataclass(frozen=True)
class Rule:
    """What one capacity may do with the rows that a predicate lets it see."""

    predicate: str
    privileges: str = READ


class Protect(migrations.RunSQL):
    """Enable and force row-level security on a table and write one policy per capacity.

    Parameters
    ----------
    table
        Name of the table.
    rules
        Capacity or sign-in (`hospital`, `centre`, `app`, …) → `Rule`. Whoever is not named has no privilege at all.
    owner_reads
        Only for the tables that the context functions, which run as the owner, look up.
    """

    def __init__(self, table: str, rules: dict[str, Rule], *, owner_reads: bool = False) -> None:
        self.table, self.rules, self.owner_reads = table, rules, owner_reads
        super().__init__(sql=self._forwards(), reverse_sql=self._backwards())

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return self.__class__.__qualname__, [self.table, self.rules], {"owner_reads": self.owner_reads}

    def describe(self) -> str:
        return f"Put {self.table} behind the wall"

    def _forwards(self) -> Statements:
        lines: Statements = [
            f"ALTER TABLE {self.table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {self.table} FORCE ROW LEVEL SECURITY",
            f"REVOKE ALL ON {self.table} FROM PUBLIC",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {self.table} TO colloquy_dataops",
            f"CREATE POLICY dataops ON {self.table} TO colloquy_dataops USING (true) WITH CHECK (true)",
            *self._owner_policies(),
        ]
        for role, rule in self.rules.items():
            predicate = PREDICATES[rule.predicate]
            lines.append(f"GRANT {rule.privileges} ON {self.table} TO colloquy_{role}")
            lines.append(
                f"CREATE POLICY {role}_p ON {self.table} TO colloquy_{role} USING ({predicate}) WITH CHECK ({predicate})"
            )
        return lines

    def _owner_policies(self) -> list[str]:
        # Without these a data migration run as the owner would be a silent «UPDATE 0».
        guard = "USING (app_private.deny())"
        if not self.owner_reads:
            return [f"CREATE POLICY owner_guard ON {self.table} TO colloquy_owner {guard}"]
        return [
            f"CREATE POLICY owner_reads ON {self.table} FOR SELECT TO colloquy_owner USING (true)",
            f"CREATE POLICY owner_guard ON {self.table} FOR UPDATE TO colloquy_owner {guard}",
            f"CREATE POLICY owner_guard_delete ON {self.table} FOR DELETE TO colloquy_owner {guard}",
        ]

    def _backwards(self) -> Statements:
        policies = ["dataops", "owner_guard", *(f"{role}_p" for role in self.rules)]
        policies += ["owner_reads", "owner_guard_delete"] if self.owner_reads else []
        return [
            *(f"DROP POLICY {name} ON {self.table}" for name in policies),
            *(f"REVOKE ALL ON {self.table} FROM colloquy_{role}" for role in ("dataops", *self.rules)),
            f"ALTER TABLE {self.table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {self.table} DISABLE ROW LEVEL SECURITY",
        ]


class Narrow(migrations.RunSQL):
    """Take rows away from what these roles' own policies give: a restrictive policy, which all others must agree with."""

    def __init__(self, table: str, predicate: str, roles: tuple[str, ...]) -> None:
        self.parts = (table, predicate, roles)
        condition = PREDICATES[predicate]
        super().__init__(
            sql=[
                f"CREATE POLICY {predicate}_{role} ON {table} AS RESTRICTIVE TO colloquy_{role} "
                f"USING ({condition}) WITH CHECK ({condition})"
                for role in roles
            ],
            reverse_sql=[f"DROP POLICY {predicate}_{role} ON {table}" for role in roles],
        )

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return self.__class__.__qualname__, list(self.parts), {}


class ReadOnly(migrations.RunSQL):
    """Let these roles read the named columns and no other, where `Protect` let them read the table.

    What is not named is withheld, a column of tomorrow too: it is asked for by name, or a test fails.
    """

    def __init__(self, table: str, columns: tuple[str, ...], roles: tuple[str, ...]) -> None:
        self.parts = (table, columns, roles)
        named = ", ".join(columns)
        super().__init__(
            sql=[
                f"{verb} ON {table} {preposition} colloquy_{role}"
                for role in roles
                for verb, preposition in (("REVOKE SELECT", "FROM"), (f"GRANT SELECT ({named})", "TO"))
            ],
            reverse_sql=[
                f"{verb} ON {table} {preposition} colloquy_{role}"
                for role in roles
                for verb, preposition in ((f"REVOKE SELECT ({named})", "FROM"), ("GRANT SELECT", "TO"))
            ],
        )

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return self.__class__.__qualname__, list(self.parts), {}


class Admit(migrations.RunSQL):
    """Let one more role into a table that is behind the wall already."""

    def __init__(self, table: str, role: str, rule: Rule) -> None:
        self.parts = (table, role, rule)
        predicate = PREDICATES[rule.predicate]
        super().__init__(
            sql=[
                f"GRANT {rule.privileges} ON {table} TO colloquy_{role}",
                f"CREATE POLICY {role}_p ON {table} TO colloquy_{role} USING ({predicate}) WITH CHECK ({predicate})",
            ],
            reverse_sql=[f"DROP POLICY {role}_p ON {table}", f"REVOKE ALL ON {table} FROM colloquy_{role}"],
        )

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return self.__class__.__qualname__, list(self.parts), {}


class Share(migrations.RunSQL):
    """Grant a table that holds no tenant rows (accounts, sessions, content types) to the named roles."""

    def __init__(self, table: str, grants: dict[str, str]) -> None:
        self.table, self.grants = table, grants
        super().__init__(
            sql=[f"GRANT {privileges} ON {table} TO colloquy_{role}" for role, privileges in grants.items()],
            reverse_sql=[f"REVOKE ALL ON {table} FROM colloquy_{role}" for role in grants],
        )

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return self.__class__.__qualname__, [self.table, self.grants], {}


class TenantForeignKey(migrations.RunSQL):
    """Tie a child to its parent *and* to the parent's tenant, so that no row can point into another tenant.

    `TenantForeignKey("cases_case", "participation_id", "collaboratives_participation", tenant="collaborative_id")` adds
    `UNIQUE (id, collaborative_id)` to the parent when it lacks it, and the composite key to the child. Django's own key
    on the column alone says less, so it goes: it would double the checks of every imported row.
    """

    def __init__(self, table: str, column: str, parent: str, *, tenant: str) -> None:
        self.parts = (table, column, parent)
        self.tenant = tenant
        unique, constraint = f"{parent}_id_{tenant}_uniq"[:63], f"{table}_{column}_{tenant}_fk"[:63]
        add = (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '{unique}') THEN "  # noqa: S608 -- names from our own migrations
            f"ALTER TABLE {parent} ADD CONSTRAINT {unique} UNIQUE (id, {tenant}); END IF; END $$"
        )
        # Validation runs as the owner, whom the guard policy stops: lift FORCE for this statement only.
        tie = (
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {parent} NO FORCE ROW LEVEL SECURITY; "
            f"ALTER TABLE {table} ADD CONSTRAINT {constraint} FOREIGN KEY ({column}, {tenant}) REFERENCES {parent} (id, {tenant}) "
            f"DEFERRABLE INITIALLY DEFERRED"
        )
        super().__init__(
            sql=[add, tie, _without_single_key(table, column), *_force_again(table, parent)],
            reverse_sql=[f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"],
        )

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return self.__class__.__qualname__, list(self.parts), {"tenant": self.tenant}


def _without_single_key(table: str, column: str) -> str:
    return f"""
        DO $$ DECLARE single text; BEGIN
          SELECT c.conname INTO single
            FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attname = '{column}'
           WHERE c.contype = 'f' AND c.conrelid = '{table}'::regclass AND c.conkey = ARRAY[a.attnum];
          IF single IS NOT NULL THEN EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', single); END IF;
        END $$"""  # noqa: S608 -- names from our own migrations


def _force_again(*tables: str) -> list[str]:
    return [f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in tables]


class DataMigration(migrations.RunPython):
    """Run a function over tenant rows as `colloquy_dataops`, the only role that may, for this step only."""

    def __init__(self, forwards: Callable[[Apps, BaseDatabaseSchemaEditor], None]) -> None:
        def as_dataops(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
            schema_editor.execute("SET LOCAL ROLE colloquy_dataops")
            try:
                forwards(apps, schema_editor)
            finally:
                schema_editor.execute("SET LOCAL ROLE colloquy_owner")

        super().__init__(as_dataops, migrations.RunPython.noop)
