"""Modules as members read them: the latest version of each that is in use."""

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from cases.training.models import Module, ModuleReading, ModuleVersion
from privacy.viewer import Viewer


def current_versions(viewer: Viewer, form_id: int | None = None) -> QuerySet[ModuleVersion]:
    """In the order in which they are read, each with whether this person has (`is_read`)."""
    latest = ModuleVersion.objects.filter(module=OuterRef("pk")).order_by("-number").values("pk")[:1]
    modules = Module.objects.filter(collaborative_id=viewer.collaborative_id, retired_at=None)
    modules = modules.filter(form_id=form_id) if form_id else modules
    keys = modules.annotate(latest=Subquery(latest)).values("latest")
    mine = ModuleReading.objects.filter(
        module_version=OuterRef("pk"), participation_id=viewer.participation_id or 0, reader_id=viewer.user_id
    )
    found = ModuleVersion.objects.filter(pk__in=keys).annotate(is_read=Exists(mine))
    return found.select_related("module").order_by("module__position", "module_id")


def unread_modules(viewer: Viewer, form_id: int) -> list[ModuleVersion]:
    versions = current_versions(viewer, form_id)
    return [each for each in versions if not each.is_read]  # type: ignore[attr-defined]  # annotated
