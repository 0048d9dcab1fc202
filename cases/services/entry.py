"""Whether somebody may enter real cases of a form, whatever way they come: page, import, program.

The rules belong to packages above this one, which may not be imported here; `settings.CASE_ENTRY_RULES` names them.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from cases.errors import EntryRefusedError
from measures.models import Form
from privacy.viewer import Viewer


EntryRule = Callable[[Viewer, int], EntryRefusedError | None]


@lru_cache
def _rules() -> tuple[EntryRule, ...]:
    return tuple(import_string(path) for path in settings.CASE_ENTRY_RULES)


def entry_refusal(by: Viewer, form_id: int) -> EntryRefusedError | None:
    """What the first rule that refuses says, for pages that show it before somebody tries."""
    return next((refusal for rule in _rules() if (refusal := rule(by, form_id))), None)


def require_entry(by: Viewer, form_id: int) -> None:
    """Raise `EntryRefusedError` when a rule keeps this person from cases of the form; services ask it beside the role."""
    if refusal := entry_refusal(by, form_id):
        raise refusal


def forms_to_enter(by: Viewer, forms: Iterable[Form]) -> tuple[list[Form], EntryRefusedError | None]:
    """The forms whose cases this person may begin, and why not those of another."""
    refusals = {form: entry_refusal(by, form.pk) for form in forms}
    why_not = next((refusal for refusal in refusals.values() if refusal), None)
    return [form for form, refusal in refusals.items() if not refusal], why_not
