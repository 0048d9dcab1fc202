"""Count the cases of a form over stretches of days, hospital by hospital, in a few statements. A worker's work."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import connection

from cases.audits.selectors.figures import last_audits
from cases.enums import COUNTED, CaseStatus
from cases.log.enums import EntryState
from cases.quality.definition.figures import Answered, Figures
from cases.quality.definition.needed import needed_by, questions_that_matter
from cases.quality.definition.rules import DIGITS
from cases.questions.enums import QuestionKind, QuestionState
from cases.selectors.clock import in_zone, today_of
from collaboratives.models import Collaborative
from measures.definition.compiled import resolve_form
from measures.definition.expression.nodes import Node, names
from measures.definition.expression.sql import Sql, join, literal, record, sql
from measures.definition.spec import FormSpec, MissingKind, VariableType
from measures.models import Form, FormVersion
from measures.selectors.definitions import PUBLISHED, merged_spec, published_measures


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Days of events, both ends included. `locks_on` by hospital where it has more time; 0 is everybody's."""

    key: int
    first: date
    last: date
    locks_on: Mapping[int, date] = field(default_factory=dict)


Place = tuple[int, int]  # hospital and stretch
FIGURE_LOCKS = 7004  # first key of our advisory lock on the figures of a collaborative
PER_STATEMENT = 300  # questions, two columns each: PostgreSQL gives at most 1664


def lock_figures(collaborative_id: int) -> None:
    """Let one worker at a time write the figures of a collaborative; the lock ends with the transaction."""
    _run(Sql("SELECT pg_advisory_xact_lock(%s, %s)", (FIGURE_LOCKS, collaborative_id % 2**31)))


def count_figures(
    form: Form, stretches: Sequence[Stretch], hospitals: Sequence[int] | None = None
) -> dict[Place, Figures]:
    """By hospital and stretch; those without a case are left out."""
    wanted = _Wanted(form, stretches, hospitals)
    found = {place: Figures(**row) for place, row in _cases(wanted)}
    questions = count_questions(form, stretches, hospitals)
    for place, queries in _queries(wanted):
        found[place] = replace(found[place], open_queries=queries)
    for place, eligible, captured in _log(wanted):
        found[place] = replace(found.get(place, Figures()), eligible=eligible, captured=captured)
    for place, audit in _audits(wanted, found):
        found[place] = replace(found.get(place, Figures()), **audit)
    required = {each.name for each in merged_spec(form).variables if each.required or each.required_if}
    for place, answered in questions.items():
        total = Answered()
        for name in required & answered.keys():
            total = total.plus(answered[name])
        found[place] = replace(found[place], questions=answered, required=total.asked, known=total.known)
    return found


class _Wanted:
    """The cases asked for, as SQL: `c` the case, `s` its stretch."""

    def __init__(self, form: Form, stretches: Sequence[Stretch], hospitals: Sequence[int] | None) -> None:
        self.form, self.stretches, self.chosen = form, stretches, hospitals
        self.collaborative = Collaborative.objects.get(pk=form.collaborative_id)
        self.hospitals = None if hospitals is None else literal([str(each) for each in hospitals], "bigint[]")

    @property
    def spans(self) -> Sql:
        rows = (Sql("(%s::bigint, %s::date, %s::date)", (each.key, each.first, each.last)) for each in self.stretches)
        return "(VALUES " + join(rows) + ") AS s(key, first, last)"

    @property
    def locks(self) -> Sql:
        rows = [
            Sql("(%s::bigint, %s::bigint, %s::date)", (each.key, hospital, day))
            for each in self.stretches
            for hospital, day in each.locks_on.items()
        ]
        return "(VALUES " + join(rows or [Sql("(NULL::bigint, NULL::bigint, NULL::date)")]) + ")"

    def cases(self, joins: Sql, versions: Sequence[int] | None = None) -> Sql:
        """FROM and WHERE; the versions of the form stand for the form itself."""
        keys = versions or FormVersion.objects.filter(form=self.form).values_list("pk", flat=True)
        chosen = (
            "FROM cases_case c JOIN " + self.spans + " ON c.event_date BETWEEN s.first AND s.last " + joins
            + " WHERE c.collaborative_id = " + literal(self.form.collaborative_id, "bigint")
            + " AND c.form_version_id = ANY (" + literal([str(each) for each in keys], "bigint[]") + ")"
        )  # fmt: skip
        return chosen if self.hospitals is None else chosen + " AND c.participation_id = ANY (" + self.hospitals + ")"


_COUNTED = f"c.status IN ({', '.join(repr(each.value) for each in COUNTED)})"
_CASES = f"""SELECT c.participation_id, s.key, count(*), count(*) FILTER (WHERE {_COUNTED}),
  count(*) FILTER (WHERE c.status = '{CaseStatus.LOCKED}'), sum(c.questions), sum(c.answered),
  count(*) FILTER (WHERE d.due_on < t.today), count(*) FILTER (WHERE d.due_on < t.today AND d.completed_on <= d.due_on),
  count(*) FILTER (WHERE d.locks_on < t.today), count(*) FILTER (WHERE d.locks_on < t.today AND d.completed_on <= d.locks_on),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY (d.completed_on - c.event_date)::float8)
"""
_LOG = f"""SELECT e.participation_id, s.key, count(*), count(*) FILTER (WHERE {_COUNTED})
FROM caselog_caselogentry e JOIN caselog_cycle k ON k.id = e.cycle_id JOIN """  # noqa: S608 -- names of our own states
_OF_LOG = f""" ON e.event_date BETWEEN s.first AND s.last
LEFT JOIN cases_case c ON c.id = e.case_id AND c.participation_id = e.participation_id
WHERE e.state IN ('{EntryState.LISTED}', '{EntryState.SAMPLED}') AND k.form_id = """
_NAMES = ("cases", "complete", "locked", "asked", "answered", "due", "on_time", "lock_due", "by_lock", "median_days")


def _cases(wanted: _Wanted) -> Iterator[tuple[Place, dict[str, Any]]]:
    place = wanted.collaborative
    joins = (
        "LEFT JOIN " + wanted.locks + " AS x(key, hospital, day) ON x.key = s.key AND x.hospital = 0 LEFT JOIN "
        + wanted.locks + " AS o(key, hospital, day) ON o.key = s.key AND o.hospital = c.participation_id "
        "CROSS JOIN (SELECT " + literal(today_of(place), "date") + " AS today) AS t CROSS JOIN LATERAL (SELECT "
        "c.event_date + " + literal(place.due_days, "integer") + " AS due_on, coalesce(o.day, x.day) AS locks_on, "
        "(c.completed_at AT TIME ZONE " + literal(place.time_zone, "text") + ")::date AS completed_on) AS d"
    )  # fmt: skip
    for hospital, key, *counts in _run(Sql(_CASES) + wanted.cases(joins) + " GROUP BY 1, 2"):
        yield (hospital, key), dict(zip(_NAMES, counts, strict=True))


def _queries(wanted: _Wanted) -> Iterator[tuple[Place, int]]:
    asked = Sql("JOIN questions_question q ON q.case_id = c.id AND q.participation_id = c.participation_id")
    still = f" AND q.kind = '{QuestionKind.QUERY}' AND q.state <> '{QuestionState.CLOSED}'"
    select = Sql("SELECT c.participation_id, s.key, count(*) ")
    for hospital, key, count in _run(select + wanted.cases(asked) + still + " GROUP BY 1, 2"):
        yield (hospital, key), count


def _log(wanted: _Wanted) -> Iterator[tuple[Place, int, int]]:
    """Operations of the log that are to be entered, and those whose case is complete. No log, no row."""
    statement = _LOG + wanted.spans + _OF_LOG + literal(wanted.form.pk, "bigint")
    if wanted.hospitals is not None:
        statement += " AND e.participation_id = ANY (" + wanted.hospitals + ")"
    for hospital, key, eligible, captured in _run(statement + " GROUP BY 1, 2"):
        yield (hospital, key), eligible, captured


def _audits(wanted: _Wanted, places: Iterable[Place]) -> Iterator[tuple[Place, dict[str, Any]]]:
    """The last finished audit of the form, whichever days the figures are of; in the first stretch even without a case."""
    last = last_audits(wanted.form.collaborative_id, form_id=wanted.form.pk)
    audited = [hospital for hospital in last if wanted.chosen is None or hospital in wanted.chosen]
    for place in {*places, *((hospital, wanted.stretches[0].key) for hospital in audited)}:
        if (audit := last.get(place[0])) and audit.compared:
            day = in_zone(audit.reported_at, wanted.collaborative).date()
            yield place, {"compared": audit.compared, "agreeing": audit.agreeing, "audited_on": day}


Questions = dict[Place, dict[str, Answered]]


def count_questions(form: Form, stretches: Sequence[Stretch], hospitals: Sequence[int] | None = None) -> Questions:
    """How often each question that matters was asked in complete cases, and what came of it."""
    wanted = _Wanted(form, stretches, hospitals)
    measured = needed_questions(form)
    found: Questions = defaultdict(dict)
    for version in FormVersion.objects.filter(PUBLISHED, form=form).order_by("number"):
        spec, needed = version.definition, frozenset().union(*measured.values())
        for place, name, answered in _of_version(wanted, version.pk, spec, needed):
            found[place][name] = found[place].get(name, Answered()).plus(answered)
    return dict(found)


def needed_questions(form: Form) -> dict[int, frozenset[str]]:
    """By published measure of the form, the questions behind it."""
    spec = merged_spec(form)
    return {
        each.pk: needed_by(
            each.definition, each.risk_model_version.definition if each.risk_model_version else None, spec
        )
        for each in published_measures(form.collaborative_id)
        if each.form_id == form.pk
    }


def _of_version(
    wanted: _Wanted, version: int, spec: FormSpec, needed: frozenset[str]
) -> Iterator[tuple[Place, str, Answered]]:
    matter = questions_that_matter(spec, [needed])
    counts: dict[tuple[Place, str], dict[str, int]] = defaultdict(dict)
    for at in range(0, len(matter), PER_STATEMENT):
        for place, name, asked, value in _shown(wanted, version, spec, matter[at : at + PER_STATEMENT], needed):
            counts[place, name] |= {"asked": asked, "value": value}
    for place, name, kind, count in _missing(wanted, version):
        if (place, name) in counts:
            counts[place, name][kind] = count
    for (place, name), found in counts.items():
        yield place, name, Answered(**found)


def _shown(
    wanted: _Wanted, version: int, spec: FormSpec, chunk: Sequence[str], needed: frozenset[str]
) -> Iterator[tuple[Place, str, int, int]]:
    conditions = {name: _when(spec, name, measured=name in needed) for name in chunk}
    read = frozenset().union(*(names(node) for nodes in conditions.values() for node in nodes)) or {chunk[0]}
    answers = Sql(
        f"CROSS JOIN LATERAL jsonb_to_record(c.answers) AS a({record({name: spec.variable(name).type for name in sorted(read)})})"
    )
    columns = join(_two_counts(name, conditions[name]) for name in chunk)
    statement = "SELECT c.participation_id, s.key, " + columns + " "
    complete = wanted.cases(answers, [version]) + f" AND {_COUNTED} GROUP BY 1, 2"
    for hospital, key, *counts in _run(statement + complete):
        for place, name in enumerate(chunk):
            yield (hospital, key), name, counts[2 * place], counts[2 * place + 1]


def _when(spec: FormSpec, name: str, *, measured: bool) -> tuple[Node, ...]:
    """A measure needs what it reads of every case that is asked; otherwise only the required answers matter."""
    form, variable = resolve_form(spec), spec.variable(name)
    shown = (form.show_if[name],) if name in form.show_if else ()
    return shown if measured or variable.required else (*shown, form.required_if[name])


def _two_counts(name: str, conditions: Sequence[Node]) -> Sql:
    asked = join([Sql("TRUE"), *(sql(node) for node in conditions)], " AND ")
    return (
        "count(*) FILTER (WHERE " + asked + "), count(*) FILTER (WHERE jsonb_exists(c.answers, "
        + literal(name, "text") + ") AND " + asked + ")"
    )  # fmt: skip


def _missing(wanted: _Wanted, version: int) -> Iterator[tuple[Place, str, str, int]]:
    kinds = Sql("CROSS JOIN LATERAL jsonb_each_text(c.missing) AS m(name, kind)")
    select = Sql("SELECT c.participation_id, s.key, m.name, m.kind, count(*) ")
    rows = _run(select + wanted.cases(kinds, [version]) + f" AND {_COUNTED} GROUP BY 1, 2, 3, 4")
    for hospital, key, name, kind, count in rows:
        if kind in set(MissingKind):
            yield (hospital, key), name, kind, count


SPREAD = 10  # least standard deviation in steps of the last digit: with less, digits need not be alike
MOST = 0.5  # of all values with tenths: then the tenth is the last digit
_DIGITS = """SELECT c.participation_id, v.name, (floor(abs(v.number)) %% 10)::int, (floor(abs(v.number) * 10) %% 10)::int,
  count(*), sum(v.number)::float8, sum(v.number * v.number)::float8 """
_NUMBERS = """CROSS JOIN LATERAL (SELECT each.key AS name, (each.value #>> '{}')::numeric AS number
  FROM jsonb_each(c.answers) AS each WHERE jsonb_typeof(each.value) = 'number' AND each.key = ANY ("""
Digits = dict[str, dict[int, list[int]]]


def count_digits(form: Form, stretch: Stretch, hospitals: Sequence[int]) -> Digits:
    """By question and hospital, how often each digit is the last of a number that somebody entered."""
    spec = merged_spec(form)
    numeric = [
        each.name
        for each in spec.variables
        if each.type in {VariableType.INTEGER, VariableType.DECIMAL} and not each.calculation
    ]
    wanted = _Wanted(form, [stretch], hospitals)
    numbers = _NUMBERS + literal(numeric, "text[]") + ")) AS v"
    select = Sql(_DIGITS) + wanted.cases(numbers) + f" AND {_COUNTED} GROUP BY 1, 2, 3, 4"
    by_name: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for hospital, name, *rest in _run(select):
        by_name[name].append((hospital, *rest))
    return {name: _last_digits(rows) for name, rows in by_name.items() if _varies(rows)}


def _has_tenths(rows: Sequence[tuple[Any, ...]]) -> bool:
    tenths = float(sum(count for _, _, tenth, count, *_ in rows if tenth))
    return bool(tenths >= MOST * sum(row[3] for row in rows))


def _varies(rows: Sequence[tuple[Any, ...]]) -> bool:
    """Whether the values lie far enough apart for their last digits to be equally common."""
    count, total, squares = (float(sum(row[place] for row in rows)) for place in (3, 4, 5))
    step = 0.1 if _has_tenths(rows) else 1
    variance: float = squares / count - (total / count) ** 2
    return variance >= (SPREAD * step) ** 2


def _last_digits(rows: Sequence[tuple[Any, ...]]) -> dict[int, list[int]]:
    place = 2 if _has_tenths(rows) else 1
    found: dict[int, list[int]] = defaultdict(lambda: [0] * DIGITS)
    for row in rows:
        found[row[0]][row[place]] += row[3]
    return dict(found)


def _run(statement: Sql) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)  # type: ignore[arg-type]  # django-stubs knows no time of day
        return list(cursor.fetchall())
