"""What the readers of text share: decoding bytes, and finding paragraphs and list items among lines.

Not a reader itself. Everything here is linear in the length of the text, whoever wrote it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.models import Problem
from cirkular_krav.readers.pieces import Limits
from cirkular_krav.text import join_lines

# The longer marks first: the mark of UTF-32 begins with that of UTF-16.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 4_000
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffd-\uffff]")
_LINE_END = re.compile(r"\r\n?|\n")
_NOT_LETTER = re.compile(r"[\W_]+")
# A text of which more than this share is control or replacement characters is no text.
_MAX_ODD_SHARE = 0.1
_LOST_SHARE = 0.01

_BULLET = re.compile(r"([-–—*+•●○◦▪▫■□◆➢➤✓‣⁃·\uf0b7\uf0a7\uf0d8])[ \t\xa0]+(?=\S)|([•●◦▪■‣\uf0b7\uf0a7\uf0d8])(?=\S)")
_ITEM_NUMBER = re.compile(r"(\(?(?:[0-9]{1,3}|[A-Za-zÅÄÖåäö]|[ivxIVX]{2,5})\)|[0-9]{1,3}\.)[ \t\xa0]+(?=\S)")
_NUMBER = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3}){0,7})\.?[ \t\xa0]+(?=\S)")
_CLAUSE_NUMBER = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3}){1,7})\.?[ \t\xa0]+(?=[A-ZÅÄÖÉ\"“”(])")
# Lines shorter than this are names, dates and addresses rather than wrapped prose; longer ones were never wrapped.
_SHORTEST_WRAP = 45
_LONGEST_WRAP = 140


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text with ``\\n`` line ends; ``odd`` counts characters that do not belong in one, with the first one's line."""

    text: str
    encoding: str
    odd: int = 0
    odd_line: int = 0

    def problems(self) -> Iterator[Problem]:
        """Yield a warning where the text held characters that do not belong in one."""
        if self.odd:
            yield Problem(code=ProblemCode.WARN_TEXT, place=f"rad {self.odd_line}", values={"count": self.odd})


def read_text(path: Path, limits: Limits, *, declared: str = "") -> Decoded:
    """Return a file's text with å ä ö whole; raises ``empty-file``, ``too-big`` or ``unreadable-text``.

    ``declared`` is an encoding that the file itself names; a byte order mark and sound UTF-8 go before it.
    """
    return decode(read_bytes(path, limits), declared=declared)


def read_bytes(path: Path, limits: Limits) -> bytes:
    """Return a file's bytes; raises ``empty-file`` or ``too-big``."""
    size = path.stat().st_size
    if size > limits.max_part_bytes:
        raise ReadingError(ProblemCode.TOO_BIG, bytes=size, limit=limits.max_part_bytes)
    raw = path.read_bytes()
    if not raw:
        raise ReadingError(ProblemCode.EMPTY_FILE)
    return raw


def decode(raw: bytes, *, declared: str = "") -> Decoded:
    """Return the text of some bytes; raises ``unreadable-text`` where it is mostly something else than text."""
    text, encoding = _decoded(raw, declared)
    if "\n" not in text:
        text = text.replace("\r", "\n")  # the lone line end of old Macintosh files is no fault
    lone_returns = text.count("\r") - text.count("\r\n")
    first = _ODD.search(text)
    odd = len(_ODD.findall(text)) if first else 0
    if odd > _MAX_ODD_SHARE * len(text):
        raise ReadingError(ProblemCode.UNREADABLE_TEXT, "nothing", count=odd)
    at = first.start() if first else len(text)
    if lone_returns:
        at = min(at, next(m.start() for m in _LINE_END.finditer(text) if m.group() == "\r"))
    line = sum(1 for _ in _LINE_END.finditer(text, 0, at)) + 1
    text = _LINE_END.sub("\n", text)
    return Decoded(text, encoding, odd + lone_returns, line if odd + lone_returns else 0)


def _decoded(raw: bytes, declared: str) -> tuple[str, str]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace"), encoding
    if wide := _wide_encoding(raw[:_SAMPLE_BYTES]):
        return raw.decode(wide, "replace"), wide
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    lenient = raw.decode("utf-8", "replace")
    faults = lenient.count("\ufffd")
    foreign = len(lenient) - faults - len(lenient.encode("ascii", "ignore"))
    if foreign > faults:  # some bytes are damaged, but the rest is plainly UTF-8
        return lenient, "utf-8"
    encoding = _known_encoding(declared)
    try:
        return raw.decode(encoding), encoding
    except UnicodeDecodeError:
        return raw.decode("latin-1"), "latin-1"


def _wide_encoding(sample: bytes) -> str:
    """Tell UTF-16 without a mark by its zeros: half of all bytes in any western text."""
    even, odd = sample[0::2], sample[1::2]
    if odd.count(0) > 0.4 * len(odd) and not even.count(0):
        return "utf-16-le"
    if even.count(0) > 0.4 * len(even) and not odd.count(0):
        return "utf-16-be"
    return ""


def _known_encoding(declared: str) -> str:
    try:
        name = codecs.lookup(declared.strip().strip("\"'")).name if declared else "cp1252"
    except (LookupError, ValueError, UnicodeError):
        return "cp1252"
    # What calls itself Latin-1 or ASCII is Windows text, as every browser knows; UTF-8 has been tried by now.
    return "cp1252" if name in ("iso8859-1", "ascii") or name.startswith(("utf", "unicode", "raw", "idna")) else name


# --- counting, so that loss is seen -------------------------------------------------------------


def count_letters(text: str) -> int:
    """Return the number of letters and digits, which no change of layout alters."""
    return len(_NOT_LETTER.sub("", text))


def lost_text(expected: int, found: int) -> Iterator[Problem]:
    """Yield a problem where more than 1 % of the letters that went in did not come out."""
    if found < expected * (1 - _LOST_SHARE):
        yield Problem(code=ProblemCode.TEXT_LOST, values={"expected": expected, "found": found})


# --- paragraphs and list items ------------------------------------------------------------------


@dataclass(slots=True)
class Passage:
    """A paragraph or list item among lines; ``line`` counts from 0, ``number`` is its printed number or bullet."""

    kind: Literal["paragraph", "list_item"]
    lines: list[str] = field(default_factory=list)
    number: str = ""
    level: int = 0
    line: int = 0
    indent: int = 0

    @property
    def text(self) -> str:
        """Its lines as one, with words healed that were hyphenated at line ends."""
        return join_lines(self.lines)


def split_number(text: str) -> tuple[str, str]:
    """Split a heading into its number and its words: ``("3.1", "Reservdelar")``; the number may be empty."""
    found = _NUMBER.match(text)
    return (found.group(1), text[found.end() :]) if found else ("", text)


def split_item(text: str) -> tuple[str, str]:
    """Split a list item into its bullet or number and its words; the first is empty for any other line."""
    found = _BULLET.match(text) or _ITEM_NUMBER.match(text)
    return (found.group().strip(), text[found.end() :]) if found else ("", text)


def find_passages(lines: Sequence[str], *, always_joined: bool = False) -> Iterator[Passage]:
    """Yield the paragraphs and list items among lines, in order.

    A blank line, a bullet, a number or ("3.1.2 Möbler …") the number of a clause begins a new one; so does a line
    that cannot be the rest of the one before, unless ``always_joined``, as in Markdown.
    """
    indents: list[int] = []
    current: Passage | None = None
    width = 0
    for index, line in enumerate(lines):
        stripped = line.strip()
        if not stripped:
            yield from _finished(current)
            current, width = None, 0
            continue
        width = width or _width(lines, index)
        started = _begun(stripped, line, index, indents)
        if started is None and current and (always_joined or _goes_on(current, line, stripped, width)):
            current.lines.append(stripped)
            continue
        yield from _finished(current)
        current = started or Passage("paragraph", [stripped], line=index, indent=_indent(line))
        if started is None and not current.indent:
            indents.clear()
    yield from _finished(current)


def _finished(passage: Passage | None) -> Iterator[Passage]:
    if passage:
        yield passage


def _begun(stripped: str, line: str, index: int, indents: list[int]) -> Passage | None:
    number, words = split_item(stripped)
    if number:
        indent = _indent(line)
        while indents and indents[-1] > indent:
            indents.pop()
        if not indents or indents[-1] < indent:
            indents.append(indent)
        return Passage("list_item", [words], number, len(indents) - 1, index, indent)
    clause = _CLAUSE_NUMBER.match(stripped)
    if clause:
        return Passage("paragraph", [stripped[clause.end() :]], clause.group(1), 0, index, _indent(line))
    return None


def _goes_on(current: Passage, line: str, stripped: str, width: int) -> bool:
    if current.kind == "list_item" and _indent(line) > current.indent:
        return True
    return flows_on(current.lines[-1], stripped, width)


def flows_on(before: str, after: str, width: int) -> bool:
    """Tell whether a line is the rest of the one before in a text wrapped at ``width`` characters.

    It is when its first word would not have fitted on the line before, or when it goes on in lower case.
    """
    ended = before.endswith((".", "!", "?", ":", ";"))
    if after[0].islower() and not ended:
        return True
    if not _SHORTEST_WRAP <= width <= _LONGEST_WRAP:
        return False
    room = width - len(before)
    return len(after.split(maxsplit=1)[0]) + 1 > (room if ended else room - width // 10)


def _width(lines: Sequence[str], start: int) -> int:
    """Return the width at which the lines from here to the next blank one were wrapped, 1 where they were not."""
    lengths: list[int] = []
    for index in range(start, len(lines)):
        length = len(lines[index].strip())
        if not length:
            break
        lengths.append(length)
    width = max(lengths)
    full = sum(length >= 0.75 * width for length in lengths[:-1])
    return width if full >= 0.6 * (len(lengths) - 1) else 1


def _indent(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())
