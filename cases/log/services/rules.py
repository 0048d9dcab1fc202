"""The centre says how a form is sampled: always as a new version, since what was drawn by the last one stays drawn."""

from django.db import transaction
from django.db.models import Max

from cases.log.definition.rule import PROCEDURE
from cases.log.definition.sampling import Scheme
from cases.log.definition.words import RuleWords
from cases.log.errors import SchemeError
from cases.log.models import SamplingRule
from events.enums import EventKind
from events.services import record_event
from measures.models import Form
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


@transaction.atomic
def set_sampling(*, form: Form, words: RuleWords, by: Viewer) -> SamplingRule:
    """The next version of a form's rule, for cycles that begin on its day or later and are not drawn yet."""
    require(by, Permission.SAMPLING_MANAGE)
    if by.capacity is not Capacity.CENTRE or form.collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.SAMPLING_MANAGE)
    _refuse_numbers(words)
    Form.objects.select_for_update().get(pk=form.pk)  # two versions written at once get two numbers
    latest = SamplingRule.objects.filter(form=form).aggregate(latest=Max("number"))["latest"] or 0
    made = SamplingRule.objects.create(
        collaborative_id=by.collaborative_id,
        form=form,
        number=latest + 1,
        effective_from=words.effective_from,
        scheme=words.scheme.value,
        fraction=words.fraction,
        quota=words.quota,
        caps=dict(words.caps),
        stratum=words.stratum,
        columns=[[each.name, each.type.value, each.label] for each in words.eligibility.columns],
        exclusions=[[each.code, each.label, each.when] for each in words.eligibility.exclusions],
        follow_up_days=words.follow_up_days,
        follow_up_attempts=words.follow_up_attempts,
        note=words.note.strip(),
        created_by_id=by.user_id,
    )
    record_event(EventKind.SAMPLING_SET, by=by, subject=made, details={"number": made.number, "scheme": made.scheme})
    return made


def _refuse_numbers(words: RuleWords) -> None:
    if (words.fraction is not None) != (words.scheme is Scheme.FRACTION):
        raise SchemeError("A fixed fraction needs its percent, and no other scheme has one.")
    if (words.quota is not None) != (words.scheme in (Scheme.EIGHT_DAY, Scheme.SYSTEMATIC)):
        raise SchemeError(
            "Eight-day cycles and systematic draws need the most cases of a cycle; no other scheme has it."
        )
    if words.caps and words.quota is None:
        raise SchemeError("Caps belong to eight-day cycles and to systematic draws.")
    known = {PROCEDURE, *(each.name for each in words.eligibility.columns)}
    if words.stratum and (words.stratum not in known or words.scheme is not Scheme.FRACTION):
        raise SchemeError(
            "Strata belong to a fixed fraction, and are named by procedure or by a column of the log that you list above."
        )
