"""Tell everybody of a programme that a release is there: a link, and nothing of what is in it."""

from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from collaboratives.models import Collaborative, Grant
from feedback.models import Release


def tell_members(release: Release) -> None:
    """Once the release is committed; a mail server that is away stops nothing."""
    collaborative = Collaborative.objects.get(pk=release.collaborative_id)
    mails = [_mail(release, collaborative, user) for user in _wanting(collaborative)]
    transaction.on_commit(partial(_send, mails), robust=True)


def _wanting(collaborative: Collaborative) -> list[User]:
    """Whoever has a role in the programme now and did not say no, each once."""
    now = timezone.now()
    held = Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), collaborative=collaborative, starts_at__lte=now)
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True, release_mail=True).order_by("pk"))


def _mail(release: Release, collaborative: Collaborative, user: User) -> EmailMessage:
    context = {
        "name": user.full_name,
        "release": release.name,
        "collaborative": collaborative.name,
        "link": f"{settings.BASE_URL}{reverse('home-collaborative', args=[collaborative.slug])}",
        "notices": f"{settings.BASE_URL}{reverse('notices')}",
    }
    return EmailMessage(
        subject=f"Release {release.name} of {collaborative.name} is there",
        body=render_to_string("feedback/mail/release.txt", context),
        to=[user.email],
        headers={"Message-ID": f"<release-{release.public_id}-{user.public_id}@colloquy>"},
    )


def _send(mails: list[EmailMessage]) -> None:
    if mails:
        get_connection(fail_silently=True).send_messages(mails)
