"""Which reader reads a file: by its content first, by its suffix only where the content leaves it open.

To add a format: write ``readers/<format>.py`` with ``read(path, limits) -> Events`` and add one line to ``READERS``.
Reader modules are imported when first needed, so that a child that reads text never loads the PDF library.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, cast

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.models import DocumentFormat, Problem
from cirkular_krav.readers import sniff
from cirkular_krav.readers.pieces import Events, Limits


class Reader(NamedTuple):
    """One document format: its module in this folder, how its content is known, and the suffixes that promise it."""

    format: DocumentFormat
    module: str
    recognises: Callable[[sniff.Sample], bool]
    suffixes: frozenset[str]


# In this order: containers and marked formats before the ones that any text would pass for.
READERS = (
    Reader("pdf", "pdf", sniff.is_pdf, frozenset({".pdf"})),
    Reader("docx", "docx", sniff.is_docx, frozenset({".docx", ".docm", ".dotx", ".dotm"})),
    Reader("sheet", "sheet", sniff.is_sheet, frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".xltx", ".xltm", ".ods"})),
    Reader("html", "html", sniff.is_html, frozenset({".html", ".htm", ".xhtml"})),
    Reader("notice", "notice", sniff.is_xml, frozenset({".xml"})),
    Reader("plain", "plain", sniff.is_plain, frozenset({".txt", ".text", ".md", ".csv", ".tsv"})),
)

_MODULES = {reader.format: reader.module for reader in READERS}
_FORMAT_BY_SUFFIX = {suffix: reader.format for reader in READERS for suffix in reader.suffixes}
_TEXT_FORMATS = ("html", "notice", "plain")
_CODES = {
    "encrypted": ProblemCode.ENCRYPTED,
    "doc": ProblemCode.OLD_FORMAT,
    "xls": ProblemCode.OLD_FORMAT,
    "drawing": ProblemCode.DRAWING,
}


@dataclass(frozen=True, slots=True)
class Detected:
    """The format a file has by its content; ``warn_type`` when its name promises another one."""

    format: DocumentFormat
    warn_type: bool = False
    suffix: str = ""


def detect(path: Path, head: bytes) -> Detected:
    """Return the format of a file whose first ``sniff.HEAD_BYTES`` are ``head``.

    Raises ``ReadingError`` for what cannot be read: ``empty-file``, ``encrypted``, ``old-format``, ``drawing``
    (status skipped), ``unsupported`` (a known type without reader) and ``wrong-type`` (the name promises a document
    that the content is not). ``values`` hold ``kind`` and ``suffix``.
    """
    if not head:
        raise ReadingError(ProblemCode.EMPTY_FILE)
    sample = sniff.take_sample(path, head)
    if sample.package == "broken":
        return _broken_container(sample)
    unread = sniff.unread_kind(sample)
    for reader in READERS:
        if unread and reader.format in _TEXT_FORMATS:
            break
        if reader.recognises(sample):
            return Detected(reader.format, _disagrees(sample, reader), sample.suffix)
    raise _refusal(unread or "binary", sample.suffix)


def _disagrees(sample: sniff.Sample, reader: Reader) -> bool:
    promised = _FORMAT_BY_SUFFIX.get(sample.suffix) or sniff.kind_by_suffix(sample.suffix)
    if promised and promised != reader.format:
        return True
    # A PDF that is also a ZIP shows different text to different programs.
    return reader.format == "pdf" and sample.ends_as_zip


def _broken_container(sample: sniff.Sample) -> Detected:
    promised = _FORMAT_BY_SUFFIX.get(sample.suffix)
    if promised in ("docx", "sheet"):
        return Detected(promised, False, sample.suffix)  # its reader may know how to mend it
    raise ReadingError(ProblemCode.ZIP_DAMAGED)


def _refusal(kind: str, suffix: str) -> ReadingError:
    code = _CODES.get(kind)
    if code is ProblemCode.DRAWING and suffix not in _FORMAT_BY_SUFFIX:
        return ReadingError(code, "skipped", kind=kind, suffix=suffix)
    if code in (ProblemCode.ENCRYPTED, ProblemCode.OLD_FORMAT):
        return ReadingError(code, kind=kind, suffix=suffix)
    wrong = suffix in _FORMAT_BY_SUFFIX
    return ReadingError(ProblemCode.WRONG_TYPE if wrong else ProblemCode.UNSUPPORTED, kind=kind, suffix=suffix)


def detect_file(path: Path) -> Detected:
    """Return the format of a file; raises like ``detect``, and ``permission`` when it cannot be opened."""
    try:
        with path.open("rb") as file:
            head = file.read(sniff.HEAD_BYTES)
        return detect(path, head)
    except OSError as error:
        raise ReadingError(ProblemCode.PERMISSION, reason=type(error).__name__) from None


def read_events(path: Path, limits: Limits, detected: Detected | None = None) -> Events:
    """Yield what the right reader reads from a file, first of all a ``warn-type`` problem when its name misleads."""
    found = detected or detect_file(path)
    if found.warn_type:
        yield Problem(code=ProblemCode.WARN_TYPE, values={"kind": found.format, "suffix": found.suffix})
    module = importlib.import_module(f"cirkular_krav.readers.{_MODULES[found.format]}")
    read = cast(Callable[[Path, Limits], Events], module.read)
    yield from read(path, limits)
