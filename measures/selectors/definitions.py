"""What a collaborative collects and measures: the published versions, in the order of its definition file."""

from datetime import date
from functools import lru_cache

from django.db.models import Prefetch, Q

from measures.definition.spec import FormSpec, MeasureSpec, merge_versions
from measures.enums import VersionStatus
from measures.errors import NoVersionInForceError
from measures.models import Form, FormVersion, MeasureVersion


PUBLISHED = Q(status=VersionStatus.PUBLISHED)


def forms_of(collaborative_id: int) -> list[Form]:
    """Forms with something published, each with its published versions, oldest first (`form.versions.all()`)."""
    versions = FormVersion.objects.filter(PUBLISHED).order_by("number")
    return list(
        Form.objects.filter(collaborative_id=collaborative_id, versions__status=VersionStatus.PUBLISHED)
        .distinct()
        .prefetch_related(Prefetch("versions", versions))
        .order_by("pk")
    )


def form_of(collaborative_id: int, slug: str) -> Form | None:
    return next((form for form in forms_of(collaborative_id) if form.slug == slug), None)


def form_version_on(form: Form, day: date) -> FormVersion:
    """The questions in force on the day of the event.

    Raises
    ------
    NoVersionInForceError
        Names the dates for which there are questions.
    """
    in_force = Q(effective_to=None) | Q(effective_to__gte=day)
    version = form.versions.filter(PUBLISHED, in_force, effective_from__lte=day).order_by("-number").first()
    if version is None:
        raise NoVersionInForceError(_dates(form, day))
    return version


def _dates(form: Form, day: date) -> str:
    first = form.versions.filter(PUBLISHED).order_by("effective_from").first()
    if first is None:
        return f"{form.name} has no published version. Ask the coordinating centre."
    if day < first.effective_from:
        return f"{form.name} begins on {first.effective_from:%-d %B %Y}. Check the date."
    return f"No version of {form.name} is in force on {day:%-d %B %Y}. Check the date, or ask the coordinating centre."


def latest_spec(form: Form) -> FormSpec:
    return form.versions.filter(PUBLISHED).order_by("number").reverse()[0].definition


@lru_cache(maxsize=64)
def merged(versions: tuple[FormSpec, ...]) -> FormSpec:
    """One form that understands the cases of all its versions, made once per process."""
    return merge_versions(versions)


def merged_spec(form: Form) -> FormSpec:
    return merged(tuple(version.definition for version in form.versions.filter(PUBLISHED).order_by("number")))


def form_spec_of(version: MeasureVersion) -> FormSpec | None:
    """The form whose cases a measure counts; None where its figures are supplied."""
    return merged_spec(version.form) if version.form else None


def counted_form(version: MeasureVersion) -> FormSpec:
    """The form of a measure that is known to count cases.

    Raises
    ------
    ValueError
        Its figures are supplied; whoever asks has to ask `form_spec_of` first.
    """
    form = form_spec_of(version)
    if form is None:
        raise ValueError(f"expected a measure that counts cases, but got {version}, whose figures are supplied")
    return form


def case_noun_of(version: MeasureVersion) -> str:
    return noun_in(version.definition, form_spec_of(version))


def noun_in(measure: MeasureSpec, form: FormSpec | None) -> str:
    """What the denominator is made of: cases as the form calls them, or what is supplied, in its own words."""
    if form is not None:
        return form.case_noun_plural
    noun = measure.figures.denominator if measure.figures else "cases"
    return f"{noun[:1].lower()}{noun[1:]}"


def published_measures(collaborative_id: int) -> list[MeasureVersion]:
    """The version in force of every measure, in the order of the definition file."""
    return list(
        MeasureVersion.objects.filter(PUBLISHED, collaborative_id=collaborative_id)
        .select_related("measure", "form", "risk_model_version")
        .order_by("measure__position", "measure_id")
    )
