"""Write the figures of hospitals. Only the worker does; doing it again writes the same."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from cases.quality.definition.figures import Figures
from cases.quality.models import QualityFigures
from cases.quality.selectors.spans import cycles_of, lock_days, past_year
from cases.quality.services.counting import Stretch, count_figures, lock_figures
from collaboratives.models import Collaborative, Participation
from measures.models import Form
from measures.selectors.definitions import forms_of


YEAR = 0  # key of the stretch that is no cycle


@transaction.atomic
def measure_quality(collaborative_id: int, hospitals: Sequence[int] | None = None) -> None:
    """Count again for these hospitals, or for all that ever took part."""
    lock_figures(collaborative_id)
    collaborative = Collaborative.objects.get(pk=collaborative_id)
    everybody = Participation.objects.filter(collaborative=collaborative).order_by("pk").values_list("pk", flat=True)
    chosen = list(everybody if hospitals is None else everybody.filter(pk__in=hospitals))
    QualityFigures.objects.filter(participation__in=chosen).delete()
    for form in forms_of(collaborative_id):
        QualityFigures.objects.bulk_create(_rows(collaborative, form, chosen), batch_size=500)


def _rows(collaborative: Collaborative, form: Form, hospitals: Sequence[int]) -> Iterator[QualityFigures]:
    """One row of the year for every hospital, cases or not; rows of cycles only where there is something."""
    year, now = past_year(collaborative), timezone.now()
    cycles = {cycle.pk: cycle for cycle in cycles_of(form, year[1])}
    locks = lock_days(list(cycles.values()))
    stretches = [
        Stretch(key=YEAR, first=year[0], last=year[1]),
        *(
            Stretch(key=key, first=each.first_day, last=each.last_day, locks_on=locks[key])
            for key, each in cycles.items()
        ),
    ]
    found = count_figures(form, stretches, hospitals)
    for hospital in hospitals:
        for stretch in stretches:
            figures = found.get((hospital, stretch.key))
            if figures is not None or stretch.key == YEAR:
                yield QualityFigures(
                    collaborative=collaborative,
                    participation_id=hospital,
                    form=form,
                    cycle=cycles.get(stretch.key),
                    first_day=stretch.first,
                    last_day=stretch.last,
                    computed_at=now,
                    **asdict(figures or Figures()),
                )
