"""The page of a measure as a file, typeset when it is asked for: what its reader sees at that moment, and when that was."""

from dataclasses import replace

from django.utils import timezone
from django.utils.text import slugify

from cases.selectors.clock import in_zone
from collaboratives.selectors.places import Place
from feedback.reports.services.files import PDF, File
from feedback.reports.services.page_contents import Printed, page_content
from feedback.reports.services.typesetting import typeset
from feedback.reviews.selectors.own import own_work
from feedback.selectors.measure_page import MeasurePage, Question, measure_page
from privacy.roles import Permission
from privacy.viewer import Viewer, require


MOST_CASES = 1000  # about twenty sheets; what is more is for the screen
TEMPLATE = "page"


def page_file(viewer: Viewer, place: Place, slug: str, asked: Question) -> tuple[File, str]:
    """The file, and what the access log says of it. Whoever may not read cases gets no list of them."""
    if asked.view == "cases":
        require(viewer, Permission.CASE_VIEW)
    own = own_work(viewer, place, slug, asked.release)
    whole = replace(asked, page=1, per_page=MOST_CASES)
    page = measure_page(viewer, place, slug, whole, target=own.target_value if own else None)
    printed = Printed(at=in_zone(timezone.now(), place.collaborative), name=viewer.name)
    content = page_content(page, own, place, printed)
    return File(_name(page, place), typeset(TEMPLATE, content), PDF), _subject(page)


def _name(page: MeasurePage, place: Place) -> str:
    parts = [page.release.name if page.release else "", place.site_name, page.spec.slug]
    view = "" if page.view == "compare" else page.view
    return f"{'-'.join(slugify(part) for part in (*parts, view) if part)}.pdf"


def _subject(page: MeasurePage) -> str:
    what = "list of cases" if page.cases else f"{page.view} page"
    return f"{what} of {page.spec.slug}{f', release {page.release.name}' if page.release else ''}, as PDF"
