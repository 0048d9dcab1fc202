"""The file that the coordinating centre fills in with supplied figures."""

import csv
import io
from datetime import date, timedelta

from cases.selectors.clock import today_of
from collaboratives.enums import Stage
from collaboratives.models import Collaborative, Participation
from feedback.selectors.aggregate import aggregate_version, figures_asked
from feedback.selectors.export import harmless
from privacy.roles import Permission
from privacy.viewer import Viewer, require


HEADING = ("hospital", "hospital_name", "period", "numerator", "denominator")


def figures_template(viewer: Viewer, collaborative: Collaborative, slug: str) -> str:
    """A file to fill in: every member hospital, with the quarter that was over last and the columns that are read."""
    require(viewer, Permission.FIGURES_SUPPLY)
    expected = figures_asked(aggregate_version(viewer, slug).definition).expected
    found = Participation.objects.filter(collaborative=collaborative).exclude(stage=Stage.LEFT)
    hospitals = found.order_by("site__name").values_list("site__identifier", "site__name")
    period = last_quarter(today_of(collaborative))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow((*HEADING, "expected") if expected else HEADING)
    writer.writerows((harmless(code), harmless(name), period, *("",) * (2 + expected)) for code, name in hospitals)
    return f"\ufeff{out.getvalue()}"


def last_quarter(today: date) -> str:
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    last = first - timedelta(days=1)
    return f"{last.year}-Q{(last.month - 1) // 3 + 1}"
