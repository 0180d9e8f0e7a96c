"""One PDF page as pdfium sees it: its lines with boxes, and what is drawn on it. All calls into pdfium are here.

Coordinates are points with y upwards, turned as the page is shown (``/Rotate``). Only the first and last character
of a line are asked for their boxes: asking every character costs three times as much as reading the text.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pypdfium2.raw as pdfium

Box = tuple[float, float, float, float]  # x0, y0, x1, y1
Turn = Callable[[float, float, float, float], Box]

MAX_PATHS = 4_000  # more than this on a page is a drawing, not a table
_MAX_FORM_DEPTH = 3
_MAX_SEGMENTS = 20_000
_THIN = 2.5
_HYPHEN = "\ufffe"  # pdfium's mark for a hyphen at a line end; get_text_bounded says U+0002 instead
_LINE = re.compile(f"[^\r\n{_HYPHEN}]+{_HYPHEN}?")
_STRANGE = re.compile("[\x00\x01\x03-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]|\\(cid:\\d+\\)")
_BOLD = re.compile(rb"bold|black|heavy|demi|[-,]bd\b", re.IGNORECASE)
_INNER_BULLET = re.compile(r"(?<=\S) (?=•)")
_INVISIBLE_MODE = 3
_TINY = 2.0
_STRIP = 8  # a picture so much taller than wide is a strip of symbols, shown through a window


@dataclass(slots=True)
class Line:
    """One printed line: its text, box (``y0`` is the baseline), size of its type, and whether it begins and ends in bold.

    ``region`` tells lines in different boxes apart; ``label`` is a bullet or number found apart from the line,
    ``text_x0`` where its words begin after the bullet.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold_start: bool = False
    bold_end: bool = False
    start: int = 0
    end: int = 0
    region: int = 0
    table: int = 0
    label: str = ""
    text_x0: float = 0.0
    hidden: bool = False
    symbols: tuple[str, ...] = ()
    layer: str = "body"


@dataclass(slots=True)
class Drawn:
    """What is drawn: horizontal rulings ``(y, x0, x1)``, vertical ``(x, y0, y1)``, filled areas, pictures."""

    horizontal: list[tuple[float, float, float]] = field(default_factory=list)
    vertical: list[tuple[float, float, float]] = field(default_factory=list)
    fills: list[Box] = field(default_factory=list)
    images: list[Box] = field(default_factory=list)
    symbols: list[tuple[Box, tuple[int, int]]] = field(default_factory=list)
    paths: int = 0
    text_objects: int = 0
    segments: int = 0


class PageView:
    """An open pdfium page; ``close`` it, since pdfium's memory is not Python's."""

    def __init__(self, page: Any) -> None:
        self.page = page
        raw = page.raw
        self._raw = raw
        rect = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(raw, rect)
        self._bounds = (rect.left, rect.bottom, rect.right, rect.top)
        self._rotation = pdfium.FPDFPage_GetRotation(raw)
        width, height = rect.right - rect.left, rect.top - rect.bottom
        self.width, self.height = (height, width) if self._rotation % 2 else (width, height)
        self._turn = _turning(self._rotation, self._bounds)
        self._turn_back = _turning_back(self._rotation, self._bounds)
        self._text: Any = None
        self._buffer: Any = None
        self.characters = 0

    def close(self) -> None:
        """Free the page and its text."""
        if self._text is not None:
            pdfium.FPDFText_ClosePage(self._text)
            self._text = None
        self.page.close()

    def load_text(self) -> int:
        """Let pdfium extract the page's text and return how many characters it holds."""
        self._text = pdfium.FPDFText_LoadPage(self._raw)
        self.characters = max(0, pdfium.FPDFText_CountChars(self._text)) if self._text else 0
        return self.characters

    def text(self) -> str:
        """Return the whole page's text in the order of the content stream."""
        if not self.characters:
            return ""
        buffer = (ctypes.c_ushort * (self.characters + 2))()
        count = pdfium.FPDFText_GetText(self._text, 0, self.characters, buffer)
        return bytes(memoryview(buffer)[: max(0, count - 1)]).decode("utf-16-le", errors="replace")

    def text_in(self, box: Box) -> str:
        """Return the text whose characters touch the box, with line ends as ``\\n`` and hyphens as U+0002."""
        x0, y0, x1, y1 = self._turn_back(*box) if self._turn_back else box
        if self._buffer is None:
            self._buffer = (ctypes.c_ushort * (2 * self.characters + 64))()
        buffer = self._buffer
        count = pdfium.FPDFText_GetBoundedText(self._text, x0, y1, x1, y0, buffer, len(buffer))
        text = bytes(memoryview(buffer)[:count]).decode("utf-16-le", errors="replace")
        return text.rstrip("\x00").replace("\r\n", "\n").replace(_HYPHEN, "\x02")

    def lines(self) -> list[Line]:
        """Return the page's lines in the order of the content stream; a line-end hyphen is U+0002."""
        text = self.text()
        exact = len(text) == self.characters
        out: list[Line] = []
        index = _identity if exact else self._char_index
        box, font_size, text_page = self._char_box, pdfium.FPDFText_GetFontSize, self._text
        bold = self._bold_reader()
        for found in _LINE.finditer(text):
            raw = found.group()
            words = raw.strip()
            if not words or words == _HYPHEN:
                continue
            start = found.start() + len(raw) - len(raw.lstrip())
            end = start + len(words) - 1
            last = end - 1 if words[-1] == _HYPHEN and len(words) > 1 else end
            first_box, last_box = box(index(start)), box(index(last))
            if words[-1] == _HYPHEN:
                words = words[:-1] + "\x02"
            y1, height = first_box[3], first_box[3] - first_box[1]
            y0 = self._baseline(index(start))
            size = max(font_size(text_page, index(start)), font_size(text_page, index(last)))
            if not 0.4 * size <= height <= 2.5 * size:  # the size stands in a matrix, not in the font
                size = height
            bold_start = bold(index(start))
            bold_end = bold(index(last)) if bold_start or last - start < 3 else bold_start
            line = Line(
                words, first_box[0], y0, max(last_box[2], first_box[2]), y1, size, bold_start, bold_end, start, end
            )
            if exact and "•" in words[1:]:
                out += self._split_at_bullets(line)
            else:
                out.append(line)
        return out

    def split(self, line: Line, x: float) -> list[Line]:
        """Return the line cut in two at the first word that begins right of ``x`` (for a line half in a table)."""
        for place, char in enumerate(line.text):
            if char == " " and place + 1 < len(line.text) and self._char_box(line.start + place + 1)[0] >= x:
                return self._cut(line, place)
        return [line]

    def _split_at_bullets(self, line: Line) -> list[Line]:
        """Cut a line that runs on into the next column's list: pdfium joins what stands at one height."""
        for found in _INNER_BULLET.finditer(line.text):
            place = found.start()
            before, bullet = self._char_box(line.start + place - 1), self._char_box(line.start + place + 1)
            if bullet[0] - before[2] > line.size or abs(bullet[1] - before[1]) > 0.6 * line.size:
                left, right = self._cut(line, place)
                return [left, *self._split_at_bullets(right)]
        return [line]

    def _cut(self, line: Line, place: int) -> list[Line]:
        """Cut a line in two at the space at ``place``."""
        left_end, right_start = self._char_box(line.start + place - 1)[2], self._char_box(line.start + place + 1)[0]
        left = Line(
            line.text[:place].rstrip(), line.x0, line.y0, left_end, line.y1, line.size,
            line.bold_start, line.bold_start, line.start, line.start + place - 1,
        )  # fmt: skip
        right = Line(
            line.text[place + 1 :], right_start, line.y0, line.x1, line.y1, line.size,
            line.bold_end, line.bold_end, line.start + place + 1, line.end,
        )  # fmt: skip
        return [left, right]

    def mark_hidden(self, lines: list[Line]) -> int:
        """Mark the lines that a reader does not see: invisible ink, type below 2 points, outside the page.

        Invisible text on a page with nothing else is the text layer of a scanned page, and is left alone.
        """
        unseen = [line for line in lines if self._is_unseen(line)]
        if len(unseen) == len(lines) and all(line.size >= _TINY for line in lines):
            return 0
        for line in unseen:
            line.hidden = True
        return len(unseen)

    def _is_unseen(self, line: Line) -> bool:
        if line.size < _TINY or line.x1 < 0 or line.y1 < 0 or line.x0 > self.width or line.y0 > self.height:
            return True
        thing = pdfium.FPDFText_GetTextObject(self._text, line.start)
        return bool(thing) and pdfium.FPDFTextObj_GetTextRenderMode(thing) == _INVISIBLE_MODE

    def count_objects(self) -> int:
        """Return the number of objects on the page, forms counted as one."""
        return max(0, int(pdfium.FPDFPage_CountObjects(self._raw)))

    def count_text_objects(self, limit: int) -> int:
        """Return the number of text objects, counting no further than just above the limit."""
        count = 0
        for number in range(self.count_objects()):
            if pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(self._raw, number)) == pdfium.FPDF_PAGEOBJ_TEXT:
                count += 1
                if count > limit:
                    break
        return count

    def drawn(self) -> Drawn:
        """Return the rulings, filled areas and pictures; the scan stops above ``MAX_PATHS`` paths."""
        out = Drawn()
        self._scan(out, self.count_objects(), partial(pdfium.FPDFPage_GetObject, self._raw), None, 0)
        if self._turn:
            turn = self._turn
            _turn_drawn(out, turn)
        return out

    # --- details of pdfium ---

    def _char_index(self, text_index: int) -> int:
        found = pdfium.FPDFText_GetCharIndexFromTextIndex(self._text, text_index)
        return found if found >= 0 else min(text_index, self.characters - 1)

    def _char_box(self, index: int) -> Box:
        rect = pdfium.FS_RECTF()
        if not pdfium.FPDFText_GetLooseCharBox(self._text, index, rect):
            return (0.0, 0.0, 0.0, 0.0)
        box = (rect.left, rect.bottom, rect.right, rect.top)
        return self._turn(*box) if self._turn else box

    def _baseline(self, index: int) -> float:
        """Return where the line stands: boxes reach below it by what each font happens to hold."""
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(self._text, index, x, y)
        return self._turn(x.value, y.value, x.value, y.value)[1] if self._turn else y.value

    def _bold_reader(self) -> Callable[[int], bool]:
        name, flags = ctypes.create_string_buffer(96), ctypes.c_int()
        known: dict[bytes, bool] = {}
        text, info = self._text, pdfium.FPDFText_GetFontInfo

        def bold(index: int) -> bool:
            if info(text, index, name, 96, flags) > 96:
                return False
            found = known.get(name.value)
            if found is None:
                found = known[name.value] = bool(_BOLD.search(name.value))
            return found

        return bold

    def _scan(self, out: Drawn, count: int, get: Callable[[int], Any], matrix: Any, depth: int) -> None:
        kind_of, bounds = pdfium.FPDFPageObj_GetType, pdfium.FPDFPageObj_GetBounds
        l, b, r, t = (ctypes.c_float() for _ in range(4))  # noqa: E741 - pdfium's own order
        text, path, image, form = (
            pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM,
        )  # fmt: skip
        for number in range(count):
            thing = get(number)
            kind = kind_of(thing)
            if kind == text:
                out.text_objects += 1
            elif kind == path:
                out.paths += 1
                if out.paths > MAX_PATHS:
                    return
                if bounds(thing, l, b, r, t):
                    self._add_path(out, thing, _apply(matrix, (l.value, b.value, r.value, t.value)), matrix)
            elif kind == image and bounds(thing, l, b, r, t):
                box = (l.value, b.value, r.value, t.value)
                if box[3] - box[1] > _STRIP * (box[2] - box[0]) and self._add_symbol(out, thing, box):
                    continue
                out.images.append(_apply(matrix, box))
            elif kind == form and depth < _MAX_FORM_DEPTH:
                self._scan_form(out, thing, matrix, depth)

    def _add_symbol(self, out: Drawn, image: Any, whole: Box) -> bool:
        """Take a picture that is a window on a tall strip of symbols: where it shows, and which part of the strip."""
        clip = pdfium.FPDFPageObj_GetClipPath(image)
        if not clip or pdfium.FPDFClipPath_CountPaths(clip) != 1:
            return False
        x, y = ctypes.c_float(), ctypes.c_float()
        xs, ys = [], []
        for number in range(min(pdfium.FPDFClipPath_CountPathSegments(clip, 0), 6)):
            pdfium.FPDFPathSegment_GetPoint(pdfium.FPDFClipPath_GetPathSegment(clip, 0, number), x, y)
            xs.append(x.value)
            ys.append(y.value)
        if not xs or max(ys) - min(ys) > 60:
            return False
        window = (min(xs), min(ys), max(xs), max(ys))
        out.symbols.append((window, (round(window[0] - whole[0]), round(window[1] - whole[1]))))
        return True

    def _scan_form(self, out: Drawn, form: Any, outer: Any, depth: int) -> None:
        inner = pdfium.FS_MATRIX()
        pdfium.FPDFPageObj_GetMatrix(form, inner)
        count = max(0, int(pdfium.FPDFFormObj_CountObjects(form)))
        self._scan(out, count, partial(pdfium.FPDFFormObj_GetObject, form), _multiply(inner, outer), depth + 1)

    def _add_path(self, out: Drawn, thing: Any, box: Box, matrix: Any) -> None:
        x0, y0, x1, y1 = box
        width, height = x1 - x0, y1 - y0
        if height <= _THIN and width > _THIN:
            out.horizontal.append(((y0 + y1) / 2, x0, x1))
            return
        if width <= _THIN:
            if height > _THIN:
                out.vertical.append(((x0 + x1) / 2, y0, y1))
            return
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(thing, fill, stroke)
        if not fill.value and not stroke.value:
            return
        segments = pdfium.FPDFPath_CountSegments(thing)
        if segments <= 5 and not stroke.value:
            out.fills.append(box)
        elif segments == 5 and _is_rectangle(thing):
            out.horizontal += ((y0, x0, x1), (y1, x0, x1))
            out.vertical += ((x0, y0, y1), (x1, y0, y1))
        elif out.segments + segments <= _MAX_SEGMENTS:
            out.segments += segments
            self._add_segments(out, thing, segments, matrix)

    def _add_segments(self, out: Drawn, thing: Any, count: int, outer: Any) -> None:
        """Take the straight lines of a path one by one (whole tables are often drawn as one path)."""
        own = pdfium.FS_MATRIX()
        pdfium.FPDFPageObj_GetMatrix(thing, own)
        matrix = _multiply(own, outer)
        x, y = ctypes.c_float(), ctypes.c_float()
        here = start = (0.0, 0.0)
        for number in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(thing, number)
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            point = _point(matrix, x.value, y.value)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                start = point
            elif kind == pdfium.FPDF_SEGMENT_LINETO:
                _add_line(out, here, point)
            here = point
            if pdfium.FPDFPathSegment_GetClose(segment):
                _add_line(out, here, start)
                here = start


def strange_characters(text: str) -> int:
    """Count control characters, private-use glyphs and ``(cid:n)`` in the text: what a reader cannot read."""
    return sum(len(found) for found in _STRANGE.findall(text))


def _is_rectangle(path: Any) -> bool:
    """Tell whether a path of five points begins with an upright edge, as rectangles do and slanting shapes do not."""
    x0, y0, x1, y1 = (ctypes.c_float() for _ in range(4))
    get, point = pdfium.FPDFPath_GetPathSegment, pdfium.FPDFPathSegment_GetPoint
    point(get(path, 0), x0, y0)
    point(get(path, 1), x1, y1)
    return abs(x0.value - x1.value) < 0.1 or abs(y0.value - y1.value) < 0.1


def _identity(index: int) -> int:
    return index


def _add_line(out: Drawn, a: tuple[float, float], b: tuple[float, float]) -> None:
    if abs(a[1] - b[1]) <= 1.0 and abs(a[0] - b[0]) > _THIN:
        out.horizontal.append(((a[1] + b[1]) / 2, min(a[0], b[0]), max(a[0], b[0])))
    elif abs(a[0] - b[0]) <= 1.0 and abs(a[1] - b[1]) > _THIN:
        out.vertical.append(((a[0] + b[0]) / 2, min(a[1], b[1]), max(a[1], b[1])))


def _multiply(inner: Any, outer: Any) -> Any:
    if outer is None:
        return inner
    i, o = inner, outer
    return pdfium.FS_MATRIX(
        i.a * o.a + i.b * o.c, i.a * o.b + i.b * o.d, i.c * o.a + i.d * o.c, i.c * o.b + i.d * o.d,
        i.e * o.a + i.f * o.c + o.e, i.e * o.b + i.f * o.d + o.f,
    )  # fmt: skip


def _point(matrix: Any, x: float, y: float) -> tuple[float, float]:
    m = matrix
    return m.a * x + m.c * y + m.e, m.b * x + m.d * y + m.f


def _apply(matrix: Any, box: Box) -> Box:
    if matrix is None:
        return box
    ax, ay = _point(matrix, box[0], box[1])
    bx, by = _point(matrix, box[2], box[3])
    return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def _turning(rotation: int, bounds: Box) -> Turn | None:
    """Return the function from the page's own coordinates to those it is shown in, or none where they are the same."""
    left, bottom, right, top = bounds
    if rotation == 1:
        return lambda x0, y0, x1, y1: (y0 - bottom, right - x1, y1 - bottom, right - x0)
    if rotation == 2:
        return lambda x0, y0, x1, y1: (right - x1, top - y1, right - x0, top - y0)
    if rotation == 3:
        return lambda x0, y0, x1, y1: (top - y1, x0 - left, top - y0, x1 - left)
    if left or bottom:
        return lambda x0, y0, x1, y1: (x0 - left, y0 - bottom, x1 - left, y1 - bottom)
    return None


def _turning_back(rotation: int, bounds: Box) -> Turn | None:
    left, bottom, right, top = bounds
    if rotation == 1:
        return lambda x0, y0, x1, y1: (right - y1, x0 + bottom, right - y0, x1 + bottom)
    if rotation == 2:
        return lambda x0, y0, x1, y1: (right - x1, top - y1, right - x0, top - y0)
    if rotation == 3:
        return lambda x0, y0, x1, y1: (y0 + left, top - x1, y1 + left, top - x0)
    if left or bottom:
        return lambda x0, y0, x1, y1: (x0 + left, y0 + bottom, x1 + left, y1 + bottom)
    return None


def _turn_drawn(out: Drawn, turn: Turn) -> None:
    across = [turn(x0, y, x1, y) for y, x0, x1 in out.horizontal]
    down = [turn(x, y0, x, y1) for x, y0, y1 in out.vertical]
    out.horizontal, out.vertical = [], []
    for x0, y0, x1, y1 in across + down:
        if x1 - x0 > y1 - y0:
            out.horizontal.append((y0, x0, x1))
        else:
            out.vertical.append((x0, y0, y1))
    out.fills = [turn(*box) for box in out.fills]
    out.images = [turn(*box) for box in out.images]
