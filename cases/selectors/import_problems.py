"""Imports that wait for somebody to correct or discard them, for the centre's home."""

from django.db.models import Count, Q

from cases.enums import ImportState
from cases.models import CaseImport
from collaboratives.selectors.by_hospital import HERE, PROGRAMME, Ask, Asked, Together, of_programme
from privacy.roles import Permission
from privacy.viewer import Viewer


IMPORTS = "imports"
WITH_PROBLEMS = Q(state=ImportState.REFUSED) | Q(state=ImportState.CHECKED, summary__actions__rejected__gt=0)


def asks(viewer: Viewer) -> tuple[Ask, ...]:
    """Nothing is asked for whoever opens no imports."""
    return (_asked,) if viewer.can(Permission.CASE_IMPORT) else ()


def _asked() -> list[Asked]:
    found = CaseImport.objects.filter(WITH_PROBLEMS, collaborative_id=HERE)
    return [of_programme(IMPORTS, found, count=Count("pk"))]


def told(found: Together) -> int:
    return int(found.get(IMPORTS, {}).get(PROGRAMME, {}).get("count", 0))
