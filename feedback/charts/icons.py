"""A hundred marks, so many of them filled: a share for readers who would rather count than calculate."""

from dataclasses import dataclass

from feedback.charts.drawing import Drawing, Frame, Table, Words, draw
from feedback.charts.svg import Svg, element, number


HUNDRED, ACROSS, STEP, RADIUS = 100, 20, 16.0, 6.0


@dataclass(frozen=True, kw_only=True)
class Icons:
    """`full` of a hundred; `counted` says what they are."""

    key: str
    title: str
    full: int
    counted: str
    rest: str


def draw_icons(icons: Icons) -> Drawing:
    if not 0 <= icons.full <= HUNDRED:
        raise ValueError(f"full must be from 0 to 100, but got {icons.full!r}")
    empty = HUNDRED - icons.full
    words = Words(
        key=icons.key,
        title=icons.title,
        description=f"A hundred marks: {icons.full} filled ({icons.counted}), {empty} empty ({icons.rest}).",
        caption=f"Filled: {icons.counted}. Empty: {icons.rest}.",
    )
    frame = Frame(class_="icons", height=STEP * HUNDRED / ACROSS, width=f"{STEP * ACROSS:.0f}")
    rows = ((icons.counted, str(icons.full)), (icons.rest, str(empty)))
    marks = [_mark(index) for index in range(HUNDRED)]
    body = (_group("full", marks[: icons.full]), _group("empty", marks[icons.full :]))
    return draw(words, frame, body, Table(("Of 100", ""), rows))


def _group(class_: str, marks: list[Svg]) -> Svg:
    """Filled first, and told apart by more than their colour."""
    return element("g", *marks, class_=class_) if marks else Svg()


def _mark(index: int) -> Svg:
    """Row by row from the top left. A page has thousands: they are written as text."""
    x, y = STEP * (index % ACROSS + 0.5), STEP * (index // ACROSS + 0.5)
    return Svg(f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(RADIUS)}"/>')
