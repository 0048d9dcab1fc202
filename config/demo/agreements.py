"""Agreements of the demo: every hospital has signed, one soon has to renew, and one that joined lately let its own expire."""

from datetime import date, timedelta

from django.db import transaction

from accounts.models import User
from accounts.services import create_user
from collaboratives.agreements.definition.standing import months_later
from collaboratives.agreements.definition.words import AgreementWords, Paper
from collaboratives.agreements.enums import AgreementKind
from collaboratives.agreements.models import AgreementText
from collaboratives.agreements.services.signing import record_paper
from collaboratives.agreements.services.texts import put_in_force, write_text
from collaboratives.documents.definition.files import SCANS, accept
from collaboratives.models import Participation
from collaboratives.selectors.clock import today_of
from collaboratives.selectors.places import acting_for
from collaboratives.services.people import grant_role
from collaboratives.services.programme import create_hospital
from config.demo.cast import PASSPHRASE, PROGRAMMES, SURGERY
from config.demo.people import Cast
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting


SOON, SOON_IN = "lakeside-general", 24
EXPIRED_SINCE = 12
LAPSED = {
    "identifier": "230999",
    "name": "Otter Creek Hospital",
    "city": "Otter Creek",
    "region": "Great Lakes",
    "beds": 96,
}
LAPSED_PEOPLE = (
    ("administrator@ottercreek.example", "Renata Holm", Role.ADMINISTRATOR),
    ("abstractor@ottercreek.example", "Piet Vandermeer", Role.ABSTRACTOR),
)
TEXTS = {
    AgreementKind.PARTICIPATION: (
        "Participation agreement",
        36,
        (
            "## What the hospital does\n\n- enters the cases of its sample, on time\n- names a clinical champion, an abstractor and an administrator\n"
            "- takes part in meetings and in data validation\n\n## What the centre does\n\n- keeps the data confidential and the hospital's own\n"
            "- returns risk-adjusted, blinded comparison\n- tells nobody else, the sponsor included, how a single hospital does\n"
        ),
    ),
    AgreementKind.DATA_USE: (
        "Data-use agreement",
        24,
        (
            "## Which data\n\nA limited data set: dates of care, no names, no addresses, no record numbers other than the hospital's own.\n\n"
            "## What for\n\nQuality improvement within the collaborative. **Not** for payment, marketing or ranking in public.\n\n"
            "## When it ends\n\nEntry of cases and comparison stop. The hospital keeps, reads and downloads its own data.\n"
        ),
    ),
    AgreementKind.CONFIDENTIALITY: (
        "Confidentiality agreement",
        None,
        "What is said about cases and hospitals in meetings stays there.\n",
    ),
}
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def sign_agreements(cast: Cast) -> int:
    """How many hospitals have what they need."""
    for programme in PROGRAMMES:
        by = cast.viewer(Role.DIRECTOR, programme.slug)
        places = {key: place for (slug, key), place in cast.participations.items() if slug == programme.slug}
        with acting(acting_for(by)), transaction.atomic():
            texts = [_write(kind, by) for kind in TEXTS]
            for number, (key, place) in enumerate(places.items()):
                _sign_all(place, texts[:2], by, _last_day(key, number, place))
    return len(cast.participations)


def _last_day(key: str, number: int, place: Participation) -> date:
    """Spread over the coming year; one hospital has to renew now."""
    return today_of(place.collaborative) + timedelta(days=SOON_IN if key == SOON else 120 + 17 * (number % 15))


def _write(kind: AgreementKind, by: Viewer) -> AgreementText:
    title, months, text = TEXTS[kind]
    words = AgreementWords(title=title, text=text, valid_months=months)
    return put_in_force(text=write_text(kind=kind, words=words, by=by), by=by)


def _sign_all(place: Participation, texts: list[AgreementText], by: Viewer, last_day: date) -> None:
    starts = max(place.joined_on, months_later(last_day, -36))
    paper = Paper(
        signatory_name="Chief Executive Officer",
        signatory_title="for the hospital",
        signed_on=starts,
        starts_on=starts,
        ends_on=last_day,
    )
    for text in texts:
        scan = accept(f"{text.kind}.pdf", PAPER, SCANS)
        record_paper(participation=place, text=text, paper=paper, scan=scan, by=by)


def let_one_lapse(cast: Cast) -> None:
    """A hospital that joined after the releases; nothing but its expired agreement keeps it from entering cases."""
    by = cast.viewer(Role.DIRECTOR, SURGERY)
    users = _people()
    with acting(acting_for(by)), transaction.atomic():
        texts = AgreementText.objects.filter(
            collaborative_id=by.collaborative_id, kind__in=list(TEXTS)[:2], in_force_at__isnull=False
        )
        joined = date(2025, 1, 6)
        place = create_hospital(by=by, joined_on=joined, **LAPSED)  # type: ignore[arg-type]  # a profile
        for user, (_, _, role) in zip(users, LAPSED_PEOPLE, strict=True):
            grant_role(user=user, role=role, participation=place, by=by)
        last_day = today_of(place.collaborative) - timedelta(days=EXPIRED_SINCE)
        _sign_all(place, list(texts), by, last_day)


def _people() -> list[User]:
    with acting(Acting("platform")), transaction.atomic():
        return [create_user(email=email, full_name=name, password=PASSPHRASE) for email, name, _ in LAPSED_PEOPLE]
