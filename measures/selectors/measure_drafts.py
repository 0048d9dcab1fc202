"""Measures as the centre changes them: their versions, the open draft, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from django.db.models import Prefetch
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from collaboratives.selectors.clock import today_of
from measures.definition.draft_check import FormProblem
from measures.definition.measure_check import by_field, check_measure_spec
from measures.definition.measure_difference import MeasureDifference, measure_difference
from measures.definition.spec import FormSpec, MeasureSpec, RiskModelSpec
from measures.enums import UNPUBLISHED, VersionStatus
from measures.errors import DraftClosedError
from measures.models import Form, Measure, MeasureVersion, RiskModelVersion
from measures.selectors.definitions import form_spec_of, forms_of, merged_spec
from measures.selectors.reviews_due import SOON
from privacy.roles import Permission
from privacy.viewer import Viewer


OPEN = (VersionStatus.DRAFT, VersionStatus.REVIEW)


@dataclass(frozen=True)
class MeasureRow:
    measure: Measure
    versions: tuple[MeasureVersion, ...]
    today: date

    @property
    def published(self) -> tuple[MeasureVersion, ...]:
        """Newest first; those that are retired too."""
        found = [each for each in self.versions if each.status not in UNPUBLISHED]
        return tuple(sorted(found, key=lambda each: each.published_at or timezone.now(), reverse=True))

    @property
    def in_use(self) -> MeasureVersion | None:
        return next((each for each in self.published if each.status == VersionStatus.PUBLISHED), None)

    @property
    def draft(self) -> MeasureVersion | None:
        return next((each for each in self.versions if each.status in OPEN), None)

    @property
    def discarded(self) -> MeasureVersion | None:
        return next((each for each in reversed(self.versions) if each.status == VersionStatus.DISCARDED), None)

    @property
    def newest(self) -> MeasureVersion:
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


def measure_rows(viewer: Viewer, slug: str = "") -> list[MeasureRow]:
    """Every measure of the collaborative (or this one), those that are only drafted or retired too."""
    people = ("drafted_by", "submitted_by", "published_by", "retired_by")
    versions = MeasureVersion.objects.order_by("number").select_related("measure", "form", *people)
    wanted = {"slug": slug} if slug else {}
    found = Measure.objects.filter(collaborative_id=viewer.collaborative_id, **wanted).order_by("position", "pk")
    rows = [
        MeasureRow(each, tuple(each.versions.all()), today_of(each.collaborative))
        for each in found.select_related("collaborative").prefetch_related(Prefetch("versions", versions))
    ]
    return [row for row in rows if row.versions]


def measure_row(viewer: Viewer, slug: str) -> MeasureRow:
    rows = measure_rows(viewer, slug) if slug else []
    if not rows:
        raise Http404("There is no such measure here.")
    return rows[0]


def measure_draft(viewer: Viewer, slug: str) -> MeasureVersion:
    """The open draft of the measure, else 404."""
    draft = measure_row(viewer, slug).draft
    if draft is None:
        raise Http404("This measure has no open draft.")
    return draft


def measure_discarded(viewer: Viewer, slug: str) -> MeasureVersion:
    discarded = measure_row(viewer, slug).discarded
    if discarded is None:
        raise DraftClosedError("This measure has no discarded draft. Begin a new one.")
    return discarded


def models_for(form: Form | None, slug: str = "") -> list[RiskModelSpec]:
    """Published risk models of the form; of one measure, those that predict it."""
    if form is None:
        return []
    versions = RiskModelVersion.objects.filter(collaborative_id=form.collaborative_id, status=VersionStatus.PUBLISHED)
    specs = [each.definition for each in versions.order_by("risk_model_id")]
    return [each for each in specs if each.form == form.slug and slug in {"", each.outcome}]


def problems_of(spec: MeasureSpec, form: Form | None) -> tuple[FormProblem, ...]:
    return _checked(spec, merged_spec(form) if form else None, tuple(models_for(form)))


@lru_cache(maxsize=64)
def _checked(spec: MeasureSpec, form: FormSpec | None, models: tuple[RiskModelSpec, ...]) -> tuple[FormProblem, ...]:
    """The same contents have the same problems: said once per process, for the check reads a whole form."""
    return check_measure_spec(spec, form, models)


def measure_problems(version: MeasureVersion) -> tuple[FormProblem, ...]:
    """Everything to correct before the draft can be published."""
    return problems_of(version.definition, version.form)


def measure_forms(viewer: Viewer) -> list[Form]:
    """What a measure can be of: forms with a published version."""
    return forms_of(viewer.collaborative_id or 0)


def measure_form(viewer: Viewer, slug: str) -> FormSpec:
    """What expressions of the draft can name: its form, as all versions together ask it."""
    return _form_of(measure_draft(viewer, slug))


def _form_of(version: MeasureVersion) -> FormSpec:
    form = form_spec_of(version)
    if form is None:
        raise Http404("The figures of this measure are supplied. There are no cases to look at.")
    return form


@dataclass(frozen=True)
class MeasureEditor:
    """The draft beside what it follows, and what it can name."""

    row: MeasureRow
    version: MeasureVersion
    form: FormSpec | None  # none where figures are supplied
    models: tuple[RiskModelSpec, ...]
    editors: tuple[str, ...]
    problems: tuple[FormProblem, ...]

    @property
    def measure(self) -> Measure:
        return self.version.measure

    @property
    def spec(self) -> MeasureSpec:
        return self.version.definition

    @property
    def before(self) -> MeasureVersion | None:
        return self.row.published[0] if self.row.published else None

    @property
    def may_change(self) -> bool:
        return self.version.status == VersionStatus.DRAFT

    @cached_property
    def by_field(self) -> Mapping[str, tuple[FormProblem, ...]]:
        return by_field(self.problems)

    @cached_property
    def difference(self) -> MeasureDifference | None:
        return measure_difference(self.before.definition, self.spec) if self.before else None


def measure_editor(viewer: Viewer, slug: str) -> MeasureEditor:
    row = measure_row(viewer, slug)
    if row.draft is None:
        raise Http404("This measure has no open draft.")
    names = dict(User.objects.filter(pk__in=row.draft.editors).values_list("pk", "full_name"))
    return MeasureEditor(
        row=row,
        version=row.draft,
        form=form_spec_of(row.draft),
        models=tuple(models_for(row.draft.form, slug)),
        editors=tuple(names[each] for each in row.draft.editors if each in names),
        problems=measure_problems(row.draft),
    )


@dataclass(frozen=True)
class Previewed:
    """A draft, or else the version in use, with what is needed to read a page about it."""

    version: MeasureVersion
    form: FormSpec
    models: tuple[RiskModelSpec, ...]


def measure_previewed(viewer: Viewer, slug: str) -> Previewed:
    row = measure_row(viewer, slug)
    found = row.draft or row.newest
    return Previewed(found, _form_of(found), tuple(models_for(found.form, slug)))


@dataclass(frozen=True)
class MeasureReview:
    editor: MeasureEditor
    is_own: bool
    may_publish: bool

    @property
    def old_label(self) -> str:
        return f"Version {self.editor.before.number}" if self.editor.before else ""

    @property
    def new_label(self) -> str:
        return f"Version {self.editor.version.number}"


def measure_review(viewer: Viewer, slug: str) -> MeasureReview:
    editor = measure_editor(viewer, slug)
    own = viewer.user_id in editor.version.editors or viewer.user_id == editor.version.submitted_by_id
    return MeasureReview(editor, own, viewer.can(Permission.DEFINITION_PUBLISH))


@dataclass(frozen=True)
class MeasureDifferencePage:
    """Two versions of a measure, side by side."""

    measure: Measure
    versions: tuple[MeasureVersion, ...]
    old: MeasureVersion
    new: MeasureVersion
    difference: MeasureDifference

    @property
    def old_label(self) -> str:
        return f"Version {self.old.number}"

    @property
    def new_label(self) -> str:
        return f"Version {self.new.number}"


def measure_difference_page(viewer: Viewer, slug: str, *, old: str, new: str) -> MeasureDifferencePage | None:
    """The newest two unless others are wanted; None while there is only one."""
    row = measure_row(viewer, slug)
    found = [each for each in row.versions if each.status != VersionStatus.DISCARDED]
    later = next((each for each in found if str(each.number) == new), found[-1] if found else None)
    before = [each for each in found if later and each.number < later.number]
    earlier = next((each for each in found if str(each.number) == old), before[-1] if before else None)
    if earlier is None or later is None or earlier.pk == later.pk:
        return None
    compared = measure_difference(earlier.definition, later.definition)
    return MeasureDifferencePage(row.measure, tuple(found), earlier, later, compared)
