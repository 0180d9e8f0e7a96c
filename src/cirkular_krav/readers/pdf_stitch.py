"""From pages to a document: paragraphs and table rows that a page break cut are joined, tables are numbered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cirkular_krav.models import Layer, PdfPlace
from cirkular_krav.readers.pdf_tables import Table
from cirkular_krav.readers.pieces import Piece
from cirkular_krav.text import join_lines

_SENTENCE_END = (".", "!", "?", ":", ";")
_SAME_WIDTH = 12


@dataclass(slots=True)
class Element:
    """Either a piece or a table, as it stands on a page."""

    piece: Piece | None = None
    table: Table | None = None
    layer: Layer = "body"


@dataclass(slots=True)
class Turned:
    """One finished page: its place and its elements in the order of the content stream."""

    place: PdfPlace
    elements: list[Element] = field(default_factory=list)


@dataclass(slots=True)
class _Running:
    """The table that the last row came from."""

    number: int
    xs: tuple[float, ...]
    columns: int
    head: list[tuple[str, ...]]
    blank_first: bool = False


class Stitcher:
    """Holds the last piece of a page back until it is known whether the next page goes on with it."""

    def __init__(self) -> None:
        self._open: Piece | None = None
        self._waiting: list[Piece] = []
        self._table: _Running | None = None
        self._tables = 0

    def feed(self, page: Turned) -> Iterator[Piece]:
        """Take one page and yield what is certain."""
        first = True
        for element in page.elements:
            if element.table is not None:
                yield from self._feed_table(element.table, element.layer, page.place, first)
                first = first and element.layer != "body"
                continue
            piece = element.piece
            if piece is None:
                continue
            if piece.layer != "body":
                yield from self._aside(piece)
                continue
            if first and self._goes_on(piece):
                self._join(piece, page.place)
            else:
                yield from self.flush()
                self._open = piece
            first = False
            self._table = None

    def flush(self) -> Iterator[Piece]:
        """Yield what was held back."""
        if self._open is not None:
            yield self._open
            self._open = None
        yield from self._waiting
        self._waiting = []

    def _aside(self, piece: Piece) -> Iterator[Piece]:
        if self._open is None:
            yield piece
        else:
            self._waiting.append(piece)

    # --- running text ---

    def _goes_on(self, piece: Piece) -> bool:
        before = self._open
        if before is None or before.kind not in ("paragraph", "list_item") or piece.kind != "paragraph" or piece.number:
            return False
        return bool(before.text) and not before.text.endswith(_SENTENCE_END) and piece.text[:1].islower()

    def _join(self, piece: Piece, place: PdfPlace) -> None:
        assert self._open is not None
        self._open.text = join_lines([self._open.text, piece.text])
        self._open.place = _until(self._open.place, place)

    # --- tables ---

    def _feed_table(self, table: Table, layer: Layer, place: PdfPlace, first: bool) -> Iterator[Piece]:
        if layer != "body":
            self._tables += 1
            for row in table.rows:
                yield from self._aside(Piece("table_row", "", place, layer=layer, cells=row, table=self._tables))
            return
        rows = table.rows
        known = self._table
        continued = first and known is not None and self._open is not None and _same_columns(known, table)
        if continued and known is not None:
            while rows and known.head and rows[0] in known.head:
                rows = rows[1:]
            if rows and self._row_goes_on(rows[0], known):
                self._join_row(rows[0], place)
                rows = rows[1:]
        else:
            self._tables += 1
            known = _Running(self._tables, table.xs, len(rows[0]), _head(table))
        self._table = known
        for number, row in enumerate(rows):
            yield from self.flush()
            is_header = not continued and number < len(known.head) and number in table.bold_rows
            self._open = Piece("table_row", "", place, cells=row, table=known.number, is_header=is_header)
            known.blank_first = known.blank_first or (number > 0 and not row[0])

    def _row_goes_on(self, row: tuple[str, ...], known: _Running) -> bool:
        before = self._open
        if row[0] or before is None or before.kind != "table_row":
            return False
        if not known.blank_first:
            return True
        # Empty first cells are usual in this table: only a sentence that goes on shows that the row does.
        return any(
            a and b and not a.endswith(_SENTENCE_END) and b[:1].islower()
            for a, b in zip(before.cells, row, strict=True)
        )

    def _join_row(self, row: tuple[str, ...], place: PdfPlace) -> None:
        assert self._open is not None
        self._open.cells = tuple(
            join_lines([a, b]) if a and b else a or b for a, b in zip(self._open.cells, row, strict=True)
        )
        self._open.place = _until(self._open.place, place)


def _head(table: Table) -> list[tuple[str, ...]]:
    """The rows that may be printed again on the next page: the first, and others in bold right below it."""
    count = 1
    while count < min(3, len(table.rows) - 1) and count in table.bold_rows and 0 in table.bold_rows:
        count += 1
    return table.rows[:count]


def _same_columns(known: _Running, table: Table) -> bool:
    if known.columns != len(table.rows[0]):
        return False
    if len(known.xs) != len(table.xs):
        return True
    shift = table.xs[0] - known.xs[0] if known.xs and table.xs else 0
    return all(abs(b - a - shift) <= _SAME_WIDTH for a, b in zip(known.xs, table.xs, strict=True))


def _until(place: object, last: PdfPlace) -> PdfPlace:
    assert isinstance(place, PdfPlace)
    return PdfPlace(page=place.page, end_page=last.page)
