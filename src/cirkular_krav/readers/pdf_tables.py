"""Tables of a PDF page: a grid of its ruling lines, and pdfplumber for the pages that the grid cannot settle.

The grid follows pdfplumber's idea (cells are the smallest areas closed by rulings) and gives its rows, but reads the
rulings and the text from pdfium. Everything that concerns pdfplumber stays in this module.
"""

from __future__ import annotations

import io
import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cirkular_krav.readers.pdf_page import MAX_PATHS, Box, Drawn, Line, PageView
from cirkular_krav.text import join_lines

_SNAP = 3.0
_SHRINK = 1.2  # pdfium returns every character that touches a box; this keeps the neighbour cell's out
_MAX_PAIRS = 400_000
_MAX_CELLS = 20_000
_LAYOUT_HEIGHT = 0.40  # a cell this tall and this large holds the page's running text, not a table's
_LAYOUT_AREA = 0.25
_MAX_PLUMBER_PAGES = 40  # a work limit: each costs as much as fifty pages read by the grid
_MAX_PLUMBER_CHARACTERS = 15_000

Segment = tuple[float, float, float]
_SYMBOL_BULLETS = {0xF0B7: "•", 0xF0A7: "•", 0xF0D8: "•", 0xF06F: "•"}
_LIST_START = re.compile(r"(?:[•●○◦▪■□‣⁃·►➢✓]|[-–]\s|\d{1,2}[.)]\s|[a-zåäö]\)\s)")


@dataclass(slots=True)
class Table:
    """A table on one page: rows from the top, all with as many cells as there are columns; ``xs`` its column edges."""

    box: Box
    rows: list[tuple[str, ...]]
    xs: tuple[float, ...] = ()
    bold_rows: frozenset[int] = frozenset()


@dataclass(slots=True)
class Grid:
    """What the rulings of a page say: its tables, boxes that hold running text, and whether it could be settled."""

    tables: list[Table] = field(default_factory=list)
    regions: list[Box] = field(default_factory=list)
    settled: bool = True


@dataclass(slots=True)
class _Cell:
    column: int
    row: int
    box: Box


@dataclass(slots=True)
class _Frame:
    """One connected net of rulings, as a matrix of elementary cells; row 0 is the top one."""

    xs: list[float]
    ys: list[float]
    across: list[list[bool]]
    down: list[list[bool]]


def find_grid(view: PageView, drawn: Drawn, lines: list[Line]) -> Grid:
    """Return the tables that the page's rulings draw; marks ``line.table`` and ``line.region`` of the lines in them."""
    grid = Grid()
    if drawn.paths > MAX_PATHS or not lines:
        return grid
    across, down = _snapped(drawn.horizontal), _snapped(drawn.vertical)
    if not (len(across) > 1 and down) and len(drawn.fills) > 3:
        across, down = _from_fills(drawn.fills)
    for frame in _frames(across, down):
        _read_frame(frame, view, lines, grid)
    return grid


# --- rulings to nets ---


def _snapped(segments: list[Segment]) -> list[Segment]:
    """Move segments that nearly share a line onto it, and join those that touch or overlap along it."""
    out: list[Segment] = []
    cluster: list[Segment] = []
    for segment in sorted(segments):
        if cluster and segment[0] - cluster[-1][0] > _SNAP:
            out.extend(_joined(cluster))
            cluster = []
        cluster.append(segment)
    if cluster:
        out.extend(_joined(cluster))
    return out


def _joined(cluster: list[Segment]) -> list[Segment]:
    where = sum(segment[0] for segment in cluster) / len(cluster)
    spans = sorted((start, end) for _, start, end in cluster)
    out: list[Segment] = []
    start, end = spans[0]
    for next_start, next_end in spans[1:]:
        if next_start <= end + _SNAP:
            end = max(end, next_end)
        else:
            out.append((where, start, end))
            start, end = next_start, next_end
    out.append((where, start, end))
    return out


def _from_fills(fills: list[Box]) -> tuple[list[Segment], list[Segment]]:
    """Use the edges of coloured areas where a page has no rulings; only if they stand side by side in columns."""
    # Marked words are filled areas too; only columns come again and again at the same place.
    columns = Counter((round(box[0]), round(box[2])) for box in fills if box[2] - box[0] > 20)
    fills = [box for box in fills if columns[round(box[0]), round(box[2])] > 1]
    if len({round(box[0]) for box in fills}) < 2:
        return [], []
    across = [edge for x0, y0, x1, y1 in fills for edge in ((y0, x0, x1), (y1, x0, x1))]
    down = [edge for x0, y0, x1, y1 in fills for edge in ((x0, y0, y1), (x1, y0, y1))]
    return _snapped(across), _snapped(down)


def _frames(across: list[Segment], down: list[Segment]) -> list[_Frame]:
    """Divide the rulings into nets that hang together, the smallest first, since a table may stand in a box."""
    if len(across) < 2 or not down or len(across) * len(down) > _MAX_PAIRS:
        return []
    parent = list(range(len(across) + len(down)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    heights = [segment[0] for segment in across]
    for number, (x, y0, y1) in enumerate(down, len(across)):
        for other in range(bisect_left(heights, y0 - _SNAP), len(across)):
            y, x0, x1 = across[other]
            if y > y1 + _SNAP:
                break
            if x0 - _SNAP <= x <= x1 + _SNAP:
                parent[root(number)] = root(other)
    groups: dict[int, tuple[list[Segment], list[Segment]]] = {}
    for number, segment in enumerate(across):
        groups.setdefault(root(number), ([], []))[0].append(segment)
    for number, segment in enumerate(down, len(across)):
        groups.setdefault(root(number), ([], []))[1].append(segment)
    frames = [_frame(*group) for group in groups.values() if len(group[0]) > 1 and group[1]]
    return sorted(
        (frame for frame in frames if frame),
        key=lambda frame: (frame.xs[-1] - frame.xs[0]) * (frame.ys[0] - frame.ys[-1]),
    )


def _frame(across: list[Segment], down: list[Segment]) -> _Frame | None:
    xs = sorted({segment[0] for segment in down} | _open_sides(across, down))
    ys = sorted({segment[0] for segment in across}, reverse=True)
    if len(xs) < 2 or len(ys) < 2 or len(xs) * len(ys) > _MAX_CELLS:
        return None
    row_of = {y: number for number, y in enumerate(ys)}
    column_of = {x: number for number, x in enumerate(xs)}
    frame = _Frame(xs, ys, [[False] * (len(xs) - 1) for _ in ys], [[False] * (len(ys) - 1) for _ in xs])
    for y, x0, x1 in across:
        flags = frame.across[row_of[y]]
        for column in range(len(xs) - 1):
            if x0 - _SNAP <= xs[column] and xs[column + 1] <= x1 + _SNAP:
                flags[column] = True
    for x, y0, y1 in down:
        flags = frame.down[column_of[x]]  # the open sides have none
        for row in range(len(ys) - 1):
            if y0 - _SNAP <= ys[row + 1] and ys[row] <= y1 + _SNAP:
                flags[row] = True
    return frame


def _open_sides(across: list[Segment], down: list[Segment]) -> set[float]:
    """Return where the rows end when they have no border there: three rulings or more that end at the same places."""
    lefts, rights = [start for _, start, _ in across], [end for _, _, end in across]
    sides: set[float] = set()
    if len(across) >= 3 and max(lefts) - min(lefts) <= _SNAP and max(rights) - min(rights) <= _SNAP:
        if min(lefts) < min(segment[0] for segment in down) - 3 * _SNAP:
            sides.add(min(lefts))
        if max(rights) > max(segment[0] for segment in down) + 3 * _SNAP:
            sides.add(max(rights))
    return sides


# --- nets to cells ---


def _read_frame(frame: _Frame, view: PageView, lines: list[Line], grid: Grid) -> None:
    box = (frame.xs[0], frame.ys[-1], frame.xs[-1], frame.ys[0])
    inside = [line for line in lines if not line.table and _holds(box, line)]
    if not inside:
        return
    cells, clean = _cells(frame, inside)
    if not clean:
        # Many tables have no outer border at their sides: try once more with one.
        _close(frame)
        cells, clean = _cells(frame, inside)
    if not clean:
        grid.settled = False
        return
    columns = sorted({cell.column for cell in cells})
    flowing = [cell for cell in cells if _is_layout(cell.box, view)]
    if len(columns) < 2 or len(cells) < 2:
        flowing = cells
    for cell in flowing:
        _mark_region(cell.box, inside, grid)
    tabular = [cell for cell in cells if cell not in flowing] if flowing else cells
    if tabular:
        nested = len(inside) < sum(1 for line in lines if _holds(box, line))
        _add_table(tabular, box, None if nested else view, inside, grid)


def _holds(box: Box, line: Line) -> bool:
    middle = (line.y0 + line.y1) / 2
    return box[1] < middle < box[3] and line.x0 < box[2] and line.x1 > box[0]


def _cells(frame: _Frame, inside: list[Line]) -> tuple[list[_Cell], bool]:
    """Return the closed rectangles of the net, and whether they account for all text inside it."""
    columns, rows = len(frame.xs) - 1, len(frame.ys) - 1
    seen = [[False] * columns for _ in range(rows)]
    cells: list[_Cell] = []
    clean = True
    for row in range(rows):
        for column in range(columns):
            if seen[row][column]:
                continue
            region, is_open = _flood(frame, row, column, seen)
            top, bottom = min(r for r, _ in region), max(r for r, _ in region) + 1
            left, right = min(c for _, c in region), max(c for _, c in region) + 1
            box = (frame.xs[left], frame.ys[bottom], frame.xs[right], frame.ys[top])
            is_rectangle = len(region) == (bottom - top) * (right - left)
            if is_rectangle and not is_open:
                cells.append(_Cell(left, top, box))
            elif _has_text(frame, region, inside):
                clean = False
    return cells, clean


def _flood(frame: _Frame, row: int, column: int, seen: list[list[bool]]) -> tuple[list[tuple[int, int]], bool]:
    columns, rows = len(frame.xs) - 1, len(frame.ys) - 1
    across, down = frame.across, frame.down
    seen[row][column] = True
    region, waiting, is_open = [], [(row, column)], False
    while waiting:
        r, c = waiting.pop()
        region.append((r, c))
        for closed, nr, nc in (
            (across[r][c], r - 1, c), (across[r + 1][c], r + 1, c), (down[c][r], r, c - 1), (down[c + 1][r], r, c + 1),
        ):  # fmt: skip
            if closed:
                continue
            if not (0 <= nr < rows and 0 <= nc < columns):
                is_open = True
            elif not seen[nr][nc]:
                seen[nr][nc] = True
                waiting.append((nr, nc))
    return region, is_open


def _has_text(frame: _Frame, region: list[tuple[int, int]], inside: list[Line]) -> bool:
    for r, c in region:
        x0, y0, x1, y1 = frame.xs[c], frame.ys[r + 1], frame.xs[c + 1], frame.ys[r]
        if any(y0 < (line.y0 + line.y1) / 2 < y1 and x0 - 1 < line.x0 + 1 < x1 for line in inside):
            return True
    return False


def _close(frame: _Frame) -> None:
    for column in range(len(frame.xs) - 1):
        frame.across[0][column] = frame.across[-1][column] = True
    for row in range(len(frame.ys) - 1):
        frame.down[0][row] = frame.down[-1][row] = True


def _is_layout(box: Box, view: PageView) -> bool:
    height, width = box[3] - box[1], box[2] - box[0]
    return bool(height > _LAYOUT_HEIGHT * view.height and height * width > _LAYOUT_AREA * view.height * view.width)


def _mark_region(box: Box, inside: list[Line], grid: Grid) -> None:
    grid.regions.append(box)
    for line in inside:
        if not line.region and box[0] - 1 <= line.x0 + 1 <= box[2] and box[1] <= (line.y0 + line.y1) / 2 <= box[3]:
            line.region = len(grid.regions)


# --- cells to rows ---


def _add_table(cells: list[_Cell], box: Box, view: PageView | None, inside: list[Line], grid: Grid) -> None:
    """Add the rows of these cells; without a view the cells take only the lines that no inner table has taken."""
    columns = sorted({cell.column for cell in cells})
    place = {column: number for number, column in enumerate(columns)}
    rows: dict[int, list[str]] = {}
    tops: dict[int, tuple[float, float]] = {}
    for cell in cells:
        row = rows.setdefault(cell.row, [""] * len(columns))
        x0, y0, x1, y1 = cell.box
        low, high = tops.get(cell.row, (y0, y1))
        tops[cell.row] = (max(low, y0), high)
        if y1 - y0 < 4 or x1 - x0 < 4:
            continue
        if view is None:
            text = "\n".join(line.text for line in inside if _holds(cell.box, line) and x0 - 2 < line.x0 < x1)
        else:
            text = view.text_in((x0 + _SHRINK, y0 + _SHRINK, x1 - _SHRINK, y1 - _SHRINK))
        row[place[cell.column]] = cell_text(text)
    kept = [number for number in sorted(rows) if any(rows[number])]
    if not kept:
        return
    bold = frozenset(place for place, number in enumerate(kept[:3]) if _all_bold(inside, *tops[number], box[0], box[2]))
    xs = tuple(round(min(cell.box[0] for cell in cells if cell.column == column)) for column in columns)
    area = (box[0], min(cell.box[1] for cell in cells), box[2], max(cell.box[3] for cell in cells))
    grid.tables.append(Table(area, [tuple(rows[number]) for number in kept], xs, bold))
    number = len(grid.tables)
    for line in inside:
        if not line.region and _holds(area, line):
            line.table = number


def _all_bold(inside: list[Line], low: float, high: float, x0: float, x1: float) -> bool:
    row = [line for line in inside if low < (line.y0 + line.y1) / 2 < high and x0 - 1 <= line.x0 <= x1]
    return bool(row) and all(line.bold_start and line.bold_end for line in row)


def cell_text(text: str) -> str:
    """Join the printed lines of a cell; list items stay apart by ``\\n``."""
    lines = [line for line in text.translate(_SYMBOL_BULLETS).split("\n") if line.strip()]
    if len(lines) < 2:
        return join_lines(lines)
    parts: list[list[str]] = [[]]
    for line in lines:
        if parts[-1] and _LIST_START.match(line.lstrip()):
            parts.append([])
        parts[-1].append(line)
    return "\n".join(join_lines(part) for part in parts)


# --- tables without rulings, and broken ones: pdfplumber ---

_COLUMN_WORDS = frozenset(
    [
        "nr",
        "nr.",
        "nummer",
        "id",
        "krav-id",
        "kravid",
        "krav",
        "kravtext",
        "beskrivning",
        "kravbeskrivning",
        "typ",
        "kravtyp",
        "ska",
        "skall",
        "bör",
        "ska/bör",
        "svar",
        "ja",
        "nej",
        "ja/nej",
        "uppfylls",
        "kommentar",
        "poäng",
        "maxpoäng",
        "vikt",
        "viktning",
        "verifikat",
        "bevis",
        "uppföljning",
        "kontroll",
        "enhet",
        "antal",
        "pris",
        "pos",
        "post",
        "artikel",
        "benämning",
        "område",
        "kriterium",
        "hänvisning",
        "referens",
        "obligatoriskt",
        "anmärkning",
        "mängd",
    ]
)
_FIRST_WORDS = frozenset(
    ["nr", "nr.", "nummer", "id", "krav-id", "kravid", "krav", "kravnr", "pos", "post", "rad", "punkt", "kriterium"]
)


def has_open_table(lines: list[Line]) -> int | None:
    """Return the index of a line such as "Nr Krav Typ" that heads columns without rulings, or none.

    The line must hold nothing but column names, and the lines below it must begin at more than one place.
    """
    for number, line in enumerate(lines):
        if line.table or len(line.text) > 80:
            continue
        words = line.text.lower().split()
        if 2 < len(words) <= 8 and words[0] in _FIRST_WORDS and all(word in _COLUMN_WORDS for word in words):
            below = [other for other in lines if other.y1 < line.y0 + 2 and not other.table]
            if len(below) >= 2:
                return number
    return None


class Plumber:
    """pdfplumber, opened when first needed, for at most ``_MAX_PLUMBER_PAGES`` pages of a document."""

    def __init__(self, source: Path | bytes) -> None:
        self._source = source
        self._document: Any = None
        self._failed = False
        self.pages_used = 0

    def close(self) -> None:
        """Free what pdfplumber holds."""
        if self._document is not None:
            self._document.close()
            self._document = None

    def _page(self, index: int) -> Any:
        import pdfplumber

        if self._document is None:
            opened: Any = io.BytesIO(self._source) if isinstance(self._source, bytes) else self._source
            self._document = pdfplumber.open(opened)
        return self._document.pages[index]

    def tables(self, index: int, view: PageView, header: Line | None) -> list[Table] | None:
        """Return the tables pdfplumber finds on a page (from 0); none when it may not or cannot be asked."""
        if self._failed or self.pages_used >= _MAX_PLUMBER_PAGES or view.characters > _MAX_PLUMBER_CHARACTERS:
            return None
        self.pages_used += 1
        page = None
        try:
            page = self._page(index)
            found = _ruled_tables(page, view.height)
            if header is not None:
                found += _open_table(page, view.height, header)
        except Exception:  # pdfminer raises TypeError, KeyError, RecursionError and more on odd files
            self._failed = self._document is None
            return None
        finally:
            if page is not None:
                page.close()
        return found


def _ruled_tables(page: Any, height: float) -> list[Table]:
    out: list[Table] = []
    for table in page.find_tables():
        rows = [tuple(cell_text(cell or "") for cell in row) for row in table.extract()]
        rows = [row for row in rows if any(row)]
        if rows and len(rows[0]) > 1:
            x0, top, x1, bottom = table.bbox
            xs = tuple(round(cell[0]) for cell in table.rows[0].cells if cell)
            out.append(Table((x0, height - bottom, x1, height - top), rows, xs))
    return out


def _open_table(page: Any, height: float, header: Line) -> list[Table]:
    """Cut the words below a header row into columns by where the header's words begin, into rows by the first column."""
    words = page.extract_words(x_tolerance=1.5, keep_blank_chars=False)
    top, bottom = height - header.y1 - 1, height - header.y0 + 1
    heads = [word for word in words if top <= (word["top"] + word["bottom"]) / 2 <= bottom]
    heads = _merged(heads)
    if len(heads) < 2:
        return []
    edges = [word["x0"] - 2 for word in heads]
    rows: list[list[list[str]]] = []
    last_bottom, end = bottom, bottom
    line_height = max(header.size, 6.0)
    for line in _word_lines([word for word in words if word["top"] >= bottom - 2], line_height):
        if line[0]["top"] - last_bottom > 3 * line_height or _crosses(line, edges[1:]):
            break
        cells = [
            [word["text"] for word in line if _column(word["x0"], edges) == column] for column in range(len(edges))
        ]
        if cells[0] or not rows:
            rows.append([[] for _ in edges])
        for column, texts in enumerate(cells):
            if texts:
                rows[-1][column].append(" ".join(texts))
        last_bottom = end = max(word["bottom"] for word in line)
    if len(rows) < 2 or sum(1 for row in rows if sum(map(bool, row)) > 1) * 2 < len(rows):
        return []
    texts_of = [tuple(cell_text("\n".join(cell)) for cell in row) for row in rows]
    head = tuple(word["text"] for word in heads)
    box = (min(edges), height - end, max(word["x1"] for word in words), height - top)
    return [Table(box, [head, *texts_of], tuple(round(edge) for edge in edges))]


def _merged(words: list[Any]) -> list[Any]:
    """Join the words of one column name ("Krav ID"): those with no more than a space between them."""
    out: list[Any] = []
    for word in sorted(words, key=lambda word: word["x0"]):
        if out and word["x0"] - out[-1]["x1"] < 4:
            out[-1] = {**out[-1], "x1": word["x1"], "text": f"{out[-1]['text']} {word['text']}"}
        else:
            out.append(word)
    return out


def _word_lines(words: list[Any], line_height: float) -> list[list[Any]]:
    out: list[list[Any]] = []
    for word in sorted(words, key=lambda word: (word["top"], word["x0"])):
        if out and abs(word["top"] - out[-1][0]["top"]) < line_height / 2:
            out[-1].append(word)
        else:
            out.append([word])
    return [sorted(line, key=lambda word: word["x0"]) for line in out]


def _column(x: float, edges: list[float]) -> int:
    return max(0, sum(1 for edge in edges if x >= edge) - 1)


def _crosses(line: list[Any], edges: list[float]) -> bool:
    """Tell whether a line runs across a column edge without a gap: then it is running text below the table."""
    for edge in edges:
        left = [word for word in line if word["x0"] < edge]
        right = [word for word in line if word["x0"] >= edge]
        if left and (left[-1]["x1"] > edge + 4 or (right and right[0]["x0"] - left[-1]["x1"] < 4)):
            return True
    return False
