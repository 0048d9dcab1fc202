"""Every pair of colours that meets on a page, measured in both themes as WCAG 2.2 measures it."""

import re
from pathlib import Path

import pytest


STYLESHEET = Path(__file__).parents[2] / "static" / "css" / "colloquy.css"
TOKEN = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")

TEXT, MARK = 4.5, 3.0
GROUNDS = ("paper", "ground")
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-2", "muted", "brand", "own", "bad", "warn") for ground in GROUNDS),
    ("on-fill", "fill", TEXT),
    ("brand-ink", "brand-soft", TEXT),
    ("ink", "brand-soft", TEXT),
    ("own", "own-soft", TEXT),
    ("good", "good-soft", TEXT),
    ("warn", "warn-soft", TEXT),
    ("bad", "bad-soft", TEXT),
    *(("ink", soft, TEXT) for soft in ("good-soft", "warn-soft", "bad-soft")),
    *(("muted", soft, TEXT) for soft in ("warn-soft", "bad-soft")),
    *(("brand", soft, TEXT) for soft in ("warn-soft", "bad-soft", "brand-soft")),
    *((text, "paper", TEXT) for text in ("mean", "bench")),
    *((mark, ground, MARK) for mark in ("edge", "focus", "fill", "brand") for ground in GROUNDS),
    *((mark, "paper", MARK) for mark in ("peer", "own", "mean", "bench")),
    *((mark, "band", MARK) for mark in ("own", "mean", "bench")),
    *((dot, ground, MARK) for dot in ("dot-good", "dot-warn", "dot-bad") for ground in GROUNDS),
    *((edge, "paper", MARK) for edge in ("warn-edge", "bad")),
    ("edge", "warn-soft", MARK),
    ("brand", "line", MARK),
]


def tokens() -> dict[str, tuple[str, str]]:
    return {name: (light, dark) for name, light, dark in TOKEN.findall(STYLESHEET.read_text())}


def luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_and_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)


def test_contrast_of_known_pair_agrees_with_the_w3c_example():
    # WCAG 2.2, technique G18: #767676 on white is 4.54:1.
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS, ids=str)
def test_pair_of_colours_can_be_told_apart(front, back, least, theme):
    found = tokens()
    ratio = contrast(found[front][theme], found[back][theme])

    assert ratio >= least, f"{front} on {back} is {ratio:.2f}:1, but needs {least}:1"
