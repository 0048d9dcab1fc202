"""Certificates, and the rule that only their holders enter real cases of a form."""

from django.db import transaction

from cases.selectors.clock import today_of
from cases.training.definition.scoring import months_later
from cases.training.enums import MaterialState
from cases.training.errors import NobodyCertifiedError
from cases.training.models import Attempt, Certificate, CertificationRule, Exam
from cases.training.services.asking import require_centre
from collaboratives.models import Collaborative
from events.enums import EventKind
from events.services import record_event
from measures.models import Form
from privacy.viewer import Viewer


def issue_certificate(*, attempt: Attempt, by: Viewer) -> Certificate:
    """For the person and hospital of a passed attempt, in its transaction; it renews the one before."""
    today = today_of(Collaborative.objects.get(pk=attempt.collaborative_id))
    mine = Certificate.objects.filter(
        participation_id=attempt.participation_id, holder_id=attempt.taker_id, form_id=attempt.exam.form_id
    )
    certificate = Certificate.objects.create(
        collaborative_id=attempt.collaborative_id,
        participation_id=attempt.participation_id,
        form_id=attempt.exam.form_id,
        attempt=attempt,
        holder_id=attempt.taker_id,
        renews=mine.first(),
        issued_on=today,
        valid_until=months_later(today, attempt.exam.valid_months),
    )
    hospital = attempt.participation_id
    record_event(EventKind.CERTIFICATE_ISSUED, by=by, subject=certificate, participation_id=hospital)
    return certificate


@transaction.atomic
def decide_rule(*, form: Form, required: bool, by: Viewer) -> CertificationRule:
    """Ask for certificates where real cases of the form are entered, or stop asking.

    Raises
    ------
    NobodyCertifiedError
        There is no exam by which anybody could be certified.
    """
    require_centre(by, form.collaborative_id)
    Form.objects.select_for_update().get(pk=form.pk)
    open_exams = Exam.objects.filter(form=form, state=MaterialState.PUBLISHED)
    if required and not open_exams.exists():
        raise NobodyCertifiedError(form.name)
    rule = CertificationRule.objects.create(
        collaborative_id=form.collaborative_id, form=form, required=required, decided_by_id=by.user_id
    )
    record_event(EventKind.CERTIFICATION_RULE_SET, by=by, subject=rule, details={"required": required})
    return rule
