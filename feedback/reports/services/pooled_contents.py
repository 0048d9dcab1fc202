"""Content of the file of all hospitals together, in figures or in plain words."""

from collaboratives.models import Collaborative
from feedback.reports.definition.words import READING_RULES
from feedback.reports.services.blocks import stated
from feedback.reports.services.contents import Content, drawn, pairs
from feedback.selectors.pooled import PooledPage, PooledRow


ABOUT = (
    "{} is a group of hospitals that count the same things in the same way, look at the results together, and learn "
    "from each other. These are the results of all of them together, never of one hospital."
)


def pooled_content(page: PooledPage, collaborative: Collaborative) -> Content:
    release = page.release
    if release is None:
        raise ValueError("a page without release has no file")
    moment = release.released_at or release.created_at
    facts = [
        ("Collaborative", collaborative.name),
        ("Release", f"{release.name}, released {moment:%-d %B %Y}"),
        ("Period", f"cases of {page.period}, data closed {release.created_at:%-d %B %Y}"),
        *([("Our common aim", collaborative.aim)] if collaborative.aim else []),
    ]
    return {
        "title": f"Results of all hospitals: {collaborative.name}",
        "programme": collaborative.name,
        "audience": "members and observers of the collaborative",
        "footer": collaborative.confidentiality_footer or collaborative.name,
        "dated": int(moment.timestamp()),
        "facts": pairs(facts),
        "plain": page.plain,
        "about": ABOUT.format(collaborative.name) if page.plain else "",
        "measures": [_measure(row) for row in page.rows],
        "rules": pairs(READING_RULES),
    }


def _measure(row: PooledRow) -> Content:
    return {
        "slug": row.spec.slug,
        "name": row.spec.name,
        "withheld": row.withheld,
        "sentence": row.sentence,
        "plain": row.plain,
        "better": row.better,
        "hospitals": row.hospitals,
        "rate": row.rate,
        "was": row.was,
        "icons": drawn(row.icons),
        "quarters": [[fact.label, fact.value] for fact in row.quarters],
        "statement": stated(row.statement),
    }
