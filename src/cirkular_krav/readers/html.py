"""HTML: saved pages and exports of tender platforms.

The reader follows the tags with a stack of its own and never builds a tree, so that a page of 100,000 nested elements
or of one 10 MB line costs no more than any other, and it counts the letters that go in and come out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from cirkular_krav.errors import ProblemCode
from cirkular_krav.models import Layer, LinePlace, Problem
from cirkular_krav.readers.html_tables import MAX_NESTING, Cell, Table
from cirkular_krav.readers.html_tokens import Token, tokenize
from cirkular_krav.readers.pieces import Events, Extent, Limits, Piece
from cirkular_krav.readers.textfile import (
    Passage,
    count_letters,
    decode,
    find_passages,
    lost_text,
    read_bytes,
    split_number,
)

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
        "ins", "kbd", "label", "mark", "nobr", "o:p", "output", "q", "rp", "rt", "ruby", "s", "samp", "small", "span",
        "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
    }
)  # fmt: skip
_IN_HEAD = frozenset({"base", "link", "meta", "noscript", "script", "style", "template", "title"})
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_TABLE_PARTS = frozenset({"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"})
_LAYERS: dict[str, Layer] = {
    "nav": "header", "header": "header", "footer": "footer",
    "navigation": "header", "banner": "header", "contentinfo": "footer",
}  # fmt: skip
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_META_BYTES = 4_096
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_BLANKS = re.compile(r"[ \t\r\f\v\xa0]+")


@dataclass(slots=True)
class _Block:
    """A heading, list item or paragraph that has been opened: what its first piece of text is, then what follows."""

    kind: str
    level: int = 0
    number: str = ""
    used: bool = False


@dataclass(slots=True)
class _List:
    """An open list: how deep it is nested, the number of its next item, and where its open item lies on the stack."""

    level: int
    style: str
    next: int
    open_item: int | None = None


@dataclass(frozen=True, slots=True)
class _Context:
    """What holds for text at this place, inherited by what stands inside."""

    sink: list[Piece]
    layer: Layer = "body"
    dropped: bool = False
    preformatted: bool = False
    in_section: bool = False
    block: _Block | None = None
    list: _List | None = None
    table: Table | None = None
    nesting: int = 0


@dataclass(slots=True)
class _Element:
    name: str
    outer: _Context


@dataclass(slots=True)
class _Buffer:
    """Text that waits for the end of its block; pieces of it are joined once."""

    parts: list[str] = field(default_factory=list)
    line: int = 0


def read(path: Path, limits: Limits) -> Events:
    """Yield the headings, paragraphs, list items and table rows of a page, placed by line of its source.

    ``Extent.characters`` counts letters and digits of the text outside scripts. Raises ``empty-file``, ``too-big``
    and ``unreadable-text``.
    """
    raw = read_bytes(path, limits)
    declared = _META_CHARSET.search(raw[:_META_BYTES])
    decoded = decode(raw, declared=declared.group(1).decode("ascii") if declared else "")
    yield from decoded.problems()
    page = _Page(limits)
    for count, piece in enumerate(page.pieces(decoded.text)):
        if count >= limits.max_blocks:
            yield Problem(code=ProblemCode.TOO_LONG, values={"limit": limits.max_blocks})
            return
        yield piece
    yield Extent(characters=page.expected)
    yield from page.problems()


class _Page:
    """Follows the tags of one page and makes pieces of the text between them."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.out: list[Piece] = []
        self.context = _Context(sink=self.out)
        self.stack: list[_Element] = []
        self.open: dict[str, list[int]] = {}
        self.blocks: list[int] = []
        self.cells: list[int] = []
        self.buffers = {True: _Buffer(), False: _Buffer()}
        self.line = 1
        self.tables = 0
        self.expected = 0
        self.found = 0
        self.dropped = 0
        self.hidden_line = 0
        self.lost_line = 0
        self.cut_spans = 0

    def pieces(self, text: str) -> Iterator[Piece]:
        """Yield the pieces of a page as soon as no open table holds them back."""
        for token in tokenize(text):
            self.line = token.line
            self._take(token)
            if self.out:
                yield from self._passed_on()
        if self.context.dropped:  # a template without an end has hidden the rest
            self.lost_line = self.line
            self.expected += self.dropped
        self._close_to(0)
        self._flush()
        yield from self._passed_on()

    def problems(self) -> Iterator[Problem]:
        """Yield what was noticed on the way; to be asked for last."""
        if self.hidden_line:
            yield Problem(code=ProblemCode.WARN_HIDDEN, place=f"rad {self.hidden_line}")
        if self.cut_spans:
            yield Problem(code=ProblemCode.TABLE_SPAN, place=f"rad {self.cut_spans}")
        if self.lost_line:
            yield Problem(code=ProblemCode.WARN_DAMAGED, place=f"rad {self.lost_line}")
        yield from lost_text(self.expected, self.found)

    def _passed_on(self) -> Iterator[Piece]:
        for piece in self.out:
            self.found += count_letters(piece.text) + count_letters(piece.number) + sum(map(count_letters, piece.cells))
            yield piece
        self.out.clear()

    # --- tokens

    def _take(self, token: Token) -> None:
        if token.kind == "text":
            self._text(token)
        elif token.kind == "start":
            self._start(token)
        elif token.kind == "end":
            self._end(token.name)
        else:
            self.expected += count_letters(token.text)
            self.lost_line = token.line

    def _text(self, token: Token) -> None:
        text = token.text
        if self.context.dropped:
            if self.stack[-1].name != "head" or token.name or not text.strip():
                self.dropped += count_letters(text)
                return
            self._close_to(len(self.stack) - 1)  # text cannot stand in the head: the body has begun
        self.expected += count_letters(text)
        if not self.context.preformatted:
            text = text.replace("\n", " ")
        buffer = self.buffers[self.context.layer == "hidden"]
        if not buffer.line and not text.isspace() and text:
            buffer.line = token.line + token.text[: len(token.text) - len(token.text.lstrip())].count("\n")
        buffer.parts.append(text)

    def _start(self, token: Token) -> None:
        name = token.name
        if self.context.dropped and self.stack[-1].name == "head" and name not in _IN_HEAD:
            self._close_to(len(self.stack) - 1)
        if name in _VOID:
            self._void(name)
            return
        if name in ("html", "body"):
            for place in self.open.get("head", ())[:1]:
                self._close_to(place)
            return
        self._close_implied(name)
        is_block = name not in _INLINE
        if is_block:
            self._flush()
        context = self._inner_context(token)
        self.open.setdefault(name, []).append(len(self.stack))
        if is_block:
            self.blocks.append(len(self.stack))
        self.stack.append(_Element(name, self.context))
        self.context = context
        if token.closed:
            self._close_to(len(self.stack) - 1)

    def _void(self, name: str) -> None:
        if name == "br":
            self.buffers[self.context.layer == "hidden"].parts.append("\n")
        elif name == "hr":
            self._flush()

    def _end(self, name: str) -> None:
        if name == "br":
            self._void("br")
            return
        places = self.open.get(name)
        if not places:
            if name == "p":
                self._flush()
            return
        if self._may_close(name, places[-1]):
            self._close_to(places[-1])

    def _may_close(self, name: str, place: int) -> bool:
        """Tell whether an end tag may close the element at this place: not through a cell, nor a block if inline."""
        if name == "table":
            return True
        if name in _TABLE_PARTS:
            tables = self.open.get("table")
            return not tables or place > tables[-1]
        if self.cells and place < self.cells[-1]:
            return False
        if name == "li":
            return self.context.list is not None and place == self.context.list.open_item
        return name not in _INLINE or not self.blocks or place > self.blocks[-1]

    # --- elements

    def _close_implied(self, name: str) -> None:
        """Close what the standard says this start tag ends: a paragraph before a block, an item before the next."""
        if name not in _INLINE:
            self._close_last("p")
        if name == "li" and self.context.list and self.context.list.open_item is not None:
            self._close_to(self.context.list.open_item)
        elif name in ("dt", "dd"):
            self._close_last("dt", after="dl")
            self._close_last("dd", after="dl")
        table = self.context.table
        if table is None:
            return
        if name in _TABLE_PARTS and name != "table" and table.open_cell is not None:
            self._close_to(table.open_cell)
        if name in _TABLE_PARTS and name not in ("table", "td", "th") and table.open_row is not None:
            self._close_to(table.open_row)
        if name in ("td", "th") and table.open_row is None:
            self._start(Token("start", self.line, "tr"))

    def _close_last(self, name: str, after: str = "") -> None:
        places = self.open.get(name)
        barrier = max(self.cells[-1] if self.cells else -1, *self.open.get(after, ())[-1:], -1)
        if places and places[-1] > barrier:
            self._close_to(places[-1])

    def _close_to(self, place: int) -> None:
        """Close all elements from this place of the stack on."""
        while len(self.stack) > place:
            element = self.stack[-1]
            if self.blocks and self.blocks[-1] == len(self.stack) - 1:
                self._flush()
                self.blocks.pop()
            elif self.context.layer == "hidden" and element.outer.layer != "hidden":
                self._flush()
            self._leave(element)
            if not element.outer.dropped:
                self.dropped = 0
            self.open[element.name].pop()
            self.stack.pop()
            self.context = element.outer

    def _leave(self, element: _Element) -> None:
        table = self.context.table
        if element.name == "li" and element.outer.list:
            element.outer.list.open_item = None
        if table is None:
            return
        if self.cells and self.cells[-1] == len(self.stack) - 1:
            self.cells.pop()
            table.open_cell = None
        elif element.name == "tr":
            table.open_row = None
        elif element.name == "table" and table is not element.outer.table:
            self.cut_spans = self.cut_spans or table.cut_spans
            rows = table.pieces(self.tables + 1, self.limits.max_cells)
            self.tables += any(row.table == self.tables + 1 for row in rows)
            element.outer.sink.extend(rows)

    def _inner_context(self, token: Token) -> _Context:
        """Return what holds inside the element that begins here."""
        name, context = token.name, self._layered(token)
        if name in ("head", "template"):
            return replace(context, dropped=True)
        if name in _HEADINGS:
            layer: Layer = "body" if context.layer == "header" and not self.open.get("nav") else context.layer
            return replace(context, block=_Block("heading", _HEADINGS[name]), layer=layer)
        if name == "summary":
            return replace(context, block=_Block("heading", 6))
        if name in _LISTS:
            return self._list_context(token, context)
        if name == "li":
            return self._item_context(token, context)
        if name == "dd":
            return replace(context, block=_Block("list_item"))
        if name in ("pre", "textarea", "listing", "plaintext"):
            return replace(context, preformatted=True)
        if name in ("article", "main", "section"):
            return replace(context, in_section=True)
        if name in _TABLE_PARTS:
            return self._table_context(token, context)
        return context

    def _layered(self, token: Token) -> _Context:
        attributes, context = token.attributes, self.context
        if context.layer == "hidden" or context.dropped:
            return context
        if _is_hidden(attributes):
            self.hidden_line = self.hidden_line or token.line
            return replace(context, layer="hidden")
        layer = _LAYERS.get(token.name) or _LAYERS.get(attributes.get("role", ""))
        # The header of an article is its title, not the top of the page.
        if layer is None or (context.in_section and token.name != "nav"):
            return context
        return replace(context, layer=layer)

    def _list_context(self, token: Token, context: _Context) -> _Context:
        level = context.list.level + 1 if context.list else 0
        style = token.attributes.get("type", "1") if token.name == "ol" else ""
        return replace(context, list=_List(level, style, _whole(token.attributes.get("start", ""), 1)))

    def _item_context(self, token: Token, context: _Context) -> _Context:
        items = context.list
        if items is None:
            return replace(context, block=_Block("list_item", 0, "•"))
        items.open_item = len(self.stack)
        items.next = _whole(token.attributes.get("value", ""), items.next)
        number = _item_number(items.next, items.style) if items.style else "•"
        items.next += 1
        return replace(context, block=_Block("list_item", items.level, number))

    def _table_context(self, token: Token, context: _Context) -> _Context:
        name, table = token.name, context.table
        if name == "table":
            if context.nesting >= MAX_NESTING:
                return replace(context, table=None)
            is_layout = token.attributes.get("role", "") in ("presentation", "none")
            return replace(context, table=Table(is_layout=is_layout), nesting=context.nesting + 1)
        if table is None:
            return context
        if name == "tr":
            table.open_row = len(self.stack)
            table.add_row(token.line, is_head=bool(self.open.get("thead")))
        if name not in ("td", "th", "caption"):
            return context
        table.open_cell = len(self.stack)
        self.cells.append(len(self.stack))
        if name == "caption":
            cell = table.caption
        else:
            attributes = token.attributes
            columns, rows = (_whole(attributes.get(name, ""), 1) for name in ("colspan", "rowspan"))
            cell = Cell(token.name == "th", columns, rows)
            table.add_cell(cell, self.line)
        return replace(context, sink=cell.pieces, block=None, list=None)

    # --- text

    def _flush(self) -> None:
        """Make pieces of the text that has waited for the end of its block."""
        hidden = self.context.layer == "hidden"
        buffer = self.buffers[hidden]
        if not buffer.parts:
            return
        text, line = "".join(buffer.parts), buffer.line
        buffer.parts.clear()
        buffer.line = 0
        lines = [_BLANKS.sub(" ", part) if not self.context.preformatted else part for part in text.split("\n")]
        first = next((index for index, part in enumerate(lines) if part.strip()), None)
        if first is None:
            return
        by_line = self.context.preformatted
        for passage in find_passages([part if by_line else part.strip() for part in lines[first:]]):
            self._emit(passage, line + (passage.line if by_line else 0))

    def _emit(self, passage: Passage, line: int) -> None:
        block = self.context.block or _Block("paragraph")
        piece = Piece(passage.kind, passage.text, LinePlace(line=line), layer=self.context.layer)
        piece.number, piece.level = passage.number, passage.level
        if block.kind == "heading" and not block.used:
            piece.kind, piece.level = "heading", block.level
            if not piece.number:
                piece.number, piece.text = split_number(piece.text)
        elif block.kind == "list_item":
            piece.kind = "list_item"
            piece.level = block.level + (passage.level + 1 if block.used and passage.number else 0)
            if not piece.number and not block.used:
                piece.number = block.number
                self.expected += count_letters(block.number)  # printed by the browser, not in the text
        block.used = True
        self.context.sink.append(piece)


# --- attributes ---------------------------------------------------------------------------------


def _is_hidden(attributes: dict[str, str]) -> bool:
    if attributes.get("hidden", "until-found").strip().lower() != "until-found":
        return True
    if attributes.get("aria-hidden", "").strip().lower() == "true":
        return True
    return bool(_HIDING_STYLE.search(attributes.get("style", "")))


def _whole(text: str, otherwise: int) -> int:
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.removeprefix("-").isdigit() and len(digits) < 7 else otherwise


def _item_number(value: int, style: str) -> str:
    """Return what a browser prints before an item of an ordered list."""
    if style in ("a", "A") and value > 0:
        letters = ""
        while value:
            value, rest = divmod(value - 1, 26)
            letters = chr(ord(style) + rest) + letters
        return f"{letters}."
    if style in ("i", "I") and 0 < value < 4000:
        roman = _roman(value)
        return f"{roman if style == 'I' else roman.lower()}."
    return f"{value}."


def _roman(value: int) -> str:
    out = ""
    for worth, sign in _ROMAN:
        out += sign * (value // worth)
        value %= worth
    return out
