"""Modules: the centre writes and publishes them, people say that they have read them."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cases.training.errors import NotOpenError
from cases.training.models import Module, ModuleReading, ModuleVersion
from cases.training.services.asking import require_centre, require_taker
from cases.training.validators import LONGEST_TEXT, LONGEST_TITLE, clean_words
from events.enums import EventKind
from events.services import record_event
from measures.models import Form
from privacy.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class ModuleText:
    title: str
    text: str
    position: int

    def put_into(self, module: Module) -> None:
        module.title = clean_words(self.title, "The title", LONGEST_TITLE)
        module.text = clean_words(self.text, "The text", LONGEST_TEXT)
        module.position = self.position


@transaction.atomic
def write_module(*, form: Form, module: Module | None, words: ModuleText, by: Viewer) -> Module:
    """Begin a module or change its text; members go on reading the version published last."""
    require_centre(by, form.collaborative_id)
    if module:
        module = Module.objects.select_for_update().get(pk=module.pk, collaborative_id=by.collaborative_id)
    else:
        module = Module(collaborative_id=by.collaborative_id, form=form)
    words.put_into(module)
    module.written_at, module.written_by_id = timezone.now(), by.user_id
    module.save()
    record_event(EventKind.TRAINING_WRITTEN, by=by, subject=module)
    return module


@transaction.atomic
def publish_module(*, module: Module, by: Viewer) -> ModuleVersion:
    """A new version for members to read; whoever had read the one before reads again."""
    require_centre(by, module.collaborative_id)
    module = Module.objects.select_for_update().get(pk=module.pk)
    last = module.versions.aggregate(last=Max("number"))["last"] or 0
    version = ModuleVersion.objects.create(
        collaborative_id=module.collaborative_id,
        module=module,
        number=last + 1,
        title=module.title,
        text=module.text,
        published_by_id=by.user_id,
    )
    if module.retired_at:
        module.retired_at = None
        module.save(update_fields=["retired_at"])
    record_event(EventKind.TRAINING_PUBLISHED, by=by, subject=version)
    return version


@transaction.atomic
def retire_module(*, module: Module, by: Viewer) -> Module:
    """Nobody has to read it from now on. Publishing it again brings it back."""
    require_centre(by, module.collaborative_id)
    module = Module.objects.select_for_update().get(pk=module.pk)
    if module.retired_at is None:
        module.retired_at = timezone.now()
        module.save(update_fields=["retired_at"])
        record_event(EventKind.TRAINING_RETIRED, by=by, subject=module)
    return module


@transaction.atomic
def read_module(*, module: Module, by: Viewer) -> ModuleReading:
    """Somebody has read the latest version; saying so twice changes nothing."""
    hospital = require_taker(by, module.collaborative_id)
    version = module.versions.order_by("-number").first()
    if version is None or module.retired_at:
        raise NotOpenError("This module")
    reading, created = ModuleReading.objects.get_or_create(
        participation_id=hospital,
        module_version=version,
        reader_id=by.user_id,
        defaults={"collaborative_id": by.collaborative_id},
    )
    if created:
        record_event(EventKind.TRAINING_MODULE_READ, by=by, subject=reading, participation_id=hospital)
    return reading
