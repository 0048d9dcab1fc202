"""What applications count by hospital, written so that the centre's home reads all of it in one statement.

An application that counts something by hospital has `selectors/by_hospital.py`: `asked(viewer)` gives its questions as rows
of (kind, hospital, values), `told(found)` reads the answers, and `counts_for(viewer)` does both for itself alone.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from django.db.models import BigIntegerField, CharField, F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, JSONObject

from collaboratives.selectors.listed import Found, moment


Asked: TypeAlias = "QuerySet[Any, Any]"
Together: TypeAlias = Mapping[str, Mapping[int, Found]]
PROGRAMME = 0  # the key of what is of no single hospital


def by_hospital(kind: str, rows: Asked, **columns: str | Combinable) -> Asked:
    """One answer for each hospital: counts and other aggregates, or the columns of its only row."""
    return _answers(kind, rows.order_by().values(asked_at_hospital=F("participation_id")), columns)


def of_programme(kind: str, rows: Asked, **columns: str | Combinable) -> Asked:
    """One answer for the whole programme."""
    nowhere = Cast(Value(None), BigIntegerField())
    return _answers(kind, rows.order_by().values(asked_at_hospital=nowhere), columns)


def _answers(kind: str, rows: Asked, columns: Mapping[str, str | Combinable]) -> Asked:
    # Names that no table has, as columns are asked for by theirs.
    named = rows.annotate(asked_kind=Value(kind, output_field=CharField()), asked_found=JSONObject(**columns))
    found: Asked = named.values_list("asked_kind", "asked_at_hospital", "asked_found")
    return found


def read_together(*asked: Asked) -> Together:
    """All answers, by kind and hospital, in one statement."""
    first, *rest = asked
    together: dict[str, dict[int, Found]] = defaultdict(dict)
    for kind, hospital, found in first.union(*rest, all=True) if rest else first:
        together[kind][hospital or PROGRAMME] = found
    return together


def moment_of(text: str | None) -> datetime | None:
    """JSON has moments as texts."""
    return moment(text) if text else None
