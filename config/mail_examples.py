"""Mails of signing in, which allauth writes."""

from allauth.account.adapter import get_adapter
from allauth.core import context
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest

from collaboratives.definition.mail_example import MailExample
from privacy.viewer import Viewer


def mail_examples(_viewer: Viewer) -> list[MailExample]:
    """The only one that this program lets allauth send; its link opens nothing."""
    request = getattr(context, "request", None) or HttpRequest()
    values = {
        "request": request,
        "email": "robin@hospital.example",
        "current_site": get_current_site(request),
        "password_reset_url": f"{settings.BASE_URL}/accounts/password/reset/key/…/",
    }
    message = get_adapter().render_mail("account/email/password_reset_key", "robin@hospital.example", values)
    return [
        MailExample(
            name="New password",
            when="To whoever asks for it on the sign-in page, if the address has an account.",
            subject=message.subject,
            body=str(message.body),
            template="account/email/password_reset_key_message.txt",
        )
    ]
