"""Tell hospitals that an agreement ends in 60, 30 and 7 days: once each, however often the clock strikes."""

from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from collaboratives.agreements.definition.standing import REMINDED, reminder_due, standing_of
from collaboratives.agreements.enums import AgreementKind
from collaboratives.agreements.models import Agreement, AgreementReminder
from collaboratives.models import Collaborative, Grant
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.services.notifying import notify
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


def tell_expiring(event: Event) -> None:
    """That something ends and where it is renewed, without the hospital's name in the title; nobody, where it was renewed."""
    reminder = AgreementReminder.objects.select_related("agreement", "collaborative", "participation__site").get(
        pk=event.subject_id
    )
    agreement = reminder.agreement
    later = Agreement.objects.filter(
        participation=reminder.participation_id, kind=agreement.kind, pk__gt=reminder.agreement_id
    )
    if agreement.ended_on is None and not later.filter(ended_on=None).exists():
        notify(
            _readers(reminder),
            kind=NotificationKind.AGREEMENT,
            title=expiring_title(agreement),
            text=expiring_text(reminder),
            path=reverse("agreements:agreement-list", args=[reminder.collaborative.slug]),
            key=f"agreement-{agreement.public_id}-{reminder.days}",
            collaborative_id=event.collaborative_id,
            participation_id=reminder.participation_id,
        )


def _readers(reminder: AgreementReminder) -> list[int]:
    now = timezone.now()
    held = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        collaborative=reminder.collaborative_id,
        starts_at__lte=now,
        user__is_active=True,
    )
    here = held.filter(participation=reminder.participation_id)
    ways = [here.filter(role=role) for role in READERS] + [held.filter(role=Role.COORDINATOR)]
    found: list[int] = []
    for way in ways:
        found = found or list(way.values_list("user_id", flat=True))
    return found


def expiring_title(agreement: Agreement) -> str:
    return f"An agreement ends on {agreement.ends_on:%-d %B %Y}"


def expiring_text(reminder: AgreementReminder) -> str:
    """What the mail says. It names the reader's own hospital, as its agreement does."""
    context = {
        "kind": AgreementKind(reminder.agreement.kind).in_words,
        "hospital": reminder.participation.site.name,
        "collaborative": reminder.collaborative.name,
        "ends_on": reminder.agreement.ends_on,
        "last": reminder.days == REMINDED[-1],
    }
    return render_to_string("agreements/mail/expiring.txt", context).strip()
