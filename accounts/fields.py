"""The column that only signing in reads."""

from typing import Any

from django.db import models
from django.db.models.sql.compiler import SQLCompiler

from tenancy.context import current


class PasswordField(models.CharField):  # type: ignore[type-arg]  # not generic at run time
    """A digest of a password. Inside a place, where no role may read the column, it is not asked for.

    The wall is the privilege (ADR 20); without this every row of a person would be refused with it. A person read inside
    a place has None here, which the column takes from nobody: such a row cannot be saved over the digest.
    """

    def select_format(self, compiler: SQLCompiler, sql: str, params: Any) -> tuple[str, Any]:  # noqa: ANN401, ARG002 -- Django's signature
        who = current()
        return (sql, params) if who is None or who.kind == "platform" else ("NULL::varchar", ())

    def deconstruct(self) -> Any:  # noqa: ANN401 -- Django's
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
