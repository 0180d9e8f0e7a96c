"""Looking for loss and for bombs in a PDF with pikepdf (qpdf), before pdfium is let near a page.

pdfium and pdfplumber leave damaged pages out without a word; qpdf's own check found 128 of 129 such losses.
"""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.models import Problem
from cirkular_krav.readers.pieces import Limits

_MAX_REPAIR_BYTES = 100_000_000
_MAX_OBJECTS = 500_000
_MAX_PARSED_PAGES = 200
_MAX_FORM_DRAWS = 5_000
_MAX_FILTERS = 4
_FLATE_RATIO = 1_040
_CHUNK = 1 << 16
_DRAW = re.compile(rb"/([^\s/<>\[\]()%{}]{1,127})\s+Do\b")
_SHOWS_TEXT = re.compile(rb"[)>\]]\s*(?:Tj|TJ|'|\")")
_PAGE_OBJECT = re.compile(rb"(\d{1,10}) (\d{1,5}) obj\s{0,9}<<[^>]{0,400}?/Type\s{0,3}/Page\b(?!s)")
_HARMLESS = ("operation for page object with identifier", "linearization")

Objgen = tuple[int, int]


class StreamBomb(Exception):  # noqa: N818 - a finding, not an error of the program
    """A stream unpacks to more than it may."""


class StreamDestroyed(Exception):  # noqa: N818
    """A stream cannot be unpacked."""


@dataclass(slots=True)
class Source:
    """An opened PDF: as pikepdf and as pdfium see it, with the repaired bytes where it had to be repaired."""

    path: Path
    pike: Any
    document: Any
    pages: int
    data: bytes | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def readable(self) -> Path | bytes:
        """What other readers of the same document should open."""
        return self.path if self.data is None else self.data

    def close(self) -> None:
        """Close both."""
        self.document.close()
        self.pike.close()


@dataclass(slots=True)
class Verdict:
    """What the check says of one page: problems, whether pdfium may load it, whether it draws text."""

    problems: list[Problem] = field(default_factory=list)
    may_load: bool = True
    shows_text: bool = False


def open_source(path: Path, limits: Limits) -> Source:
    """Open a PDF with pikepdf and pdfium, repairing it through pikepdf when pdfium cannot or sees fewer pages.

    Raises ``ReadingError``: ``empty-file``, ``too-big``, ``encrypted``, ``pdf-damaged``.
    """
    size = path.stat().st_size
    if not size:
        raise ReadingError(ProblemCode.EMPTY_FILE)
    if size > limits.max_file_bytes:
        raise ReadingError(ProblemCode.TOO_BIG, bytes=size)
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=limits.max_unpacked_bytes, png_max_memory=limits.max_unpacked_bytes,
        run_length_max_memory=limits.max_unpacked_bytes, tiff_max_memory=limits.max_unpacked_bytes,
        dct_max_memory=limits.max_unpacked_bytes, doc_max_warnings=100_000,
    )  # fmt: skip
    problems: list[Problem] = []
    pike = _open_pike(path, size, problems)
    pages = _count_pages(pike)
    if pike.is_encrypted and not pike.allow.extract:
        problems.append(Problem(code=ProblemCode.WARN_RESTRICTED))
    data, document = None, _open_pdfium(path)
    if problems and problems[0].code == ProblemCode.PDF_DAMAGED or document is None or len(document) != pages:
        if document is not None:
            document.close()
        data, document = _repaired(pike, size)
        if not any(problem.code == ProblemCode.PDF_DAMAGED for problem in problems):
            problems.append(Problem(code=ProblemCode.WARN_REPAIRED))
    if len(document) < pages:
        problems.append(Problem(code=ProblemCode.PAGES_MISSING, values={"found": len(document), "expected": pages}))
        pages = len(document)
    return Source(path, pike, document, pages, data, problems)


def _open_pike(path: Path, size: int, problems: list[Problem]) -> Any:
    try:
        return pikepdf.open(path, suppress_warnings=True)
    except pikepdf.PasswordError:
        raise ReadingError(ProblemCode.ENCRYPTED) from None
    except (pikepdf.PdfError, RuntimeError, ValueError):
        rescued = _rescue(path, size)
    if rescued is None:
        raise ReadingError(ProblemCode.PDF_DAMAGED)
    problems.append(Problem(code=ProblemCode.PDF_DAMAGED))
    return rescued


def _rescue(path: Path, size: int) -> Any | None:
    """Open the first part of a PDF that was cut off before its page list, by writing a page list of our own."""
    if size > _MAX_REPAIR_BYTES:
        return None
    data = path.read_bytes()
    found = {int(match[1]): int(match[2]) for match in _PAGE_OBJECT.finditer(data)}
    if not found or len(found) > 20_000:
        return None
    free = max(int(match[1]) for match in re.finditer(rb"(\d{1,8}) \d{1,5} obj\b", data)) + 1
    kids = b" ".join(b"%d %d R" % item for item in sorted(found.items()))
    tail = b"\nendstream\nendobj\n%d 0 obj\n<</Type/Catalog/Pages %d 0 R>>\nendobj\n%d 0 obj\n<</Type/Pages/Count %d/Kids[%s]>>\nendobj\ntrailer\n<</Root %d 0 R>>\n%%%%EOF\n" % (
        free, free + 1, free + 1, len(found), kids, free,
    )  # fmt: skip
    try:
        pike = pikepdf.open(io.BytesIO(data + tail), suppress_warnings=True)
        return pike if len(pike.pages) else None
    except (pikepdf.PdfError, RuntimeError, ValueError):
        return None


def _count_pages(pike: Any) -> int:
    try:
        count = len(pike.pages)
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError):
        raise ReadingError(ProblemCode.PDF_DAMAGED) from None
    if not count:
        raise ReadingError(ProblemCode.PDF_DAMAGED)
    return count


def _open_pdfium(source: Path | bytes) -> Any | None:
    try:
        return pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError:
        return None


def _repaired(pike: Any, size: int) -> tuple[bytes, Any]:
    """Write the document anew, sound, in memory. Raises ``pdf-damaged`` when not even that can be opened."""
    if size > _MAX_REPAIR_BYTES:
        raise ReadingError(ProblemCode.PDF_DAMAGED)
    buffer = io.BytesIO()
    try:
        pike.save(buffer, encryption=False)
    except (pikepdf.PdfError, RuntimeError, ValueError):
        raise ReadingError(ProblemCode.PDF_DAMAGED) from None
    document = _open_pdfium(buffer.getvalue())
    if document is None or not len(document):
        raise ReadingError(ProblemCode.PDF_DAMAGED)
    return buffer.getvalue(), document


# --- the whole file ---


def check_syntax(source: Source, guard: PageGuard) -> list[Problem]:
    """Return ``warn-damaged`` when qpdf warns of damage, or a stream that is no picture cannot be unpacked.

    This is pikepdf's ``check_pdf_syntax`` without its two costly parts that say nothing of text: pictures are not
    decoded, and the contents of a page are only parsed where no checksum has shown them to be what was written.
    """
    if source.data is not None:
        return []
    pike = source.pike
    try:
        doubtful = guard.check_rest(pike.objects)
        for index in guard.unsure[:_MAX_PARSED_PAGES]:
            pike.pages[index].parse_contents(_Discarding())
        found = [str(warning) for warning in pike.get_warnings()]
    except (pikepdf.PdfError, RuntimeError, ValueError, StreamBomb) as error:
        doubtful, found = 0, [type(error).__name__]
    found = [fault for fault in found if not any(word in fault.lower() for word in _HARMLESS)]
    count = len(found) + doubtful
    return [Problem(code=ProblemCode.WARN_DAMAGED, values={"count": count})] if count else []


class _Discarding(pikepdf.StreamParser):
    def handle_object(self, *_: object) -> None:
        """Nothing: only qpdf's warnings are wanted."""

    def handle_eof(self) -> None:
        """Nothing."""


# --- page by page, before pdfium ---


class PageGuard:
    """Unpacks with a limit what pdfium would unpack without one, and counts how often forms draw forms."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self._pages = source.pike.pages
        self._limit = limits.max_part_bytes
        self._sound: set[Objgen] = set()
        self._draws: dict[Objgen, list[tuple[bytes, int]]] = {}
        self._shows: dict[Objgen, bool] = {}
        self._repaired = source.data is not None
        self.unsure: list[int] = []
        self._doubtful = 0

    def check(self, index: int) -> Verdict:
        """Check one page (from 0). Raises ``ReadingError(pdf-bomb)`` when its content is a bomb."""
        place = f"s. {index + 1}"
        try:
            page = self._pages[index].obj
            return self._check_page(page, place)
        except StreamBomb:
            raise ReadingError(ProblemCode.PDF_BOMB, place=place) from None
        except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError, IndexError):
            return Verdict([Problem(code=ProblemCode.PAGE_FAILED, place=place, values={"pages": str(index + 1)})])

    def _check_page(self, page: Any, place: str) -> Verdict:
        verdict = Verdict()
        number = int(place.split()[-1])
        contents, destroyed, checked = self._contents(page)
        if not checked:
            self.unsure.append(number - 1)
        if destroyed:
            verdict.problems.append(Problem(code=ProblemCode.PAGE_FAILED, place=place, values={"pages": str(number)}))
        verdict.shows_text = _SHOWS_TEXT.search(contents) is not None
        resources = _inherited(page, "/Resources")
        self._check_fonts(resources)
        forms = self._forms(resources)
        if forms and self._expansions(contents, forms) > _MAX_FORM_DRAWS:
            verdict.problems.append(Problem(code=ProblemCode.PDF_BOMB, place=place, values={"pages": str(number)}))
            verdict.may_load = False
        return verdict

    def _contents(self, page: Any) -> tuple[bytes, bool, bool]:
        """Return the page's content, whether a part of it is destroyed, and whether all of it carries a checksum."""
        contents = page.get("/Contents")
        if contents is None:
            # In a file that had to be repaired, a page without content has most likely lost it.
            return b"", self._repaired, True
        streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        parts: list[bytes] = []
        destroyed, checked = False, True
        for stream in streams:
            if not isinstance(stream, pikepdf.Stream):
                destroyed = destroyed or not _is_null(stream)
                continue
            try:
                content = unpack(stream, self._limit - sum(map(len, parts)))
                parts.append(content.data)
                checked = checked and content.sound and stream.get("/Filter") == "/FlateDecode"
                self._doubtful += not content.sound
                self._sound.add(stream.objgen)
            except StreamDestroyed:
                destroyed = True
        return b"\n".join(parts), destroyed, checked

    def _check_fonts(self, resources: Any) -> None:
        """Fonts are unpacked by pdfium too; each is looked at once."""
        for font in _values(resources, "/Font"):
            if not isinstance(font, pikepdf.Dictionary) or not self._is_new(font):
                continue
            self._try_unpack(font.get("/ToUnicode"))
            self._try_unpack(font.get("/Encoding"))
            kids = font.get("/DescendantFonts")
            for part in [font, *(kids if isinstance(kids, pikepdf.Array) else [])]:
                descriptor = part.get("/FontDescriptor") if isinstance(part, pikepdf.Dictionary) else None
                if isinstance(descriptor, pikepdf.Dictionary):
                    for key in ("/FontFile", "/FontFile2", "/FontFile3"):
                        self._try_unpack(descriptor.get(key))

    def check_rest(self, objects: Any) -> int:
        """Unpack the streams that no page has been checked for, and return how many in all are in doubt."""
        for number, thing in enumerate(objects):
            if number > _MAX_OBJECTS:
                break
            if not isinstance(thing, pikepdf.Stream) or thing.get("/Subtype") == "/Image" or not self._is_new(thing):
                continue
            if thing.get("/Type") in ("/ObjStm", "/XRef", "/EmbeddedFile") or str(thing.get("/Filter")) == "/DCTDecode":
                continue
            try:
                self._doubtful += not unpack(thing, self._limit).sound
            except StreamDestroyed:
                self._doubtful += 1
        return self._doubtful

    def _try_unpack(self, stream: Any) -> None:
        if isinstance(stream, pikepdf.Stream) and self._is_new(stream):
            raw = int(stream.get("/Length", 0))
            filters = stream.get("/Filter")
            if isinstance(filters, pikepdf.Name) and 0 < raw * _FLATE_RATIO < self._limit:
                return  # one filter cannot make that little into too much
            try:
                unpack(stream, self._limit)
            except StreamDestroyed:
                return  # the text can often be read without its font

    def _is_new(self, thing: Any) -> bool:
        key = thing.objgen
        if key == (0, 0):
            return True
        if key in self._sound:
            return False
        self._sound.add(key)
        return True

    def _forms(self, resources: Any) -> dict[bytes, Any]:
        forms: dict[bytes, Any] = {}
        things = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
        if not isinstance(things, pikepdf.Dictionary):
            return forms
        for name, thing in things.items():
            if not isinstance(thing, pikepdf.Stream):
                continue
            if thing.get("/Subtype") == "/Form":
                forms[name[1:].encode("utf-8", "surrogateescape")] = thing
        return forms

    def _expansions(self, contents: bytes, forms: dict[bytes, Any]) -> int:
        """Count how many forms pdfium would draw, stopping just above the limit."""
        budget = [_MAX_FORM_DRAWS]
        self._expand(_draws_in(contents), forms, frozenset(), 1, budget)
        return _MAX_FORM_DRAWS - budget[0]

    def _expand(
        self,
        draws: list[tuple[bytes, int]],
        forms: dict[bytes, Any],
        above: frozenset[Objgen],
        times: int,
        budget: list[int],
    ) -> None:
        for name, count in draws:
            form = forms.get(name)
            if form is None or form.objgen in above:
                continue  # pdfium does not draw a form inside itself
            budget[0] -= count * times
            if budget[0] < 0 or len(above) > 60:
                budget[0] = min(budget[0], -1)
                return
            inner = self._draws_of(form)
            if inner:
                resources = form.get("/Resources")
                self._expand(inner, self._forms(resources), above | {form.objgen}, count * times, budget)
            if budget[0] < 0:
                return

    def _draws_of(self, form: Any) -> list[tuple[bytes, int]]:
        key = form.objgen
        if key not in self._draws:
            try:
                contents = unpack(form, self._limit).data
            except StreamDestroyed:
                contents = b""
            self._check_fonts(form.get("/Resources"))
            self._draws[key] = _draws_in(contents)
        return self._draws[key]


def _draws_in(contents: bytes) -> list[tuple[bytes, int]]:
    counts: dict[bytes, int] = {}
    for found in _DRAW.finditer(contents):
        counts[found[1]] = counts.get(found[1], 0) + 1
    return list(counts.items())


def _inherited(page: Any, key: str) -> Any:
    for _ in range(60):
        value = page.get(key)
        if value is not None:
            return value
        page = page.get("/Parent")
        if not isinstance(page, pikepdf.Dictionary):
            return None
    return None


def _values(resources: Any, key: str) -> list[Any]:
    things = resources.get(key) if isinstance(resources, pikepdf.Dictionary) else None
    return [thing for _, thing in things.items()] if isinstance(things, pikepdf.Dictionary) else []


def _is_null(thing: Any) -> bool:
    return thing is None or (isinstance(thing, pikepdf.Object) and thing._type_code == pikepdf.ObjectType.null)


# --- unpacking with a limit ---


@dataclass(slots=True)
class Unpacked:
    """A stream's content; ``sound`` is false where its checksum says that it is not what was written."""

    data: bytes
    sound: bool = True


def unpack(stream: Any, limit: int) -> Unpacked:
    """Return a stream's content, at most ``limit`` bytes of it at every step.

    Raises ``StreamBomb`` when it holds more and ``StreamDestroyed`` when it cannot be unpacked.
    """
    filters = stream.get("/Filter")
    names = [str(filters)] if isinstance(filters, pikepdf.Name) else [str(name) for name in filters or ()]
    if len(names) > _MAX_FILTERS:
        raise StreamBomb
    out = Unpacked(stream.read_raw_bytes())
    if len(out.data) > limit:
        raise StreamBomb
    for name in names:
        if name in ("/FlateDecode", "/Fl"):
            inner = _inflate(out.data, limit)
            out = Unpacked(inner.data, out.sound and inner.sound)
        elif name != "/Crypt":
            return _unpack_rest(stream, out.data, names, limit)
    return out


def _unpack_rest(stream: Any, data: bytes, names: list[str], limit: int) -> Unpacked:
    """Let qpdf undo the rare filters (LZW, ASCII85 …); its own limits are set, and the worst growth is known."""
    growth = 1
    for name in names:
        growth *= {"/LZWDecode": 1_400, "/LZW": 1_400, "/RunLengthDecode": 64, "/RL": 64, "/FlateDecode": _FLATE_RATIO,
                   "/Fl": _FLATE_RATIO}.get(name, 4)  # fmt: skip
    if len(names) > 2 and growth * len(data) > limit:
        raise StreamBomb
    try:
        out: bytes = stream.read_bytes()
    except (pikepdf.PdfError, RuntimeError, ValueError):
        raise StreamDestroyed from None
    if len(out) > limit:
        raise StreamBomb
    return Unpacked(out)


def _inflate(data: bytes, limit: int) -> Unpacked:
    if len(data) * _FLATE_RATIO > limit:
        _measure(data, limit)
    unpacker = zlib.decompressobj()
    try:
        out = unpacker.decompress(data)
    except zlib.error:
        return _inflate_without_checksum(data)
    return Unpacked(out) if unpacker.eof else _inflate_without_checksum(data)


def _inflate_without_checksum(data: bytes) -> Unpacked:
    """Some writers leave the checksum out: the data are whole if the last block ends; a wrong one is another matter."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        out = unpacker.decompress(data[2:])
    except zlib.error:
        raise StreamDestroyed from None
    if not unpacker.eof:
        raise StreamDestroyed
    return Unpacked(out, sound=len(unpacker.unused_data.rstrip(b"\r\n")) < 4)


def _measure(data: bytes, limit: int) -> None:
    """Unpack piece by piece and keep nothing, so that a bomb costs time but no memory."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    total = 0
    try:
        for start in range(2, len(data), _CHUNK):
            piece = data[start : start + _CHUNK]
            while piece and not unpacker.eof:
                total += len(unpacker.decompress(piece, _CHUNK * 8))
                piece = unpacker.unconsumed_tail
                if total > limit:
                    raise StreamBomb
    except zlib.error:
        return
