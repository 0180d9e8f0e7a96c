"""Tables of plain text: a header that is broken into lines, names to the left and figures to the right."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

_NAME_WIDTH = 34


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, name_width: int = _NAME_WIDTH) -> list[str]:
    """Return the lines of a table; the first column is a name and may take several lines."""
    names = [textwrap.wrap(row[0], name_width) or [""] for row in rows]
    widths = [max([_longest_word(columns[0]), *(len(line) for name in names for line in name)])]
    widths += [max([_longest_word(columns[i]), *(len(row[i]) for row in rows)]) for i in range(1, len(columns))]
    lines = _header(columns, widths)
    for name, row in zip(names, rows, strict=True):
        cells = [row[i].rjust(widths[i]) for i in range(1, len(columns))]
        lines.append("  ".join([name[0].ljust(widths[0]), *cells]).rstrip())
        lines += name[1:]
    return lines


def _longest_word(text: str) -> int:
    return max(len(word) for word in text.split())


def _header(columns: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [textwrap.wrap(name, width) for name, width in zip(columns, widths, strict=True)]
    height = max(map(len, wrapped))
    padded = [[""] * (height - len(lines)) + lines for lines in wrapped]
    rows = []
    for k in range(height):
        cells = [padded[0][k].ljust(widths[0])]
        cells += [padded[i][k].rjust(widths[i]) for i in range(1, len(columns))]
        rows.append("  ".join(cells).rstrip())
    return [*rows, "  ".join("-" * width for width in widths)]
