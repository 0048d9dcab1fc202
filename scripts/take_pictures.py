# ruff: noqa: INP001 - a script, not a package
"""Take the pictures of README.md from a running demo: `.venv/bin/python scripts/take_pictures.py http://127.0.0.1:8000`.

Debian's Chromium does it (the browser tests use it too). Run it when pages that are shown have changed.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright


IMAGES = Path(__file__).parents[1] / "docs" / "images"
PROGRAMME = "great-lakes-surgical"


@dataclass(frozen=True)
class Picture:
    """A page as one account sees it, so much of it as fits; `press` is a link to follow first."""

    name: str
    account: str
    path: str
    height: int
    width: int = 1280
    press: str = ""


PICTURES = (
    Picture("clinician-home", "northgate/clinician@northgate.example", "", 1120),
    Picture("measure", "northgate/clinician@northgate.example", "measures/ssi/", 1180),
    Picture("over-time", "northgate/clinician@northgate.example", "measures/ssi/?view=time", 900),
    Picture("case-form", "northgate/abstractor@northgate.example", "cases/?tab=problems", 940, 1520, press="tbody a"),
    Picture("gate", "centre/biostatistician@greatlakes.example", "releases/", 1060, press="tbody a:has-text('look')"),
)


def main(base: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for picture in PICTURES:
            context = browser.new_context(
                viewport={"width": picture.width, "height": picture.height}, color_scheme="light"
            )
            _take(context.new_page(), base, picture)
            context.close()
        browser.close()


def _take(page: Page, base: str, picture: Picture) -> None:
    page.goto(f"{base}/demo/")
    page.locator(f'button[value="{PROGRAMME}/{picture.account}"]').click()
    page.wait_for_url(f"**/c/{PROGRAMME}/**")
    page.goto(f"{base}/c/{PROGRAMME}/{picture.path}")
    if picture.press:
        page.locator(picture.press).first.click()
        page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    page.screenshot(path=IMAGES / f"{picture.name}.png")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
