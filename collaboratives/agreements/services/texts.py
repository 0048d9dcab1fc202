"""Writing what is signed, and deciding what it is needed for."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from collaboratives.agreements.definition.words import AgreementWords
from collaboratives.agreements.enums import AgreementKind
from collaboratives.agreements.errors import AgreementError
from collaboratives.agreements.models import AgreementNeed, AgreementText
from collaboratives.agreements.selectors.needs import Need, needs_of
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def write_text(*, kind: AgreementKind, words: AgreementWords, by: Viewer) -> AgreementText:
    """Keep the draft of this kind: the next version of its text. Nobody signs a draft."""
    require(by, Permission.AGREEMENT_MANAGE)
    here = AgreementText.objects.filter(collaborative_id=by.collaborative_id, kind=kind)
    draft = here.select_for_update().filter(in_force_at=None).first()
    if draft is None:
        last = here.order_by("-number").values_list("number", flat=True).first() or 0
        draft = AgreementText(collaborative_id=by.collaborative_id, kind=kind, number=last + 1)
    draft.title, draft.text, draft.note = words.title.strip(), words.text.strip(), words.note.strip()
    draft.valid_months = words.valid_months
    draft.written_at, draft.written_by_id = timezone.now(), by.user_id
    draft.save()
    record_event(EventKind.AGREEMENT_WRITTEN, by=by, subject=draft)
    return draft


@transaction.atomic
def put_in_force(*, text: AgreementText, by: Viewer) -> AgreementText:
    """From now on hospitals sign this version, and nobody changes it. What was signed before counts to its end."""
    require(by, Permission.AGREEMENT_MANAGE)
    draft = AgreementText.objects.select_for_update().get(pk=text.pk)
    if draft.in_force_at:
        raise AgreementError("This version is in force already. Write a new one to change something.")
    draft.in_force_at, draft.in_force_by_id = timezone.now(), by.user_id
    draft.save(update_fields=["in_force_at", "in_force_by"])
    record_event(EventKind.AGREEMENT_IN_FORCE, by=by, subject=draft, details={"kind": draft.kind})
    return draft


@transaction.atomic
def decide_needs(*, needs: Mapping[AgreementKind, Need], by: Viewer) -> int:
    """Say what each kind is needed for, from now on; how many kinds changed."""
    require(by, Permission.AGREEMENT_MANAGE)
    before = needs_of(by.collaborative_id)
    changed = {kind: need for kind, need in needs.items() if before[kind] != need}
    for kind, need in changed.items():
        row, _ = AgreementNeed.objects.update_or_create(
            collaborative_id=by.collaborative_id,
            kind=kind,
            defaults={
                "for_entry": need.for_entry,
                "for_comparison": need.for_comparison,
                "decided_at": timezone.now(),
                "decided_by_id": by.user_id,
            },
        )
        record_event(EventKind.AGREEMENT_NEED_SET, by=by, subject=row, details={"kind": kind})
    return len(changed)
