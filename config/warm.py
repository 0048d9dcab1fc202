"""What a web process does before its first request, so that nobody waits for it in one."""

import gc
from pathlib import Path
from typing import cast

from django.conf import settings
from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines
from django.template.utils import get_app_template_dirs
from django.urls import get_resolver


# Objects that live a request long are many; a collection every 700 of them would be most of what it finds.
YOUNG, MIDDLE, OLD = 20_000, 20, 50


def warm_up() -> None:
    """Import every view, compile every template, and spare the collector what never goes away."""
    _ = get_resolver().url_patterns
    _compile_templates()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)


def _compile_templates() -> None:
    engine = engines["django"]
    ours = cast("list[Path]", settings.TEMPLATES[0]["DIRS"])
    folders = [Path(each) for each in (*ours, *get_app_template_dirs("templates"))]
    for folder in (each for each in folders if "site-packages" not in each.parts):
        for path in sorted(folder.rglob("*.html")):
            try:
                engine.get_template(str(path.relative_to(folder)))
            except (TemplateDoesNotExist, TemplateSyntaxError):
                continue  # the page that includes it says so
