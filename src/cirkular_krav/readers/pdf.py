"""Reads PDF: pdfium gives text and rulings, pikepdf looks for loss, pdfplumber settles what the grid cannot.

Pages are read one by one and yielded as soon as their running headers can be told, which takes two pages more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdfium2

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.models import Layer, PdfPlace, Problem
from cirkular_krav.readers import ocr
from cirkular_krav.readers.pdf_checks import PageGuard, Source, check_syntax, open_source
from cirkular_krav.readers.pdf_lines import Typography, classify, group_lines, mark_contents
from cirkular_krav.readers.pdf_page import Drawn, Line, PageView, strange_characters
from cirkular_krav.readers.pdf_running import PageEdges, page_edges, running_edges
from cirkular_krav.readers.pdf_stitch import Element, Stitcher, Turned
from cirkular_krav.readers.pdf_symbols import SYMBOL, Legend, mark_symbols, read_legend
from cirkular_krav.readers.pdf_tables import Plumber, Table, find_grid, has_open_table
from cirkular_krav.readers.pieces import Event, Events, Extent, Limits, Piece
from cirkular_krav.text import has_invisible

_AHEAD = 2
_MAX_NAMED = 20
_SCAN_SHARE = 0.6
_SCAN_CHARACTERS = 120
_OUTLINED_PATHS = 300  # a page without text but with this many paths is text drawn as shapes


@dataclass(slots=True)
class _Page:
    """One page as read, waiting for its neighbours."""

    number: int
    height: float = 0.0
    lines: list[Line] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    ocr_texts: list[str] = field(default_factory=list)
    edges: PageEdges | None = None


@dataclass(slots=True)
class _Tally:
    """What is counted over the whole document for the problems at its end."""

    without_text: list[int] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    recognised: list[int] = field(default_factory=list)
    odd_text: bool = False
    invisible: bool = False
    ocr_missing: bool = False
    scanned: bool = False
    readable: int = 0
    legend: Legend = field(default_factory=dict)

    def fresh(self, problems: list[Problem], number: int) -> list[Problem]:
        """Return a page's problems to tell of at once: those of the first pages; later ones are gathered."""
        if problems:
            self.failed.append(number)
        return problems if len(self.failed) <= _MAX_NAMED else []


def read(path: Path, limits: Limits) -> Events:
    """Yield the document's pieces page by page, in the order of the content stream.

    Raises ``ReadingError``: ``empty-file``, ``too-big``, ``encrypted``, ``pdf-damaged``, ``pdf-bomb``, and with status
    ``nothing`` ``needs-ocr``, ``no-text`` and ``unreadable-text``.
    """
    source = open_source(path, limits)
    try:
        yield Extent(pages=source.pages)
        yield from source.problems
        yield from _capped(_read_pages(source, limits), limits)
    finally:
        source.close()


def _read_pages(source: Source, limits: Limits) -> Events:
    guard, tally = PageGuard(source, limits), _Tally()
    plumber, type_ = Plumber(source.readable), Typography()
    window: deque[_Page] = deque()
    stitcher, finisher = Stitcher(), _Finisher(type_)
    count = min(source.pages, limits.max_pages)
    try:
        for index in range(count):
            page, problems = _read_page(source, index, guard, plumber, tally, limits)
            yield from tally.fresh(problems, page.number)
            low, high = 0.08 * page.height, 0.92 * page.height
            type_.learn([line for line in page.lines if not line.table and low < line.y0 < high])
            page.edges = page_edges(page.number, page.height, page.lines, page.tables, type_.body)
            window.append(page)
            if len(window) > 2 * _AHEAD + 1:
                window.popleft()
            if index >= _AHEAD:
                yield from stitcher.feed(finisher.finish(window, index - _AHEAD + 1))
        for number in range(max(1, count - _AHEAD + 1), count + 1):
            yield from stitcher.feed(finisher.finish(window, number))
        yield from stitcher.flush()
    finally:
        plumber.close()
    yield from _closing_problems(source, guard, tally, count)


def _capped(events: Events, limits: Limits) -> Events:
    """Stop with ``too-long`` when there are more pieces or cells than the limits allow."""
    pieces = cells = 0
    for event in events:
        if isinstance(event, Piece):
            pieces += 1
            cells += len(event.cells)
            if pieces > limits.max_blocks or cells > limits.max_cells:
                yield Problem(code=ProblemCode.TOO_LONG, values={"blocks": pieces - 1})
                return
        yield event


# --- one page ---


def _read_page(
    source: Source, index: int, guard: PageGuard, plumber: Plumber, tally: _Tally, limits: Limits
) -> tuple[_Page, list[Problem]]:
    page = _Page(index + 1)
    verdict = guard.check(index)
    problems = list(verdict.problems)
    if not verdict.may_load:
        return page, problems
    try:
        view = PageView(source.document[index])
    except pypdfium2.PdfiumError:
        if not problems:
            problems.append(_page_problem(ProblemCode.PAGE_FAILED, page.number))
        return page, problems
    try:
        if _has_too_many_objects(view, limits):
            problems.append(_page_problem(ProblemCode.PAGE_TOO_BIG, page.number))
            return page, problems
        if view.load_text() > limits.max_page_characters:
            view.characters = limits.max_page_characters
            problems.append(_page_problem(ProblemCode.PAGE_TOO_BIG, page.number))
        _read_view(view, page, plumber, tally, limits)
        if verdict.shows_text and not view.characters and not problems:
            tally.lost.append(page.number)
    finally:
        view.close()
    return page, problems


def _page_problem(code: ProblemCode, number: int) -> Problem:
    return Problem(code=code, place=f"s. {number}", values={"pages": str(number)})


def _has_too_many_objects(view: PageView, limits: Limits) -> bool:
    """Tell whether the page sets its text in so many pieces that even loading it would cost too much."""
    most = limits.max_page_objects
    return view.count_objects() > most and view.count_text_objects(most) > most


def _read_view(view: PageView, page: _Page, plumber: Plumber, tally: _Tally, limits: Limits) -> None:
    page.height = view.height
    lines, drawn = view.lines(), view.drawn()
    text = "".join(line.text for line in lines)
    strange = strange_characters(text)
    if view.characters and (not text or strange * 2 > len(text)):
        if text or drawn.text_objects:
            tally.unreadable.append(page.number)
            return
        lines = []
    if _is_scan(view, drawn, len(text)):
        tally.without_text.append(page.number)
        tally.scanned = True
        if limits.ocr and not lines:
            _recognise(view, page, tally)
    tally.readable += len(text)
    tally.odd_text = tally.odd_text or strange > max(10, len(text) // 50)
    tally.invisible = tally.invisible or (not text.isascii() and has_invisible(text))
    if lines:
        if view.mark_hidden(lines):
            tally.hidden.append(page.number)
        if drawn.symbols:
            tally.legend = tally.legend or read_legend(view, lines, drawn.symbols)
        page.lines, page.tables = _with_tables(view, lines, drawn, plumber, page.number)
        mark_symbols(page.lines, drawn.symbols, tally.legend)


def _is_scan(view: PageView, drawn: Drawn, characters: int) -> bool:
    area = view.width * view.height
    covered = sum(max(0.0, x1 - x0) * max(0.0, y1 - y0) for x0, y0, x1, y1 in drawn.images)
    if characters == 0:
        return bool(drawn.images) or drawn.paths > _OUTLINED_PATHS
    return characters < _SCAN_CHARACTERS and covered > _SCAN_SHARE * area


def _recognise(view: PageView, page: _Page, tally: _Tally) -> None:
    if tally.ocr_missing:
        return
    try:
        page.ocr_texts = ocr.ocr_paragraphs(view.page)
    except ocr.OcrMissing:
        tally.ocr_missing = True
        return
    if page.ocr_texts:
        tally.recognised.append(page.number)
        tally.without_text.remove(page.number)
        tally.readable += sum(map(len, page.ocr_texts))


def _with_tables(
    view: PageView, lines: list[Line], drawn: Drawn, plumber: Plumber, number: int
) -> tuple[list[Line], list[Table]]:
    """Find the page's tables; the lines inside them are marked so that they are not repeated as running text."""
    shown = [line for line in lines if not line.hidden]
    grid = find_grid(view, drawn, shown)
    tables = grid.tables
    opening = has_open_table(shown)
    if not grid.settled or opening is not None:
        header = shown[opening] if opening is not None else None
        for table in plumber.tables(number - 1, view, header) or ():
            if not any(_overlap(table, other) for other in tables):
                tables.append(table)
                _claim(table, len(tables), shown)
    if tables:
        lines = _cut_at_edges(view, lines, tables)
        _give_back_lost(lines, tables)
    return lines, tables


def _overlap(one: Table, other: Table) -> bool:
    a, b = one.box, other.box
    return min(a[2], b[2]) - max(a[0], b[0]) > 5 and min(a[3], b[3]) - max(a[1], b[1]) > 5


def _claim(table: Table, number: int, lines: list[Line]) -> None:
    x0, y0, x1, y1 = table.box
    for line in lines:
        if not line.table and y0 <= (line.y0 + line.y1) / 2 <= y1 and line.x0 < x1 and line.x1 > x0:
            line.table, line.region = number, 0


def _cut_at_edges(view: PageView, lines: list[Line], tables: list[Table]) -> list[Line]:
    """Cut a line that stands partly in a table and partly beside it."""
    out: list[Line] = []
    for line in lines:
        if not line.table:
            out.append(line)
            continue
        x0, _, x1, _ = tables[line.table - 1].box
        if line.x0 >= x0 - 8 and line.x1 <= x1 + 8:
            out.append(line)
            continue
        for part in view.split(line, x0 - 2 if line.x0 < x0 - 8 else x1 - 2):
            part.table = line.table if x0 - 8 <= part.x0 <= x1 else 0
            out.append(part)
    return out


def _give_back_lost(lines: list[Line], tables: list[Table]) -> None:
    """Let a line that no cell holds be running text after all: nothing may be lost between grid and text."""
    held = ["".join("".join(row) for row in table.rows) for table in tables]
    squeezed = [_squeeze(text) for text in held]
    for line in lines:
        if line.table and _squeeze(line.text.split(" ", 1)[0]) not in squeezed[line.table - 1]:
            line.table = 0


def _squeeze(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


# --- finishing a page when its neighbours are known ---


@dataclass(slots=True)
class _Finisher:
    type_: Typography
    in_contents: bool = False

    def finish(self, window: deque[_Page], number: int) -> Turned:
        """Return the page's elements in stream order, with layers, groups and kinds settled."""
        page = next(page for page in window if page.number == number)
        place = PdfPlace(page=number)
        out = Turned(place)
        if page.ocr_texts:
            out.elements = [Element(piece=_ocr_piece(text, place)) for text in page.ocr_texts]
            return out
        near = [other.edges for other in window if other.edges and 0 < abs(other.number - number) <= _AHEAD]
        assert page.edges is not None
        running_lines, running_tables = running_edges(page.edges, near)
        for index, zone in running_lines.items():
            page.lines[index].layer = zone
        for line in page.lines:
            if line.hidden:
                line.layer = "hidden"
        _mark_notes(page, self.type_)
        self.in_contents = mark_contents(page.lines, self.in_contents)
        self._elements(page, running_tables, out)
        return out

    def _elements(self, page: _Page, running_tables: dict[int, str], out: Turned) -> None:
        run: list[Line] = []
        aside: list[Element] = []  # what stands beside a paragraph must not cut it in two
        done: set[int] = set()
        for line in page.lines:
            if line.table and line.table in done:
                continue
            if line.table:
                done.add(line.table)
                self._flush(run, aside, out)
                layer = _layer(running_tables.get(line.table - 1, "body"))
                out.elements.append(Element(table=page.tables[line.table - 1], layer=layer))
            elif line.layer == "body":
                run.append(line)
            else:
                if line.layer == "contents":
                    self._flush(run, aside, out)
                element = Element(piece=Piece("paragraph", line.text, out.place, layer=_layer(line.layer)))
                (aside if run else out.elements).append(element)
        self._flush(run, aside, out)

    def _flush(self, run: list[Line], aside: list[Element], out: Turned) -> None:
        if run:
            groups = group_lines(run, self.type_)
            classify(groups, self.type_)
            for group in groups:
                kind: Any = group.kind
                piece = Piece(kind, group.text, out.place, level=group.level, number=group.label)
                out.elements.append(Element(piece=piece))
                meanings = [text for line in group.lines for text in line.symbols]
                for meaning in dict.fromkeys(meanings):
                    note = Piece("paragraph", meaning, out.place, layer="note", number=SYMBOL)
                    out.elements.append(Element(piece=note))
        out.elements += aside
        run.clear()
        aside.clear()


def _layer(name: str) -> Layer:
    layer: Any = name
    return layer  # type: ignore[no-any-return]


def _ocr_piece(text: str, place: PdfPlace) -> Piece:
    from cirkular_krav.text import join_lines

    return Piece("paragraph", join_lines(text.split("\n")), place)


def _mark_notes(page: _Page, type_: Typography) -> None:
    """Footnotes: small type below all other text, beginning with a digit; they must not cut a sentence in two."""
    limit = 0.9 * type_.body
    body = [line for line in page.lines if line.layer == "body" and not line.table]
    lowest = min((line.y0 for line in body if line.size > limit), default=0.0)
    inside = False
    for line in body:
        if line.size <= limit and line.y1 < lowest and line.y0 < 0.4 * page.height and not line.region:
            inside = inside or line.text[:1].isdigit()
            if inside:
                line.layer = "note"
        else:
            inside = False


# --- the whole document ---


def _closing_problems(source: Source, guard: PageGuard, tally: _Tally, count: int) -> Iterator[Event]:
    if source.pages > count:
        yield Problem(code=ProblemCode.TOO_MANY_PAGES, values={"limit": count, "pages": source.pages})
    yield from check_syntax(source, guard)
    if tally.ocr_missing:
        yield Problem(code=ProblemCode.MISSING_EXTRA, values={"extra": "ocr"})
    if len(tally.failed) > _MAX_NAMED:
        rest = _pages(tally.failed[_MAX_NAMED:])
        yield Problem(code=ProblemCode.PAGE_FAILED, place=f"s. {rest}", values={"pages": rest})
    if not tally.readable and not tally.failed and count == source.pages:
        if tally.unreadable:
            raise ReadingError(ProblemCode.UNREADABLE_TEXT, "nothing", pages=_pages(tally.unreadable))
        raise ReadingError(ProblemCode.NEEDS_OCR if tally.scanned else ProblemCode.NO_TEXT, "nothing")
    for code, pages in (
        (ProblemCode.PAGES_WITHOUT_TEXT, tally.without_text), (ProblemCode.UNREADABLE_TEXT, tally.unreadable),
        (ProblemCode.PAGE_FAILED, tally.lost), (ProblemCode.WARN_HIDDEN, tally.hidden),
        (ProblemCode.WARN_OCR, tally.recognised),
    ):  # fmt: skip
        if pages:
            yield Problem(code=code, values={"pages": _pages(pages)})
    if tally.odd_text:
        yield Problem(code=ProblemCode.WARN_TEXT)
    if tally.invisible:
        yield Problem(code=ProblemCode.WARN_INVISIBLE)


def _pages(numbers: list[int]) -> str:
    """Return page numbers as a reader writes them: "3, 7–9"."""
    parts: list[str] = []
    start = last = numbers[0]
    for number in [*numbers[1:], -1]:
        if number == last + 1:
            last = number
            continue
        parts.append(f"{start}" if start == last else f"{start}–{last}" if last > start + 1 else f"{start}, {last}")
        start = last = number
    return ", ".join(parts)
