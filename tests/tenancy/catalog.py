"""Rules that every migrated database keeps, as questions to PostgreSQL's own catalogue.

Each rule gives back sentences, one per fault; an empty list is a wall without a hole. They look at the database as it
is, not at what the migrations meant to do.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from psycopg import Connection

from tenancy.bootstrap import CAPACITIES, LOGINS, OWNER, WEB_CAPACITIES
from tenancy.operations import PREDICATES


Rule = Callable[[Connection[Any]], list[str]]
TENANT_COLUMNS = {"collaborative_id", "participation_id"}
DATAOPS = "colloquy_dataops"
APP_ROLES = ("colloquy_app", "colloquy_work", *(f"colloquy_{kind}" for kind in CAPACITIES))
OURS = ("public", "app", "app_private")

# A table is protected (forced row-level security), or one of these. Each has a reason; a new table is in neither.
SHARED = {
    "account_emailaddress": "sign-in: allauth looks people up before anybody is known",
    "account_emailconfirmation": "sign-in",
    "mfa_authenticator": "sign-in: second factors",
    "usersessions_usersession": "sign-in: a person's own list of sessions",
    "django_session": "sign-in",
}
REFERENCE = {
    "django_content_type": "names of models",
    "django_migrations": "readiness compares it with the code",
    "auth_permission": "Django's, empty for us; nobody may touch it",
    "auth_group": "Django's, empty for us; nobody may touch it",
    "auth_group_permissions": "Django's, empty for us; nobody may touch it",
}
DEFINER_FUNCTIONS = {
    "app_private.ctx",
    *(
        f"app.ctx_{name}"
        for name in (
            "user",
            "users",
            "collaboratives",
            "participations",
            "sites",
            "releases",
            "blind",
            "sighted",
            "noticed",
            "comparing",
            "partnering",
            "announcements",
            "groups",
            "led_groups",
        )
    ),
}
OWNER_READS = {  # looked up by the definer functions, which run as the owner
    "accounts_user",
    "collaboratives_participation",
    "collaboratives_grant",
    "feedback_release",
    "feedback_privatenotice",
    "news_receipt",
    "audits_audit",
    "collaboratives_collaborative",
    "agreements_agreement",
    "agreements_agreementneed",
    "groups_membership",
}
EVERYTHING = {  # (table, role) whose policy is `true`, beside dataops on every table
    ("accounts_user", "app"): "sign-in looks people up by e-mail before anybody is known",
    ("accounts_user", "compute"): "a worker writes names into mails and files",
    ("accounts_user", "platform"): "the operator creates the first director",
    ("collaboratives_collaborative", "platform"): "the operator creates collaboratives",
    ("collaboratives_participation", "platform"): "the operator's commands",
    ("collaboratives_grant", "platform"): "the operator names the first director",
    ("notifications_notificationwish", "compute"): "a worker asks how each person wants to hear",
    ("events_event", "platform"): "the relay finds what was lost in every collaborative",
    ("events_job", "platform"): "the relay finds what was lost in every collaborative",
    ("week_digest", "platform"): "one mail a person and day, whatever the programmes",
    ("sites_site", "centre"): "the directory of hospitals, from which the centre lets one join",
    ("sites_site", "compute"): "imports recognise hospitals by their number",
    ("sites_site", "platform"): "the operator's commands",
}
DELETABLE = {
    **{(table, "app"): reason for table, reason in SHARED.items()},
    ("cases_importrow", "compute"): "rows of a file are working rows until it is committed",
    ("cases_case", "compute"): "undoing an import takes its new cases away; a trigger keeps their history",
    ("roster_directoryentry", "compute"): "derived; gone as soon as the person no longer wishes it or has no role",
    ("cases_savedfilter", "hospital"): "a person's own shortcut; a row of nobody else",
    ("cases_savedrequest", "compute"): "answers kept for repeated requests, cleared by age",
    ("feedback_caseoutcome", "compute"): "derived; computed again when a case changes",
    **{
        (f"week_{table}", "compute"): "derived; gone with the role, replaced when something happened"
        for table in ("waitinglist", "waitingtask")
    },
    ("quality_qualityfigures", "compute"): "derived; counted again every night",
    ("quality_programmemedians", "compute"): "derived; counted again every night",
}
WITHHELD = {"accounts_user": {"password"}}  # columns that no capacity reads, where it reads the table (ADR 20)
ROLES_OF_PLACES = {f"colloquy_{kind}" for kind in CAPACITIES} - {"colloquy_platform"}
CHECKED_AT_ONCE = {"feedback_caseoutcome": "outcomes_belong"}  # by a trigger once a statement, instead of keys: ADR 10
UNIQUE_WITHOUT_TENANT = {
    "week_digest.day,user_id": "one mail a person and day; only the worker's own side reads it",
    "accounts_user.email": "a person is one row; sign-in tells nothing about whether it exists",
    "accounts_user.public_id": "random",
    "sites_site.identifier": "an official number names one hospital; only centres write the directory",
    "sites_site.public_id": "random",
    "notifications_notificationwish.kind,user_id": "a person's own rows, to which nobody else adds",
    "collaboratives_collaborative.slug": "the operator names collaboratives",
    "collaboratives_collaborative.public_id": "random",
    "cases_questioncount.case_id": "the composite key ties it to a case of the same hospital",
    "caselog_followup.case_id": "the composite key ties it to a case of the same hospital",
    "feedback_release.snapshot_id": "the composite key ties it to a snapshot of the same collaborative",
}
# Tables that tell what a hospital entered in a case, or what follows from it. A test compares them with the classes of
# their fields, so that a new one is not forgotten.
BLINDED_ROLES = {"hospital": "sighted", "centre": "unblinded"}
HIDDEN_FROM_THE_BLIND = (
    "cases_case",
    "cases_casechange",
    "cases_caseimport",
    "cases_importrow",
    "questions_question",
    "questions_message",
    "caselog_caselogentry",
    "caselog_followup",
    "caselog_followupattempt",
    "caselog_logupload",
    "caselog_substitution",
    "caselog_unlockrequest",
    "feedback_caseoutcome",
    "feedback_sitemonth",
    "feedback_snapshotslice",
    "feedback_siteresult",
    "quality_anomaly",
    "reviews_contest",
    "audits_disagreement",
    "audits_response",
    "audits_ruling",
)
MEMBERSHIPS = {
    *(
        (f"colloquy_{login}", f"colloquy_{kind}")
        for login, kinds in (("app", WEB_CAPACITIES), ("work", CAPACITIES))
        for kind in kinds
    ),
    ("colloquy_migrator", OWNER),
    ("colloquy_migrator", DATAOPS),
    ("colloquy_backup", "pg_read_all_data"),
}


def rows(connection: Connection[Any], query: str, *values: object) -> list[tuple[Any, ...]]:
    return connection.execute(query, values or None).fetchall()


def tables(connection: Connection[Any]) -> dict[str, tuple[bool, bool, set[str]]]:
    """Every table of the application → row security on, forced, names of its columns."""
    found = rows(
        connection,
        """SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, array_agg(a.attname::text)
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY 1, 2, 3""",
    )
    return {name: (enabled, forced, set(columns)) for name, enabled, forced, columns in found}


def protected(connection: Connection[Any]) -> set[str]:
    return {name for name, (enabled, forced, _) in tables(connection).items() if enabled and forced}


def table_grants(connection: Connection[Any]) -> list[tuple[str, str, str, str]]:
    """Schema, table, role and command of every privilege that somebody other than the owner has, column ones included."""
    return rows(
        connection,
        """SELECT n.nspname, c.relname, coalesce(nullif(a.grantee, 0)::regrole::text, 'PUBLIC'), a.privilege_type
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            CROSS JOIN LATERAL (SELECT x.grantee, x.privilege_type FROM aclexplode(c.relacl) x
                                UNION SELECT x.grantee, x.privilege_type || ' of column ' || t.attname
                                  FROM pg_attribute t CROSS JOIN LATERAL aclexplode(t.attacl) x WHERE t.attrelid = c.oid) a
            WHERE n.nspname = ANY(%s) AND a.grantee <> c.relowner ORDER BY 1, 2, 3, 4""",
        list(OURS),
    )


def policies(connection: Connection[Any]) -> list[tuple[str, str, tuple[str, ...], str, bool, str, str]]:
    """Table, name, roles, command, permissive, USING and WITH CHECK of every policy."""
    found = rows(
        connection,
        """SELECT tablename, policyname, roles::text[], cmd, permissive = 'PERMISSIVE', coalesce(qual, ''), coalesce(with_check, '')
             FROM pg_policies WHERE schemaname = ANY(%s) ORDER BY 1, 2""",
        list(OURS),
    )
    return [(table, name, tuple(roles), *rest) for table, name, roles, *rest in found]


def predicate_texts(connection: Connection[Any]) -> dict[str, str]:
    """PostgreSQL's own spelling of each permitted predicate → its name."""
    with connection.transaction(force_rollback=True):
        connection.execute(
            "CREATE TABLE catalog_probe (id bigint, participation_id bigint, collaborative_id bigint, user_id bigint, release_id bigint, is_public boolean, actor_id bigint, capacity varchar(12), group_id bigint, is_request boolean)"
        )
        for name, text in PREDICATES.items():
            connection.execute(f"CREATE POLICY {name} ON catalog_probe USING ({text})")  # type: ignore[arg-type]
        connection.execute("CREATE POLICY denied ON catalog_probe USING (app_private.deny())")
        found = rows(connection, "SELECT policyname, qual FROM pg_policies WHERE tablename = 'catalog_probe'")
    names: dict[str, list[str]] = {}
    for name, text in sorted(found):
        names.setdefault(text, []).append(name)
    return {text: " or ".join(each) for text, each in names.items()}


# The rules ------------------------------------------------------------------------------------------------------------


def every_table_is_in_one_class(connection: Connection[Any]) -> list[str]:
    faults = []
    for name, (enabled, forced, columns) in tables(connection).items():
        listed = [label for label, group in (("shared", SHARED), ("reference", REFERENCE)) if name in group]
        classes = listed + (["protected"] if enabled and forced else [])
        if len(classes) != 1:
            faults.append(f"{name} is in the classes {classes}; it needs Protect, or a reason in SHARED or REFERENCE")
        if listed and columns & TENANT_COLUMNS:
            faults.append(f"{name} has a tenant column and must be protected")
    return faults


def tables_with_tenants_are_forced(connection: Connection[Any]) -> list[str]:
    readable = {table for _, table, role, _ in table_grants(connection) if role in APP_ROLES or role == "PUBLIC"}
    return [
        f"{name}: row-level security {'is not forced' if enabled else 'is off'}"
        for name, (enabled, forced, columns) in tables(connection).items()
        if name in readable and columns & TENANT_COLUMNS and not (enabled and forced)
    ]


def views_obey_their_reader(connection: Connection[Any]) -> list[str]:
    found = rows(
        connection,
        """SELECT relname, relkind::text, 'security_invoker=true' = ANY(coalesce(reloptions, '{}'))
             FROM pg_class WHERE relnamespace::regnamespace::text = ANY(%s) AND relkind IN ('v', 'm', 'f')""",
        list(OURS),
    )
    return [
        f"{name}: a view needs security_invoker, others are not allowed"
        for name, kind, safe in found
        if kind != "v" or not safe
    ]


def functions_are_pinned(connection: Connection[Any]) -> list[str]:
    found = rows(
        connection,
        """SELECT p.pronamespace::regnamespace || '.' || p.proname, p.prosecdef, coalesce(p.proconfig, '{}'),
                  p.proowner::regrole::text, p.provolatile::text
             FROM pg_proc p WHERE p.pronamespace::regnamespace::text = ANY(%s)""",
        list(OURS),
    )
    faults = []
    for name, definer, settings, owner, volatility in found:
        if settings != ["search_path=pg_catalog, pg_temp"]:
            faults.append(f"{name}: search_path is not pinned")
        if definer and (name not in DEFINER_FUNCTIONS or owner != OWNER or volatility != "s"):
            faults.append(f"{name} runs as {owner} and is not a context function we know")
    return faults


def sign_ins_cannot_climb(connection: Connection[Any]) -> list[str]:
    found = rows(
        connection,
        """SELECT rolname, rolcanlogin, rolinherit, rolbypassrls, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication
             FROM pg_roles WHERE rolname LIKE 'colloquy%%'""",
    )
    expected = {f"colloquy_{name}" for name in (*LOGINS, *CAPACITIES)} | {OWNER, DATAOPS}
    logins = {f"colloquy_{name}" for name in LOGINS}
    faults = [f"unknown role {name}" for name, *_ in found if name not in expected]
    for name, login, inherits, bypasses, powerful in found:
        if powerful or login != (name in logins):
            faults.append(f"{name} has attributes it must not have")
        if name in logins and (inherits or bypasses) != (name == "colloquy_backup"):
            faults.append(f"{name}: only the backup inherits and bypasses")
        if name not in logins and bypasses:
            faults.append(f"{name} bypasses row-level security")
    return faults


def memberships_are_as_listed(connection: Connection[Any]) -> list[str]:
    found = rows(
        connection,
        """SELECT m.member::regrole::text, m.roleid::regrole::text, bool_or(m.admin_option)
             FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
            WHERE (m.member::regrole::text LIKE 'colloquy%%' OR m.roleid::regrole::text LIKE 'colloquy%%') AND NOT r.rolsuper
            GROUP BY 1, 2""",
    )
    pairs = {(member, role) for member, role, _ in found}
    faults = [f"{member} is a member of {role}" for member, role in sorted(pairs - MEMBERSHIPS)]
    faults += [f"{member} is not a member of {role}" for member, role in sorted(MEMBERSHIPS - pairs)]
    return faults + [f"{member} may pass on {role}" for member, role, admin in found if admin]


def nobody_has_more_than_rows(connection: Connection[Any]) -> list[str]:
    usual = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    return [
        f"{role} has {command} on {table}"
        for _, table, role, command in table_grants(connection)
        if command not in usual and not (table in WITHHELD and command.startswith(COLUMN))
    ]


COLUMN = "SELECT of column "


def withheld_columns_are_read_by_nobody(connection: Connection[Any]) -> list[str]:
    """The rest of the table by name, for the roles of places."""
    columns_of = {name: columns for name, (_, _, columns) in tables(connection).items()}
    read: dict[tuple[str, str], set[str]] = {}
    for _, table, role, command in table_grants(connection):
        if table in WITHHELD and role in ROLES_OF_PLACES:
            columns = {command.removeprefix(COLUMN)} if command.startswith(COLUMN) else columns_of[table]
            read.setdefault((table, role), set()).update(columns)
    return [
        f"{role} reads {sorted(columns)} of {table}"
        for (table, role), columns in sorted(read.items())
        if columns != columns_of[table] - WITHHELD[table]
    ]


def nothing_is_left_to_public(connection: Connection[Any]) -> list[str]:
    functions = rows(
        connection,
        """SELECT p.oid::regprocedure::text FROM pg_proc p
            CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
            WHERE p.pronamespace::regnamespace::text = ANY(%s)
              AND (a.grantee = 0 OR p.pronamespace = 'app_private'::regnamespace AND a.grantee <> p.proowner)""",
        list(OURS),
    )
    schemas = rows(
        connection,
        """SELECT n.nspname || ' to ' || coalesce(nullif(a.grantee, 0)::regrole::text, 'PUBLIC') || ': ' || a.privilege_type
             FROM pg_namespace n CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
            WHERE n.nspname = ANY(%s) AND a.grantee <> n.nspowner
              AND (a.grantee = 0 OR a.privilege_type <> 'USAGE' OR n.nspname = 'app_private')""",
        list(OURS),
    )
    database = rows(
        connection,
        """SELECT datname || ': ' || a.privilege_type FROM pg_database d
            CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
            WHERE datname = current_database() AND a.grantee = 0""",
    )
    defaults = rows(
        connection,
        """SELECT defaclrole::regrole::text || ' gives ' || a.privilege_type FROM pg_default_acl
            CROSS JOIN LATERAL aclexplode(defaclacl) a WHERE a.grantee <> defaclrole""",
    )
    granted = [(f"{table} to PUBLIC",) for _, table, role, _ in table_grants(connection) if role == "PUBLIC"]
    return [text for (text,) in (*functions, *schemas, *database, *defaults, *granted)]


def everything_belongs_to_the_owner(connection: Connection[Any]) -> list[str]:
    found = rows(
        connection,
        """SELECT relname, relowner::regrole::text FROM pg_class WHERE relnamespace::regnamespace::text = ANY(%s)
            UNION SELECT nspname, nspowner::regrole::text FROM pg_namespace WHERE nspname = ANY(%s)
            UNION SELECT proname, proowner::regrole::text FROM pg_proc WHERE pronamespace::regnamespace::text = ANY(%s)""",
        *([list(OURS)] * 3),
    )
    return [f"{name} belongs to {owner}" for name, owner in found if owner != OWNER]


# Policies that take something away from what a role's own policy gives.
NARROWER = {
    ("sites_site", ("colloquy_centre",), "UPDATE"): "own_site",  # profiles of its members only
    # Without its agreements a hospital sees no peers.
    **{
        (table, ("colloquy_hospital",), "ALL"): "comparing"
        for table in ("feedback_peerdistribution", "feedback_grouppeers", "reports_hospitalreport")
    },
    # Whoever abstracts a hospital's cases again sees none of what it entered (ADR 11).
    **{
        (table, (f"colloquy_{role}",), "ALL"): predicate
        for table in HIDDEN_FROM_THE_BLIND
        for role, predicate in BLINDED_ROLES.items()
    },
}


def policies_say_only_what_is_allowed(connection: Connection[Any]) -> list[str]:
    names = predicate_texts(connection)
    return [fault for policy in policies(connection) if (fault := _policy_fault(policy, names))]


def _policy_fault(policy: tuple[str, str, tuple[str, ...], str, bool, str, str], names: dict[str, str]) -> str:
    table, name, roles, command, permissive, using, check = policy
    if not permissive and NARROWER.get((table, roles, command)) == names.get(using) and check == using:
        return ""
    if len(roles) != 1 or not permissive:
        return f"{table}.{name}: one permissive policy per role"
    role, predicate = roles[0].removeprefix("colloquy_"), names.get(using)
    if role == "owner":
        allowed = {("ALL", "denied"), ("UPDATE", "denied"), ("DELETE", "denied")}
        allowed |= {("SELECT", "everything")} if table in OWNER_READS else set()
        return (
            ""
            if (command, predicate) in allowed and not check
            else f"{table}.{name}: the owner may more than it should"
        )
    if predicate is None or predicate == "denied" or command != "ALL" or check != using:
        return f"{table}.{name}: {command} USING {using} WITH CHECK {check} is not a permitted predicate on both sides"
    if predicate == "everything" and role != "dataops" and (table, role) not in EVERYTHING:
        return f"{table}.{name}: {role} sees every row, without a reason in EVERYTHING"
    return ""


def owners_are_guarded(connection: Connection[Any]) -> list[str]:
    """An owner without a policy would be a silent «UPDATE 0»; a table whose guard is gone would be one, too."""
    guarded: dict[str, set[str]] = {}
    for table, _, roles, command, *_ in policies(connection):
        if roles == (OWNER,):
            guarded.setdefault(table, set()).add(command)
    complete = ({"ALL"}, {"SELECT", "UPDATE", "DELETE"})
    return [
        f"{table}: the owner is not guarded"
        for table in sorted(protected(connection))
        if guarded.get(table) not in complete
    ]


def privileges_and_policies_come_together(connection: Connection[Any]) -> list[str]:
    having = {
        (table, role)
        for _, table, role, _ in table_grants(connection)
        if table in protected(connection) and role != "pg_database_owner"
    }
    reached = {
        (table, role)
        for table, _, roles, _, permissive, *_ in policies(connection)
        for role in roles
        if role != OWNER and permissive
    }
    return [
        f"{table}: {role} has a privilege or a policy without the other" for table, role in sorted(having ^ reached)
    ]


def unique_keys_hold_the_tenant(connection: Connection[Any]) -> list[str]:
    """A key over all tenants would tell, by a refusal, that somebody else has the same."""
    found = rows(
        connection,
        """SELECT c.relname, array_agg(a.attname::text ORDER BY a.attname) FROM pg_index i
             JOIN pg_class c ON c.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
            WHERE i.indisunique AND NOT i.indisprimary AND c.relnamespace = 'public'::regnamespace GROUP BY i.indexrelid, c.relname""",
    )
    guarded = protected(connection)
    return [
        f"{table} ({', '.join(columns)}) is unique over all tenants"
        for table, columns in found
        if table in guarded
        and not TENANT_COLUMNS & set(columns)
        and f"{table}.{','.join(columns)}" not in UNIQUE_WITHOUT_TENANT
    ]


def keys_stay_inside_the_tenant(connection: Connection[Any]) -> list[str]:
    """A reference from a tenant's row to a tenant's row is tied to the tenant as well, or it could point over the wall."""
    columns_of = {name: columns for name, (_, _, columns) in tables(connection).items()}
    tied = _valid_keys(connection)
    faults = []
    for child, column, parent in _references():
        common = TENANT_COLUMNS & columns_of[child] & columns_of[parent]
        wanted = {(column, tenant) for tenant in common} if common and column != "collaborative_id" else {(column,)}
        if not any((child, parent, columns) in tied for columns in wanted):
            faults.append(f"{child}.{column} may point at a row of another tenant in {parent}, or at none")
    for child, columns in columns_of.items():
        both = (child, "collaboratives_participation", ("participation_id", "collaborative_id"))
        if child in CHECKED_AT_ONCE:
            faults += _unchecked(connection, child)
        elif columns >= TENANT_COLUMNS and both not in tied:
            faults.append(f"{child}: a hospital's row may be written into another collaborative")
    return faults


def _unchecked(connection: Connection[Any], child: str) -> list[str]:
    """Statements that may write rows of `child` without the function that checks them all at once."""
    found = rows(
        connection,
        """SELECT t.tgtype::int FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
            WHERE t.tgrelid = %s::regclass AND p.proname = %s AND t.tgenabled IN ('O', 'A') AND t.tgnewtable = 'fresh'""",
        child,
        CHECKED_AT_ONCE[child],
    )
    kinds = {kind for (kind,) in found}
    after = {"INSERT": 4, "UPDATE": 16}  # pg_trigger.h: after, for each statement, of one kind
    return [f"{child}: {kind} is not checked for other tenants" for kind, bit in after.items() if bit not in kinds]


def _references() -> Iterable[tuple[str, str, str]]:
    """Child table, column and parent table of every reference that a model of ours declares."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if (
                field.many_to_one and field.db_constraint and not model.__module__.startswith(("django.", "allauth."))
            ) or (field.one_to_one and field.concrete):
                yield model._meta.db_table, field.column, field.related_model._meta.db_table


def _valid_keys(connection: Connection[Any]) -> set[tuple[str, str, tuple[str, ...]]]:
    """Child, parent and columns of each foreign key. One whose tenant could be null would not be checked at all."""
    found = rows(
        connection,
        """SELECT k.conrelid::regclass::text, k.confrelid::regclass::text,
                  array_agg(a.attname::text ORDER BY u.position), bool_and(a.attnotnull OR u.position = 1)
             FROM pg_constraint k CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY u(number, position)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number
            WHERE k.contype = 'f' AND k.convalidated GROUP BY k.oid, k.conrelid, k.confrelid""",
    )
    return {(child, parent, tuple(columns)) for child, parent, columns, checked in found if checked}


def deletion_is_rare(connection: Connection[Any]) -> list[str]:
    return [
        f"{role} may remove rows of {table}"
        for _, table, role, command in table_grants(connection)
        if command == "DELETE" and role != DATAOPS and (table, role.removeprefix("colloquy_")) not in DELETABLE
    ]


RULES: tuple[Rule, ...] = (
    every_table_is_in_one_class,
    tables_with_tenants_are_forced,
    views_obey_their_reader,
    functions_are_pinned,
    sign_ins_cannot_climb,
    memberships_are_as_listed,
    nobody_has_more_than_rows,
    withheld_columns_are_read_by_nobody,
    nothing_is_left_to_public,
    everything_belongs_to_the_owner,
    policies_say_only_what_is_allowed,
    owners_are_guarded,
    privileges_and_policies_come_together,
    unique_keys_hold_the_tenant,
    keys_stay_inside_the_tenant,
    deletion_is_rare,
)


def privileges(connection: Connection[Any]) -> Iterable[str]:
    """Who may do what with which rows: one line for each table and role, for the golden file."""
    names = predicate_texts(connection)
    rule: dict[tuple[str, str], str] = {}
    for table, _, roles, command, permissive, using, _ in sorted(policies(connection), key=lambda each: not each[4]):
        for role in roles if command == "ALL" else ():
            rule[table, role] = names[using] if permissive else f"{rule[table, role]} and {names[using]}"
    commands: dict[tuple[str, str], list[str]] = {}
    for schema, table, role, command in table_grants(connection):
        commands.setdefault((f"{schema}.{table}" if schema != "public" else table, role), []).append(command)
    for (table, role), each in sorted(commands.items()):
        whole = {"SELECT" if command.startswith(COLUMN) else command for command in each}
        if whole != set(each):
            rule[table, role] += f", but {' and '.join(sorted(WITHHELD[table]))}"
        ordered = sorted(whole, key=("SELECT", "INSERT", "UPDATE", "DELETE").index)
        yield f"{table:32} {role.removeprefix('colloquy_'):10} {', '.join(ordered):32} {rule.get((table, role), 'no row-level security')}"
