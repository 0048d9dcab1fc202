"""Everything a second person weighs before a version of a form is published."""

from dataclasses import dataclass
from datetime import date

from cases.selectors.form_effects import RECENT, Burden, CodeUse, Effects, burdens, effects_from, lost_codes
from measures.definition.compiled import compile_form
from measures.definition.difference import Difference, difference
from measures.definition.expression.errors import ExpressionError
from measures.models import FormVersion
from measures.selectors.consequences import Effect, effects
from measures.selectors.drafts import EditorPage, editor_page
from privacy.roles import Permission
from privacy.viewer import Viewer


@dataclass(frozen=True)
class ReviewPage:
    draft: EditorPage
    difference: Difference | None
    effects: Effects
    burdens: tuple[Burden, ...]
    readers: tuple[Effect, ...]
    lost_codes: tuple[CodeUse, ...]
    is_own: bool
    may_publish: bool
    last_day: date | None

    @property
    def version(self) -> FormVersion:
        return self.draft.version

    @property
    def sentence(self) -> str:
        return self.effects.sentence(self.version.number)

    @property
    def recent(self) -> int:
        return RECENT

    @property
    def fewer_questions(self) -> int:
        return -self.more_questions

    @property
    def more_questions(self) -> int:
        return self.burdens[-1].questions - self.burdens[0].questions if len(self.burdens) > 1 else 0


def review_page(viewer: Viewer, slug: str, first_day: date) -> ReviewPage:
    page = editor_page(viewer, slug)
    version, before = page.version, page.before
    old = before.definition if before else None
    is_own = viewer.user_id in version.editors or viewer.user_id == version.submitted_by_id
    return ReviewPage(
        draft=page,
        difference=difference(old, page.spec) if old else None,
        effects=effects_from(version.form, first_day),
        burdens=tuple(burdens([each for each in (before, version) if each] if _runs(version) else [])),
        readers=tuple(effects(version.form, old, page.spec, version.number)) if old else (),
        lost_codes=tuple(lost_codes(version.form, old, page.spec)) if old else (),
        is_own=is_own,
        may_publish=not is_own and viewer.can(Permission.DEFINITION_PUBLISH),
        last_day=first_day.fromordinal(first_day.toordinal() - 1) if before else None,
    )


def _runs(version: FormVersion) -> bool:
    """Whether its expressions can be run at all."""
    try:
        compile_form(version.definition)
    except (ExpressionError, ValueError):  # CycleError is a ValueError
        return False
    return True
