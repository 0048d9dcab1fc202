"""A person says that they have reviewed a release."""

from django.db import IntegrityError, transaction

from events.enums import EventKind
from events.services import record_event
from feedback.enums import ReleaseState
from feedback.models import Release
from feedback.reviews.errors import AlreadyAttestedError, NotReleasedError
from feedback.reviews.models import Attestation
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


@transaction.atomic
def attest(*, release: Release, by: Viewer) -> Attestation:
    """Once for each person and release; the database refuses a second time, also at the same moment."""
    require(by, Permission.RELEASE_ATTEST)
    if by.capacity is not Capacity.HOSPITAL or by.participation_id is None:
        raise PermissionRefusedError(Permission.RELEASE_ATTEST)
    if release.state not in {ReleaseState.RELEASED, ReleaseState.SUPERSEDED}:
        raise NotReleasedError
    try:
        with transaction.atomic():
            said = Attestation.objects.create(
                collaborative_id=by.collaborative_id,
                participation_id=by.participation_id,
                release=release,
                person_id=by.user_id,
                name=by.name,
            )
    except IntegrityError as twice:
        raise AlreadyAttestedError(release.name) from twice
    record_event(EventKind.RELEASE_ATTESTED, by=by, subject=said, participation_id=by.participation_id)
    return said
