"""What calamine does not tell of a workbook, read from its XML: hidden rows, percent formats, headers, far cells.

calamine holds a sheet as one dense rectangle, so two cells at opposite corners abort the process. Each sheet is
therefore looked through first, and one that is too wide for its content is written anew with its cells moved together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cirkular_krav.errors import ProblemCode
from cirkular_krav.readers.pieces import Limits
from cirkular_krav.readers.xmlsafe import Element, attribute, iterate_xml, local_name, parse_xml, to_text

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})\Z")
_PERCENT_FORMATS = frozenset({9, 10})
_MAX_COLUMN = 16_384
_MAX_ROW = 1_048_576
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_FALSE = ("0", "false", "off")


@dataclass
class Scan:
    """What stands where in a sheet; rows and columns are counted from 0."""

    cells: int = 0
    uncomputed: int = 0
    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    folded_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    header_rows: set[int] = field(default_factory=set)
    percent: set[tuple[int, int]] = field(default_factory=set)
    is_filtered: bool = False

    @property
    def area(self) -> int:
        """The number of cells in the rectangle around all that has content."""
        if not self.rows:
            return 0
        return (max(self.rows) - min(self.rows) + 1) * (max(self.columns) - min(self.columns) + 1)

    @property
    def hidden_columns_with_content(self) -> set[int]:
        """The hidden columns that hold anything."""
        return self.hidden_columns & self.columns


def scan_sheet(data: bytes, limits: Limits, percent_styles: frozenset[str], *, place: str) -> Scan:
    """Look through a worksheet part once, keeping no more than where its content is; raises as ``iterate_xml``."""
    scan = Scan()
    row = -1
    tags = ("row", "col", "autoFilter", "filterColumn", "pane")
    for element in iterate_xml(data, limits, tags, place=place, damaged=ProblemCode.OFFICE_DAMAGED):
        name = local_name(element)
        if name == "row":
            row = _row_number(element, row)
            _scan_row(element, row, scan, percent_styles)
        elif name == "col" and _is_on(element, "hidden"):
            first, last = _number(element, "min"), _number(element, "max")
            scan.hidden_columns.update(range(first - 1, min(last, _MAX_COLUMN)))
        elif name == "filterColumn":
            scan.is_filtered = True
        elif name == "autoFilter":
            scan.header_rows.update(first_rows(element.get("ref")))
            scan.is_filtered = scan.is_filtered or len(element) > 0
        elif name == "pane" and attribute(element, "state") in ("frozen", "frozenSplit"):
            frozen = _number(element, "ySplit")
            scan.header_rows.update({frozen - 1} if 0 < frozen <= 30 else ())
    return scan


def _scan_row(element: Element, row: int, scan: Scan, percent_styles: frozenset[str]) -> None:
    column = -1
    filled = False
    for cell in element:
        if local_name(cell) != "c":
            continue
        place = cell_place(cell.get("r"))
        column = place[1] if place else column + 1
        if not _has_content(cell):
            scan.uncomputed += _is_uncomputed(cell)
            continue
        filled = True
        scan.cells += 1
        scan.columns.add(column)
        if percent_styles and cell.get("s") in percent_styles:
            scan.percent.add((row, column))
    if not filled:
        return
    scan.rows.add(row)
    if _is_on(element, "hidden"):
        is_outlined = (element.get("outlineLevel") or "0") != "0"
        (scan.folded_rows if is_outlined else scan.hidden_rows).add(row)


def _has_content(cell: Element) -> bool:
    for child in cell:
        name = local_name(child)
        if name == "is" or (name == "v" and child.text):
            return True
    return False


def _is_uncomputed(cell: Element) -> bool:
    """Tell a formula whose value was never stored from one whose value is the empty text."""
    names = [local_name(child) for child in cell]
    return "f" in names and "v" not in names


def compact(data: bytes, scan: Scan, limits: Limits, *, place: str) -> tuple[bytes, list[int], list[int]]:
    """Write a sheet anew with its filled rows and columns moved together, at most ``max_cells`` large.

    Returns the part and, for each new row and column, the old one; rows beyond the limit are left out.
    """
    columns = sorted(scan.columns)
    rows = sorted(scan.rows)[: limits.max_cells // max(len(columns), 1)]
    new_row = {old: new for new, old in enumerate(rows)}
    new_column = {old: column_name(new) for new, old in enumerate(columns)}
    body = "".join(_compact_rows(data, limits, new_row, new_column, place))
    # Each cell declares the namespace it came with; calamine goes by local names.
    text = f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'
    return text.encode("utf-8"), rows, columns


def _compact_rows(
    data: bytes, limits: Limits, new_row: dict[int, int], new_column: dict[int, str], place: str
) -> Iterator[str]:
    row = -1
    for element in iterate_xml(data, limits, ("row",), place=place, damaged=ProblemCode.OFFICE_DAMAGED):
        row = _row_number(element, row)
        if row not in new_row:
            continue
        number = new_row[row] + 1
        cells = []
        column = -1
        for cell in element:
            if local_name(cell) != "c":
                continue
            old = cell_place(cell.get("r"))
            column = old[1] if old else column + 1
            if not _has_content(cell):
                continue
            for formula in [child for child in cell if local_name(child) == "f"]:
                cell.remove(formula)
            cell.set("r", f"{new_column[column]}{number}")
            cells.append((column, to_text(cell)))
        yield f'<row r="{number}">{"".join(text for _, text in sorted(cells))}</row>'


def percent_styles(data: bytes, limits: Limits, *, place: str) -> frozenset[str]:
    """Return the indices of the cell formats that show a number as percent."""
    root = parse_xml(data, limits, place=place, damaged=ProblemCode.OFFICE_DAMAGED)
    own = {
        _number(item, "numFmtId")
        for item in root.iter("{*}numFmt")
        if "%" in _outside_quotes(attribute(item, "formatCode") or "")
    }
    found = set()
    for formats in root.iter("{*}cellXfs"):
        for index, item in enumerate(formats):
            if _number(item, "numFmtId") in own | _PERCENT_FORMATS:
                found.add(str(index))
    return frozenset(found)


def _outside_quotes(code: str) -> str:
    return "".join(code.split('"')[::2]).replace("\\%", "")


def ods_area(data: bytes, limits: Limits, *, place: str) -> int:
    """Return the largest rectangle a sheet of an ODS file would fill when its repeated rows and cells are laid out."""
    largest = height = width = 0
    for element in iterate_xml(data, limits, ("table-row", "table"), place=place, damaged=ProblemCode.OFFICE_DAMAGED):
        if local_name(element) == "table":
            height = width = 0
            continue
        repeated = _number(element, "number-rows-repeated") or 1
        column = filled = 0
        for cell in element:
            column += _number(cell, "number-columns-repeated") or 1
            if len(cell) or attribute(cell, "value") is not None:
                filled = column
        height += repeated
        width = max(width, filled)
        if filled:
            largest = max(largest, height * width)
    return largest


def first_rows(reference: str | None) -> set[int]:
    """Return the first row of a range such as ``A5:F100``, counted from 0; the empty set for what is no range."""
    place = cell_place((reference or "").partition(":")[0])
    return {place[0]} if place else set()


def cell_place(reference: str | None) -> tuple[int, int] | None:
    """Return row and column, from 0, of an address such as ``B7``; none for what is no address."""
    found = _CELL.match(reference or "")
    if not found:
        return None
    column = 0
    for letter in found.group(1).upper():
        column = column * 26 + ord(letter) - 64
    row = int(found.group(2))
    return (row - 1, column - 1) if column <= _MAX_COLUMN and row <= _MAX_ROW else None


def column_name(column: int) -> str:
    """Return the letters of a column counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _row_number(element: Element, before: int) -> int:
    number = _number(element, "r")
    return number - 1 if 0 < number <= _MAX_ROW else before + 1


def _number(element: Element, name: str) -> int:
    text = attribute(element, name) or ""
    whole = text.partition(".")[0]
    return int(whole) if whole.isdecimal() and len(whole) < 10 else 0


def _is_on(element: Element, name: str) -> bool:
    text = element.get(name)
    return text is not None and text not in _FALSE
