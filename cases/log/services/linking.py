"""Which case an operation of the log became: the one with its number, however it was entered."""

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from cases.log.models import CaseLogEntry
from cases.models import Case


def link_hospital(participation_id: int) -> int:
    """Entries of a hospital without a case to the cases that have their number."""
    return _link(
        CaseLogEntry.objects.filter(participation_id=participation_id),
        Case.objects.filter(participation_id=OuterRef("participation_id"), case_number=OuterRef("log_number")),
    )


def link_import(import_id: int) -> int:
    """Entries to the cases that an import brought."""
    brought = Case.objects.filter(case_import_id=import_id)
    listed = CaseLogEntry.objects.filter(
        participation_id__in=brought.values("participation_id"), log_number__in=brought.values("case_number")
    )
    mine = Case.objects.filter(participation_id=OuterRef("participation_id"), case_number=OuterRef("log_number"))
    return _link(listed, mine)


def link_case(case_id: int) -> int:
    """The entry of a case that was begun, or renumbered, without the log."""
    case = Case.objects.filter(pk=case_id).values("participation_id", "case_number").first()
    if case is None:  # an undone import took it away
        return 0
    listed = CaseLogEntry.objects.filter(participation_id=case["participation_id"], log_number=case["case_number"])
    return listed.filter(case=None).update(case_id=case_id)


def _link(entries: QuerySet[CaseLogEntry], cases: QuerySet[Case]) -> int:
    found = entries.filter(Exists(cases), case=None)
    return found.update(case_id=Subquery(cases.values("pk")[:1]))
