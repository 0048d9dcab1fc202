"""Look for what is odd every night, keep what was found with its numbers, and ask the hospital once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from cases.models import Case
from cases.quality.definition.figures import Answered, percent_of
from cases.quality.definition.rules import DIGITS, Finding, caseload_drop, digit_preference, digit_score, unknown_rise
from cases.quality.enums import AnomalyRule
from cases.quality.models import Anomaly
from cases.quality.selectors.spans import months_before
from cases.quality.services.counting import Stretch, count_digits, count_questions
from cases.questions.enums import QuestionState
from cases.questions.models import Question
from cases.questions.services.asking import Suspicion, raise_queries_by_rule
from cases.selectors.clock import today_of
from collaboratives.enums import Stage
from collaboratives.models import Collaborative, Participation
from collaboratives.selectors.places import worker_viewer
from measures.definition.spec import FormSpec
from measures.models import Form
from measures.selectors.definitions import forms_of, merged_spec
from privacy.viewer import Viewer


MONTHS = 12  # of the past that a month is compared with
WHY_HERE = "This is about many cases; the query hangs on the latest of them."
Numbers = Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Odd:
    """A finding at a hospital, in words, and the cases among which its query finds a place."""

    participation_id: int
    about: str = ""
    variable: str = ""
    label: str = ""
    first_day: date
    last_day: date
    finding: Finding
    reason: str
    numbers: Numbers
    among: Q | None = None


@transaction.atomic
def look_for_anomalies(collaborative_id: int) -> None:
    """Every form and hospital; what was found last night is found again, not asked again."""
    collaborative = Collaborative.objects.get(pk=collaborative_id)
    for form in forms_of(collaborative_id):
        month = closed_month(collaborative)
        keep_anomalies(form, AnomalyRule.CASELOAD_DROP, _caseload(form, month))
        keep_anomalies(form, AnomalyRule.UNKNOWN_RISE, _unknown(form, month))
        keep_anomalies(form, AnomalyRule.DIGIT_PREFERENCE, _digits(form, month))


def closed_month(collaborative: Collaborative) -> date:
    """First day of the latest month whose cases are all due: a younger one is merely not entered yet."""
    due = today_of(collaborative) - timedelta(days=collaborative.due_days)
    return months_before(due.replace(day=1), 1)


def last_day_of(month: date) -> date:
    return months_before(month, -1) - timedelta(days=1)


def members_of(form: Form) -> list[int]:
    found = Participation.objects.filter(collaborative_id=form.collaborative_id).exclude(stage=Stage.LEFT)
    return list(found.order_by("pk").values_list("pk", flat=True))


def _caseload(form: Form, month: date) -> Iterator[Odd]:
    first, last = months_before(month, MONTHS), last_day_of(month)
    cases = Case.objects.filter(participation__in=members_of(form), form_version__form=form)
    cases = cases.filter(event_date__range=(first, last)).order_by().annotate(month=TruncMonth("event_date"))
    counts: dict[int, dict[date, int]] = defaultdict(dict)
    for hospital, day, count in cases.values_list("participation_id", "month").annotate(count=Count("pk")):
        counts[hospital][day] = count
    noun = merged_spec(form).case_noun_plural
    for hospital, by_month in sorted(counts.items()):
        before = [by_month.get(months_before(month, back), 0) for back in range(MONTHS, 0, -1)]
        now = by_month.get(month, 0)
        if finding := caseload_drop(before, now):
            yield Odd(
                participation_id=hospital,
                first_day=month,
                last_day=last,
                finding=finding,
                reason=f"{now:,} {noun} in {month:%B %Y}, where about {finding.size:.0f} a month were usual in the year before. Are all of them entered?",
                numbers=((f"{noun} in {month:%B %Y}", f"{now:,}"), ("a month before", f"{finding.size:.1f}")),
            )


def _unknown(form: Form, month: date) -> Iterator[Odd]:
    now, before = 1, 2
    stretches = [
        Stretch(key=now, first=month, last=last_day_of(month)),
        Stretch(key=before, first=months_before(month, MONTHS), last=month - timedelta(days=1)),
    ]
    found, spec = count_questions(form, stretches, members_of(form)), merged_spec(form)
    for (hospital, key), questions in sorted(found.items(), key=lambda pair: pair[0]):
        if key == now:
            earlier = found.get((hospital, before), {})
            for name, each in questions.items():
                yield from _risen(spec, (hospital, name, month), each, earlier.get(name, Answered()))


def _risen(spec: FormSpec, where: tuple[int, str, date], now: Answered, before: Answered) -> Iterator[Odd]:
    hospital, name, month = where
    unknown, earlier = now.unknown + now.not_documented, before.unknown + before.not_documented
    if finding := unknown_rise((unknown, now.asked), (earlier, before.asked)):
        label, was = spec.variable(name).label, percent_of(earlier / before.asked)
        yield Odd(
            participation_id=hospital,
            about=name,
            variable=name,
            label=label,
            first_day=month,
            last_day=last_day_of(month),
            finding=finding,
            reason=f"{label}: unknown or not documented in {percent_of(finding.size)} of the cases of {month:%B %Y}, in the year before in {was}. What has changed?",
            numbers=(
                (f"unknown in {month:%B %Y}", f"{unknown:,} of {now.asked:,}"),
                ("in the year before", f"{earlier:,} of {before.asked:,}"),
            ),
            among=Q(missing__has_key=name),
        )


def _digits(form: Form, month: date) -> Iterator[Odd]:
    stretch = Stretch(key=0, first=months_before(month, MONTHS - 1), last=last_day_of(month))
    spec = merged_spec(form)
    for name, by_hospital in sorted(count_digits(form, stretch, members_of(form)).items()):
        everybody = [sum(counts[digit] for counts in by_hospital.values()) for digit in range(DIGITS)]
        for hospital, own in sorted(by_hospital.items()):
            others = [total - count for total, count in zip(everybody, own, strict=True)]
            if finding := digit_preference(own, others):
                yield _rounded(spec, (hospital, name, stretch), own, finding)


def _rounded(spec: FormSpec, where: tuple[int, str, Stretch], own: Sequence[int], finding: Finding) -> Odd:
    hospital, name, stretch = where
    label, top = spec.variable(name).label, max(range(DIGITS), key=own.__getitem__)
    share = percent_of(own[top] / sum(own))
    return Odd(
        participation_id=hospital,
        about=name,
        variable=name,
        label=label,
        first_day=stretch.first,
        last_day=stretch.last,
        finding=finding,
        reason=f"{label}: {share} of {sum(own):,} values end in {top}, where a tenth would by chance. Are they rounded or estimated?",
        numbers=(
            ("last digits 0 to 9", " ".join(str(count) for count in own)),
            ("digit preference score", f"{digit_score(own):.0f} (20 and less is acceptable)"),
        ),
        among=Q(answers__has_key=name),
    )


@transaction.atomic
def keep_anomalies(form: Form, rule: AnomalyRule, found: Iterable[Odd]) -> None:
    """Write what this rule finds of this form now; what it no longer finds is gone."""
    by = worker_viewer(Collaborative.objects.get(pk=form.collaborative_id))
    lasting = Anomaly.objects.filter(form=form, rule=rule, gone_at=None)
    known = {(row.participation_id, row.about): row for row in lasting}
    for odd in found:
        row = known.pop((odd.participation_id, odd.about), None)
        _keep(form, rule, odd, row, by)
    Anomaly.objects.filter(pk__in=[row.pk for row in known.values()]).update(gone_at=timezone.now())


def _keep(form: Form, rule: AnomalyRule, odd: Odd, row: Anomaly | None, by: Viewer) -> None:
    case = row.case if row else _case(form, odd)
    if case is None:  # nothing a query could hang on
        return
    row = row or Anomaly(
        collaborative_id=form.collaborative_id, participation_id=odd.participation_id, form=form, rule=rule, case=case
    )
    row.about, row.label, row.first_day, row.last_day = odd.about, odd.label, odd.first_day, odd.last_day
    row.reason, row.numbers, row.probability = odd.reason, [[*each] for each in odd.numbers], odd.finding.probability
    row.question = row.question or _ask(rule, odd, case, by)
    row.save()


def _case(form: Form, odd: Odd) -> Case | None:
    """The latest of the days in question, or else the latest there is."""
    own = Case.objects.filter(participation_id=odd.participation_id, form_version__form=form)
    own = own.select_related("form_version", "collaborative").order_by("-event_date", "-pk")
    there = own.filter(odd.among or Q(), event_date__range=(odd.first_day, odd.last_day))
    return there.first() or own.filter(event_date__lte=odd.last_day).first()


def _ask(rule: AnomalyRule, odd: Odd, case: Case, by: Viewer) -> Question:
    """One query; one that is still open about the same thing is the one."""
    key = f"anomaly:{rule}:{odd.about}"[:150]
    same = Question.objects.filter(participation_id=odd.participation_id, rule=key).exclude(state=QuestionState.CLOSED)
    if asked := same.first():
        return asked
    variable = odd.variable if odd.variable in case.form_version.definition.by_name else ""
    suspicion = Suspicion(case=case, variable=variable, rule=key, text=f"{odd.reason} {WHY_HERE}")
    return raise_queries_by_rule([suspicion], by=by)[0]
