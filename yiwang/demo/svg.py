"""A sheet to draw on: SVG elements with their Chinese texts, escaped and sized."""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from yiwang.demo.tables import width

FONT = "'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', 'WenQuanYi Micro Hei', sans-serif"
INK, FAINT, PAPER, RULE = "#1f2933", "#64707d", "#ffffff", "#d5dbe1"
GREEN, AMBER, RED, BLUE, VIOLET = "#2e9e5b", "#e6a117", "#d43d3d", "#2f74c0", "#8a4fbf"

PIECES = re.compile(r"[（【《]?(?:[A-Za-z0-9:.%-]{1,32}|.)")
HANGING = frozenset("，。；：、）！？…")

Point = tuple[float, float]


class Sheet:
    """A picture of a size in pixels, on white."""

    def __init__(self, width: float, height: float, title: str) -> None:
        """Begin with a title, which is drawn and is what a reader for the blind says."""
        size = {"width": f"{width:g}", "height": f"{height:g}", "viewBox": f"0 0 {width:g} {height:g}"}
        self._root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "font-family": FONT, **size})
        SubElement(self._root, "title").text = title
        self.rect((0, 0), (width, height), fill=PAPER)
        self.text((24, 38), title, size=22, weight="bold")

    def rect(self, at: Point, size: Point, *, fill: str, stroke: str = "none", round_: float = 0) -> None:
        """A rectangle from its upper left corner."""
        self._add("rect", x=at[0], y=at[1], width=size[0], height=size[1], rx=round_, fill=fill, stroke=stroke)

    def circle(self, at: Point, radius: float, *, fill: str, stroke: str = "none", thick: float = 1) -> None:
        """A disc or, without a fill, a ring."""
        self._add("circle", cx=at[0], cy=at[1], r=radius, fill=fill, stroke=stroke, **{"stroke-width": thick})

    def line(self, start: Point, end: Point, *, stroke: str = RULE, thick: float = 1, dashes: str = "none") -> None:
        """A straight line."""
        style = {"stroke": stroke, "stroke-width": thick, "stroke-dasharray": dashes}
        self._add("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], **style)

    def area(self, rings: Sequence[Sequence[Point]], *, fill: str, stroke: str, thick: float = 1) -> None:
        """A polygon with its holes."""
        drawn = " ".join(f"M{' '.join(f'{x:.1f},{y:.1f}' for x, y in ring)}Z" for ring in rings)
        self._add("path", d=drawn, fill=fill, stroke=stroke, **{"stroke-width": thick, "fill-rule": "evenodd"})

    def text(
        self, at: Point, words: str, *, size: float = 14, fill: str = INK, weight: str = "normal", anchor: str = "start"
    ) -> None:
        """One line of text; ``at`` is on its base line, at its start, middle or end."""
        style = {"font-size": size, "font-weight": weight, "text-anchor": anchor}
        self._add("text", x=at[0], y=at[1], fill=fill, **style).text = words

    def string(self) -> str:
        """The picture as XML."""
        indent(self._root)
        return tostring(self._root, encoding="unicode") + "\n"

    def _add(self, name: str, **given: object) -> Element:
        known = {
            key.rstrip("_"): f"{value:.6g}" if isinstance(value, float) else str(value) for key, value in given.items()
        }
        return SubElement(self._root, name, known)


def extent(words: str, size: float) -> float:
    """Pixels that a line of text takes: a Chinese character its size, any other about 0.55 of it."""
    wide = width(words) - len(words)
    return size * (wide + 0.55 * (len(words) - wide))


def wrapped(words: str, room: float, size: float) -> list[str]:
    """The text in lines of at most ``room`` pixels; line breaks in it are kept.

    Chinese breaks anywhere but behind an opening and before a closing sign, which hangs over; numbers and Latin words
    do not break.
    """
    lines = []
    for part in words.splitlines() or [""]:
        line = ""
        for piece in PIECES.findall(part):
            if line and piece not in HANGING and extent(line + piece, size) > room:
                lines.append(line)
                line = ""
            line += piece
        lines.append(line)
    return lines
