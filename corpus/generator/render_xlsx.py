"""XLSX through openpyxl, and plain text.

In a workbook source ``# Name`` starts a sheet, a table row is a row, and a paragraph goes into column A.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from markup import Label, Source, plain
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from files import settle_office

_NUMBER = re.compile(r"-?\d+(,\d+)?$")


def write_xlsx(source: Source, path: Path) -> None:
    """Write the workbook and set the place of every label (``Blad!B7``)."""
    book = Workbook()
    book.remove(book.active)
    sheet: Any = None
    row = 1
    for node in source.nodes:
        if node.kind == "heading":
            hidden = node.text.startswith("dolt ")
            sheet = book.create_sheet(node.text.removeprefix("dolt "))
            sheet.sheet_state = "hidden" if hidden else "visible"
            row = 1
        elif node.kind == "table":
            _table(sheet, node, row)
            for (line, column), labels in node.cell_labels.items():
                _place(labels, f"{sheet.title}!{get_column_letter(column + 1)}{row + line}")
            row += len(node.rows)
        elif node.kind == "gap":
            row += 1
        elif node.text:
            cell = sheet.cell(row, 1, plain(node.text))
            cell.font = Font(bold=node.kind == "box", italic=node.kind == "control")
            _place(node.labels, f"{sheet.title}!A{row}")
            row += 1
    book.properties.title = str(source.settings.get("title", ""))
    book.properties.creator = str(source.settings.get("header_left", ""))
    book.save(path)
    settle_office(path)


def _place(labels: list[Label], place: str) -> None:
    for label in labels:
        label.place = place


def _table(sheet: Any, node: Any, start: int) -> None:
    widths = [float(w) for w in node.options["widths"].split(",")] if "widths" in node.options else []
    for n, row in enumerate(node.rows):
        for column, text in enumerate(row, 1):
            if not text:
                continue
            value: Any = plain(text)
            if text.startswith("=") and len(text) > 1:
                value = text
            elif _NUMBER.match(value) and column > 1:
                value = float(value.replace(",", ".")) if "," in value else int(value)
            cell = sheet.cell(start + n, column, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if n == 0 and node.header:
                cell.font = Font(bold=True)
                cell.fill = PatternFill("solid", fgColor="DDE6EA")
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def write_text(source: Source, path: Path) -> None:
    """Write plain text, wrapped at 78 characters as e-mail programs and old systems do."""
    import textwrap

    out: list[str] = []
    for node in source.nodes:
        text = plain(node.text)
        if node.kind == "heading":
            title = f"{node.number} {text}".strip()
            out += ["", title.upper() if node.level == 1 else title, ("=" if node.level == 1 else "-") * len(title)]
        elif node.kind in ("bullet", "ordered"):
            mark = "-" if node.kind == "bullet" else f"{node.options['label']})"
            out += textwrap.wrap(text, 76, initial_indent=f"  {mark} ", subsequent_indent="    ")
        elif node.kind == "table":
            out += ["\t".join(plain(cell) for cell in row) for row in node.rows]
        elif text and node.kind in ("para", "box", "control", "small"):
            out += ["", *textwrap.wrap(text, 78)]
    encoding = str(source.settings.get("encoding", "utf-8"))
    path.write_bytes(("\n".join(out).strip() + "\n").encode(encoding))
