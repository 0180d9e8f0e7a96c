"""Tables of HTML: which ones hold data and which only place things on the page, and how spans fill the grid."""

from __future__ import annotations

from dataclasses import dataclass, field

from cirkular_krav.models import LinePlace
from cirkular_krav.readers.pieces import Piece

# Deeper tables are read as plain text: their text would be copied once for every level.
MAX_NESTING = 12
MAX_COLUMNS = 100
MAX_SPANNED_ROWS = 1_000


@dataclass(slots=True)
class Cell:
    """A cell with the pieces that stand in it."""

    is_header: bool = False
    columns: int = 1
    rows: int = 1
    pieces: list[Piece] = field(default_factory=list)

    def shown(self) -> list[Piece]:
        """Return the pieces that someone who reads the page sees."""
        return [piece for piece in self.pieces if piece.layer != "hidden"]

    def text(self, *, with_hidden: bool) -> str:
        """Return its text, one line per piece, with the numbers of list items."""
        lines: list[str] = []
        for piece in self.pieces if with_hidden else self.shown():
            words = piece.text or " ".join(cell for cell in piece.cells if cell)
            lines.append(f"{piece.number} {words}".strip())
        return "\n".join(lines)


@dataclass(slots=True)
class _Row:
    line: int
    is_head: bool
    cells: list[Cell] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A table that is being read; ``open_row`` and ``open_cell`` are places on the reader's stack."""

    is_layout: bool = False
    caption: Cell = field(default_factory=Cell)
    rows: list[_Row] = field(default_factory=list)
    open_row: int | None = None
    open_cell: int | None = None
    cut_spans: int = 0

    def add_row(self, line: int, *, is_head: bool) -> None:
        """Begin a row that stands on this line of the source."""
        self.rows.append(_Row(line, is_head))

    def add_cell(self, cell: Cell, line: int) -> None:
        """Put a cell into the last row, its spans cut to what a real table needs; the cut is remembered."""
        if cell.columns > MAX_COLUMNS or cell.rows > MAX_SPANNED_ROWS:
            self.cut_spans = self.cut_spans or line
        cell.columns = min(max(cell.columns, 1), MAX_COLUMNS)
        cell.rows = min(max(cell.rows, 1), MAX_SPANNED_ROWS)
        if len(self.rows[-1].cells) > MAX_COLUMNS:  # so many cells need no spans to fill the memory
            cell.columns = 1
        self.rows[-1].cells.append(cell)

    def pieces(self, table: int, max_cells: int) -> list[Piece]:
        """Return the caption and the rows, or what stands in the cells where the table only places things."""
        rows = [row for row in self.rows if any(cell.pieces for cell in row.cells)]
        if self._only_places(rows):
            return self.caption.pieces + [piece for row in rows for cell in row.cells for piece in cell.pieces]
        grid = _grid(rows)
        width = max(len(cells) for cells in grid)
        if width * len(grid) > max_cells:
            width = 0
        out = list(self.caption.pieces)
        for row, cells in zip(rows, grid, strict=True):
            out.append(self._row(row, cells + [""] * (width - len(cells)), table))
            if out[-1].layer != "hidden":
                out += [piece for cell in row.cells for piece in cell.pieces if piece.layer == "hidden"]
        return out

    def _only_places(self, rows: list[_Row]) -> bool:
        if self.is_layout or not rows:
            return True
        if max(sum(cell.columns for cell in row.cells) for row in rows) == 1:
            return True
        if self.caption.pieces or any(cell.is_header for row in rows for cell in row.cells):
            return False
        inside = [piece.kind for row in rows for cell in row.cells for piece in cell.pieces]
        return "heading" in inside or ("table_row" in inside and len(rows) <= 2)

    @staticmethod
    def _row(row: _Row, cells: list[str], table: int) -> Piece:
        filled = [cell for cell in row.cells if cell.pieces]
        is_header = row.is_head or (len(filled) > 1 and all(cell.is_header for cell in filled))
        shown = [piece for cell in filled for piece in cell.shown()]
        layer = shown[0].layer if shown else "hidden"
        return Piece(
            "table_row", "", LinePlace(line=row.line), cells=tuple(cells), table=table, is_header=is_header, layer=layer
        )


def _grid(rows: list[_Row]) -> list[list[str]]:
    """Return the text of each row by column; what is spanned is empty, except that a header names all it spans."""
    taken: dict[int, int] = {}  # column -> how many more rows a cell from above reaches
    grid: list[list[str]] = []
    for row in rows:
        cells: list[str] = []
        below: dict[int, int] = {}
        is_hidden = not any(cell.shown() for cell in row.cells)
        for cell in row.cells:
            if cell.pieces and not cell.shown() and not is_hidden:  # a cell that is not displayed takes no room
                continue
            while taken.get(len(cells), 0):
                cells.append("")
            text = cell.text(with_hidden=is_hidden)
            for offset in range(cell.columns):
                if cell.rows > 1 and len(cells) < MAX_COLUMNS:
                    below[len(cells)] = cell.rows - 1
                cells.append(text if not offset or cell.is_header else "")
        taken = {column: left - 1 for column, left in taken.items() if left > 1} | below
        grid.append(cells)
    return grid
