"""News of the demo: two announcements and a newsletter of the last weeks with who has read them, one of today, and a draft.

What is of today goes through the services. What is of the past is written with its day: nothing that was sent is changed
afterwards, not even its date.
"""

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from collaboratives.selectors.places import acting_for
from config.demo.cast import SURGERY
from config.demo.people import Cast
from config.demo.releases import work_off
from coordination.news.definition.audience import ROLES, Recipient, Wanted, chosen
from coordination.news.definition.draft import Seen, Words
from coordination.news.enums import Kind, State
from coordination.news.models import Announcement, Audience, Receipt
from coordination.news.selectors.audience import pool_of
from coordination.news.selectors.drafts import wanted_of
from coordination.news.services.drafting import begin_draft
from coordination.news.services.sending import send
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting


SEED = 20261123
TEAM = frozenset({Role.CHAMPION, Role.CLINICIAN, Role.ABSTRACTOR})
ANTIBIOTICS = """The members decided at the autumn meeting: from January, **documentation of oral antibiotics before elective colectomy** is a process measure.

# What changes for abstractors

- One question more in the form, under *Before the operation*: about twenty seconds a case.
- Emergency operations are excluded.
- "Not documented" is an answer. A blank is not.

# What changes for champions

The first results come with the release of the second quarter. Until then the measure is shown to your own hospital only.
"""
LAST_DAY = """Cases of the third quarter are locked at the end of the month. Whatever is still in progress then does not count in the next release.

1. Open **Cases**, *Due*.
2. Finish what needs one or two answers first: that is most of it.
3. Ask early where the record is silent. We answer within a working day.

Whoever is ill or away: tell us, and we find somebody to help.
"""
AUTUMN = """## From the programme director

A good quarter. The collaborative's rate of surgical-site infection has fallen three times in a row, and more than half of you attested the last release within two weeks. Thank you.

## Abstractors' corner

The most asked question of the quarter: does an infection count that was found in another hospital's clinic? **Yes**, if it was within thirty days, wherever it was found.

## Training

The module on wound classes has new examples. It takes ten minutes.

## To read

A trial of wound protectors is worth a journal club; the reference is in the minutes of the autumn meeting.
"""
MANUAL = """The manual has a second version. Two things are new:

- **wound class**: how to decide between clean-contaminated and contaminated, with six examples;
- **thirty days**: how to count them when the operation went past midnight.

You find it under Documents. Please read the two pages before your next case.
"""
WINTER = """## Wound protectors

The ballot on a new measure is open. Champions vote for their hospital.

## Dates

- the next collaborative meeting: bring the chart that surprised you
"""


@dataclass(frozen=True, kw_only=True)
class Past:
    """Something that was sent some days ago, and how many in a hundred have read it."""

    words: Words
    days: int
    percent: int


PAST = (
    Past(words=Words(title="Oral antibiotics become a measure in January", text=ANTIBIOTICS, wanted=Wanted(roles=TEAM)), days=41, percent=88),
    Past(words=Words(kind=Kind.NEWSLETTER, title="Autumn newsletter", text=AUTUMN, wanted=Wanted(roles=frozenset(ROLES))), days=27, percent=71),
    Past(words=Words(title="Last day for cases of the third quarter", text=LAST_DAY, wanted=Wanted(roles=frozenset({Role.ABSTRACTOR}))), days=9, percent=64),
)  # fmt: skip


def write_news(cast: Cast) -> int:
    """How many people have something to read."""
    by, chance = cast.viewer(Role.COORDINATOR, SURGERY), random.Random(SEED)  # noqa: S311 -- the same demo every time
    for number, past in enumerate(PAST, start=1):
        with acting(acting_for(by)), transaction.atomic():
            sent = _sent(past, number, by)
        with acting(Acting("compute", collaborative_id=by.collaborative_id)), transaction.atomic():
            _receipts(sent, past, chance)
    with acting(acting_for(by)), transaction.atomic():
        today = Words(title="Abstraction manual: version 2", text=MANUAL, by_mail=False, wanted=Wanted(roles=TEAM))
        draft = begin_draft(words=today, by=by)
        people = chosen(pool_of(by.collaborative_id), wanted_of(draft.audience))
        send(draft=draft, seen=Seen(revision=0, digest=people.digest, people=people.people), by=by)
        winter = Words(
            kind=Kind.NEWSLETTER, title="Winter newsletter", text=WINTER, wanted=Wanted(roles=frozenset(ROLES))
        )
        begin_draft(words=winter, by=by)
    work_off(by.collaborative_id)
    return people.people


def _sent(past: Past, number: int, by: Viewer) -> Announcement:
    moment, words = timezone.now() - timedelta(days=past.days), past.words
    sent = Announcement.objects.create(
        collaborative_id=by.collaborative_id,
        kind=words.kind,
        number=1 if words.kind is Kind.NEWSLETTER else number,
        title=words.title,
        text=words.text.strip(),
        state=State.SENT,
        written_at=moment - timedelta(hours=3),
        written_by_id=by.user_id,
        saved_at=moment - timedelta(minutes=2),
        saved_by_id=by.user_id,
        sent_at=moment,
        sent_by_id=by.user_id,
        delivered_at=moment,
    )
    Audience.objects.create(
        collaborative_id=by.collaborative_id, announcement=sent, roles=sorted(words.wanted.roles), everywhere=True
    )
    return sent


def _receipts(sent: Announcement, past: Past, chance: random.Random) -> None:
    rows: Collection[Recipient] = chosen(pool_of(sent.collaborative_id), past.words.wanted).rows
    got = sent.sent_at or sent.written_at
    Receipt.objects.bulk_create(
        Receipt(
            collaborative_id=sent.collaborative_id,
            participation_id=each.participation_id,
            announcement=sent,
            user_id=each.user_id,
            role=each.role,
            name=each.name,
            got_at=got,
            read_at=got + timedelta(hours=chance.randint(1, 24 * past.days - 24)) if chance.randint(1, 100) <= past.percent else None,
        )
        for each in rows
    )  # fmt: skip
