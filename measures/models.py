from typing import ClassVar, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from collaboratives.models import Collaborative
from measures.definition.canonical import Json, from_json
from measures.definition.spec import FormSpec, MeasureSpec, RiskModelSpec
from measures.enums import UNPUBLISHED, VersionStatus
from privacy.fields import FieldClass


Spec = TypeVar("Spec", FormSpec, MeasureSpec, RiskModelSpec)
_parsed: dict[tuple[type, str], object] = {}


def _spec(kind: type[Spec], digest: str, data: Json) -> Spec:
    """The parsed definition. A digest names one definition for ever, so a process reads each only once."""
    spec = _parsed.get((kind, digest))
    if not isinstance(spec, kind):
        spec = _parsed[kind, digest] = from_json(kind, data)
    return spec


VERSION_CLASSES = {
    **dict.fromkeys(("id", "collaborative", "number", "digest", "status", "revision", "drafted_at"), FieldClass.KEY),
    **dict.fromkeys(
        ("spec", "effective_from", "effective_to", "note", "comment", "published_at", "submitted_at"), FieldClass.PUBLIC
    ),
    **dict.fromkeys(("published_by", "drafted_by", "submitted_by", "editors"), FieldClass.PERSON),
}


class Version(models.Model):
    """A frozen definition with the dates between which it is in force. Publishing freezes; a change is a new version."""

    number = models.PositiveSmallIntegerField()
    spec = models.JSONField(help_text="Canonical definition; `measures.definition.spec` reads it.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the canonical definition.")
    status = models.CharField(max_length=9, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True, help_text="Last day in force; empty: until further notice.")
    note = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=1, help_text="Of a draft: guards against lost updates.")
    drafted_at = models.DateTimeField(null=True, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    editors = models.JSONField(default=list, help_text="Keys of everybody who changed the draft; none may publish it.")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    comment = models.TextField(blank=True, default="", db_default="", help_text="Why a reviewer returned the draft.")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True
        ordering = ("number",)


def _version_constraints(model: str, parent: str) -> list[models.BaseConstraint]:
    return [
        models.UniqueConstraint(fields=["collaborative", parent, "number"], name=f"measures_{model}_number_unique"),
        models.CheckConstraint(
            condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")),
            name=f"measures_{model}_from_before_to",
        ),
        models.CheckConstraint(
            condition=Q(status__in=UNPUBLISHED, published_at=None)
            | (~Q(status__in=UNPUBLISHED) & Q(published_at__isnull=False)),
            name=f"measures_{model}_published_and_date_together",
        ),
    ]


def _retired_with_reason(model: str) -> models.BaseConstraint:
    return models.CheckConstraint(
        condition=Q(retired_at=None, retired_by=None, retirement="")
        | (Q(status=VersionStatus.RETIRED, retired_at__isnull=False) & ~Q(retirement="")),
        name=f"measures_{model}_retired_with_reason",
    )


class Form(models.Model):
    """What is asked about a case; the questions themselves are in its versions."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="forms")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "slug"), FieldClass.KEY),
        "name": FieldClass.PUBLIC,
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["collaborative", "slug"], name="measures_form_slug_unique")]

    def __str__(self) -> str:
        return self.name


class FormVersion(Version):
    """The questions in force for events between two dates."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="versions")

    OF: ClassVar = "form"
    field_classes: ClassVar = {**VERSION_CLASSES, "form": FieldClass.KEY}

    class Meta(Version.Meta):
        constraints = _version_constraints("formversion", "form")

    def __str__(self) -> str:
        return f"{self.form} v{self.number}"

    @property
    def about(self) -> dict[str, str]:
        return {"form": self.form.slug}

    @property
    def definition(self) -> FormSpec:
        return _spec(FormSpec, self.digest, self.spec)


class RiskModel(models.Model):
    """How the expected result of a hospital's patients is computed; covariates are in its versions."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="risk_models")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)

    field_classes: ClassVar = Form.field_classes

    class Meta:
        constraints = [models.UniqueConstraint(fields=["collaborative", "slug"], name="measures_riskmodel_slug_unique")]

    def __str__(self) -> str:
        return self.name


class RiskModelVersion(Version):
    """Covariates with their coding, population and method."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    risk_model = models.ForeignKey(RiskModel, on_delete=models.PROTECT, related_name="versions")
    # Empty where a newer version took its place.
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    retirement = models.TextField(blank=True, default="", db_default="", help_text="Why nothing took its place.")

    OF: ClassVar = "risk_model"
    field_classes: ClassVar = {
        **VERSION_CLASSES,
        "risk_model": FieldClass.KEY,
        **dict.fromkeys(("retired_at", "retirement"), FieldClass.PUBLIC),
        "retired_by": FieldClass.PERSON,
    }

    class Meta(Version.Meta):
        constraints = [
            *_version_constraints("riskmodelversion", "risk_model"),
            _retired_with_reason("riskmodelversion"),
        ]

    def __str__(self) -> str:
        return f"{self.risk_model} v{self.number}"

    @property
    def about(self) -> dict[str, str]:
        return {"risk_model": self.risk_model.slug}

    @property
    def definition(self) -> RiskModelSpec:
        return _spec(RiskModelSpec, self.digest, self.spec)


class Measure(models.Model):
    """One thing the collaborative measures; its specification is in its versions."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="measures")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Order of the definition file; pages list measures in it."
    )

    field_classes: ClassVar = {
        **dict.fromkeys(("id", "collaborative", "slug", "position"), FieldClass.KEY),
        "name": FieldClass.PUBLIC,
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["collaborative", "slug"], name="measures_measure_slug_unique")]

    def __str__(self) -> str:
        return self.name


class MeasureVersion(Version):
    """Population, exclusions in order, numerator or value, and how the result is shown."""

    collaborative = models.ForeignKey(Collaborative, on_delete=models.PROTECT, related_name="+")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="versions")
    form = models.ForeignKey(
        Form,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="measure_versions",
        help_text="Whose cases it counts; empty: its figures are supplied.",
    )
    risk_model_version = models.ForeignKey(
        RiskModelVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="measure_versions"
    )
    # Empty where a newer version took its place.
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    retirement = models.TextField(blank=True, default="", db_default="", help_text="Why nothing took its place.")

    OF: ClassVar = "measure"
    field_classes: ClassVar = {
        **VERSION_CLASSES,
        **dict.fromkeys(("measure", "form", "risk_model_version"), FieldClass.KEY),
        **dict.fromkeys(("retired_at", "retirement"), FieldClass.PUBLIC),
        "retired_by": FieldClass.PERSON,
    }

    class Meta(Version.Meta):
        constraints = [
            *_version_constraints("measureversion", "measure"),
            _retired_with_reason("measureversion"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} v{self.number}"

    @property
    def about(self) -> dict[str, str]:
        return {"measure": self.measure.slug}

    @property
    def definition(self) -> MeasureSpec:
        return _spec(MeasureSpec, self.digest, self.spec)
