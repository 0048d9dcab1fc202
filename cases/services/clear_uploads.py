"""Uploaded files are clinical data: once nothing can be done with them any more, only their digest and counts stay."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cases.enums import WRITTEN, ImportState
from cases.models import CaseImport, ImportRow
from cases.services.imports import UNDO_WINDOW


@transaction.atomic
def clear_uploads(collaborative_id: int, *, now: datetime | None = None) -> int:
    """Clear files whose undo window is over, and those that were left lying or discarded as long ago."""
    before = (now or timezone.now()) - UNDO_WINDOW
    old = CaseImport.objects.filter(
        Q(state__in=WRITTEN, committed_at__lt=before)
        | Q(state__in=[ImportState.DISCARDED, ImportState.REFUSED, ImportState.CHECKED], uploaded_at__lt=before),
        collaborative_id=collaborative_id,
        cleared_at=None,
    )
    keys = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True))
    ImportRow.objects.filter(collaborative_id=collaborative_id, case_import_id__in=keys).delete()
    chosen = CaseImport.objects.filter(pk__in=keys)
    chosen.filter(state__in=[ImportState.REFUSED, ImportState.CHECKED]).update(state=ImportState.DISCARDED)
    return chosen.update(content=b"", corrections={}, cleared_at=now or timezone.now())
