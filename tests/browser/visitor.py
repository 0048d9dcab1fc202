"""A person at a browser, and what the browser complains about meanwhile."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Request
from playwright.sync_api import Page as Tab

from tests.browser.cast import PROGRAMME, Page


AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()
NOTE_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
    window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
RUN_AXE = """(rules) => axe.run(document, {resultTypes: ["violations"], ...rules}).then(({violations}) =>
    violations.flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`)))"""


@dataclass
class Visitor:
    context: BrowserContext
    tab: Tab
    address: str
    outside: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    found: dict[Page, str] = field(default_factory=dict)

    @classmethod
    def open(cls, browser: Browser, address: str, *, width: int = 1280, height: int = 900, **options) -> Self:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(15_000)
        context.add_init_script(NOTE_VIOLATIONS)
        visitor = cls(context, context.new_page(), address)
        context.on("request", visitor._note_request)
        context.on("console", visitor._note_console)
        context.on("weberror", lambda error: visitor.console.append(str(error.error)))
        return visitor

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "blob:")):
            self.outside.append(request.url)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.console.append(message.text)

    def sign_in(self, account: str) -> None:
        self.tab.goto(f"{self.address}/demo/")
        self.tab.locator(f'button[value="{account}"]').click()
        self.tab.wait_for_url(f"**/c/{PROGRAMME}/")

    def url(self, path: str) -> str:
        return f"{self.address}/c/{PROGRAMME}/{path}"

    def go(self, path: str) -> int:
        """Open a path of the programme and return the status."""
        response = self.tab.goto(self.url(path))
        assert response
        return response.status

    def go_back(self) -> None:
        """Go back once the page is at rest: Playwright takes what htmx writes into the history for the way back."""
        self.tab.wait_for_load_state("networkidle")
        self.tab.go_back()

    def open_page(self, page: Page) -> int:
        """Open a page, following links the first time."""
        if page not in self.found:
            self.go(page.path)
            for link in page.follow:
                href = self.tab.locator(f"main {link}").first.get_attribute("href")
                self.tab.goto(self.tab.evaluate("(href) => new URL(href, document.baseURI).href", href))
            self.found[page] = self.tab.url
        self.outside.clear()
        self.console.clear()
        response = self.tab.goto(self.found[page])
        assert response
        return response.status

    def violations(self) -> list[str]:
        """Return what the Content-Security-Policy refused on this page."""
        return self.tab.evaluate("window.violations")

    def axe(self, *only: str) -> list[str]:
        """Return what axe-core finds on this page: all its rules, or those named."""
        self.tab.wait_for_load_state()  # a click may just have left the page before
        self.tab.evaluate("document.getAnimations().forEach((animation) => animation.finish())")
        try:
            self.tab.evaluate("axe.version")
        except Error:
            self.tab.evaluate(AXE)
        rules = {"runOnly": {"type": "rule", "values": list(only)}} if only else {}
        return self.tab.evaluate(RUN_AXE, rules)

    def overflow(self) -> int:
        """Return how many pixels the page is wider than the window."""
        return self.tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
