"""Reading workbooks (XLSX, XLSM, XLSB, XLS, ODS) through calamine, guarded by a look at the XML first.

calamine never sees the file itself but a package made anew from the parts that were inflated under limits and looked
through: pictures, macros and links stay outside, and what was checked is what is read. Formulas give their stored
value. Hidden sheets and rows are kept, said to be hidden, and lie in the layer ``hidden``; rows that a filter or a
folded outline hides are the document's own and lie in ``body``.
"""

from __future__ import annotations

import datetime
import posixpath
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import python_calamine

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.models import Layer, Problem, SheetPlace
from cirkular_krav.readers._sheet_layout import Grid, Row, pieces_of
from cirkular_krav.readers._sheet_scan import (
    Scan,
    column_name,
    compact,
    first_rows,
    ods_area,
    percent_styles,
    scan_sheet,
)
from cirkular_krav.readers.package import (
    OLE_MAGIC,
    Package,
    office_part,
    ole_kind,
    open_package,
    raise_for_ole,
    read_head,
)
from cirkular_krav.readers.pieces import Events, Limits, Piece
from cirkular_krav.readers.xmlsafe import Element, attribute, local_name, parse_xml, refuse_doctype
from cirkular_krav.text import has_invisible

_NEEDED = frozenset({"worksheet", "sharedStrings", "styles"})
_STORED_UP_TO = 8_000_000
_READ_WELL = 0.99
_ODS_PARTS = ("mimetype", "META-INF/manifest.xml", "content.xml", "styles.xml", "settings.xml", "meta.xml")
_T = TypeVar("_T")


def read(path: Path, limits: Limits) -> Events:
    """Yield the pieces of a workbook sheet by sheet, each under a heading with its name, then the problems.

    Raises ``ReadingError``: those of ``open_package``, ``WRONG_TYPE`` (a package, but no workbook),
    ``OFFICE_DAMAGED``, ``XML_DTD``, ``ZIP_BOMB``, ``TOO_BIG``, ``TOO_LONG`` (an ODS that unfolds without end).
    """
    reader = _Reader(limits)
    if read_head(path, limits).startswith(OLE_MAGIC):
        if ole_kind(path) != "xls":
            raise_for_ole(path)
        source: Any = str(path)
    else:
        with open_package(path, limits) as package:
            source = BytesIO(reader.prepare(package))
    yield from reader.events(_guarded(lambda: python_calamine.load_workbook(source)))


def read_rows(path: Path, limits: Limits) -> dict[str, list[Row]]:
    """Return the filled rows of every sheet of an XLSX or ODS workbook, with row and column counted from 0.

    For workbooks that the program wrote and a person filled in. Raises ``ReadingError`` as ``read`` does.
    """
    reader = _Reader(limits)
    with open_package(path, limits) as package:
        source = BytesIO(reader.prepare(package))
    workbook = _guarded(lambda: python_calamine.load_workbook(source))
    return {name: reader.rows_of(workbook, name) for name in workbook.sheet_names}


class _Enough(Exception):
    """The workbook holds more than the limits allow; what was read is kept."""


@dataclass
class _Prepared:
    """What was found out about one worksheet before calamine reads it."""

    scan: Scan = field(default_factory=Scan)
    rows: list[int] | None = None
    columns: list[int] | None = None
    extras: list[Piece] = field(default_factory=list)


class _Reader:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.sheets: dict[str, _Prepared] = {}
        self.blocks = self.cells = self.tables = 0
        self.uncomputed = self.hidden_rows = self.hidden_columns = 0
        self.hidden_sheets: list[str] = []
        self.problems: list[Problem] = []
        self.invisible = ""

    # --- before calamine --------------------------------------------------------------------------------------

    def prepare(self, package: Package) -> bytes:
        """Return a package with only the parts that calamine needs, each looked through."""
        main = office_part(package)
        if main.endswith("workbook.bin"):
            return self._copied(package, main, {})
        if main:
            return self._prepared_xlsx(package, main)
        if package.has("content.xml") and package.has("mimetype"):
            return self._prepared_ods(package)
        raise ReadingError(ProblemCode.WRONG_TYPE)

    def _prepared_xlsx(self, package: Package, main: str) -> bytes:
        root = parse_xml(package.read(main), self.limits, place=main, damaged=ProblemCode.OFFICE_DAMAGED)
        if local_name(root) != "workbook":
            raise ReadingError(ProblemCode.WRONG_TYPE)
        relations = {relation.id: relation for relation in package.relationships(main)}
        styles = next((item.target for item in relations.values() if item.kind == "styles"), "")
        percent = frozenset[str]()
        if package.has(styles):
            percent = percent_styles(package.read(styles), self.limits, place=styles)
        changed: dict[str, bytes] = {}
        for sheet in root.iter("{*}sheet"):
            relation = relations.get(_relation_id(sheet))
            if relation is None or relation.kind != "worksheet" or not package.has(relation.target):
                continue
            name = attribute(sheet, "name") or ""
            data = package.read(relation.target)
            prepared = self.sheets[name] = _Prepared(scan_sheet(data, self.limits, percent, place=relation.target))
            if prepared.scan.area > self.limits.max_cells:
                data, prepared.rows, prepared.columns = compact(data, prepared.scan, self.limits, place=relation.target)
                changed[relation.target] = data
                self._say_too_long(len(prepared.rows) < len(prepared.scan.rows))
            prepared.extras = list(self._beside(package, relation.target, name, prepared.scan))
        return self._copied(package, main, changed)

    def _copied(self, package: Package, main: str, changed: dict[str, bytes]) -> bytes:
        folder, name = posixpath.split(main)
        wanted = ["[Content_Types].xml", "_rels/.rels", main, posixpath.join(folder, "_rels", f"{name}.rels")]
        wanted += [item.target for item in package.relationships(main) if item.kind in _NEEDED]
        return self._packed(package, [part for part in wanted if package.has(part)], changed)

    def _packed(self, package: Package, parts: list[str], changed: dict[str, bytes]) -> bytes:
        target = BytesIO()
        with zipfile.ZipFile(target, "w") as out:
            for part in dict.fromkeys(parts):
                data = changed.pop(part) if part in changed else package.read(part)
                if part.endswith((".xml", ".rels")):
                    refuse_doctype(data, place=part)
                kind = zipfile.ZIP_STORED if len(data) <= _STORED_UP_TO else zipfile.ZIP_DEFLATED
                out.writestr(part, data, compress_type=kind, compresslevel=1)
        return target.getvalue()

    def _prepared_ods(self, package: Package) -> bytes:
        if b"opendocument.spreadsheet" not in package.read("mimetype")[:200]:
            raise ReadingError(ProblemCode.WRONG_TYPE)
        manifest = "META-INF/manifest.xml"
        if package.has(manifest):
            root = parse_xml(package.read(manifest), self.limits, place=manifest, damaged=ProblemCode.OFFICE_DAMAGED)
            if next(root.iter("{*}encryption-data"), None) is not None:
                raise ReadingError(ProblemCode.ENCRYPTED)
        area = ods_area(package.read("content.xml"), self.limits, place="content.xml")
        if area > self.limits.max_cells:
            raise ReadingError(ProblemCode.TOO_LONG, cells=area)
        return self._packed(package, [part for part in _ODS_PARTS if package.has(part)], {})

    def _beside(self, package: Package, part: str, sheet: str, scan: Scan) -> Iterator[Piece]:
        """Yield the text boxes and comments that lie on a sheet, and note the headers of its tables."""
        for relation in package.relationships(part):
            if relation.kind not in ("drawing", "comments", "table") or not package.has(relation.target):
                continue
            try:
                root = parse_xml(
                    package.read(relation.target), self.limits, place=relation.target,
                    damaged=ProblemCode.OFFICE_DAMAGED,
                )  # fmt: skip
            except ReadingError as error:
                if error.code != ProblemCode.OFFICE_DAMAGED:
                    raise
                self.problems.append(Problem(code=ProblemCode.WARN_DAMAGED, place=relation.target))
                continue
            if relation.kind == "table" and attribute(root, "headerRowCount") != "0":
                scan.header_rows.update(first_rows(root.get("ref")))
            elif relation.kind == "comments":
                yield from _comments(root, sheet)
            elif relation.kind == "drawing":
                yield from _text_boxes(root, sheet)

    # --- through calamine -------------------------------------------------------------------------------------

    def events(self, workbook: python_calamine.CalamineWorkbook) -> Events:
        if not workbook.sheets_metadata:
            raise ReadingError(ProblemCode.OFFICE_DAMAGED)
        try:
            for at, meta in enumerate(workbook.sheets_metadata):
                if meta.typ == python_calamine.SheetTypeEnum.WorkSheet:
                    yield from self._sheet(workbook, at, meta)
        except _Enough:
            self._say_too_long(True)
        yield from self._closing()

    def _sheet(
        self, workbook: python_calamine.CalamineWorkbook, at: int, meta: python_calamine.SheetMetadata
    ) -> Iterator[Piece | Problem]:
        prepared = self.sheets.get(meta.name) or _Prepared()
        try:
            grid = self._grid(_guarded(lambda: workbook.get_sheet_by_index(at)), meta.name, prepared)
        except ReadingError:
            yield Problem(code=ProblemCode.PAGE_FAILED, place=meta.name, values={"pages": meta.name})
            return
        if not grid.rows and not prepared.extras:
            return
        layer: Layer = "body"
        if meta.visible != python_calamine.SheetVisibleEnum.Visible:
            self.hidden_sheets.append(meta.name)
            layer = "hidden"
        yield self._accept(Piece("heading", meta.name, SheetPlace(sheet=meta.name, cells="A1"), level=1), layer)
        last = self.tables
        for piece in pieces_of(grid, self.tables + 1):
            last = max(last, piece.table)
            yield self._accept(piece, layer)
        self.tables = last
        for piece in prepared.extras:
            yield self._accept(piece, layer)

    def rows_of(self, workbook: python_calamine.CalamineWorkbook, name: str) -> list[Row]:
        """Return the filled rows of one sheet, also those that a filter hides."""
        sheet = _guarded(lambda: workbook.get_sheet_by_name(name))
        return self._grid(sheet, name, self.sheets.get(name) or _Prepared()).rows

    def _grid(self, sheet: python_calamine.CalamineSheet, name: str, prepared: _Prepared) -> Grid:
        """Return the filled rows of a sheet with their true places."""
        scan = prepared.scan
        self.uncomputed += scan.uncomputed
        self.hidden_columns += len(scan.hidden_columns_with_content)
        limit = None
        if sheet.height * sheet.width > self.limits.max_cells:
            limit = max(1, self.limits.max_cells // sheet.width)
            self._say_too_long(True)
        start = sheet.start or (0, 0)
        rows = []
        for number, values in enumerate(_guarded(lambda: sheet.to_python(nrows=limit)), start=start[0]):
            row = number if prepared.rows is None else prepared.rows[number]
            cells = {}
            for column, value in enumerate(values, start=start[1]):
                if value == "" and isinstance(value, str):
                    continue
                old = column if prepared.columns is None else prepared.columns[column]
                if text := cell_text(value, is_percent=(row, old) in scan.percent):
                    cells[old] = text
            if cells:
                rows.append(Row(row, cells, self._layer_of(row, scan)))
        merges = list(sheet.merged_cell_ranges or ()) if prepared.rows is None else []
        return Grid(name, rows, merges, scan.header_rows)

    def _layer_of(self, row: int, scan: Scan) -> Layer:
        if row in scan.folded_rows:
            self.hidden_rows += 1
        if row not in scan.hidden_rows:
            return "body"
        self.hidden_rows += 1
        return "body" if scan.is_filtered else "hidden"

    def _accept(self, piece: Piece, layer: Layer) -> Piece:
        if layer == "hidden":
            piece.layer = layer
        self.blocks += 1
        self.cells += len(piece.cells)
        if self.blocks > self.limits.max_blocks or self.cells > self.limits.max_cells:
            raise _Enough
        if not self.invisible and (has_invisible(piece.text) or any(has_invisible(cell) for cell in piece.cells)):
            assert isinstance(piece.place, SheetPlace)
            self.invisible = f"{piece.place.sheet}!{piece.place.cells}"
        return piece

    def _say_too_long(self, is_too_long: bool) -> None:
        if is_too_long and not any(problem.code == ProblemCode.TOO_LONG for problem in self.problems):
            self.problems.append(Problem(code=ProblemCode.TOO_LONG))

    def _closing(self) -> Iterator[Problem]:
        yield from self.problems
        found = sum(prepared.scan.cells for prepared in self.sheets.values())
        if self.uncomputed and found < _READ_WELL * (found + self.uncomputed):
            percent = 100 * found // (found + self.uncomputed)
            yield Problem(code=ProblemCode.TEXT_LOST, values={"percent": percent})
        if self.hidden_sheets or self.hidden_rows or self.hidden_columns:
            yield Problem(
                code=ProblemCode.WARN_HIDDEN,
                place=", ".join(self.hidden_sheets),
                values={
                    "sheets": ", ".join(self.hidden_sheets), "rows": self.hidden_rows, "columns": self.hidden_columns,
                },
            )  # fmt: skip
        if self.invisible:
            yield Problem(code=ProblemCode.WARN_INVISIBLE, place=self.invisible)


def _guarded(call: Callable[[], _T]) -> _T:
    """Call calamine; its errors, and Rust's panics, which are no ordinary exceptions, become ``ReadingError``."""
    try:
        return call()
    except python_calamine.PasswordError:
        raise ReadingError(ProblemCode.ENCRYPTED) from None
    except (python_calamine.CalamineError, OSError, ValueError, OverflowError):
        raise ReadingError(ProblemCode.OFFICE_DAMAGED) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise ReadingError(ProblemCode.OFFICE_DAMAGED) from None


def cell_text(value: Any, *, is_percent: bool = False) -> str:
    """Return a cell as a Swedish reader would see it: ``5``, ``0,25``, ``30 %``, ``2026-05-01``, ``SANT``."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if isinstance(value, bool):
        return "SANT" if value else "FALSKT"
    if isinstance(value, (int, float)):
        shown = format(value * 100, ".6g") if is_percent else format(value, ".15g")
        return shown.replace(".", ",") + (" %" if is_percent else "")
    if isinstance(value, datetime.datetime):
        at_midnight = value.time() == datetime.time()
        return value.date().isoformat() if at_midnight else value.isoformat(" ", "minutes")
    if isinstance(value, datetime.time):
        return value.isoformat("minutes")
    if isinstance(value, datetime.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    return value.isoformat() if isinstance(value, datetime.date) else str(value).strip()


def _comments(root: Element, sheet: str) -> Iterator[Piece]:
    for comment in root.iter("{*}comment"):
        text = "".join(item.text or "" for item in comment.iter("{*}t")).strip()
        if text:
            yield Piece("paragraph", text, SheetPlace(sheet=sheet, cells=comment.get("ref") or "A1"), layer="note")


def _text_boxes(root: Element, sheet: str) -> Iterator[Piece]:
    for anchor in root:
        corner = next(anchor.iter("{*}from"), None)
        column, row = (_corner(corner, "col"), _corner(corner, "row")) if corner is not None else (0, 0)
        place = SheetPlace(sheet=sheet, cells=f"{column_name(column)}{row + 1}")
        for paragraph in anchor.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}p",
                                     "{http://purl.oclc.org/ooxml/drawingml/main}p"):  # fmt: skip
            text = "".join(item.text or "" for item in paragraph.iter("{*}t")).strip()
            if text:
                yield Piece("paragraph", text, place)


def _corner(corner: Element, name: str) -> int:
    text = next((item.text or "" for item in corner.iter(f"{{*}}{name}")), "")
    return int(text) if text.isdecimal() and len(text) < 8 else 0


def _relation_id(element: Element) -> str:
    return next((str(item) for name, item in element.attrib.items() if str(name).endswith("}id")), "")
