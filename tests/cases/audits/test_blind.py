"""Whoever abstracts a case again sees what the hospital entered by no way: every table, every route, every program.

The hospital's cases hold words that occur nowhere else, so that a leak can be searched for.
"""

from collections.abc import Callable, Iterator

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, models, transaction

from cases.audits.models import Audit, AuditedCase
from cases.log.services.unlocking import ask_unlock
from cases.models import Case, CaseImport, ImportRow
from cases.questions.services.asking import raise_query
from cases.services.locking import lock_cases
from collaboratives.services.people import grant_role
from feedback.models import CaseOutcome, SiteResult
from privacy.fields import FieldClass
from privacy.roles import Role
from tests.tenancy.catalog import HIDDEN_FROM_THE_BLIND
from tests.world import World
from tests.worlds import audits
from tests.worlds.audits import HOSPITAL, drawn, under_abstraction


pytestmark = pytest.mark.worker
SECRET, COMMENT = "Zwickelfrost", "comment"
# Clinical fields that nobody can learn a case's answers from, or that only the abstractor's own work is in.
SEEN_BY_THE_BLIND = {
    "audits_auditedcase": "the number by which the chart is found",
    "audits_original": "the centre cannot read it at all",
    "audits_secondabstraction": "their own",
    "cases_importmapping": "names of columns and codes, of a file and of no case",
    "cases_savedfilter": "a person's own search words",
    "cases_savedrequest": "answers to a hospital's own program, which the centre cannot read at all",
    "reviews_comment": "a hospital's own words, which the centre cannot read at all",
    "reviews_ownbreakdown": "a hospital's own counts, which the centre cannot read at all",
    "training_exercise": "answers to a case that is made up",
}


@pytest.fixture
def audit(world: World) -> Audit:
    """An audit at its second abstraction, of cases with words that occur nowhere else, spoken about in every way."""
    with audits.as_worker():
        for case in Case.objects.filter(participation=world.participation(HOSPITAL), status="complete"):
            case.answers[COMMENT] = SECRET
            case.save(update_fields=["answers"])
    found = under_abstraction(sample_size=3)
    with world.acting_as("dana") as by:
        case = Case.objects.select_related("form_version", "collaborative").get(pk=drawn(found)[0].case_id)
        raise_query(case=case, variable="age", text=f"Is the age right, {SECRET}?", by=by)
    return found


def visible(world: World, name: str, rows: Callable[[], object]) -> object:
    with world.acting_as(name):
        return rows()


def of_hospital(audit: Audit) -> Callable[[], list[int]]:
    return lambda: [
        model.objects.filter(participation_id=audit.participation_id).count()
        for model in (Case, ImportRow, CaseOutcome, SiteResult)
    ]


# The database ---------------------------------------------------------------------------------------------------------


def clinical_tables() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        classes = getattr(model, "field_classes", {})
        if FieldClass.CLINICAL in classes.values() and "participation" in classes:
            yield model


def test_every_table_with_answers_is_hidden_or_says_why_not() -> None:
    """A new table in which a hospital's answers could be read fails here until it is narrowed."""
    tables = {model._meta.db_table for model in clinical_tables()}

    assert tables - set(HIDDEN_FROM_THE_BLIND) == set(SEEN_BY_THE_BLIND)


def test_no_hidden_table_gives_a_row_of_the_hospital(world: World, audit: Audit) -> None:
    """By the ORM and in SQL; and each of them has rows of it, which others at the centre see."""
    left = {}
    for table in HIDDEN_FROM_THE_BLIND:
        query = f"SELECT count(*) FROM {table} WHERE participation_id = {audit.participation_id}"  # noqa: S608
        left[table] = [_count(world, name, query) for name in ("vera", "cora")]

    assert {table for table, (mine, _) in left.items() if mine} == set()
    assert {table for table, (_, theirs) in left.items() if theirs} >= {
        "cases_case",
        "cases_casechange",
        "cases_importrow",
        "feedback_caseoutcome",
        "feedback_sitemonth",
        "feedback_siteresult",
        "questions_question",
    }


def _count(world: World, name: str, query: str) -> int:
    with world.acting_as(name), connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def test_files_of_several_hospitals_are_hidden_too(world: World, audit: Audit) -> None:
    """The centre's own file belongs to no hospital, and holds the rows of all."""
    everybody, blind = (
        (visible(world, name, lambda: CaseImport.objects.filter(participation=None).count()))
        for name in ("cora", "vera")
    )

    assert (everybody, blind) == (1, 0)


def test_other_hospitals_stay_in_sight(world: World, audit: Audit) -> None:
    other = world.participation("dogwood")
    count = lambda: Case.objects.filter(participation=other).count()  # noqa: E731 -- asked twice

    assert visible(world, "vera", count) == visible(world, "cora", count) != 0


def test_blindness_lasts_from_the_draw_to_the_comparison(world: World) -> None:
    audit = audits.announce(HOSPITAL)
    seen = [visible(world, "vera", of_hospital(audit))]
    audits.draw(audit)
    samples = drawn(audit)
    for sample in samples:
        seen.append(visible(world, "vera", of_hospital(audit)))
        audits.abstract(sample)
    seen.append(visible(world, "vera", of_hospital(audit)))  # the worker has not compared yet
    audits.compare(audit)

    full = visible(world, "cora", of_hospital(audit))
    assert seen == [full, *[[0, 0, 0, 0]] * 4]
    assert visible(world, "vera", of_hospital(audit)) == full


def test_a_role_at_the_hospital_opens_nothing(world: World, audit: Audit) -> None:
    """Given after the draw: the hospital's own pages are closed to this person as well."""
    with world.acting_as("dana") as by:
        place = world.participation(HOSPITAL)
        grant_role(user=world.user("vera"), role=Role.ABSTRACTOR, participation=place, by=by)
    with world.acting_as("vera", hospital=HOSPITAL):
        assert Case.objects.count() == 0
    with world.acting_as("cedar.abstractor"):
        assert Case.objects.count() > 0


def test_nothing_can_be_written_to_what_cannot_be_read(world: World, audit: Audit) -> None:
    sample = drawn(audit)[0]
    with world.acting_as("vera"), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        connection.cursor().execute(
            "INSERT INTO questions_message (collaborative_id, participation_id, question_id, step, side, text, written_at, written_by_id)"
            " VALUES (%s, %s, 1, 'reply', 'centre', 'x', now(), %s)",
            [sample.collaborative_id, sample.participation_id, world.user("vera").pk],
        )


def test_the_audit_itself_shows_numbers_of_cases_only(world: World, audit: Audit) -> None:
    with world.acting_as("vera"):
        sample = AuditedCase.objects.filter(audit=audit).values().first()
        assert audit.disagreements.count() == 0
    assert sample is not None
    assert set(sample) == {
        "id",
        "public_id",
        "collaborative_id",
        "participation_id",
        "audit_id",
        "case_id",
        "case_number",
        "form_version_id",
    }


def test_unlocking_asks_nothing_of_the_blind(world: World, audit: Audit) -> None:
    """Requests to unlock hold words about the case; the hospital's are out of sight."""
    with audits.as_worker():
        lock_cases(Case.objects.filter(pk=drawn(audit)[0].case_id))
    with world.acting_as("cedar.abstractor") as by:
        ask_unlock(case=Case.objects.get(pk=drawn(audit)[0].case_id), reason=f"A slip, {SECRET}.", by=by)
    query = f"SELECT count(*) FROM caselog_unlockrequest WHERE participation_id = {audit.participation_id}"  # noqa: S608

    assert [_count(world, name, query) for name in ("vera", "cora")] == [0, 1]
