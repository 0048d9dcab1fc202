"""Tell hospitals that an agreement ends in 60, 30 and 7 days: once each, however often the clock strikes."""

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from collaboratives.agreements.definition.standing import REMINDED, reminder_due, standing_of
from collaboratives.agreements.enums import AgreementKind
from collaboratives.agreements.models import Agreement, AgreementReminder
from collaboratives.models import Collaborative, Grant
from collaboratives.selectors.clock import today_of
from collaboratives.selectors.collaboratives import collaborative_keys
from collaboratives.selectors.places import worker_viewer
from events.enums import EventKind
from events.models import Event
from events.services import record_event
from privacy.roles import Role
from tenancy.context import Acting, acting


# Who is written to: whoever signs for the hospital, else who leads there, else the centre.
READERS = (Role.ADMINISTRATOR, Role.CHAMPION)


def remind_everywhere() -> None:
    for key in collaborative_keys():
        with acting(Acting("compute", collaborative_id=key)):
            remind(key)


@transaction.atomic
def remind(collaborative_id: int) -> int:
    """Note what is to be told and was not; how many that were."""
    collaborative = Collaborative.objects.get(pk=collaborative_id)
    by, told = worker_viewer(collaborative), 0
    for agreement, days in _ending(collaborative):
        reminder, is_new = AgreementReminder.objects.get_or_create(
            collaborative_id=collaborative_id,
            participation_id=agreement.participation_id,
            agreement=agreement,
            days=days,
        )
        if is_new:
            place = agreement.participation_id
            record_event(EventKind.AGREEMENT_EXPIRING, by=by, subject=reminder, participation_id=place)
            told += 1
    return told


def _ending(collaborative: Collaborative) -> list[tuple[Agreement, int]]:
    """What counts today, is renewed by nothing, and has come to one of the steps."""
    today = today_of(collaborative)
    signed: dict[tuple[int, str], list[Agreement]] = {}
    members = Agreement.objects.filter(collaborative=collaborative, participation__left_on=None)
    for each in members:
        signed.setdefault((each.participation_id, each.kind), []).append(each)
    due = []
    for agreements in signed.values():
        found = standing_of([each.term for each in agreements], today)
        step = None if found.days_left is None else reminder_due(found.days_left)
        if step is not None:
            due.append((next(each for each in agreements if each.term == found.term), step))
    return due


def mail_expiring(event: Event) -> None:
    """One mail a person: that something ends and where it is renewed, without the hospital's name in the subject."""
    reminder = AgreementReminder.objects.select_related("agreement", "collaborative", "participation__site").get(
        pk=event.subject_id
    )
    later = Agreement.objects.filter(
        participation=reminder.participation_id, kind=reminder.agreement.kind, pk__gt=reminder.agreement_id
    )
    if reminder.agreement.ended_on is None and not later.filter(ended_on=None).exists():
        get_connection().send_messages([_mail(reminder, user) for user in _readers(reminder)])


def _readers(reminder: AgreementReminder) -> list[User]:
    now = timezone.now()
    held = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), collaborative=reminder.collaborative_id, starts_at__lte=now
    )
    here = held.filter(participation=reminder.participation_id)
    ways = [here.filter(role=role) for role in READERS] + [held.filter(role=Role.COORDINATOR)]
    found: list[User] = []
    for way in ways:
        found = found or list(User.objects.filter(pk__in=way.values("user"), is_active=True).order_by("pk"))
    return found


def _mail(reminder: AgreementReminder, user: User) -> EmailMessage:
    agreement, slug = reminder.agreement, reminder.collaborative.slug
    context = {
        "name": user.full_name,
        "kind": AgreementKind(agreement.kind).in_words,
        "hospital": reminder.participation.site.name,
        "collaborative": reminder.collaborative.name,
        "ends_on": agreement.ends_on,
        "last": reminder.days == REMINDED[-1],
        "link": f"{settings.BASE_URL}{reverse('agreements:agreement-list', args=[slug])}",
    }
    return EmailMessage(
        subject=f"{reminder.collaborative.name}: an agreement ends on {agreement.ends_on:%-d %B %Y}",
        body=render_to_string("agreements/mail/expiring.txt", context),
        to=[user.email],
        headers={"Message-ID": f"<agreement-{agreement.public_id}-{reminder.days}-{user.public_id}@colloquy>"},
    )
