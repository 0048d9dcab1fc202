"""All files of a release in one, sent while it is packed: never more than one of them is in memory."""

import zipfile
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.utils.text import slugify

from collaboratives.selectors.places import acting_for
from feedback.models import Release
from feedback.reports.models import HospitalReport
from feedback.reports.selectors.lists import report_bytes
from feedback.reports.services.files import report_name
from privacy.viewer import Viewer
from tenancy.context import acting


ZIP = "application/zip"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a ZIP can name: the archive says nothing of when it was made


class _Outlet:
    """What a ZIP is written into; what was written is taken out piece by piece."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        piece, self._waiting = b"".join(self._waiting), []
        return piece


def archive_name(release: Release) -> str:
    return f"reports-{slugify(release.name)}.zip"


def archived(viewer: Viewer, reports: Sequence[HospitalReport]) -> Iterator[bytes]:
    """Pieces of a ZIP of files that are compressed already. Each is read as the viewer, when its turn comes.

    The request has ended by then. A file that is gone meanwhile, as after a withdrawal, breaks the archive off.
    """
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as packed:
        for report in reports:
            with acting(acting_for(viewer)), transaction.atomic():
                file = report_bytes(viewer, report)
            packed.writestr(zipfile.ZipInfo(report_name(report), EPOCH), file)
            yield outlet.taken()
    yield outlet.taken()
