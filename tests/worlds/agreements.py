"""Agreements of both collaboratives: a text of each needed kind in force, and every hospital has signed on paper.

In colectomy-mi the signatures of grove end in forty days. A test that needs a hospital without an agreement ends it there
(`end`), so that the rest of the cast goes on as before.
"""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from collaboratives.agreements.definition.words import AgreementWords, Paper
from collaboratives.agreements.enums import AgreementKind
from collaboratives.agreements.models import Agreement, AgreementText
from collaboratives.agreements.selectors.needs import Need
from collaboratives.agreements.services.signing import end_agreement, record_paper
from collaboratives.agreements.services.texts import decide_needs, put_in_force, write_text
from collaboratives.documents.definition.files import SCANS, accept
from collaboratives.models import Participation
from collaboratives.selectors.clock import today_of
from collaboratives.selectors.places import acting_for
from privacy.viewer import Viewer
from tenancy.context import acting
from tests.worlds import programme


SCAN = b"%PDF-1.7\n% a scanned signature\n%%EOF\n"
NEEDED = (AgreementKind.PARTICIPATION, AgreementKind.DATA_USE)
EXPIRING, EXPIRING_IN = "grove", 40
TEXTS: dict[str, UUID] = {}
SIGNED: dict[str, UUID] = {}
"""Public id of the participation agreement of each hospital of colectomy-mi."""


def build() -> None:
    for slug, hospitals in (("colectomy-mi", programme.COLECTOMY), ("hernia-lakes", programme.HERNIA)):
        by = programme.viewer(programme.DIRECTORS[slug], slug)
        places = {name: programme.participation(name, slug) for name in hospitals}
        with acting(acting_for(by)), transaction.atomic():
            texts = {kind: write(kind, by) for kind in NEEDED}
            for name, place in places.items():
                for kind, text in texts.items():
                    made = sign_on_paper(place, text, by, ends_on=_end(name, place) if slug == "colectomy-mi" else None)
                    if slug == "colectomy-mi" and kind is AgreementKind.PARTICIPATION:
                        SIGNED[name] = made.public_id
        if slug == "colectomy-mi":
            TEXTS.update({kind.value: text.public_id for kind, text in texts.items()})


def _end(name: str, place: Participation) -> date | None:
    return today_of(place.collaborative) + timedelta(days=EXPIRING_IN) if name == EXPIRING else None


def write(kind: AgreementKind, by: Viewer, *, months: int | None = 12) -> AgreementText:
    """A version of this kind, in force."""
    words = AgreementWords(title=str(kind.label), text=f"# {kind.label}\n\nWe work together.", valid_months=months)
    return put_in_force(text=write_text(kind=kind, words=words, by=by), by=by)


def sign_on_paper(
    place: Participation,
    text: AgreementText,
    by: Viewer,
    *,
    starts_on: date = programme.JOINED,
    ends_on: date | None = None,
) -> Agreement:
    paper = Paper(
        signatory_name="Signe Handlund",
        signatory_title="Chief executive",
        signed_on=starts_on,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    scan = accept("signed.pdf", SCAN, SCANS)
    return record_paper(participation=place, text=text, paper=paper, scan=scan, by=by)


def sign_everything(by: Viewer) -> None:
    """Both needed agreements for every hospital of the viewer's collaborative; inside the director's context."""
    texts = [write(kind, by, months=None) for kind in NEEDED]
    for place in Participation.objects.select_related("collaborative").filter(collaborative_id=by.collaborative_id):
        for text in texts:
            sign_on_paper(place, text, by)


def need_none(by: Viewer) -> None:
    """A programme that asks for no agreements; inside the director's context."""
    decide_needs(needs=dict.fromkeys(NEEDED, Need(for_entry=False, for_comparison=False)), by=by)


def end(name: str, kind: AgreementKind = AgreementKind.DATA_USE, *, by: Viewer, why: str = "A test.") -> None:
    """From today on the hospital has none of this kind; inside the context of the centre's person."""
    found = Agreement.objects.filter(participation=programme.participation(name), kind=kind, ended_on=None)
    for agreement in found.select_related("participation__collaborative"):
        end_agreement(agreement=agreement, ended_on=today_of(agreement.participation.collaborative), why=why, by=by)
