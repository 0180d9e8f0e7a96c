"""TendSign's symbols: pictures beside headings and questions that say what must be met, what is scored, what is asked.

They vanish when text is extracted. Each is a window on one tall picture that holds them all, so how far down the
window stands tells which symbol it is; the page headed "Symbolförklaring" prints what each of them means.
"""

from __future__ import annotations

from cirkular_krav.readers.pdf_page import Box, Line, PageView

Symbol = tuple[Box, tuple[int, int]]
Legend = dict[tuple[int, int], str]

SYMBOL = "symbol"  # ``Piece.number`` of the notes that hold a symbol's meaning
_STACKED = 48  # points: two symbols below the first
_HEADING = "symbolförklaring"


def read_legend(view: PageView, lines: list[Line], symbols: list[Symbol]) -> Legend:
    """Return what each symbol means, from the page that explains them; empty on any other page.

    The explanation itself becomes a note: "innehåller krav som måste uppfyllas" is no requirement.
    """
    heading = next((line for line in lines if line.text.strip(" :").lower() == _HEADING), None)
    if heading is None:
        return {}
    legend: Legend = {}
    heading.layer = "note"
    for box, key in symbols:
        x0, y0, x1, y1 = box
        if y0 > heading.y1:
            continue
        beside = [other[0] for other, _ in symbols if other[0] > x1 and abs(other[1] - y0) < 12]
        meaning = view.text_in((x1 + 2, y0 + 2, min(beside, default=view.width), y1 - 2))
        words = " ".join(meaning.split())
        if words and key not in legend:
            legend[key] = words
            for line in lines:
                if y0 - 2 < (line.y0 + line.y1) / 2 < y1 + 2:
                    line.layer = "note"
    return legend


def mark_symbols(lines: list[Line], symbols: list[Symbol], legend: Legend) -> None:
    """Give each line the meanings of the symbols that stand to its right at its height."""
    for (x0, y0, _, y1), key in symbols:
        meaning = legend.get(key)
        if meaning is None:
            continue
        middle = (y0 + y1) / 2
        near = [line for line in lines if line.x1 <= x0 + 2 and abs((line.y0 + line.y1) / 2 - middle) < 12]
        if near:
            line = min(near, key=lambda line: abs((line.y0 + line.y1) / 2 - middle))
            line = _question(line, lines) if line.region and not line.bold_start else line
            line.symbols = (*line.symbols, meaning)


def _question(line: Line, lines: list[Line]) -> Line:
    """Where symbols stand above each other in a box, the lower ones belong to the question, in bold, as well."""
    above = [
        other
        for other in lines
        if other.region == line.region and other.bold_start and 0 < other.y0 - line.y0 < _STACKED
    ]
    return min(above, key=lambda other: other.y0) if above else line
