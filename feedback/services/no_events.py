"""No event at all where the rate of the others makes that improbable: the rule of data quality that needs outcomes."""

from collections.abc import Iterator, Mapping

from django.db import transaction
from django.db.models import Q, Sum

from cases.quality.definition.rules import Finding, no_events
from cases.quality.enums import AnomalyRule
from cases.quality.selectors.spans import months_before
from cases.quality.services.anomalies import MONTHS, Odd, closed_month, keep_anomalies, last_day_of, members_of
from collaboratives.models import Collaborative
from collaboratives.selectors.collaboratives import collaborative_keys
from feedback.enums import Outcome, ReleaseState
from feedback.models import PooledResult, SiteMonth
from measures.definition.spec import Direction, Domain, MeasureKind
from measures.models import Form, MeasureVersion
from measures.selectors.definitions import forms_of, merged_spec, published_measures
from tenancy.context import Acting, acting


Counts = Mapping[int, tuple[int, int]]  # by hospital: events, and cases that count


def look_everywhere() -> None:
    for key in collaborative_keys():
        with acting(Acting("compute", collaborative_id=key)):
            look_for_no_events(key)


@transaction.atomic
def look_for_no_events(collaborative_id: int) -> None:
    """Every unwanted outcome of the published measures, over the latest twelve months that are due."""
    collaborative = Collaborative.objects.get(pk=collaborative_id)
    watched = [each for each in published_measures(collaborative_id) if _is_unwanted(each)]
    for form in forms_of(collaborative_id):
        of_form = [each for each in watched if each.form_id == form.pk]
        found = (odd for version in of_form for odd in _without(collaborative, version, form))
        keep_anomalies(form, AnomalyRule.NO_EVENTS, found)


def _is_unwanted(version: MeasureVersion) -> bool:
    spec = version.definition
    wanted = (MeasureKind.PROPORTION, Domain.OUTCOME, Direction.LOWER)
    return (spec.kind, spec.domain, spec.direction) == wanted


def _counts(version: MeasureVersion, collaborative: Collaborative, form: Form) -> Counts:
    month = closed_month(collaborative)
    months = SiteMonth.objects.filter(
        measure_version=version,
        month__range=(months_before(month, MONTHS - 1), month),
        participation__in=members_of(form),
    )
    rows = months.order_by().values_list("participation_id").annotate(Sum("met"), Sum("not_met"))
    return {hospital: (met, met + not_met) for hospital, met, not_met in rows}


def _without(collaborative: Collaborative, version: MeasureVersion, form: Form) -> Iterator[Odd]:
    counts = _counts(version, collaborative, form)
    events, cases = (sum(pair[place] for pair in counts.values()) for place in (0, 1))
    for hospital, (own, all_) in sorted(counts.items()):
        if not own and (finding := no_events(all_, events, cases - all_)):
            yield _odd(version, form, hospital, all_, finding)


def _told(version: MeasureVersion) -> float | None:
    """The rate of all hospitals as members know it already: rounded, of the latest release."""
    found = PooledResult.objects.filter(
        release__state=ReleaseState.RELEASED,
        release__collaborative_id=version.collaborative_id,
        measure_version__measure_id=version.measure_id,
    )
    return found.values_list("rate", flat=True).first()


def _odd(version: MeasureVersion, form: Form, hospital: int, cases: int, finding: Finding) -> Odd:
    month, spec, share = closed_month(version.collaborative), version.definition, _told(version)
    noun = merged_spec(form).case_noun_plural
    rate = "" if share is None else f", where {100 * share:.0f}% of all hospitals together had it"
    return Odd(
        participation_id=hospital,
        about=spec.slug,
        label=spec.short_name,
        first_day=months_before(month, MONTHS - 1),
        last_day=last_day_of(month),
        finding=finding,
        reason=f"{spec.short_name}: none in {cases:,} {noun}{rate}. Is an answer that was missing entered as No?",
        numbers=(
            (spec.short_name, f"0 of {cases:,}"),
            *(() if share is None else (("all hospitals", f"{100 * share:.0f}%"),)),
        ),
        among=Q(outcomes__measure_version=version, outcomes__outcome=Outcome.NOT_MET),
    )
