"""Workbooks that Excel and LibreOffice open alike: text is never a formula, and the same content gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

import xlsxwriter

# Longer text does not fit in a cell; it is cut with a mark instead of in silence.
_MOST_CHARACTERS = 32_000
_CUT = " […]"
# A fixed day: the time of writing says nothing about the content.
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name, its column headers with widths in characters, and its rows of texts and numbers."""

    name: str
    columns: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[str | float | int | None]]


def write_workbook(sheets: Iterable[Sheet], title: str, *, large: bool = False) -> bytes:
    """Return a workbook with one table a sheet: header frozen and filterable, text wrapped, language Swedish.

    ``large`` writes each row as it comes, through a temporary file, so that memory does not grow with the cells.
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
        header = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            _write_sheet(workbook.add_worksheet(sheet.name), sheet, header, wrapped)
    return buffer.getvalue()


def _write_sheet(page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, header: object, wrapped: object) -> None:
    for column, (name, width) in enumerate(sheet.columns):
        page.set_column(column, column, width)
        page.write_string(0, column, name, header)
    last = 0
    for last, row in enumerate(sheet.rows, start=1):  # noqa: B007 - the last number is wanted after the loop
        for column, value in enumerate(row):
            if isinstance(value, str):
                page.write_string(last, column, _fitting(value), wrapped)
            elif value is not None:
                page.write_number(last, column, value, wrapped)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(last, 1), len(sheet.columns) - 1)


def _fitting(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + _CUT
