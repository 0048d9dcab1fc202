"""How good the data behind each number of a release are, counted with it and frozen with it. A worker's work."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from cases.quality.definition.figures import Answered, Figures
from cases.quality.services.counting import Stretch, count_figures, needed_questions
from feedback.models import DataQualityStatement, Release, SiteResult
from feedback.selectors.statements import COUNTS
from feedback.services.aggregate_statements import write_supplied
from measures.models import Form, MeasureVersion


def write_statements(release: Release) -> None:
    """A statement for every result of every hospital. What members are told of all together waits for the release."""
    for form, versions in _measured(release).items():
        hospitals = _hospitals(release, versions)
        window = Stretch(key=0, first=release.window_from, last=release.window_to)
        counted = count_figures(form, [window], hospitals)
        needed = needed_questions(form)
        for version in versions:
            rows = {
                hospital: _of_measure(counted.get((hospital, 0), Figures()), needed.get(version.pk, frozenset()))
                for hospital in hospitals
            }
            _write(release, version, rows)
    write_supplied(release)


def _measured(release: Release) -> Mapping[Form, list[MeasureVersion]]:
    found: dict[Form, list[MeasureVersion]] = {}
    results = SiteResult.objects.filter(release=release)
    versions = MeasureVersion.objects.filter(pk__in=results.values("measure_version")).select_related("form")
    for version in versions.order_by("pk"):
        if version.form is not None:
            found.setdefault(version.form, []).append(version)
    return found


def _hospitals(release: Release, versions: Sequence[MeasureVersion]) -> list[int]:
    found = SiteResult.objects.filter(release=release, measure_version__in=versions).order_by("participation_id")
    return list(found.values_list("participation_id", flat=True).distinct())


def _of_measure(figures: Figures, needed: Iterable[str]) -> Figures:
    """The same cases, but of the questions only those that this measure reads."""
    total = Answered()
    for name in needed:
        total = total.plus(figures.questions.get(name, Answered()))
    return replace(figures, required=total.asked, known=total.known)


def _write(release: Release, version: MeasureVersion, rows: Mapping[int, Figures]) -> None:
    keys = {"collaborative_id": release.collaborative_id, "release": release, "measure_version": version}
    DataQualityStatement.objects.bulk_create(
        DataQualityStatement(**keys, participation_id=hospital, **{name: getattr(each, name) for name in COUNTS})
        for hospital, each in rows.items()
    )
