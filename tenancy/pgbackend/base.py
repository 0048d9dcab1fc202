"""PostgreSQL backend whose every transaction carries the acting context, and whose sign-in cannot step over the wall."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base

from tenancy import context


# Over every role that the sign-in can become, for SET ROLE needs no more than membership.
UNSAFE_SIGN_IN = """
    SELECT bool_or(r.rolsuper), bool_or(r.rolbypassrls), bool_or(r.rolcreaterole OR r.rolreplication),
           bool_or(r.rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')),
           bool_or(r.rolname = 'colloquy_dataops'),
           bool_or(EXISTS (SELECT 1 FROM pg_class c WHERE c.relrowsecurity AND c.relowner = r.oid))
      FROM pg_roles r WHERE pg_has_role(session_user, r.oid, 'MEMBER')
"""
REASONS = (
    "is a superuser",
    "may bypass row-level security",
    "may create roles or copy the server",
    "may reach the server's files",
    "may act as the data migrations do",
    "is a member of the owner of protected tables",
)
# Row-level security and roles were mended here: CVE-2024-10976, CVE-2024-10978. Later majors are born safe.
OLDEST_SERVERS = {15: 150009, 16: 160005, 17: 170001}


class DatabaseWrapper(base.DatabaseWrapper):
    """Applies `tenancy.context` when a transaction begins."""

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:  # noqa: FBT001, FBT002 -- Django's signature
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if not autocommit and (who := context.current()) is not None:
            try:
                context.apply(self, who)
            except Exception:
                # A transaction begun for somebody who may not act must not wait here for whoever comes next.
                self.close()
                raise

    def init_connection_state(self) -> Any:  # noqa: ANN401 -- Django's signature
        result = super().init_connection_state()
        self._refuse_old_server()
        self._refuse_unsafe_sign_in()
        return result

    def _refuse_old_server(self) -> None:
        version = self.pg_version
        if version < OLDEST_SERVERS.get(version // 10000, 150009):
            self.close()
            raise ImproperlyConfigured(
                f"PostgreSQL {version // 10000}.{version % 10000} has faults in row-level security. "
                "Use 15.9, 16.5, 17.1 or newer."
            )

    def _refuse_unsafe_sign_in(self) -> None:
        with self.cursor() as cursor:
            cursor.execute(UNSAFE_SIGN_IN)
            flags = cursor.fetchone()
        faults = [reason for flag, reason in zip(flags, REASONS, strict=True) if flag]
        if faults:
            self.close()
            raise ImproperlyConfigured(
                f"DATABASE_URL signs in as a role that {' and '.join(faults)}. The wall between hospitals would not hold. "
                "Use colloquy_app (web) or colloquy_work (workers); python -m tenancy.bootstrap makes them."
            )
