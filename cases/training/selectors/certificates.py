"""Certificates: who holds one, and whether it counts today."""

from datetime import date

from django.db import transaction

from cases.errors import EntryRefusedError
from cases.selectors.clock import today_of
from cases.training.models import Certificate, CertificationRule
from collaboratives.models import Collaborative
from measures.models import Form
from privacy.roles import Capacity
from privacy.viewer import Viewer
from tenancy.context import Acting, acting


WAY_OUT = ("training:training-area", "Go to the training area")


def is_required(form_id: int) -> bool:
    decided = CertificationRule.objects.filter(form_id=form_id).order_by("-pk")
    return bool(decided.values_list("required", flat=True).first())


def last_certificate(viewer: Viewer, form_id: int) -> Certificate | None:
    """The one of this person that is valid longest, whichever of their hospitals it was passed at: nobody passes twice.

    Behind the wall a hospital sees its own rows only, so this looks as the person, who sees all their hospitals.
    """
    with acting(Acting("member", user_id=viewer.user_id)), transaction.atomic():
        mine = Certificate.objects.filter(holder_id=viewer.user_id, form_id=form_id)
        return mine.order_by("-valid_until", "-pk").first()


def refuse_uncertified(viewer: Viewer, form_id: int) -> EntryRefusedError | None:
    """The rule that the core of `cases` asks (settings.CASE_ENTRY_RULES): why this person may not enter real cases.

    None when they may: nothing is asked for, or they hold a certificate that counts today. Of the centre, which takes
    over whole registries, no certificate is asked.
    """
    if viewer.capacity is not Capacity.HOSPITAL or not is_required(form_id):
        return None
    today = today_of(Collaborative.objects.get(pk=viewer.collaborative_id))
    lacking = _lacking(last_certificate(viewer, form_id), today)
    if not lacking:
        return None
    name = Form.objects.get(pk=form_id).name
    words = (
        f"Only certified abstractors enter cases of {name}, and {lacking}. Nothing was saved. "
        "Practise and take the exam in the training area: its test cases never mix with real ones."
    )
    return EntryRefusedError(words, *WAY_OUT)


def _lacking(certificate: Certificate | None, today: date) -> str:
    if certificate is None:
        return "you are not certified yet"
    if certificate.valid_until < today:
        return f"your certificate ended on {certificate.valid_until:%-d %B %Y}"
    return ""
