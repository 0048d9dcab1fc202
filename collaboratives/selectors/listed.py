"""Short lists of several tables in the one statement that reads the row they belong to."""

from datetime import datetime
from typing import Any, TypeAlias

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONObject


Found: TypeAlias = dict[str, Any]


def listed(rows: QuerySet[Any, Any], **columns: str | Combinable) -> ArraySubquery:
    """The rows as a list of plain values, in their order; filter them by `OuterRef`."""
    return ArraySubquery(rows.values(found=JSONObject(**columns)))


def moment(text: str) -> datetime:
    """JSON has moments as texts."""
    return datetime.fromisoformat(text)
