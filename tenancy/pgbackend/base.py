"""PostgreSQL backend whose every transaction carries the acting context, and whose sign-in cannot step over the wall."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base

from tenancy import context


UNSAFE_SIGN_IN = """
    SELECT r.rolsuper, r.rolbypassrls, r.rolcreaterole,
           EXISTS (SELECT 1 FROM pg_class c WHERE c.relrowsecurity AND pg_has_role(r.oid, c.relowner, 'MEMBER'))
      FROM pg_roles r WHERE r.rolname = session_user
"""
REASONS = (
    "is a superuser",
    "may bypass row-level security",
    "may create roles",
    "is a member of the owner of protected tables",
)


class DatabaseWrapper(base.DatabaseWrapper):
    """Applies `tenancy.context` when a transaction begins."""

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:  # noqa: FBT001, FBT002 -- Django's signature
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if not autocommit and (who := context.current()) is not None:
            context.apply(self, who)

    def init_connection_state(self) -> Any:  # noqa: ANN401 -- Django's signature
        result = super().init_connection_state()
        self._refuse_unsafe_sign_in()
        return result

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
