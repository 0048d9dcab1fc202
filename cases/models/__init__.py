"""What hospitals submit: cases with their history, files of cases, and what entering them costs."""

from cases.models.case import Case, new_public_id
from cases.models.case_count import CaseCount
from cases.models.history import CaseChange, FormBurden, SavedRequest
from cases.models.imports import CaseImport, ImportMapping, ImportRow
from cases.models.question_count import QuestionCount
from cases.models.views import SavedFilter


__all__ = [
    "Case",
    "CaseChange",
    "CaseCount",
    "CaseImport",
    "FormBurden",
    "ImportMapping",
    "ImportRow",
    "QuestionCount",
    "SavedFilter",
    "SavedRequest",
    "new_public_id",
]
