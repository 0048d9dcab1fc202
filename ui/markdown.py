"""Markdown that people write, as HTML that is safe on every page: no raw HTML, no pictures, links to the web and mail only."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt


TAGS = {
    *("p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
SCHEMES = {"https", "http", "mailto"}


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def rendered(text: str) -> SafeString:
    """A page has one h1, which is its own: whatever level a text begins with, its headings are h2 and below."""
    tokens = _parser().parse(text)
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    below = {tag: f"h{min(6, place)}" for place, tag in enumerate(sorted({each.tag for each in headings}), start=2)}
    for token in headings:
        token.tag = below[token.tag]
    html = _parser().renderer.render(tokens, _parser().options, {})
    clean = nh3.clean(html, tags=TAGS, attributes={"a": {"href", "title"}}, url_schemes=SCHEMES, link_rel="noopener")
    return SafeString(clean)
