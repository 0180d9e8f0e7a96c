"""Workbooks that Excel and LibreOffice open alike: text is never a formula, and the same content gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any, Literal, NamedTuple

import xlsxwriter


class Fill(NamedTuple):
    """A cell that a person fills in, in a column that is otherwise not for filling in."""


Value = str | float | int | date | Fill | None

# Longer text does not fit in a cell; it is cut with a mark instead of in silence.
_MOST_CHARACTERS = 32_000
_CUT = " […]"
# A fixed day: the time of writing says nothing about the content.
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_FORMATS = {
    "text": "General",
    "number": "#,##0",
    "decimal": "#,##0.0",
    "share": "0.00",
    "percent": "0 %",
    "date": "yyyy-mm-dd",
}
_RIGHT = ("number", "decimal", "share", "percent")
_A4 = 9
_PAGE_WIDTH = 190
# Points of a line and of the highest row that Excel allows; words break early, so a line holds less than its width.
_LINE, _HIGHEST, _TIGHT = 15.0, 405.0, 0.92
_LISTS = "Listor"


class Column(NamedTuple):
    """One column: its header, its width in characters, and what it holds.

    ``choices`` are what a drop-down offers, or the name of one of the workbook's ``lists``. ``fill`` marks a column
    that a person fills in.
    """

    name: str
    width: int
    kind: Literal["text", "number", "decimal", "share", "percent", "date"] = "text"
    choices: Sequence[str] | str = ()
    fill: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name, its columns, and its rows of texts, numbers and dates.

    ``frozen`` is how many columns stay in place; ``plain`` leaves out header shading and filter, for a page of text.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    frozen: int = 0
    plain: bool = False
    hidden: bool = False


def write_workbook(
    sheets: Iterable[Sheet], title: str, *, lists: Mapping[str, Sequence[str]] | None = None, large: bool = False
) -> bytes:
    """Return a workbook with one table a sheet: header frozen and filterable, text wrapped, printable on A4.

    ``lists`` are long lists for drop-downs; they lie in a hidden sheet, each under its name. ``large`` writes each row as
    it comes, through a temporary file, so that memory does not grow with the cells.
    """
    buffer = BytesIO()
    options = {
        "constant_memory" if large else "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as workbook:
        workbook.set_properties({"title": title, "author": "cirkular-krav", "created": _CREATED})
        writer = _Writer(workbook)
        for sheet in sheets:
            writer.write(sheet)
        if lists:
            writer.write_lists(lists)
    return buffer.getvalue()


class _Writer:
    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        self.formats: dict[tuple[str, bool], Any] = {}
        self.headers: dict[tuple[str, bool], Any] = {}
        self.title = workbook.add_format({"bold": True, "font_size": 14, "valign": "top"})

    def header_of(self, column: Column) -> Any:
        key = ("right" if column.kind in _RIGHT else "left", column.fill)
        if key not in self.headers:
            colour = "#FFE699" if column.fill else "#DCE6F1"
            self.headers[key] = self.workbook.add_format(
                {
                    "bold": True,
                    "text_wrap": True,
                    "valign": "top",
                    "bottom": 1,
                    "bg_color": colour,
                    **_aligned(column.kind),
                }
            )
        return self.headers[key]

    def format_of(self, kind: str, *, fill: bool) -> Any:
        if (kind, fill) not in self.formats:
            shade = {"bg_color": "#FFF9E5", "border": 1, "border_color": "#BFBFBF"} if fill else {}
            # What a person types stays the text that it is: "1-2" no date, "=x" no formula.
            form = "@" if fill and kind == "text" else _FORMATS[kind]
            self.formats[kind, fill] = self.workbook.add_format(
                {"text_wrap": True, "valign": "top", "num_format": form, **_aligned(kind), **shade}
            )
        return self.formats[kind, fill]

    def write(self, sheet: Sheet) -> None:
        page = self.workbook.add_worksheet(sheet.name)
        for at, column in enumerate(sheet.columns):
            page.set_column(at, at, column.width, None, {"hidden": True} if column.hidden else {})
            page.write_string(0, at, column.name, self.title if sheet.plain else self.header_of(column))
        if not sheet.plain:  # before the rows: a large workbook is written from the top
            page.set_row(0, _height([f"{column.name} ▾▾" for column in sheet.columns], sheet.columns))
        last = 0
        for last, row in enumerate(sheet.rows, start=1):  # noqa: B007 - the last number is wanted after the loop
            page.set_row(last, _height(row, sheet.columns))
            for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                self.write_cell(page, last, at, value, column)
        for at, column in enumerate(sheet.columns):
            self.offer_choices(page, at, column, max(last, 1))
        if sheet.hidden:
            page.hide()
        if not sheet.plain:
            page.freeze_panes(1, sheet.frozen)
            page.autofilter(0, 0, max(last, 1), len(sheet.columns) - 1)
        _lay_out_print(page, sheet)

    def write_cell(self, page: Any, row: int, at: int, value: Value, column: Column) -> None:
        is_blank = value is None or isinstance(value, Fill)
        form = self.format_of(column.kind, fill=column.fill or isinstance(value, Fill))
        if is_blank:
            if column.fill or isinstance(value, Fill):
                page.write_blank(row, at, None, form)
        elif isinstance(value, str):
            page.write_string(row, at, _fitting(value), form)
        elif isinstance(value, date):
            page.write_datetime(row, at, value, form)
        else:
            page.write_number(row, at, value, form)

    def offer_choices(self, page: Any, at: int, column: Column, last: int) -> None:
        if not column.choices:
            return
        source = f"={column.choices}" if isinstance(column.choices, str) else list(column.choices)
        page.data_validation(1, at, last, at, {"validate": "list", "source": source, "ignore_blank": True})

    def write_lists(self, lists: Mapping[str, Sequence[str]]) -> None:
        page = self.workbook.add_worksheet(_LISTS)
        page.hide()
        for at, (name, values) in enumerate(lists.items()):
            for row, value in enumerate(values):
                page.write_string(row, at, value)
            column = chr(ord("A") + at)
            self.workbook.define_name(name, f"={_LISTS}!${column}$1:${column}${max(len(values), 1)}")


def _aligned(kind: str) -> dict[str, Any]:
    """Numbers stand to the right, a little in from the text of the next column."""
    return {"align": "right", "indent": 1} if kind in _RIGHT else {"align": "left"}


def _lay_out_print(page: Any, sheet: Sheet) -> None:
    """Print on A4 across: a narrow table on one page's width, a wide one over several with its first columns again."""
    page.set_landscape()
    page.set_paper(_A4)
    if not sheet.plain:
        page.repeat_rows(0)
        page.hide_gridlines(0)  # printed too, so that a row can be followed across the paper
    if sum(column.width for column in sheet.columns) <= _PAGE_WIDTH:
        page.fit_to_pages(1, 0)
        return
    page.set_print_scale(60)
    if sheet.frozen:
        page.repeat_columns(0, sheet.frozen - 1)


def _height(row: Sequence[Value], columns: Sequence[Column]) -> float:
    """Return a height in points that shows the longest text; programs differ in whether they find it out themselves."""
    most = 1
    for column, value in zip(columns, row, strict=True):
        if isinstance(value, str):
            fits = max(1, int(column.width * _TIGHT))
            most = max(most, sum(-(-max(1, len(line)) // fits) for line in value.split("\n")))
    return min(most * _LINE, _HIGHEST)


def _fitting(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + _CUT
