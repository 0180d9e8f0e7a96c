"""Charts as pure functions: data in, SVG out; the pages and the notebooks call the same ones.

Values are shares 0–1 or points 0–100 as each function says. Words come ready-made: a chart writes what it is given.
``alt`` is the text alternative. Nothing is told by colour alone: every value also stands as a figure, every series has
its own shape, and what is not known is said in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cirkular_krav.reports.svg import Drawing

_GAP = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its name, a share 0–1 (or none with the reason in ``text``), and the value as a reader sees it."""

    label: str
    value: float | None
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Range:
    """One row with an interval, all 0–1; ``bound_low`` and ``bound_high`` are the ends if all unread were no or yes."""

    label: str
    value: float | None
    text: str
    low: float | None = None
    high: float | None = None
    bound_low: float | None = None
    bound_high: float | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """One row of single values 0–1 with their median and quartiles; a median of none says too few to tell."""

    label: str
    values: tuple[float, ...]
    text: str
    median: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One row before and after, as shares 0–1 or none, each with its text."""

    label: str
    before: float | None
    after: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a score: the points it gave and the most it could give, or none when it does not count."""

    label: str
    points: float | None
    most: float
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a heat map: a share 0–1 or none, and what is written in it (at most four characters)."""

    value: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a scatter chart, both 0–1 along their axes."""

    x: float
    y: float


def profile(bars: Sequence[Bar], *, alt: str, ticks: Sequence[tuple[float, str]] = ()) -> str:
    """Draw shares as bars on a full-width track; what has no value gets no track, only its words."""
    drawing = Drawing()
    for bar in bars:
        drawing.label(bar.label, bar.text, muted=bar.note)
        if bar.value is not None:
            drawing.bar(0, 100, kind="track")
            drawing.bar(0, 100 * bar.value)
            drawing.y += 14
        drawing.y += _GAP
    if ticks:
        drawing.axis(ticks)
    return drawing.svg(alt)


def intervals(rows: Sequence[Range], *, alt: str, ticks: Sequence[tuple[float, str]]) -> str:
    """Draw a share as a point, its interval as a thick line and the bounds of the unread as a thin one.

    A row whose share cannot be told has only its words.
    """
    drawing = Drawing()
    for row in rows:
        drawing.label(row.label, row.text)
        middle = drawing.y + 9
        bounds = (row.bound_low, row.bound_high)
        if row.value is not None and bounds[0] is not None and bounds[1] is not None and bounds[0] < bounds[1]:
            drawing.line(100 * bounds[0], middle, 100 * bounds[1], middle, width=2, kind="thin")
        if row.low is not None and row.high is not None:
            drawing.line(100 * row.low, middle, 100 * row.high, middle, width=6, kind="strong")
        if row.value is not None:
            drawing.mark(100 * row.value, middle)
            drawing.y += 18
        drawing.y += _GAP
    drawing.axis(ticks)
    return drawing.svg(alt)


def distribution(rows: Sequence[Spread], *, alt: str, ticks: Sequence[tuple[float, str]]) -> str:
    """Draw each value as a stroke, as high as there are values there; the middle half as a bar, the median as a diamond."""
    drawing = Drawing()
    for row in rows:
        drawing.label(row.label, row.text)
        if row.low is not None and row.high is not None:
            drawing.bar(100 * row.low, 100 * row.high, 26, kind="track")
        many = Counter(round(100 * value) for value in row.values)
        most = max(many.values(), default=1)
        drawing.strokes({place: 0.3 + 0.7 * count / most for place, count in many.items()}, 26)
        drawing.y += 26
        if row.median is not None:
            drawing.mark(100 * row.median, drawing.y + 6, 3, size=5)
        drawing.y += 12 + _GAP
    drawing.axis(ticks)
    return drawing.svg(alt)


def before_after(
    rows: Sequence[Change], *, names: tuple[str, str], alt: str, ticks: Sequence[tuple[float, str]]
) -> str:
    """Draw two values a row, joined: an open square before and a filled circle after; ``names`` names the two."""
    drawing = Drawing()
    drawing.legend([(2, names[0]), (1, names[1])])
    for row in rows:
        drawing.label(row.label, row.text)
        middle = drawing.y + 9
        if row.before is not None and row.after is not None:
            drawing.line(100 * row.before, middle, 100 * row.after, middle, width=3, kind="thin")
        if row.before is not None:
            drawing.mark(100 * row.before, middle, 2, size=6)
        if row.after is not None:
            drawing.mark(100 * row.after, middle, 1, size=5)
        drawing.y += _GAP + (18 if (row.before, row.after) != (None, None) else 0)
    drawing.axis(ticks)
    return drawing.svg(alt)


def paired(
    rows: Sequence[tuple[str, Bar, Bar]], *, names: tuple[str, str], alt: str, ticks: Sequence[tuple[float, str]] = ()
) -> str:
    """Draw two bars a row, whole and striped, such as the sample against the frame; ``names`` names the two."""
    drawing = Drawing()
    drawing.legend([(1, names[0]), (2, names[1])], bars=True)
    for label, first, second in rows:
        drawing.label(label)
        for kind, bar in (("s1", first), ("s2", second)):
            drawing.label(bar.label, bar.text)
            if bar.value is not None:
                drawing.bar(0, 100, 10, kind="track")
                drawing.bar(0, 100 * bar.value, 10, kind=kind)
            drawing.y += 10 + 6
        drawing.y += _GAP
    if ticks:
        drawing.axis(ticks)
    return drawing.svg(alt)


def waterfall(steps: Sequence[Step], total: Bar, *, alt: str, most: float = 100) -> str:
    """Draw how a score came about: each part starts where the last ended, with what it lacked as an empty track."""
    drawing = Drawing()
    start = 0.0
    for step in steps:
        drawing.label(step.label, step.text, muted=step.note)
        if step.points is not None:
            drawing.bar(100 * start / most, 100 * (start + step.most) / most, kind="track")
            drawing.bar(100 * start / most, 100 * (start + step.points) / most)
            start += step.points
            drawing.y += 14
        drawing.y += _GAP
    drawing.line(0, drawing.y, 100, drawing.y, width=1.5, kind="strong")
    drawing.y += 8
    drawing.label(total.label, total.text)
    if total.value is not None:
        drawing.bar(0, 100, 18, kind="track")
        drawing.bar(0, 100 * total.value, 18)
        drawing.y += 22
    return drawing.svg(alt)


def heat_map(rows: Sequence[tuple[str, Sequence[Cell]]], columns: Sequence[str], *, alt: str) -> str:
    """Draw a table of fields from light to dark, each with its figure; columns are numbered and named above."""
    drawing = Drawing()
    width = 100 / max(len(columns), 1)
    for number, name in enumerate(columns, start=1):
        drawing.label(f"{number}  {name}")
    drawing.y += 10
    _column_numbers(drawing, len(columns), width)
    for label, cells in rows:
        drawing.y += 4
        drawing.label(label)
        for number, cell in enumerate(cells):
            step = None if cell.value is None else min(4, int(cell.value * 5))
            drawing.cell(number * width, (number + 1) * width, 26, step)
            kind = "muted" if step is None else "light" if step >= 3 else "dark"
            drawing.text((number + 0.5) * width, drawing.y + 18, cell.text, anchor="middle", kind=kind, size=13)
        drawing.y += 30
    return drawing.svg(alt)


def _column_numbers(drawing: Drawing, count: int, width: float) -> None:
    for number in range(count):
        drawing.text((number + 0.5) * width, drawing.y + 14, str(number + 1), anchor="middle", bold=True, size=13)
    drawing.y += 20


def scatter(
    points: Sequence[Point], *, x_axis: str, y_axis: str, x_ticks: Sequence[tuple[float, str]],
    y_ticks: Sequence[tuple[float, str]], alt: str, height: float = 260,
) -> str:  # fmt: skip
    """Draw points over two axes, such as ambition against number of bids; the axes' names stand above and below."""
    drawing = Drawing()
    drawing.label(y_axis)
    top = drawing.y + 12
    for place, text in y_ticks:
        y = top + height * (1 - place / 100)
        drawing.line(0, y, 100, y)
        drawing.text(0, y - 4, text, kind="muted", size=13)
    for point in points:
        drawing.mark(8 + 90 * point.x, top + height * (1 - point.y), size=5)
    drawing.y = top + height
    drawing.axis([(8 + 0.9 * place, text) for place, text in x_ticks])
    drawing.label(x_axis)
    return drawing.svg(alt)
