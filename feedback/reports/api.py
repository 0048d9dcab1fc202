"""Results of releases for programs: of the own hospital, and of all hospitals together."""

from typing import Any, ClassVar
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from collaboratives.api.problems import Kind
from collaboratives.api.schema import operation
from collaboratives.api.views import ApiView
from events.enums import AccessAction
from events.services import record_access
from feedback.reports.selectors.fhir import own_bundle
from feedback.reports.selectors.results import own_results_page, pooled_results_page, releases_page
from privacy.roles import Permission


Shape = serializers.Serializer[Any]
PERCENT = "In `unit`, rounded as on the page."
RELEASE = OpenApiParameter(
    "release_id", {"type": "string", "format": "uuid"}, OpenApiParameter.PATH, description="The release's id."
)


class BundleSerializer(Shape):
    """A FHIR R4 Bundle of type collection; what is in its entries is described by FHIR itself."""

    resourceType = serializers.CharField()  # noqa: N815 -- FHIR's name
    id = serializers.UUIDField()
    type = serializers.CharField()
    entry = serializers.ListField(child=serializers.DictField(), help_text="MeasureReports, one for each measure.")


class ReleaseSerializer(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    window_from = serializers.DateField()
    window_to = serializers.DateField()
    released_at = serializers.DateTimeField()
    in_force = serializers.BooleanField(help_text="The latest; earlier ones stay as they were.")


class ReleasesSerializer(Shape):
    releases = ReleaseSerializer(many=True)


class ResultSerializer(Shape):
    """One measure of the own hospital, as its page shows it."""

    measure = serializers.CharField()
    name = serializers.CharField()
    definition_version = serializers.IntegerField()
    direction = serializers.ChoiceField(choices=["lower", "higher"], help_text="Which way is better.")
    cases = serializers.IntegerField(help_text="All complete cases of the period.")
    excluded = serializers.IntegerField()
    cannot_tell = serializers.IntegerField(help_text="An answer is missing; that is never no.")
    denominator = serializers.IntegerField()
    numerator = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True, help_text=PERCENT)
    unit = serializers.CharField(allow_blank=True, help_text="%; else that of the measure, such as minutes.")
    exposure = serializers.FloatField(allow_null=True, help_text="Of a rate or ratio: what its events are counted by.")
    median = serializers.FloatField(allow_null=True, help_text="Of a continuous measure, from 8 cases on.")
    expected = serializers.FloatField(allow_null=True, help_text="Null without a risk model.")
    observed_over_expected = serializers.FloatField(allow_null=True)
    risk_adjusted_rate = serializers.FloatField(allow_null=True, help_text=PERCENT)
    value = serializers.FloatField(allow_null=True, help_text="What is compared: the adjusted rate where there is one.")
    interval_low = serializers.FloatField(allow_null=True, help_text="Of the value, 95%.")
    interval_high = serializers.FloatField(allow_null=True)
    collaborative = serializers.FloatField(allow_null=True, help_text="Rounded for telling; null: not shown.")
    benchmark = serializers.FloatField(allow_null=True, help_text="Rounded for telling; null: not shown.")
    gap = serializers.IntegerField(allow_null=True, help_text="Patients or events between the value and the benchmark.")
    reading = serializers.CharField()
    sentence = serializers.CharField()
    data_quality = serializers.CharField(help_text="How good the data behind the number are.")


class ResultsSerializer(Shape):
    release = ReleaseSerializer()
    hospital = serializers.CharField()
    results = ResultSerializer(many=True)


class PooledSerializer(Shape):
    """One measure of all hospitals together. There are no counts."""

    measure = serializers.CharField()
    name = serializers.CharField()
    direction = serializers.ChoiceField(choices=["lower", "higher"])
    hospitals = serializers.CharField(help_text="How many, as a band.")
    rate = serializers.FloatField(allow_null=True, help_text="In `unit`, rounded for telling; null: not shown.")
    unit = serializers.CharField(allow_blank=True, help_text="%; else that of the measure, such as minutes.")
    withheld = serializers.CharField(allow_blank=True, help_text="Why it is not shown.")
    sentence = serializers.CharField(allow_blank=True)
    data_quality = serializers.CharField()


class PooledResultsSerializer(Shape):
    release = ReleaseSerializer()
    results = PooledSerializer(many=True)


class Releases(ApiView):
    asks: ClassVar = {"GET": Permission.COMPARISON_VIEW}

    @operation(
        "list_releases",
        "List releases",
        asks=Permission.COMPARISON_VIEW,
        answers={200: (ReleasesSerializer, "Latest first.")},
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 -- DRF's signature
        """Those that members see."""
        return Response(ReleasesSerializer({"releases": releases_page(self.viewer)}).data)


class Results(ApiView):
    asks: ClassVar = {"GET": Permission.COMPARISON_VIEW}

    @operation(
        "read_results",
        "Read the own results of a release",
        asks=Permission.COMPARISON_VIEW,
        answers={200: (ResultsSerializer, "Every measure, in the order of the pages.")},
        errors=(Kind.NOT_FOUND,),
        parameters=[RELEASE],
    )
    def get(self, request: Request, release_id: UUID) -> Response:  # noqa: ARG002 -- DRF's signature
        """The numbers of the pages, with the collaborative and the benchmark beside them. Peers are not in it."""
        page = own_results_page(self.viewer, self.visit.place, release_id)
        _note(self, f"results of release {page['release']['name']}")
        return Response(ResultsSerializer(page).data)


class PooledResults(ApiView):
    asks: ClassVar = {"GET": Permission.COMPARISON_VIEW}

    @operation(
        "read_pooled_results",
        "Read the results of all hospitals together",
        asks=Permission.COMPARISON_VIEW,
        answers={200: (PooledResultsSerializer, "Every measure, rounded to whole per cent.")},
        errors=(Kind.NOT_FOUND,),
        parameters=[RELEASE],
    )
    def get(self, request: Request, release_id: UUID) -> Response:  # noqa: ARG002 -- DRF's signature
        """As on the page that everybody of the collaborative can open."""
        page = pooled_results_page(self.viewer, self.visit.place, release_id)
        _note(self, f"results of all hospitals, release {page['release']['name']}")
        return Response(PooledResultsSerializer(page).data)


class MeasureReports(ApiView):
    asks: ClassVar = {"GET": Permission.COMPARISON_VIEW}

    @operation(
        "read_measure_reports",
        "Read the own results as FHIR",
        asks=Permission.COMPARISON_VIEW,
        answers={200: (BundleSerializer, "A Bundle with one MeasureReport for each measure.")},
        errors=(Kind.NOT_FOUND,),
        parameters=[RELEASE],
    )
    def get(self, request: Request, release_id: UUID) -> Response:  # noqa: ARG002 -- DRF's signature
        """FHIR R4. `measure` is the canonical address of the Measure that the data dictionary exports."""
        found = own_bundle(self.viewer, self.visit.place, str(release_id))
        _note(self, "results as FHIR")
        return Response(found)


def _note(view: ApiView, subject: str) -> None:
    record_access(AccessAction.EXPORTED, by=view.viewer, subject=subject, participation_id=view.viewer.participation_id)


result_urls = [
    path("", Releases.as_view(), name="release-list"),
    path("<uuid:release_id>/results/", Results.as_view(), name="release-results"),
    path("<uuid:release_id>/pooled/", PooledResults.as_view(), name="release-pooled"),
    path("<uuid:release_id>/measure-reports/", MeasureReports.as_view(), name="release-measure-reports"),
]
