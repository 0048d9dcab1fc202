"""Views of the work list that a person keeps under a name."""

from uuid import UUID

from django.db import transaction

from cases.errors import SavedFilterError
from cases.models import SavedFilter
from privacy.roles import Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


MOST_VIEWS = 12
LONGEST_NAME = 40


def _hospital(by: Viewer) -> int:
    require(by, Permission.CASE_EDIT)
    if by.participation_id is None:
        raise PermissionRefusedError(Permission.CASE_EDIT)
    return by.participation_id


@transaction.atomic
def save_filter(*, name: str, query: str, by: Viewer) -> SavedFilter:
    """Keep the view under this name; the same name again replaces it. It is nobody's news, so there is no event."""
    hospital, words = _hospital(by), " ".join(name.split())
    if not words or len(words) > LONGEST_NAME or not words.isprintable():
        raise SavedFilterError(f"Give the view a name of up to {LONGEST_NAME} letters.")
    own = SavedFilter.objects.filter(participation_id=hospital, user_id=by.user_id)
    if own.exclude(name=words).count() >= MOST_VIEWS:
        raise SavedFilterError(f"You keep {MOST_VIEWS} views already. Remove one first.")
    saved, _ = SavedFilter.objects.update_or_create(
        collaborative_id=by.collaborative_id,
        participation_id=hospital,
        user_id=by.user_id,
        name=words,
        defaults={"query": query},
    )
    return saved


@transaction.atomic
def remove_filter(*, public_id: UUID, by: Viewer) -> None:
    """Forget an own view; one that is gone already is gone."""
    own = SavedFilter.objects.filter(participation_id=_hospital(by), user_id=by.user_id)
    own.filter(public_id=public_id).delete()
