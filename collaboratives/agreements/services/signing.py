"""Signing for a hospital: here, by its own administrator, or on paper, recorded by the centre."""

from datetime import date

from django.db import transaction

from collaboratives.agreements.definition.standing import months_later, standing_of
from collaboratives.agreements.definition.words import Paper
from collaboratives.agreements.enums import AgreementKind, SignedHow
from collaboratives.agreements.errors import AgreementError
from collaboratives.agreements.models import Agreement, AgreementScan, AgreementText
from collaboratives.agreements.selectors.standings import LASTING
from collaboratives.documents.definition.files import Accepted
from collaboratives.models import Collaborative, Participation
from collaboratives.selectors.clock import today_of
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


def text_in_force(collaborative_id: int, kind: AgreementKind) -> AgreementText | None:
    """The version that is signed today."""
    found = AgreementText.objects.filter(collaborative_id=collaborative_id, kind=kind, in_force_at__isnull=False)
    return found.order_by("-number").first()


@transaction.atomic
def sign_agreement(*, text: AgreementText, typed_name: str, title: str, by: Viewer) -> Agreement:
    """Sign for the own hospital, from today; a renewal adds its months to what is left.

    The page has just asked again who signs (accounts.reauthentication); the typed name is the signature.
    """
    require(by, Permission.AGREEMENT_SIGN)
    if by.participation_id is None:
        raise PermissionRefusedError(Permission.AGREEMENT_SIGN)
    kind = AgreementKind(text.kind)
    if text_in_force(by.collaborative_id, kind) != text:
        raise AgreementError("Another version is in force by now. Read that one, and sign it.")
    if typed_name.split() != by.name.split():
        raise AgreementError(f"Type your name as it is in your account: {by.name}.")
    today = today_of(Collaborative.objects.get(pk=by.collaborative_id))
    agreement = Agreement.objects.create(
        collaborative_id=by.collaborative_id,
        participation_id=by.participation_id,
        text=text,
        kind=kind,
        how=SignedHow.HERE,
        signatory_name=by.name,
        signatory_title=title.strip(),
        signed_on=today,
        starts_on=today,
        ends_on=_renewed_until(text, by.participation_id, today),
        recorded_by_id=by.user_id,
    )
    _told(EventKind.AGREEMENT_SIGNED, agreement, by)
    return agreement


def _renewed_until(text: AgreementText, participation_id: int, today: date) -> date | None:
    if text.valid_months is None:
        return None
    signed = Agreement.objects.filter(participation_id=participation_id, kind=text.kind)
    found = standing_of([each.term for each in signed], today)
    runs_on = found.term.ends_on if found.term and found.stands in LASTING else None
    return months_later(runs_on or today, text.valid_months)


@transaction.atomic
def record_paper(
    *, participation: Participation, text: AgreementText, paper: Paper, scan: Accepted, by: Viewer
) -> Agreement:
    """The centre keeps what a hospital has signed on paper, with its scan."""
    require(by, Permission.AGREEMENT_MANAGE)
    if text.in_force_at is None:
        raise AgreementError("A draft cannot be signed. Put the version into force first.")
    if paper.ends_on and paper.ends_on < paper.starts_on:
        raise AgreementError("It ends before it begins. Check both days.")
    if paper.signed_on > today_of(participation.collaborative):
        raise AgreementError("The day of signing lies in the future. Check it.")
    agreement = Agreement.objects.create(
        collaborative_id=by.collaborative_id,
        participation=participation,
        text=text,
        kind=text.kind,
        how=SignedHow.ON_PAPER,
        signatory_name=paper.signatory_name.strip(),
        signatory_title=paper.signatory_title.strip(),
        signed_on=paper.signed_on,
        starts_on=paper.starts_on,
        ends_on=paper.ends_on,
        recorded_by_id=by.user_id,
    )
    AgreementScan.objects.create(
        collaborative_id=by.collaborative_id,
        participation=participation,
        agreement=agreement,
        file_name=scan.name,
        file_type=scan.kind,
        size=scan.size,
        digest=scan.digest,
        file=scan.content,
    )
    _told(EventKind.AGREEMENT_SIGNED, agreement, by)
    return agreement


@transaction.atomic
def end_agreement(*, agreement: Agreement, ended_on: date, why: str, by: Viewer) -> Agreement:
    """It no longer counts from this day on; the reason stays with it."""
    require(by, Permission.AGREEMENT_MANAGE)
    found = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if found.ended_on:
        raise AgreementError(f"It was ended on {found.ended_on:%-d %B %Y} already.")
    if not why.strip():
        raise AgreementError("Give the reason: the hospital reads it.")
    if ended_on < found.starts_on:
        raise AgreementError(f"It begins on {found.starts_on:%-d %B %Y} and cannot end before. Check the day.")
    found.ended_on, found.ended_why, found.ended_by_id = ended_on, why.strip(), by.user_id
    found.save(update_fields=["ended_on", "ended_why", "ended_by"])
    _told(EventKind.AGREEMENT_ENDED, found, by)
    return found


def _told(kind: EventKind, agreement: Agreement, by: Viewer) -> None:
    details = {"kind": agreement.kind, "how": agreement.how}
    record_event(kind, by=by, subject=agreement, participation_id=agreement.participation_id, details=details)
