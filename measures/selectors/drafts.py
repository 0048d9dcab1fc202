"""Forms as the centre changes them: their versions, the open draft with its outline, and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch
from django.http import Http404

from accounts.models import User
from measures.definition.difference import TYPE_WORDS
from measures.definition.draft_check import FormProblem, check_form_spec
from measures.definition.edits import Part, part_of
from measures.definition.expression.functions import FUNCTIONS, MISSING_TESTS
from measures.definition.spec import FormSpec, Section, VariableSpec, VariableType
from measures.enums import UNPUBLISHED, VersionStatus
from measures.errors import DraftClosedError
from measures.models import Form, FormVersion
from measures.selectors.consequences import blocking_problems
from privacy.viewer import Viewer


OPEN = (VersionStatus.DRAFT, VersionStatus.REVIEW)


@dataclass(frozen=True)
class FormRow:
    form: Form
    versions: tuple[FormVersion, ...]

    @property
    def published(self) -> tuple[FormVersion, ...]:
        """Newest first."""
        return tuple(each for each in reversed(self.versions) if each.status not in UNPUBLISHED)

    @property
    def draft(self) -> FormVersion | None:
        return next((each for each in self.versions if each.status in OPEN), None)

    @property
    def discarded(self) -> FormVersion | None:
        return next((each for each in reversed(self.versions) if each.status == VersionStatus.DISCARDED), None)


def form_rows(viewer: Viewer) -> list[FormRow]:
    """Every form of the collaborative, those that are only drafted too."""
    versions = FormVersion.objects.order_by("number").select_related("drafted_by", "submitted_by", "published_by")
    forms = Form.objects.filter(collaborative_id=viewer.collaborative_id).order_by("name", "pk")
    return [
        FormRow(form, tuple(form.versions.all())) for form in forms.prefetch_related(Prefetch("versions", versions))
    ]


def form_row(viewer: Viewer, slug: str) -> FormRow:
    row = next((each for each in form_rows(viewer) if each.form.slug == slug), None)
    if row is None:
        raise Http404("There is no such form here.")
    return row


def draft_for(viewer: Viewer, slug: str) -> FormVersion:
    """The open draft of the form, else 404."""
    draft = form_row(viewer, slug).draft
    if draft is None:
        raise Http404("This form has no open draft.")
    return draft


def discarded_for(viewer: Viewer, slug: str) -> FormVersion:
    discarded = form_row(viewer, slug).discarded
    if discarded is None:
        raise DraftClosedError("This form has no discarded draft. Begin a new one.")
    return discarded


@dataclass(frozen=True)
class OutlineEntry:
    variable: VariableSpec
    problems: int
    is_new: bool
    is_changed: bool
    is_current: bool

    @property
    def words(self) -> str:
        """What is answered: "one of: 1 Elective, 2 Urgent", "whole number (years)"."""
        codes = ", ".join(f"{code.value} {code.label}" for code in self.variable.codes[:6])
        more = f" and {len(self.variable.codes) - 6} more" if len(self.variable.codes) > 6 else ""
        units = f" ({self.variable.units})" if self.variable.units else ""
        return f"{TYPE_WORDS[self.variable.type]}{': ' if codes else ''}{codes}{more}{units}".capitalize()


@dataclass(frozen=True)
class OutlineSection:
    section: Section
    entries: tuple[OutlineEntry, ...]
    problems: int
    is_current: bool


@dataclass(frozen=True)
class EditorPage:
    """The draft beside what it follows. `kind` and `name` say which part is open in the pane."""

    version: FormVersion
    published: tuple[FormVersion, ...]
    editors: tuple[str, ...]
    problems: tuple[FormProblem, ...]
    kind: str = ""
    name: str = ""

    @property
    def form(self) -> Form:
        return self.version.form

    @property
    def spec(self) -> FormSpec:
        return self.version.definition

    @property
    def may_change(self) -> bool:
        return self.version.status == VersionStatus.DRAFT

    @property
    def before(self) -> FormVersion | None:
        return self.published[0] if self.published else None

    @property
    def part(self) -> Part | None:
        return part_of(self.spec, self.kind, self.name) if self.name else None

    @cached_property
    def part_problems(self) -> tuple[FormProblem, ...]:
        return tuple(each for each in self.problems if (each.part, each.name) == (self.kind, self.name))

    @cached_property
    def outline(self) -> tuple[OutlineSection, ...]:
        return tuple(
            OutlineSection(
                section=section,
                entries=tuple(self._entry(each) for each in self.spec.in_section(section.name)),
                problems=self._count("section", section.name),
                is_current=(self.kind, self.name) == ("section", section.name),
            )
            for section in self.spec.sections
        )

    def _entry(self, variable: VariableSpec) -> OutlineEntry:
        earlier = self.before.definition.by_name.get(variable.name) if self.before else None
        return OutlineEntry(
            variable=variable,
            problems=self._count("variable", variable.name),
            is_new=self.before is not None and earlier is None,
            is_changed=earlier is not None and earlier != variable,
            is_current=(self.kind, self.name) == ("variable", variable.name),
        )

    def _count(self, kind: str, name: str) -> int:
        return sum((each.part, each.name) == (kind, name) for each in self.problems)

    @property
    def following(self) -> VariableSpec | None:
        """The question after the open one."""
        variables = self.spec.variables
        places = [place for place, each in enumerate(variables) if self.kind == "variable" and each.name == self.name]
        return variables[places[0] + 1] if places and places[0] + 1 < len(variables) else None


def editor_page(viewer: Viewer, slug: str, kind: str = "", name: str = "", *, must_exist: bool = True) -> EditorPage:
    row = form_row(viewer, slug)
    if row.draft is None:
        raise Http404("This form has no open draft.")
    page = EditorPage(
        version=row.draft,
        published=row.published,
        editors=_names(row.draft.editors),
        problems=_problems(row, row.draft),
        kind=kind,
        name=name,
    )
    if name and page.part is None and must_exist:
        raise Http404("The draft has no such part any more.")
    return page


def _problems(row: FormRow, draft: FormVersion) -> tuple[FormProblem, ...]:
    earlier = [each.definition for each in reversed(row.published)]
    return check_form_spec(draft.definition, earlier) or blocking_problems(row.form, draft.definition, earlier)


def _names(editors: Sequence[int]) -> tuple[str, ...]:
    names = dict(User.objects.filter(pk__in=editors).values_list("pk", "full_name"))
    return tuple(names[each] for each in editors if each in names)


def vocabulary(spec: FormSpec) -> dict[str, object]:
    """What an expression of the form can name, for completion."""
    return {
        "variables": [
            {
                "name": each.name,
                "label": each.label,
                "type": TYPE_WORDS[each.type],
                "many": each.type is VariableType.MANY_OF,
                "codes": [{"value": code.value, "label": code.label} for code in each.codes] or _own_codes(each),
            }
            for each in spec.variables
        ],
        "functions": [
            *({"name": name, "example": usage.example} for name, usage in FUNCTIONS.items()),
            *({"name": name, "example": f"{name}([x])"} for name in MISSING_TESTS),
        ],
    }


def _own_codes(variable: VariableSpec) -> list[dict[str, str]]:
    if variable.type is not VariableType.YES_NO:
        return []
    return [{"value": "1", "label": "Yes"}, {"value": "0", "label": "No"}]
