"""Plain text, Markdown and separated values.

Markdown's marks are read in any text, since people use them everywhere; only a file that says it is Markdown has its
emphasis and links taken away. In other text, headings are short numbered lines that stand by themselves.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cirkular_krav.errors import ProblemCode
from cirkular_krav.models import Layer, LinePlace, Problem
from cirkular_krav.readers.pieces import Events, Extent, Limits, Piece
from cirkular_krav.readers.textfile import count_letters, find_passages, lost_text, read_text, split_item, split_number

_MARKDOWN = frozenset({".md", ".markdown"})
_SEPARATED = frozenset({".csv", ".tsv"})
_MAX_HEADING = 80
_MAX_HEADING_WORDS = 12
# A numbered line with one of these verbs is a requirement, however short.
_VERBS = frozenset({"ska", "skall", "bör", "måste", "får", "kan", "är", "har", "krävs", "accepteras", "shall", "must"})

_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*)")
_QUOTE = re.compile(r" {0,3}(?:> ?)+")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?: \"[^\"()]*\")?\)")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+)\*(?![\w*])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>-])")
_LONGEST_FIELD = 2**31 - 1  # what csv takes on every platform; the file's own size is limited before
_LINE_SPLIT = re.compile("[\x0b\x0c\x85\u2028\u2029]")


@dataclass(slots=True)
class _Line:
    """One line and its number in the file; a quotation's marks are gone, and what they were is in ``quoted``."""

    text: str
    number: int
    quoted: int = 0


@dataclass(slots=True)
class _Text:
    """The lines of a file and where the reading stands."""

    lines: list[_Line]
    is_markdown: bool
    tables: int = 0
    waiting: list[_Line] = field(default_factory=list)

    def at(self, index: int) -> str:
        return self.lines[index].text if 0 <= index < len(self.lines) else ""


def read(path: Path, limits: Limits) -> Events:
    """Yield the headings, paragraphs, list items and table rows of a text file, placed by line.

    ``Extent.characters`` counts letters and digits. Raises ``empty-file``, ``too-big`` and ``unreadable-text``.
    """
    decoded = read_text(path, limits)
    yield from decoded.problems()
    suffix = path.suffix.lower()
    if suffix in _SEPARATED:
        yield from _checked(_separated(decoded.text, suffix), count_letters(decoded.text), limits)
        return
    text = _Text(_lines(decoded.text, suffix in _MARKDOWN), suffix in _MARKDOWN)
    expected = sum(count_letters(line.text) for line in text.lines)
    yield from _checked(_pieces(text), expected, limits)


def _checked(pieces: Iterator[Piece], expected: int, limits: Limits) -> Events:
    """Pass pieces on up to the limit, then tell how many letters there should have been and whether any were lost."""
    found = 0
    yield Extent(characters=expected)
    for count, piece in enumerate(pieces):
        if count >= limits.max_blocks:
            yield Problem(code=ProblemCode.TOO_LONG, values={"limit": limits.max_blocks})
            return
        found += count_letters(piece.text) + count_letters(piece.number) + sum(map(count_letters, piece.cells))
        yield piece
    yield from lost_text(expected, found)


# --- lines --------------------------------------------------------------------------------------


def _lines(text: str, is_markdown: bool) -> list[_Line]:
    lines: list[_Line] = []
    in_code = False
    for number, whole in enumerate(text.split("\n"), start=1):
        if is_markdown and whole.lstrip().startswith(("```", "~~~")):
            in_code = not in_code
            lines.append(_Line("", number))
            continue
        for part in _LINE_SPLIT.split(whole):
            quote = _QUOTE.match(part)
            words = part[quote.end() :] if quote else part
            if is_markdown and not in_code:
                words = _without_marks(words)
            lines.append(_Line(words, number, quote.group().count(">") if quote else 0))
    return lines


def _without_marks(line: str) -> str:
    line = _LINK.sub(r"\1", line)
    line = line.replace("**", "").replace("__", "").replace("`", "")
    return _ESCAPED.sub(r"\1", _EMPHASIS.sub(r"\1", line))


# --- text ---------------------------------------------------------------------------------------


def _pieces(text: _Text) -> Iterator[Piece]:
    index = _after_front_matter(text)
    yield from (_piece(line, line.text) for line in text.lines[:index] if count_letters(line.text))
    while index < len(text.lines):
        line = text.lines[index]
        heading = _heading(text, index)
        rows = 0 if heading else _table_length(text, index)
        if not heading and not rows:
            text.waiting.append(_Line("", line.number) if _is_ruler(line.text) else line)
            index += 1
            continue
        yield from _passages(text)
        if heading:
            yield heading
            index += 2 if _setext_level(text, index) else 1
        else:
            yield from _table(text, index, index + rows)
            index += rows
    yield from _passages(text)


def _after_front_matter(text: _Text) -> int:
    if text.is_markdown and text.at(0).strip() == "---":
        for index in range(1, min(len(text.lines), 60)):
            if text.at(index).strip() == "---":
                return index + 1
    return 0


def _passages(text: _Text) -> Iterator[Piece]:
    """Yield the lines that wait as paragraphs and list items."""
    start = 0
    for end in range(1, len(text.waiting) + 1):
        if end < len(text.waiting) and _belong_together(text.waiting[end - 1], text.waiting[end]):
            continue
        part = text.waiting[start:end]
        for passage in find_passages([line.text for line in part], always_joined=text.is_markdown):
            piece = _piece(part[passage.line], passage.text)
            piece.kind, piece.number, piece.level = passage.kind, passage.number, passage.level
            piece.layer = _layer(passage.text)
            yield piece
        start = end
    text.waiting.clear()


def _belong_together(before: _Line, after: _Line) -> bool:
    return before.quoted == after.quoted and _layer(before.text) == _layer(after.text) == "body"


def _layer(text: str) -> Layer:
    """Tell a line of a table of contents by its dots before the page number."""
    words = text.rstrip("0123456789").rstrip()
    return "contents" if len(words) < len(text) and words.endswith(("....", ". . .", "…", "____")) else "body"


def _piece(line: _Line, text: str) -> Piece:
    return Piece("paragraph", text, LinePlace(line=line.number))


def _is_ruler(line: str) -> bool:
    """Tell whether a line is drawn rather than written: ``-----``, ``* * *``, ``+---+---+``."""
    marks = set(line) - {" ", "\t"}
    return len(line.strip()) >= 3 and (marks in ({"-"}, {"="}, {"*"}, {"_"}) or _is_table_ruler(line))


def _is_table_ruler(line: str) -> bool:
    return "-" in line and set(line) <= set(" \t:|+=-")


# --- headings -----------------------------------------------------------------------------------


def _heading(text: _Text, index: int) -> Piece | None:
    line = text.lines[index]
    atx = _ATX.fullmatch(line.text)
    if atx:
        number, words = split_number(atx.group(2).rstrip().rstrip("#").rstrip())
        return _heading_piece(line, words, number, len(atx.group(1))) if words else None
    if level := _setext_level(text, index):
        number, words = split_number(line.text.strip())
        return _heading_piece(line, words, number, level)
    number, words = split_number(line.text.strip())
    if number and _is_title(words) and _stands_alone(text, index, number):
        return _heading_piece(line, words, number, number.count(".") + 1)
    return None


def _heading_piece(line: _Line, words: str, number: str, level: int) -> Piece:
    piece = _piece(line, words)
    piece.kind, piece.number, piece.level = "heading", number, level
    return piece


def _setext_level(text: _Text, index: int) -> int:
    """Return 1 or 2 for a short line that stands by itself over a line of = or -."""
    title, under = text.at(index).strip(), text.at(index + 1).strip()
    if len(under) < 3 or under.strip("=") and under.strip("-"):
        return 0
    if not count_letters(title) or len(title) > 2 * _MAX_HEADING or text.at(index - 1).strip() or split_item(title)[0]:
        return 0
    return 1 if under[0] == "=" else 2


def _is_title(words: str) -> bool:
    if len(words) > _MAX_HEADING or not words[0].isupper() or words.endswith((".", ",", ":", ";", "!", "?", "-")):
        return False
    parts = words.lower().split()
    return len(parts) <= _MAX_HEADING_WORDS and not _VERBS.intersection(parts) and _layer(words) == "body"


def _stands_alone(text: _Text, index: int, number: str) -> bool:
    """Tell whether a numbered line is a heading over text rather than one item of a list."""
    if "." in number:
        return True
    if text.is_markdown or text.at(index - 1).strip() or text.at(index + 1).strip():
        return False
    beyond = (text.at(i).strip() for i in range(index + 1, min(index + 20, len(text.lines))))
    following = next(filter(None, beyond), "")
    next_number, next_words = split_number(following)
    return bool(following) and ("." in next_number or not (next_number and _is_title(next_words)))


# --- tables -------------------------------------------------------------------------------------


def _table_length(text: _Text, index: int) -> int:
    """Return how many lines from here are a table of cells between pipes, 0 for none."""
    if "|" not in text.at(index) or _is_table_ruler(text.at(index)):
        return 0
    has_ruler = "|" in text.at(index + 1) and _is_table_ruler(text.at(index + 1))
    if not has_ruler and not _is_framed(text.at(index)):
        return 0
    end = index
    while "|" in text.at(end) if has_ruler else _is_framed(text.at(end)) or (end > index and _is_ruler(text.at(end))):
        end += 1
    return end - index


def _is_framed(line: str) -> bool:
    stripped = line.strip()
    return len(stripped) > 2 and stripped[0] == stripped[-1] == "|"


def _table(text: _Text, start: int, end: int) -> Iterator[Piece]:
    text.tables += 1
    # Between drawn lines "+---+" parts any two rows; only "+===+" parts the header from the rest.
    has_header = start + 1 < end and _is_table_ruler(text.at(start + 1)) and bool(set("|=") & set(text.at(start + 1)))
    rows = [(line, _cells(line.text)) for line in text.lines[start:end] if not _is_table_ruler(line.text)]
    width = max(len(cells) for _, cells in rows)
    for line, cells in rows:
        padded = cells + ("",) * (width - len(cells))
        yield _row(line.number, padded, text.tables, has_header and line is rows[0][0])


def _cells(line: str) -> tuple[str, ...]:
    inner = line.strip().replace("\\|", "\0")
    inner = inner.removeprefix("|").removesuffix("|")
    return tuple(cell.strip().replace("\0", "|") for cell in inner.split("|"))


def _row(line: int, cells: tuple[str, ...], table: int, is_header: bool) -> Piece:
    return Piece("table_row", "", LinePlace(line=line), cells=cells, table=table, is_header=is_header)


# --- separated values ---------------------------------------------------------------------------


def _separated(text: str, suffix: str) -> Iterator[Piece]:
    csv.field_size_limit(_LONGEST_FIELD)
    lines = text.split("\n")
    skipped = 0
    separator = ""
    if lines[0].lower().startswith("sep=") and len(lines[0]) == 5:  # Excel's own first line
        separator, skipped = lines[0][4], 1
    separator = separator or _separator(lines[:50], suffix)
    reader = csv.reader((line.replace("\0", " ") + "\n" for line in lines[skipped:]), delimiter=separator)
    line = skipped + 1
    yield from (_piece(_Line(lines[0], 1), lines[0]) for _ in range(skipped))
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield _row(line, tuple(cell.strip() for cell in cells), 1, False)
        line = skipped + 1 + reader.line_num


def _separator(lines: list[str], suffix: str) -> str:
    """Return the separator that parts most of the first lines into equally many cells, more than one."""

    def agreement(separator: str) -> tuple[int, int]:
        rows = csv.reader((line.replace("\0", " ") for line in lines), delimiter=separator)
        widths = [len(row) for row in rows if row]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(usual) if usual > 1 else 0, usual)

    return max("\t;," if suffix == ".tsv" else ";\t,", key=agreement)
