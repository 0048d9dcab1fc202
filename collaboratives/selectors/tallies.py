"""How many rows several questions find, in one statement: every page asks for some, and each statement is a round trip."""

from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Subquery
from django.db.models.functions import Coalesce

from collaboratives.models import Collaborative


def tallies(collaborative: Any, *rows: QuerySet[Any]) -> QuerySet[Collaborative, tuple[int, ...]]:  # noqa: ANN401 -- its key, or what stands for it
    """Of rows of this collaborative, in the order they are asked for: one row of as many counts."""
    counted = [
        Coalesce(
            Subquery(each.order_by().values("collaborative").annotate(n=Count("*")).values("n")),
            0,
            output_field=IntegerField(),
        )
        for each in rows
    ]
    return Collaborative.objects.filter(pk=collaborative).values_list(*counted)
