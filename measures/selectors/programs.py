"""The form version that the browser runs, found by its digest."""

import json
from functools import lru_cache
from graphlib import CycleError

from measures.definition.expression.errors import ExpressionError
from measures.definition.program import program_of
from measures.definition.spec import FormSpec
from measures.enums import UNPUBLISHED
from measures.models import FormVersion
from privacy.roles import Permission
from privacy.viewer import Viewer


def form_program(viewer: Viewer, digest: str) -> str | None:
    """The program as JSON text; None where the viewer's collaborative has no such form version.

    Drafts are for those who may edit them, and none while its expressions have errors.
    """
    versions = FormVersion.objects.filter(collaborative_id=viewer.collaborative_id, digest=digest)
    if not viewer.can(Permission.DEFINITION_EDIT):
        versions = versions.exclude(status__in=UNPUBLISHED)
    version = versions.first()
    try:
        return None if version is None else _program_text(version.definition)
    except (ExpressionError, CycleError):
        return None


@lru_cache(maxsize=64)
def _program_text(form: FormSpec) -> str:
    return json.dumps(program_of(form), ensure_ascii=False, separators=(",", ":"))
