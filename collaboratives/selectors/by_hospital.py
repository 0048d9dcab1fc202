"""What applications count by hospital, written so that the centre's home reads all of it in one statement.

An application that counts something by hospital has `selectors/by_hospital.py`: `asked()` gives its questions as rows of
(kind, hospital, values), and `told(found)` reads the answers. The statement is kept (`kept.py`), so a question holds no
value of who asks or when: HERE, READER, NOW, TODAY and THIS_YEAR stand for them.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, CharField, DateField, DateTimeField, F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone

from collaboratives.models import Collaborative
from collaboratives.selectors.clock import in_zone
from collaboratives.selectors.kept import Given, Kept
from collaboratives.selectors.listed import Found, moment
from privacy.viewer import Viewer


Asked: TypeAlias = "QuerySet[Any, Any]"
Together: TypeAlias = Mapping[str, Mapping[int, Found]]
Ask: TypeAlias = Callable[[], list[Asked]]
PROGRAMME = 0  # the key of what is of no single hospital
HERE: Any = Given("here", BigIntegerField())
READER: Any = Given("reader", BigIntegerField())
NOW: Any = Given("now", DateTimeField())
TODAY: Any = Given("today", DateField())
THIS_YEAR: Any = Given("this_year", DateTimeField())


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


def read_together(viewer: Viewer, collaborative: Collaborative, *asks: Ask) -> Together:
    """All answers, by kind and hospital, in one statement."""
    now = timezone.now()
    here = in_zone(now, collaborative)
    rows = _kept(asks).read(
        here=viewer.collaborative_id,
        reader=viewer.user_id,
        now=now,
        today=here.date(),
        this_year=datetime(here.year, 1, 1, tzinfo=ZoneInfo(collaborative.time_zone)).astimezone(UTC),
    )
    together: dict[str, dict[int, Found]] = defaultdict(dict)
    for kind, hospital, found in rows:
        together[kind][hospital or PROGRAMME] = found
    return together


@cache
def _kept(asks: tuple[Ask, ...]) -> Kept[tuple[str, int | None, Found]]:
    """As many as there are sets of questions: people who may open less are asked for less."""
    return Kept(lambda: _union([rows for ask in asks for rows in ask()]))


def _union(asked: list[Asked]) -> Asked:
    first, *rest = asked
    return first.union(*rest, all=True) if rest else first


def moment_of(text: str | None) -> datetime | None:
    """JSON has moments as texts."""
    return moment(text) if text else None
