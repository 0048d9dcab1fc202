"""Charts as they stand on paper: dark on white, told apart by shape and dash, never by colour."""

import re

from feedback.charts import Drawing
from measures.definition.canonical import Json


WIDTH, LEFT, RIGHT, BESIDE, EDGE = 620, 46, 24, 112, 4
STYLE = """
text{font-size:12px;fill:#333}line,polyline{fill:none}
.plot,.spark,.icons,.own-mark{overflow:visible}
.grid{stroke:#ddd}.mean{stroke:#333;stroke-width:1.5}.bench{stroke:#000;stroke-width:1.7;stroke-dasharray:5 4}
line.note{stroke:#000;stroke-dasharray:1 3}circle.note{fill:#fff;stroke:#000}line.baseline{stroke:#555;stroke-width:3}
text.mean,text.bench,text.change,text.name,text.beside,text.note,text.baseline{stroke:none;fill:#000}
.peer{fill:#8a8a8a}path.peer{fill:none;stroke:#8a8a8a;stroke-linecap:round}.own-mark path{fill:#000;stroke:#fff;stroke-width:1.5}
.own-name{font-size:13px;font-weight:700;fill:#000;stroke:none}.own-interval{stroke:#000;stroke-width:2.4}
.own-line{stroke:#000;stroke-width:1.8}.own-point{fill:#000}.limit{stroke:#555;stroke-width:1.2;stroke-dasharray:3 3}
.band{fill:#eee}.change{stroke:#555;stroke-dasharray:2 3}
.spark .line{stroke:#000;stroke-width:1.8}.spark circle{fill:#000}
.icons .full{fill:#000}.icons .empty{fill:#fff;stroke:#555;stroke-width:1}
"""


def paper(drawing: Drawing) -> dict[str, Json]:
    """A drawing with its words: the picture, what a screen reader says instead, the line below it.

    A drawing as wide as its place gets the width that its labels were placed for, and room for those beside the plot.
    """
    width, height = _attribute(drawing, "width") or WIDTH, _attribute(drawing, "height") or WIDTH
    right = BESIDE if "beside" in drawing.svg else RIGHT
    whole, tall = LEFT + width + right, height + 2 * EDGE
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{tall}" '
        f'viewBox="{-LEFT} {-EDGE} {whole} {tall}"><style>{STYLE}</style>'
        f'<svg x="0" y="0" width="{width}" height="{height}" overflow="visible">{_apart(_dotted(drawing.svg, width))}</svg></svg>'
    )
    return {"svg": svg, "title": drawing.title, "alt": drawing.description, "caption": drawing.caption}


PEERS = re.compile(r'<g class="peer">((?:<circle cx="[0-9.]+%" cy="[0-9.]+" r="[0-9.]+"/>)+)</g>')
PEER = re.compile(r'cx="([0-9.]+)%" cy="([0-9.]+)" r="([0-9.]+)"')


def _dotted(svg: str, width: int) -> str:
    """Peers as ends of lines without length: a circle is four curves on paper, and a hundred on each of thirty charts were half of a report."""
    return PEERS.sub(lambda peers: _dots(PEER.findall(peers[1]), width), svg)


def _dots(circles: list[tuple[str, str, str]], width: int) -> str:
    places = "".join(f"M{float(x) / 100 * width:.1f} {y}h0" for x, y, _ in circles)
    return f'<path class="peer" stroke-width="{2 * float(circles[0][2]):g}" d="{places}"/>'


def _apart(svg: str) -> str:
    """Names beside the plot keep their distance from its lines, as the style sheet of the pages has it."""
    return svg.replace('class="beside', 'dx="8" class="beside')


def _attribute(drawing: Drawing, name: str) -> int | None:
    """A length of the outermost element in pixels; None where it is a share of its place."""
    value = drawing.svg.partition(f' {name}="')[2].partition('"')[0]
    return None if value.endswith("%") else int(float(value))
