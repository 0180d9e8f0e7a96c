"""What the rows of a sheet are: titles, paragraphs and the rows of its tables, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cirkular_krav.models import BlockKind, Layer, SheetPlace
from cirkular_krav.readers._sheet_scan import column_name
from cirkular_krav.readers.pieces import Piece

_TITLE_LENGTH = 100
_TITLES_ABOVE = 3
_LABEL_LENGTH = 100
_REPEATED_COLUMNS = 2
_NEIGHBOURS = 10
# A single cell that obliges somebody is a requirement, however short, and never a title.
_OBLIGES = re.compile(r"\b(?:ska|skall|bör|måste|får|shall|must|should)\b", re.IGNORECASE)

Merge = tuple[tuple[int, int], tuple[int, int]]


@dataclass(slots=True)
class Row:
    """A row with content: its number and its filled cells by column, both counted from 0."""

    number: int
    cells: dict[int, str]
    layer: Layer = "body"


@dataclass
class Grid:
    """A sheet as read: its filled rows in order, merged ranges, and rows that the file itself marks as headers."""

    name: str
    rows: list[Row]
    merges: list[Merge] = field(default_factory=list)
    header_rows: set[int] = field(default_factory=set)


@dataclass
class _Group:
    """Rows without an empty row between them: single cells first (titles), then the rest."""

    titles: list[Row]
    body: list[Row]
    columns: set[int]


def pieces_of(grid: Grid, first_table: int) -> Iterator[Piece]:
    """Yield headings, paragraphs and table rows; tables are numbered from ``first_table``.

    All rows of a table have the same columns, those that any of its rows fills; tables that lie in the same columns
    share them, so that a header holds over a gap.
    """
    _repeat_labels(grid)
    wide = {start for start, end in grid.merges if end[1] > start[1]}
    groups = [_group(rows) for rows in _runs(grid.rows)]
    table = first_table
    for at, group in enumerate(groups):
        below = groups[at + 1].body[:1] if at + 1 < len(groups) and not groups[at + 1].titles else []
        has_table = bool(group.body) or (bool(below) and len(group.titles) <= _TITLES_ABOVE)
        for row in group.titles:
            yield _single(grid.name, row, may_be_title=has_table)
        columns = _frame(groups, at)
        for row in group.body:
            if len(row.cells) == 1 and (row.number, next(iter(row.cells))) in wide and _is_title(row):
                yield _heading(grid.name, row, 3)
                continue
            yield _table_row(grid, row, columns, table)
        table += bool(group.body)


def _runs(rows: list[Row]) -> Iterator[list[Row]]:
    run: list[Row] = []
    for row in rows:
        if run and row.number > run[-1].number + 1:
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _group(rows: list[Row]) -> _Group:
    first = next((at for at, row in enumerate(rows) if len(row.cells) > 1), len(rows))
    body = rows[first:]
    return _Group(rows[:first], body, {column for row in body for column in row.cells})


def _frame(groups: list[_Group], at: int) -> list[int]:
    """Return the columns of the table of a group: with those of its neighbours that lie in mostly the same columns."""
    columns = set(groups[at].columns)
    if not columns:
        return []
    for direction in (-1, 1):
        near = at + direction
        while 0 <= near < len(groups) and abs(near - at) <= _NEIGHBOURS:
            other = groups[near].columns
            if other and len(other & columns) * 2 < min(len(other), len(columns)):
                break
            columns |= other
            near += direction
    return sorted(columns)


def _single(sheet: str, row: Row, *, may_be_title: bool) -> Piece:
    if may_be_title and _is_title(row):
        return _heading(sheet, row, 2)
    return _piece("paragraph", sheet, row)


def _is_title(row: Row) -> bool:
    text = next(iter(row.cells.values()))
    obliges = _OBLIGES.search(text) and len(text.split()) > 3
    return len(text) <= _TITLE_LENGTH and "\n" not in text and text[-1] not in ".;!?" and not obliges


def _heading(sheet: str, row: Row, level: int) -> Piece:
    piece = _piece("heading", sheet, row)
    piece.level = level
    return piece


def _piece(kind: BlockKind, sheet: str, row: Row) -> Piece:
    column, text = next(iter(row.cells.items()))
    place = SheetPlace(sheet=sheet, cells=f"{column_name(column)}{row.number + 1}")
    return Piece(kind, text, place, layer=row.layer)


def _table_row(grid: Grid, row: Row, columns: list[int], table: int) -> Piece:
    number = row.number + 1
    first, last = column_name(columns[0]), column_name(columns[-1])
    return Piece(
        "table_row",
        "",
        SheetPlace(sheet=grid.name, cells=f"{first}{number}:{last}{number}"),
        layer=row.layer,
        cells=tuple(row.cells.get(column, "") for column in columns),
        table=table,
        is_header=row.number in grid.header_rows and len(row.cells) > 1,
    )


def _repeat_labels(grid: Grid) -> None:
    """Write a label that is merged downwards on each of its rows, when it stands among the first filled columns."""
    rows = {row.number: row for row in grid.rows}
    leading = sorted({column for row in grid.rows for column in row.cells})[:_REPEATED_COLUMNS]
    for (top, left), (bottom, _) in grid.merges:
        if bottom <= top or left not in leading or top not in rows:
            continue
        label = rows[top].cells.get(left, "")
        if not label or len(label) > _LABEL_LENGTH or "\n" in label:
            continue
        for number in range(top + 1, bottom + 1):
            if number in rows:
                rows[number].cells.setdefault(left, label)
