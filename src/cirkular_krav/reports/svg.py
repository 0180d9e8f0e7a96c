"""The pen that charts are drawn with: SVG whose widths are per cent and whose heights are pixels.

So that text keeps its size from 320 pixels up to a poster, nothing is scaled: bars grow, letters do not. Colours are
attributes, which a page's Content-Security-Policy lets through and its style sheet may override (dark, print); shapes
and stripes tell the series apart without colour.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from markupsafe import escape

# Blue-green, orange and violet are told apart by all kinds of colour vision and reach 4.5:1 on white.
SERIES = ("#0b5563", "#a8480c", "#6b4b8a")
INK, MUTED, TRACK, PAPER = "#1d2522", "#55605b", "#dfe3dd", "#ffffff"
# From little to much; the last two are dark enough to carry white figures.
HEAT = ("#f3f1ea", "#d3e4e2", "#a3cbcb", "#3d7f8a", "#0b5563")
FONT = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
# What fits beside a value on a screen of 320 pixels, also with widened text spacing.
CHARACTERS = 26
LINE = 19
SIZE = 14


class Drawing:
    """Pieces of one chart, drawn from the top down; ``y`` is where the next piece starts, in pixels."""

    def __init__(self) -> None:
        self.y = 0.0
        self._parts: list[str] = []

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        anchor: str = "start",
        bold: bool = False,
        kind: str = "",
        size: int = SIZE,
    ) -> None:
        """Write one line at ``x`` per cent; ``kind`` is ``muted``, ``light`` (on a dark field), ``dark`` or none."""
        colour = {"muted": MUTED, "light": PAPER}.get(kind)
        parts = [
            f'x="{_percent(x)}" y="{y:g}"',
            f'text-anchor="{anchor}"' if anchor != "start" else "",
            f'font-size="{size}"' if size != SIZE else "",
            'font-weight="600"' if bold else "",
            f'class="{kind}"' if kind else "",
            f'fill="{colour}"' if colour else "",
        ]
        self._parts.append(f"<text {' '.join(part for part in parts if part)}>{escape(text)}</text>")

    def label(self, text: str, value: str = "", *, muted: str = "") -> None:
        """Write a row's name on as many lines as it needs, its value at the right end of the first that has room."""
        lines, beside = _beside(text, value)
        for number, line in enumerate(lines):
            self.text(0, self.y + 14, line)
            if value and number == beside:
                self.text(100, self.y + 14, value, anchor="end", bold=True)
            self.y += LINE
        for line in textwrap.wrap(muted, CHARACTERS + 1):
            self.text(0, self.y + 13, line, kind="muted", size=13)
            self.y += LINE - 1
        self.y += 2

    def bar(self, start: float, end: float, height: float = 14, *, kind: str = "s1") -> None:
        """Draw a bar between two percentages at ``y``: ``track``, ``s1`` (whole), ``s2`` (striped) or ``s3`` (dotted)."""
        if kind in ("s2", "s3"):
            self._striped(start, end, height, kind)
            return
        colour = TRACK if kind == "track" else SERIES[0]
        self._parts.append(
            f'<rect x="{_percent(start)}" y="{self.y:g}" width="{_percent(max(end - start, 0))}" height="{height:g}" rx="2" '
            f'class="{kind}" fill="{colour}"/>'
        )

    def _striped(self, start: float, end: float, height: float, kind: str) -> None:
        """Draw a bar of upright stripes: one thick dashed line, which needs no pattern with an id of its own."""
        colour, dashes = (SERIES[1], "5 2") if kind == "s2" else (SERIES[2], "2 3")
        middle = self.y + height / 2
        self._parts.append(
            f'<line x1="{_percent(start)}" x2="{_percent(end)}" y1="{middle:g}" y2="{middle:g}" stroke-width="{height:g}" '
            f'stroke-dasharray="{dashes}" class="l{kind[1]}" stroke="{colour}"/>'
        )

    def cell(self, start: float, end: float, height: float, step: int | None) -> None:
        """Draw one field of a heat map; ``step`` 0–4 from little to much, none for what is not known."""
        colour = PAPER if step is None else HEAT[step]
        name = "empty" if step is None else f"h{step}"
        self._parts.append(
            f'<rect x="{_percent(start)}" y="{self.y:g}" width="{_percent(end - start)}" height="{height:g}" class="cell {name}" '
            f'fill="{colour}" stroke="{PAPER}" stroke-width="2"/>'
        )

    def strokes(self, heights: dict[float, float], height: float, *, width: float = 1.5) -> None:
        """Draw upright strokes from a common ground at ``y``: place in per cent → part 0–1 of the height."""
        ground = self.y + height
        lines = "".join(
            f'<line x1="{_percent(place)}" x2="{_percent(place)}" y1="{ground:g}" y2="{ground - height * part:g}"/>'
            for place, part in sorted(heights.items())
        )
        self._parts.append(f'<g class="strong" stroke="{INK}" stroke-width="{width:g}">{lines}</g>')

    def line(self, x1: float, y1: float, x2: float, y2: float, *, width: float = 1, kind: str = "rule") -> None:
        """Draw a line, x in per cent and y in pixels; ``rule`` is faint, ``strong`` carries meaning."""
        colour = TRACK if kind == "rule" else INK
        self._parts.append(
            f'<line x1="{_percent(x1)}" y1="{y1:g}" x2="{_percent(x2)}" y2="{y2:g}" class="{kind}" stroke="{colour}" '
            f'stroke-width="{width:g}"/>'
        )

    def mark(self, x: float, y: float, series: int = 1, *, size: float = 6) -> None:
        """Draw a point: a filled circle, an open square or a filled diamond for series 1, 2 and 3."""
        colour = SERIES[series - 1]
        shapes = {
            1: f'<circle r="{size:g}" class="s1" fill="{colour}"/>',
            2: f'<rect x="{-size:g}" y="{-size:g}" width="{2 * size:g}" height="{2 * size:g}" class="l2 open" '
            f'fill="{PAPER}" stroke="{colour}" stroke-width="3"/>',
            3: f'<path d="M0 {-size - 1:g} {size + 1:g} 0 0 {size + 1:g} {-size - 1:g} 0z" class="s3" fill="{colour}"/>',
        }
        self._parts.append(f'<svg x="{_percent(x)}" y="{y:g}" overflow="visible">{shapes[series]}</svg>')

    def axis(self, ticks: Sequence[tuple[float, str]]) -> None:
        """Write the scale under the rows; each tick is a percentage of the width and its text."""
        self.line(0, self.y, 100, self.y)
        for place, text in ticks:
            anchor = "start" if place <= 0 else "end" if place >= 100 else "middle"
            self.text(place, self.y + 16, text, anchor=anchor, kind="muted", size=13)
        self.y += 24

    def legend(self, entries: Sequence[tuple[int, str]], *, bars: bool = False) -> None:
        """Name each series on a line of its own, beside its mark or a piece of its bar."""
        for series, text in entries:
            if bars:
                self.y += 3
                self.bar(0, 8, 12, kind=f"s{series}")
                self.y -= 3
            else:
                self.mark(2.5, self.y + 9, series)
            self.text(11 if bars else 7, self.y + 14, text)
            self.y += LINE + 3
        self.y += 8

    def svg(self, alt: str) -> str:
        """Return the chart; ``alt`` is what it shows, in words, for those who do not see it."""
        height = round(self.y + 2)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label="{escape(alt)}" width="100%" '
            f'height="{height}" overflow="visible" font-family="{FONT}" font-size="{SIZE}" fill="{INK}">{"".join(self._parts)}</svg>'
        )


def _percent(value: float) -> str:
    """Write a place as a share of the width, with no more figures than a screen can show."""
    return f"{round(value, 2):g}%" if value else "0"


def _beside(text: str, value: str) -> tuple[list[str], int]:
    """Break a name into lines, never inside a word that fits a line, and say beside which the value stands.

    The value is bold and takes more room; where the first word leaves none, it stands beside the last line or below.
    """
    room = CHARACTERS - (1 + round(1.1 * len(value)) if value else 0)
    first = textwrap.wrap(text, max(room, 1), break_long_words=False)[:1] or [""]
    if len(first[0]) <= room:
        return [*first, *textwrap.wrap(text[len(first[0]) :], CHARACTERS)], 0
    lines = textwrap.wrap(text, CHARACTERS)
    return (lines, len(lines) - 1) if len(lines[-1]) <= room else ([*lines, ""], len(lines))
