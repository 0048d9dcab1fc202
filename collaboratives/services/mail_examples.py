"""The invitation as its reader gets it."""

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from collaboratives.definition.mail_example import MailExample
from collaboratives.models import Collaborative, Invitation, Participation
from collaboratives.selectors.invitations import INVITATION_LIFE
from collaboratives.services.invitations import message_of
from privacy.roles import Role
from privacy.viewer import Viewer
from sites.models import Site


def mail_examples(viewer: Viewer) -> list[MailExample]:
    """Its link opens nothing."""
    collaborative = Collaborative.objects.get(pk=viewer.collaborative_id)
    invitation = Invitation(
        collaborative=collaborative,
        participation=Participation(collaborative=collaborative, site=Site(name="Example Hospital")),
        email="robin@hospital.example",
        full_name="Robin Example",
        role=Role.CHAMPION,
        invited_by=User(full_name="Kim Coordinator"),
        expires_at=timezone.now() + INVITATION_LIFE,
    )
    message = message_of(invitation, link=f"{settings.BASE_URL}/invite/…/")
    return [
        MailExample(
            name="Invitation to a role",
            when="To whoever is invited, and again when somebody presses Send again.",
            subject=str(message.subject),
            body=str(message.body),
            template="collaboratives/mail/invitation.txt",
        )
    ]
