"""Measure preview on a million complete cases of the last twelve closed months: seconds, and the same as counted plainly.

COLLOQUY_BENCH_CASES makes it smaller. The cases are copies of one row with answers of its own, made in the database.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from django.db import transaction

from collaboratives.models import Collaborative, Participation
from collaboratives.selectors.places import acting_for
from feedback.selectors.measure_preview import Preview, closed_months, preview_of
from measures.definition.spec import Exclusion
from measures.models import FormVersion, MeasureVersion
from privacy.viewer import Viewer
from tenancy.context import acting
from tests.bench import registry
from tests.bench.large import CASES, SLUG, copied_database, create_registry, sign_in, superuser
from tests.worlds import programme


MOST_SECONDS = 3.0
# Forty answers a case, as a file of the registry has them; everything drawn from the row's number.
FILL = """
INSERT INTO cases_case (public_id, collaborative_id, participation_id, form_version_id, case_number, event_date, status,
  answers, missing, reasons, revision, created_at, updated_at, completed_at)
SELECT upper(substr(md5(n::text), 1, 10)), %(collaborative)s, (%(hospitals)s::bigint[])[1 + n %% %(count)s], %(form)s,
  'C' || n, %(first)s::date + (n %% %(days)s), 'complete',
  (jsonb_strip_nulls(%(wide)s::jsonb) || jsonb_build_object('operation_date', %(first)s::date + (n %% %(days)s),
    'age', 18 + n %% 80, 'asa', (1 + n %% 5)::text, 'ssi', n %% 17 = 0, 'readmitted', n %% 13 = 0,
    'stay', n %% 20, 'drains', n %% 6))
    - CASE WHEN n %% 200 = 0 THEN 'ssi' ELSE '' END,
  CASE WHEN n %% 200 = 0 THEN '{"ssi": "unknown"}' ELSE '{}' END::jsonb, '{}', 1, now(), now(), now()
FROM generate_series(1, %(cases)s) AS n
"""


@pytest.fixture(scope="module")
def coordinator(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Viewer]:
    """Of a large registry, as the web reads."""
    with django_db_blocker.unblock(), copied_database("preview") as copy:
        create_registry(registry.definition())
        by = programme.viewer("colin", SLUG)
        _fill(copy, by)
        sign_in(copy, "app")
        yield by


def _fill(name: str, by: Viewer) -> None:
    with acting(acting_for(by)), transaction.atomic():
        collaborative = Collaborative.objects.get(pk=by.collaborative_id)
        places = Participation.objects.filter(collaborative=collaborative).order_by("pk")
        hospitals, form = list(places.values_list("pk", flat=True)), FormVersion.objects.get(form__slug="operation").pk
    first, last = closed_months(collaborative)
    values = {
        "collaborative": by.collaborative_id,
        "hospitals": hospitals,
        "count": len(hospitals),
        "form": form,
        "first": first,
        "days": (last - first).days + 1,
        "wide": _wide(),
        "cases": CASES,
    }
    with psycopg.connect(superuser(name)) as filler:
        filler.execute("SET session_replication_role = replica")
        filler.execute(FILL, values)
        filler.commit()
        filler.autocommit = True
        filler.execute("VACUUM ANALYZE cases_case")


def _wide() -> str:
    """The other answers of a case of the registry."""
    line = dict(zip(registry.header(), next(registry.rows(1, ["9000"])), strict=True))
    left_out = {"hospital", "case_number", "conditions", "comment"}
    return json.dumps({name: _typed(name, text) for name, text in line.items() if name not in left_out})


def _typed(name: str, text: str) -> object:
    """As the database keeps it."""
    if text in {"", "unknown"}:
        return None
    if name in registry.FLAGS:
        return text == "1"
    if name in registry.NUMBERS:
        return int(text)
    if name in registry.DECIMALS:
        return float(text)
    return text.replace(" ", "T") if name in {"incision_at", "closed_at"} else text


def _preview(by: Viewer) -> Preview:
    with acting(acting_for(by)), transaction.atomic():
        version = MeasureVersion.objects.select_related("measure", "form").get(measure__slug="ssi")
        old = Exclusion(name="old", label="Over ninety", when="[age] > 90")
        exclusions = (*version.definition.exclusions, old)
        spec = replace(version.definition, exclusions=exclusions, population="[drains] < 5")
        return preview_of(by, Collaborative.objects.get(pk=by.collaborative_id), version, spec)


def test_a_million_cases_are_previewed_within_three_seconds(
    coordinator: Viewer, django_db_blocker: pytest.FixtureRequest
) -> None:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's own
        seconds = []
        for _ in range(3):
            begun = time.perf_counter()
            shown = _preview(coordinator)
            seconds.append(time.perf_counter() - begun)
    print(f"\npreview of {CASES:,} cases: {', '.join(f'{each:.2f} s' for each in seconds)}; {shown.result}")  # noqa: T201 -- the measurement is the point

    numbers = range(1, CASES + 1)
    left = [n for n in numbers if n % 6 < 5 and 1 + n % 5 != 5 and 18 + n % 80 <= 90]
    unknown = sum(n % 200 == 0 for n in left)
    assert shown.cases == CASES
    assert (shown.cannot_tell, shown.denominator) == (unknown, len(left) - unknown)
    assert min(seconds) <= MOST_SECONDS
