"""Doing something once, however often it is asked: the answer to a request is kept under the key the client chose."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.errors import KeyFormatError, KeyReusedError
from cases.models import SavedRequest
from privacy.viewer import Viewer


KEPT_FOR = timedelta(days=7)  # longer than any client goes on trying
KEY = re.compile(r"[!-~]{8,80}")  # what a header may hold, long enough not to be met by chance


@dataclass(frozen=True)
class Answer:
    """What was answered. `repeated`: not now, but when the key came first."""

    status: int
    body: Mapping[str, object]
    repeated: bool = False


def fingerprint_of(method: str, path: str, body: object) -> str:
    """What was asked, so that a key is not used for something else. The order of names in an object tells nothing."""
    text = json.dumps([method, path, body], sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@transaction.atomic
def once(*, by: Viewer, key: str, fingerprint: str, work: Callable[[], Answer]) -> Answer:
    """Run `work` unless this person's key has been used in this hospital; then give the same answer again.

    The row and what `work` does are one transaction: who sends the key meanwhile waits for the row, and an error leaves none.

    Raises
    ------
    KeyReusedError
        The key belongs to another request.
    """
    if not KEY.fullmatch(key):
        raise KeyFormatError
    saved, fresh = _row(by, key, fingerprint)
    if saved.fingerprint != fingerprint:
        raise KeyReusedError
    if not fresh:
        return Answer(saved.status, saved.response, repeated=True)
    answer = work()
    saved.status, saved.response = answer.status, dict(answer.body)
    saved.save(update_fields=["status", "response"])
    return answer


def _row(by: Viewer, key: str, fingerprint: str) -> tuple[SavedRequest, bool]:
    """The row of the key, and whether it is new; an unfinished one of somebody else is waited for."""
    mine = {"participation_id": by.participation_id, "user_id": by.user_id, "key": key}
    row = SavedRequest(collaborative_id=by.collaborative_id, fingerprint=fingerprint, **mine)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return SavedRequest.objects.get(**mine), False
    return row, True


@transaction.atomic
def clear_saved_requests(collaborative_id: int, *, now: datetime | None = None) -> int:
    """Forget answers that are older than a week; for the worker."""
    before = (now or timezone.now()) - KEPT_FOR
    cleared, _ = SavedRequest.objects.filter(collaborative_id=collaborative_id, created_at__lt=before).delete()
    return cleared
