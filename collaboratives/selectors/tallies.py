"""How many rows several questions find, in one statement: every page asks for some, and each statement is a round trip."""

from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Subquery
from django.db.models.functions import Coalesce

from collaboratives.models import Collaborative


def tallies(collaborative_id: int, *rows: QuerySet[Any]) -> tuple[int, ...]:
    """Of rows of this collaborative, in the order they are asked for."""
    counted = [
        Coalesce(
            Subquery(each.order_by().values("collaborative").annotate(n=Count("*")).values("n")),
            0,
            output_field=IntegerField(),
        )
        for each in rows
    ]
    return tuple(Collaborative.objects.filter(pk=collaborative_id).values_list(*counted).get())
