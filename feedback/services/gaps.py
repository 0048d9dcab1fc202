"""Distances to the achievable benchmark, kept only where members are told the benchmark."""

from dataclasses import replace

from feedback.models import Release
from feedback.selectors.membership import hides_benchmark
from feedback.services.numbers.values import MeasureNumbers
from measures.models import MeasureVersion


def with_told_gaps(release: Release, version: MeasureVersion, numbers: MeasureNumbers) -> MeasureNumbers:
    """The numbers; without gaps where a benchmark would tell who joined or left: a gap and own cases give it away."""
    some = any(site.gap is not None for site in numbers.sites.values())
    if not some or not hides_benchmark(release, version.measure_id, numbers.sites):
        return numbers
    return replace(numbers, sites={key: replace(site, gap=None) for key, site in numbers.sites.items()})
