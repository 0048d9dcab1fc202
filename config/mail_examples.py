"""Mails of signing in, which allauth sends."""

from allauth.account.adapter import get_adapter
from django.conf import settings

from collaboratives.definition.mail_example import MailExample
from privacy.viewer import Viewer


READER = "robin@hospital.example"


def mail_examples(_viewer: Viewer) -> list[MailExample]:
    """The only one that the settings let it send; the link of the example opens nothing."""
    values = {"email": READER, "password_reset_url": f"{settings.BASE_URL}/accounts/password/reset/key/…/"}
    message = get_adapter().render_mail("account/email/password_reset_key", READER, values)
    return [
        MailExample(
            name="New password",
            when="To whoever asks for one on the sign-in page, if the address has an account.",
            subject=message.subject,
            body=message.body,
            template="account/email/password_reset_key_message.txt",
        )
    ]
