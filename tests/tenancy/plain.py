"""Rows and contexts in plain SQL, for tests that must not lean on what they test."""

from typing import Any, LiteralString

from psycopg import Connection, sql

from tenancy.context import Acting


ENTER = "SELECT set_config('role', %s, true), set_config('app.ctx', %s, true)"
# What a column without a value gets; all our tables are made of these types.
FILLINGS: dict[str, LiteralString] = {
    "boolean": "false",
    "bytea": "''",
    "character varying": "''",
    "text": "''",
    "date": "'2025-01-01'",
    "jsonb": "'{}'",
    "timestamp with time zone": "now()",
    "uuid": "gen_random_uuid()",
    "bigint": "0",
    "integer": "0",
    "smallint": "1",
    "double precision": "0",
    "numeric": "0",
}


def enter(connection: Connection[Any], who: Acting | None, token: str | None = None) -> None:
    """Act from here to the end of the transaction or savepoint, with our own token or another."""
    role, own = (who.role, who.token()) if who else ("none", "")
    connection.execute(ENTER, [role, own if token is None else token])


def insert(connection: Connection[Any], table: str, *, returning: bool = True, **values: object) -> Any:
    """Insert a row; required columns that are not named get something harmless. Gives back its key, if it was asked for."""
    columns = connection.execute(
        """SELECT column_name, data_type FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'NO' AND is_identity = 'NO'""",
        [table],
    ).fetchall()
    filled = {name: sql.SQL(FILLINGS[kind]) for name, kind in columns if name not in values}
    query = sql.SQL("INSERT INTO {} ({}) VALUES ({}){}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, [*filled, *values])),
        sql.SQL(", ").join([*filled.values(), *(sql.Literal(value) for value in values.values())]),
        sql.SQL(" RETURNING {}").format(_primary_key(connection, table)) if returning else sql.SQL(""),
    )
    cursor = connection.execute(query)
    return (cursor.fetchone() or (None,))[0] if returning else None


def _primary_key(connection: Connection[Any], table: str) -> sql.Identifier:
    """The column need not be the first: some rows have the key of the row that they belong to."""
    found = connection.execute(
        """SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indisprimary AND i.indrelid = %s::regclass""",
        [table],
    ).fetchone()
    return sql.Identifier(found[0] if found else "id")
