"""Third-party front-end files straight from npm's folder, under `vendor/<package>/`. None is committed."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.files.storage import FileSystemStorage


# Folder of node_modules; `.colloquy` holds what set-up derives from a package: scripts/write-plotly-css.cjs.
PACKAGES = ("htmx.org/dist", "plotly.js-cartesian-dist-min", ".colloquy")


class NodeModulesFinder(FileSystemFinder):
    def __init__(self, app_names: Sequence[str] | None = None, *args: object, **kwargs: object) -> None:
        super().__init__(app_names, *args, **kwargs)
        self.locations = []
        self.storages = {}
        for package in PACKAGES:
            root = str(settings.BASE_DIR / "node_modules" / package)
            prefix = f"vendor/{package.lstrip('.')}"
            storage = FileSystemStorage(location=root)
            storage.prefix = prefix  # type: ignore[attr-defined]  # as Django's own finder does
            self.locations.append((prefix, root))
            self.storages[root] = storage
