"""Running headers and footers: what stands at the same height, top or bottom, on neighbouring pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cirkular_krav.readers.pdf_page import Line
from cirkular_krav.readers.pdf_tables import Table

_ZONE = 0.14
_TABLE_ZONE = 0.22
_SAME_HEIGHT = 6.0
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?:(?:sida|sid|page|s)\.?:?\s*)?[-–]?\s*\d{1,4}\s*(?:(?:\(|/|av|of|:)\s*\d{1,4}\s*\)?)?\s*[-–]?$", re.IGNORECASE
)
_SAYS_PAGE = re.compile(
    r"\b(?:sida|sid|page)\b\.?:?\s*\d|\d\s*\(\s*\d{1,4}\s*\)|\d{1,4}\s*/\s*\d{1,4}|\d\s+(?:av|of)\s+\d", re.IGNORECASE
)


_SAYS_THIS_PAGE = re.compile(r"\b(?:sida|sid|page)\.?:? ?(\d{1,4}) ?(?:av|of|/|\() ?\d{1,4}\b", re.IGNORECASE)


@dataclass(slots=True)
class Edge:
    """One line or table in the top or bottom zone of a page."""

    zone: str
    key: str
    text: str
    height: float
    plain: bool


@dataclass(slots=True)
class PageEdges:
    """The candidates of one page, by their digit-free key."""

    number: int
    lines: dict[int, Edge] = field(default_factory=dict)
    tables: dict[int, Edge] = field(default_factory=dict)
    by_key: dict[tuple[str, str], list[Edge]] = field(default_factory=dict)


def page_edges(number: int, height: float, lines: list[Line], tables: list[Table], body_size: float) -> PageEdges:
    """Return what stands in the page's top and bottom zones; ``number`` counts pages from 1."""
    out = PageEdges(number)
    low, high = _ZONE * height, (1 - _ZONE) * height
    for place, line in enumerate(lines):
        if line.table or low < line.y0 < high:
            continue
        zone = "footer" if line.y0 <= low else "header"
        plain = not line.bold_start and line.size <= 1.08 * body_size
        out.lines[place] = _add(out, Edge(zone, _DIGITS.sub("#", line.text), line.text, line.y0, plain))
    for place, table in enumerate(tables):
        zone = "header" if table.box[1] > (1 - _TABLE_ZONE) * height else "footer"
        if zone == "header" or table.box[3] < _TABLE_ZONE * height:
            text = " ".join(cell for row in table.rows for cell in row if cell)
            out.tables[place] = _add(out, Edge(zone, _DIGITS.sub("#", text), text, table.box[1], True))
    return out


def _add(out: PageEdges, edge: Edge) -> Edge:
    out.by_key.setdefault((edge.zone, edge.key), []).append(edge)
    return edge


def running_edges(page: PageEdges, neighbours: list[PageEdges]) -> tuple[dict[int, str], dict[int, str]]:
    """Return which lines and which tables (by index) of a page are a running header or footer."""
    needed = 2 if len(neighbours) >= 3 else 1
    lines = {
        place: edge.zone for place, edge in page.lines.items()
        if _is_page_number(edge, page.number) or _repeats(edge, page, neighbours) >= needed
    }  # fmt: skip
    tables = {
        place: edge.zone for place, edge in page.tables.items() if _repeats(edge, page, neighbours) >= needed
    }  # fmt: skip
    return lines, tables


def _is_page_number(edge: Edge, number: int) -> bool:
    told = _SAYS_THIS_PAGE.search(edge.text)
    if told and int(told[1]) == number:
        return True
    if not _PAGE_NUMBER.match(edge.text):
        return False
    return bool(_SAYS_PAGE.search(edge.text)) or _DIGITS.findall(edge.text) == [str(number)]


def _repeats(edge: Edge, page: PageEdges, neighbours: list[PageEdges]) -> int:
    return sum(
        any(
            abs(other.height - edge.height) <= _SAME_HEIGHT and _same(edge, other, page.number - neighbour.number)
            for other in neighbour.by_key.get((edge.zone, edge.key), ())
        )
        for neighbour in neighbours
    )


def _same(edge: Edge, other: Edge, apart: int) -> bool:
    """Equal texts are the same; texts with other digits only where the digits count the pages."""
    if edge.text == other.text:
        return True
    mine, theirs = _DIGITS.findall(edge.text), _DIGITS.findall(other.text)
    counted = all(int(a[:9]) - int(b[:9]) == apart for a, b in zip(mine, theirs, strict=True) if a != b)
    if not counted:
        return False
    if _SAYS_PAGE.search(edge.text) or _PAGE_NUMBER.match(edge.text):
        return True
    at_the_side = edge.text[-1].isdigit() or edge.text[0].isdigit()
    return edge.plain and at_the_side and len(edge.key) >= 12
