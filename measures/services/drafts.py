"""Change a form: a draft is one version that is not yet in force. What is published never changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from collaboratives.selectors.clock import today_at
from measures.definition.canonical import digest_of
from measures.definition.edits import (
    FIELDS,
    Part,
    PartChangedError,
    Shown,
    kind_of,
    moved,
    part_of,
    put_back,
    with_question,
    with_rule,
    with_section,
    without,
)
from measures.definition.spec import FormSpec, Rule, Section, VariableSpec
from measures.enums import VersionStatus
from measures.errors import DraftClosedError, NameTakenError
from measures.models import Form, FormVersion
from measures.services.versions import CLOSED, OPEN, begin, keep, lock_version
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def start_draft(*, form: Form, by: Viewer) -> FormVersion:
    """The open draft of the form; else a new one that begins as the newest published version is."""
    require(by, Permission.DEFINITION_EDIT)
    form = Form.objects.select_for_update().get(pk=form.pk, collaborative_id=by.collaborative_id)
    versions = list(form.versions.order_by("number"))
    if opened := [version for version in versions if version.status in OPEN]:
        return opened[0]
    published = [version for version in versions if version.published_at]
    if not published:
        raise DraftClosedError(CLOSED[VersionStatus.DISCARDED])
    return _draft(form, versions, published[-1].definition, by)


@transaction.atomic
def start_form(*, spec: FormSpec, by: Viewer) -> FormVersion:
    """A form that there was not, as a draft of its first version."""
    require(by, Permission.DEFINITION_EDIT)
    form, is_new = Form.objects.get_or_create(
        collaborative_id=by.collaborative_id, slug=spec.slug, defaults={"name": spec.name}
    )
    if not is_new:
        raise NameTakenError(f"There is a form “{spec.slug}” already. Choose another short name.")
    return _draft(form, [], spec, by)


@transaction.atomic
def replace_draft(*, form: Form, spec: FormSpec, by: Viewer) -> FormVersion:
    """Put a whole form, from a file, into the draft; begin one if there is none."""
    version = _locked(start_draft(form=form, by=by), by)
    return _keep(version, spec, by, "form")


def _draft(form: Form, versions: list[FormVersion], spec: FormSpec, by: Viewer) -> FormVersion:
    """A discarded draft gives its row, and so its number, to the next one."""
    discarded = [each for each in versions if each.status == VersionStatus.DISCARDED]
    version = discarded[-1] if discarded else FormVersion(form=form, number=_next_number(versions))
    version.effective_from = _proposed_day(versions, by)
    begin(version, by)
    return _keep(version, spec, by, "form")


def _next_number(versions: list[FormVersion]) -> int:
    return versions[-1].number + 1 if versions else 1


def _proposed_day(versions: list[FormVersion], by: Viewer) -> date:
    """The first of the next month; the publisher decides."""
    days = [today_at(by.collaborative_id), *(each.effective_from for each in versions if each.published_at)]
    last = max(days)
    return date(last.year + last.month // 12, last.month % 12 + 1, 1)


def _locked(version: FormVersion, by: Viewer) -> FormVersion:
    require(by, Permission.DEFINITION_EDIT)
    return lock_version(version, by, VersionStatus.DRAFT)


def _keep(version: FormVersion, spec: FormSpec, by: Viewer, what: str) -> FormVersion:
    return keep(version, spec, spec.digest, by, what)


def _change(
    version: FormVersion, shown: Shown | None, by: Viewer, what: str, change: Callable[[FormSpec], FormSpec]
) -> FormVersion:
    """Change one part; others may change other parts at the same time, and nobody's change is lost."""
    version = _locked(version, by)
    spec = version.definition
    if shown is not None:
        _refuse_stale(spec, shown)
    changed = change(spec)
    return version if changed.digest == spec.digest else _keep(version, changed, by, what)


def _refuse_stale(spec: FormSpec, shown: Shown) -> None:
    now = part_of(spec, shown.kind, shown.name)
    if now is None or digest_of(now) != shown.digest:
        raise PartChangedError(now)


def _refuse_twice(spec: FormSpec, part: Part, was: str) -> None:
    kind = kind_of(part)
    if part.name != was and part_of(spec, kind, part.name) is not None:
        noun = {"variable": "question", "section": "section", "rule": "check"}[kind]
        raise NameTakenError(f"There is a {noun} “{part.name}” already. Choose another name.")


@transaction.atomic
def save_part(*, version: FormVersion, part: Part, shown: Shown | None, by: Viewer) -> FormVersion:
    """Add a question, section or check, or change the one that `shown` names.

    Raises
    ------
    PartChangedError
        Somebody else changed this part since the page was shown. Nothing is saved.
    """
    was = shown.name if shown else ""

    def change(spec: FormSpec) -> FormSpec:
        _refuse_twice(spec, part, was)
        if isinstance(part, VariableSpec):
            return with_question(spec, part, was)
        return with_section(spec, part, was) if isinstance(part, Section) else with_rule(spec, part, was)

    return _change(version, shown, by, f"{kind_of(part)} {part.name}", change)


@dataclass(frozen=True)
class Removed:
    """A part that was taken out, so that it can be put back."""

    part: VariableSpec | Section | Rule
    place: int


@transaction.atomic
def remove_part(*, version: FormVersion, shown: Shown, by: Viewer) -> Removed:
    """Take out a question, a check, or a section without questions."""
    removed: list[Removed] = []

    def change(spec: FormSpec) -> FormSpec:
        if shown.kind == "section" and spec.in_section(shown.name):
            raise NameTakenError("This section has questions. Move or remove them first.")
        parts: tuple[Part, ...] = getattr(spec, FIELDS[shown.kind])
        place = next(place for place, part in enumerate(parts) if part.name == shown.name)
        removed.append(Removed(parts[place], place))
        return without(spec, shown.kind, shown.name)

    _change(version, shown, by, f"{shown.kind} {shown.name}", change)
    return removed[0]


@transaction.atomic
def restore_part(*, version: FormVersion, removed: Removed, by: Viewer) -> FormVersion:
    """Put back what was removed."""

    def change(spec: FormSpec) -> FormSpec:
        _refuse_twice(spec, removed.part, "")
        return put_back(spec, removed.part, removed.place)

    return _change(version, None, by, f"{kind_of(removed.part)} {removed.part.name}", change)


@transaction.atomic
def move_part(*, version: FormVersion, kind: str, name: str, step: int, by: Viewer) -> FormVersion:
    """One place up (-1) or down (1)."""
    return _change(version, None, by, f"{kind} {name}", lambda spec: moved(spec, kind, name, step))


@transaction.atomic
def save_details(
    *, version: FormVersion, details: Callable[[FormSpec], FormSpec], effective_from: date, note: str, by: Viewer
) -> FormVersion:
    """Name, what a case is called, event date, imports; the proposed first day and the note for members."""
    version = _locked(version, by)
    version.effective_from, version.note = effective_from, note.strip()
    return _keep(version, details(version.definition), by, "details")
