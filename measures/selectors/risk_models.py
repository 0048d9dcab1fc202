"""Risk models as the centre changes them: their versions, the open draft, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache

from django.db.models import Prefetch
from django.http import Http404

from accounts.models import User
from collaboratives.selectors.clock import today_of
from measures.definition.draft_check import FormProblem
from measures.definition.measure_check import by_field
from measures.definition.risk_model_check import check_model_spec
from measures.definition.risk_model_difference import (
    KIND_WORDS,
    RULE_WORDS,
    RiskModelDifference,
    coding_words,
    risk_model_difference,
)
from measures.definition.spec import FormSpec, MeasureKind, MeasureSpec, RiskModelSpec
from measures.enums import UNPUBLISHED, VersionStatus
from measures.errors import DraftClosedError
from measures.models import Form, MeasureVersion, RiskModel, RiskModelVersion
from measures.selectors.definitions import form_of, merged_spec
from measures.selectors.reviews_due import SOON
from privacy.roles import Permission
from privacy.viewer import Viewer


OPEN = (VersionStatus.DRAFT, VersionStatus.REVIEW)
FROZEN_FOR = timedelta(days=365)  # a model is frozen for a year (STATISTICS 7)


@dataclass(frozen=True)
class RiskModelRow:
    model: RiskModel
    versions: tuple[RiskModelVersion, ...]
    today: date

    @property
    def published(self) -> tuple[RiskModelVersion, ...]:
        """Newest first; those that are retired too."""
        return tuple(each for each in reversed(self.versions) if each.status not in UNPUBLISHED)

    @property
    def in_use(self) -> RiskModelVersion | None:
        return next((each for each in self.published if each.status == VersionStatus.PUBLISHED), None)

    @property
    def draft(self) -> RiskModelVersion | None:
        return next((each for each in self.versions if each.status in OPEN), None)

    @property
    def discarded(self) -> RiskModelVersion | None:
        return next((each for each in reversed(self.versions) if each.status == VersionStatus.DISCARDED), None)

    @property
    def newest(self) -> RiskModelVersion:
        """What the list tells of: in use, else what is drafted, else the last there was."""
        return self.in_use or self.draft or (self.published or self.versions)[0]

    @property
    def next_review(self) -> date | None:
        return self.in_use.definition.next_review_on if self.in_use else None

    @property
    def is_overdue(self) -> bool:
        return self.next_review is not None and self.next_review < self.today

    @property
    def is_due(self) -> bool:
        return self.next_review is not None and self.today <= self.next_review <= self.today + SOON


def model_rows(viewer: Viewer, slug: str = "") -> list[RiskModelRow]:
    """Every risk model of the collaborative (or this one), those that are only drafted or retired too."""
    people = ("drafted_by", "submitted_by", "published_by", "retired_by")
    versions = RiskModelVersion.objects.order_by("number").select_related("risk_model", *people)
    wanted = {"slug": slug} if slug else {}
    found = RiskModel.objects.filter(collaborative_id=viewer.collaborative_id, **wanted).order_by("name", "pk")
    rows = [
        RiskModelRow(each, tuple(each.versions.all()), today_of(each.collaborative))
        for each in found.select_related("collaborative").prefetch_related(Prefetch("versions", versions))
    ]
    return [row for row in rows if row.versions]


def model_row(viewer: Viewer, slug: str) -> RiskModelRow:
    rows = model_rows(viewer, slug) if slug else []
    if not rows:
        raise Http404("There is no such risk model here.")
    return rows[0]


def model_draft(viewer: Viewer, slug: str) -> RiskModelVersion:
    """The open draft of the model, else 404."""
    draft = model_row(viewer, slug).draft
    if draft is None:
        raise Http404("This risk model has no open draft.")
    return draft


def model_discarded(viewer: Viewer, slug: str) -> RiskModelVersion:
    discarded = model_row(viewer, slug).discarded
    if discarded is None:
        raise DraftClosedError("This risk model has no discarded draft. Begin a new one.")
    return discarded


def outcome_of(version: RiskModelVersion) -> MeasureVersion | None:
    """The published version of the measure that the model predicts."""
    found = MeasureVersion.objects.filter(
        collaborative_id=version.collaborative_id,
        measure__slug=version.definition.outcome,
        status=VersionStatus.PUBLISHED,
    )
    return found.select_related("measure", "form", "risk_model_version").first()


def measure_using(version: RiskModelVersion) -> MeasureVersion | None:
    """The same, where it names the model: who publishes a version of the model gives it to this measure."""
    found = outcome_of(version)
    return found if found and found.definition.risk_model == version.risk_model.slug else None


def predictable(viewer: Viewer) -> list[MeasureVersion]:
    """What a model can predict: published proportions that are counted from cases."""
    versions = MeasureVersion.objects.filter(
        collaborative_id=viewer.collaborative_id, status=VersionStatus.PUBLISHED, form__isnull=False
    )
    found = versions.select_related("measure", "form").order_by("measure__position", "measure_id")
    return [each for each in found if each.definition.kind is MeasureKind.PROPORTION]


def model_form(version: RiskModelVersion) -> Form | None:
    return form_of(version.collaborative_id, version.definition.form)


def model_problems(version: RiskModelVersion) -> tuple[FormProblem, ...]:
    """Everything to correct before the draft can be published."""
    form, outcome = model_form(version), outcome_of(version)
    return _problems(version.definition, form, outcome)


def _problems(spec: RiskModelSpec, form: Form | None, outcome: MeasureVersion | None) -> tuple[FormProblem, ...]:
    if form is None:
        message = f"Form “{spec.form}” has no published version."
        return (FormProblem("risk_model", spec.slug, "", message, "Publish the form first."),)
    return _checked(spec, merged_spec(form), outcome.definition if outcome else None)


@lru_cache(maxsize=64)
def _checked(spec: RiskModelSpec, form: FormSpec, outcome: MeasureSpec | None) -> tuple[FormProblem, ...]:
    """The same contents have the same problems: said once per process, for the check reads a whole form."""
    return check_model_spec(spec, form, outcome)


@dataclass(frozen=True)
class CovariateRow:
    """A covariate in words, for those who read and do not write."""

    name: str
    label: str
    kind: str
    coding: str


@dataclass(frozen=True)
class RiskModelEditor:
    """The draft beside what it follows, and what it can name."""

    row: RiskModelRow
    version: RiskModelVersion
    form: FormSpec | None
    outcome: MeasureVersion | None
    editors: tuple[str, ...]
    problems: tuple[FormProblem, ...]

    @property
    def model(self) -> RiskModel:
        return self.version.risk_model

    @property
    def spec(self) -> RiskModelSpec:
        return self.version.definition

    @property
    def before(self) -> RiskModelVersion | None:
        return self.row.published[0] if self.row.published else None

    @property
    def may_change(self) -> bool:
        return self.version.status == VersionStatus.DRAFT

    @property
    def outcome_spec(self) -> MeasureSpec | None:
        return self.outcome.definition if self.outcome else None

    @property
    def is_used(self) -> bool:
        """Whether publishing it changes the measure at once."""
        return bool(self.outcome and self.outcome.definition.risk_model == self.model.slug)

    @property
    def is_early(self) -> bool:
        """Whether the version in use has not been in use for a year yet."""
        in_use = self.row.in_use
        return in_use is not None and in_use.effective_from + FROZEN_FOR > self.row.today

    @cached_property
    def by_field(self) -> Mapping[str, tuple[FormProblem, ...]]:
        return by_field(self.problems)

    @cached_property
    def difference(self) -> RiskModelDifference | None:
        return risk_model_difference(self.before.definition, self.spec) if self.before else None

    @property
    def covariates(self) -> tuple[CovariateRow, ...]:
        return covariate_rows(self.spec, self.form)

    @property
    def missing_rule(self) -> str:
        return RULE_WORDS[self.spec.missing_rule]


def covariate_rows(spec: RiskModelSpec, form: FormSpec | None) -> tuple[CovariateRow, ...]:
    known = form.by_name if form else {}
    return tuple(
        CovariateRow(
            name=each.variable,
            label=known[each.variable].label if each.variable in known else each.variable,
            kind=KIND_WORDS[each.kind],
            coding=coding_words(each),
        )
        for each in spec.covariates
    )


def model_editor(viewer: Viewer, slug: str) -> RiskModelEditor:
    row = model_row(viewer, slug)
    if row.draft is None:
        raise Http404("This risk model has no open draft.")
    form, outcome = model_form(row.draft), outcome_of(row.draft)
    names = dict(User.objects.filter(pk__in=row.draft.editors).values_list("pk", "full_name"))
    return RiskModelEditor(
        row=row,
        version=row.draft,
        form=merged_spec(form) if form else None,
        outcome=outcome,
        editors=tuple(names[each] for each in row.draft.editors if each in names),
        problems=_problems(row.draft.definition, form, outcome),
    )


@dataclass(frozen=True)
class RiskModelReview:
    editor: RiskModelEditor
    is_own: bool
    may_publish: bool

    @property
    def old_label(self) -> str:
        return f"Version {self.editor.before.number}" if self.editor.before else ""

    @property
    def new_label(self) -> str:
        return f"Version {self.editor.version.number}"


def model_review(viewer: Viewer, slug: str) -> RiskModelReview:
    editor = model_editor(viewer, slug)
    own = viewer.user_id in editor.version.editors or viewer.user_id == editor.version.submitted_by_id
    return RiskModelReview(editor, own, viewer.can(Permission.DEFINITION_PUBLISH))


@dataclass(frozen=True)
class RiskModelDifferencePage:
    """Two versions of a risk model, side by side."""

    model: RiskModel
    versions: tuple[RiskModelVersion, ...]
    old: RiskModelVersion
    new: RiskModelVersion
    difference: RiskModelDifference

    @property
    def old_label(self) -> str:
        return f"Version {self.old.number}"

    @property
    def new_label(self) -> str:
        return f"Version {self.new.number}"


def model_difference_page(viewer: Viewer, slug: str, *, old: str, new: str) -> RiskModelDifferencePage | None:
    """The newest two unless others are wanted; None while there is only one."""
    row = model_row(viewer, slug)
    found = [each for each in row.versions if each.status != VersionStatus.DISCARDED]
    later = _wanted(found, new)
    before = [each for each in found if later and each.number < later.number]
    earlier = _wanted(before, old)
    if earlier is None or later is None:
        return None
    compared = risk_model_difference(earlier.definition, later.definition)
    return RiskModelDifferencePage(row.model, tuple(found), earlier, later, compared)


def _wanted(versions: Sequence[RiskModelVersion], number: str) -> RiskModelVersion | None:
    asked = next((each for each in versions if str(each.number) == number), None)
    return asked or (versions[-1] if versions else None)
