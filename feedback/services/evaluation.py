"""Published measures ready to be applied to cases: one case in Python, many in one pass of PostgreSQL."""

from dataclasses import dataclass
from functools import lru_cache

from cases.models import Case
from measures.definition.answers import from_json
from measures.definition.evaluate import Evaluate, Outcome, compile_measure
from measures.definition.expression.sql import Sql
from measures.definition.outcomes_sql import outcomes_sql
from measures.definition.spec import FormSpec, MeasureSpec
from measures.models import Form, MeasureVersion
from measures.selectors.definitions import merged_spec, published_measures


@dataclass(frozen=True)
class FormMeasures:
    """One form, as all its versions together ask it, with the published version of each of its measures.

    The published version counts for every case whatever its date, so that a window is compared by one definition.
    """

    form: Form
    spec: FormSpec
    versions: tuple[MeasureVersion, ...]

    def outcomes(self, case: Case) -> dict[int, Outcome]:
        """What the case becomes under each measure version, by its key."""
        answers = from_json(self.spec, case.answers, case.missing)
        return {version.pk: _compiled(version.definition, self.spec)(answers) for version in self.versions}

    def select(self, cases: Sql) -> Sql:
        """The same for many cases, as a SELECT of (id, measure, outcome, reason, missing, value)."""
        return outcomes_sql(self.spec, [version.definition for version in self.versions], cases)


def form_measures(collaborative_id: int) -> list[FormMeasures]:
    """Every form of the collaborative that has published measures; those of supplied figures have none."""
    found: dict[Form, list[MeasureVersion]] = {}
    for version in published_measures(collaborative_id):
        if version.form is not None:
            found.setdefault(version.form, []).append(version)
    return [
        FormMeasures(form=form, spec=merged_spec(form), versions=tuple(versions)) for form, versions in found.items()
    ]


@lru_cache(maxsize=256)
def _compiled(measure: MeasureSpec, form: FormSpec) -> Evaluate:
    return compile_measure(measure, form)
