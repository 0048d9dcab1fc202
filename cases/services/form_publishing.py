"""Put a version of a form in force with open eyes, and let drafts of its days follow."""

from django.db import transaction
from django.db.models import Q

from cases.enums import REBOUND, CaseStatus
from cases.errors import EffectsUnseenError
from cases.models import Case
from cases.selectors.form_effects import effects_from
from cases.services.case_progress import measure_case
from measures.definition.answers import from_json, to_json
from measures.definition.check import calculate
from measures.definition.spec import FormSpec
from measures.models import FormVersion
from measures.selectors.definitions import forms_of
from measures.services.review import Publishing, publish_draft
from privacy.viewer import Viewer
from tenancy.context import say_way


@transaction.atomic
def publish_form(*, version: FormVersion, publishing: Publishing, accepted: bool, by: Viewer) -> FormVersion:
    """Publish a reviewed draft. Complete cases of its days keep their version, and the publisher has been told so.

    Raises
    ------
    EffectsUnseenError
        There are such cases, and nobody has said that this is meant.
    """
    effects = effects_from(version.form, publishing.effective_from)
    if effects.complete and not accepted:
        raise EffectsUnseenError(effects.complete)
    return publish_draft(version=version, publishing=publishing, by=by)


@transaction.atomic
def rebind_drafts(collaborative_id: int) -> int:
    """Bind each draft to the version in force on its day. Answers stay; the case says what changed.

    Run by the worker after a publication; safe to run again.
    """
    say_way("version")
    return sum(_rebind_to(version) for form in forms_of(collaborative_id) for version in form.versions.all())


def _rebind_to(version: FormVersion) -> int:
    until = Q() if version.effective_to is None else Q(event_date__lte=version.effective_to)
    drafts = Case.objects.filter(
        until,
        collaborative_id=version.collaborative_id,
        form_version__form_id=version.form_id,
        status=CaseStatus.IN_PROGRESS,
        event_date__gte=version.effective_from,
    ).exclude(form_version=version)
    count = 0
    for case in drafts.select_for_update(of=("self",)).select_related("form_version").order_by("pk"):
        _rebind(case, version)
        count += 1
    return count


def _rebind(case: Case, version: FormVersion) -> None:
    """Answers that the version does not ask for wait in the case until it is complete."""
    before, spec = case.form_version.definition, version.definition
    stored = to_json(calculate(spec, from_json(spec, case.answers, case.missing)))
    waiting = {name: data for name, data in case.answers.items() if name not in spec.by_name}
    waiting_missing = {name: kind for name, kind in case.missing.items() if name not in spec.by_name}
    case.answers, case.missing = waiting | stored.answers, waiting_missing | stored.missing
    case.reasons[REBOUND] = what_changed(before, spec, version.number)
    case.form_version = version
    case.revision += 1
    measure_case(spec, case.values, case.reasons).put_into(case)
    case.save()


def what_changed(before: FormSpec, after: FormSpec, number: int) -> str:
    added = [each.label for each in after.variables if each.name not in before.by_name]
    lost = [each.label for each in before.variables if each.name not in after.by_name]
    changed = [
        each.label for each in after.variables if each.name in before.by_name and before.by_name[each.name] != each
    ]
    parts = [f"Version {number} of the form is in force on the day of this case, so its questions apply now."]
    parts += [f"New: {', '.join(added)}."] if added else []
    parts += [f"Changed: {', '.join(changed)}."] if changed else []
    parts += [f"No longer asked: {', '.join(lost)}."] if lost else []
    return " ".join(parts)
