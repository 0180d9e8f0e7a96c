"""What a file is by its content: pure looks at its first bytes, and into the table of contents of a container.

Nothing here reads a document's text, and nothing trusts the file's name except to settle what bytes leave open.
"""

from __future__ import annotations

import codecs
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

HEAD_BYTES = 8_192
_PDF_WITHIN = 1_024
_MAX_CONTENT_TYPES = 1_000_000
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NO_SECTOR = 0xFFFF_FFF0
_MAX_DIRECTORY_SECTORS = 256
_EOCD = b"PK\x05\x06"
_EOCD_BYTES = 22

TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".csv", ".tsv", ".html", ".htm", ".xhtml", ".xml"})
_HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
_HTML_TAGS = frozenset(
    ("html", "head", "body", "title", "meta", "style", "script", "div", "p", "table", "tr", "span", "h1", "h2", "h3")
    + ("h4", "ul", "ol", "br", "a", "b", "font", "center")
)
_CONTENT_TYPES = (
    (b"wordprocessingml.document.main", "docx"),
    (b"wordprocessingml.template.main", "docx"),
    (b"ms-word.document.macroenabled.main", "docx"),
    (b"ms-word.template.macroenabledtemplate.main", "docx"),
    (b"spreadsheetml.sheet.main", "sheet"),
    (b"spreadsheetml.template.main", "sheet"),
    (b"ms-excel.sheet.", "sheet"),
    (b"ms-excel.template.", "sheet"),
    (b"presentationml.", "pptx"),
    (b"ms-powerpoint.", "pptx"),
    (b"ms-visio.", "drawing"),
)
_PART_NAMES = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "sheet"),
    ("xl/workbook.bin", "sheet"),
    ("ppt/presentation.xml", "pptx"),
    ("fixeddocseq.fdseq", "xps"),
    ("index/document.iwa", "iwork"),
)
_OLE_STREAMS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("Workbook", "sheet"),
    ("Book", "sheet"),
    ("PowerPoint Document", "pptx"),
    ("VisioDocument", "drawing"),
)
_TEXT_MAGIC = (
    (b"{\\rtf", "rtf"), (b"%!PS", "postscript"), (b"ISO-10303-21;", "drawing"), (b"(DWF V", "drawing"),
)  # fmt: skip
_BINARY_MAGIC = (
    (b"\x89PNG\r\n", "image"), (b"\xff\xd8\xff", "image"), (b"GIF8", "image"),
    (b"II*\x00", "image"), (b"MM\x00*", "image"), (b"\x1aE\xdf\xa3", "video"), (b"ID3", "video"), (b"OggS", "video"),
    (b"7z\xbc\xaf\x27\x1c", "packed"), (b"Rar!\x1a", "packed"), (b"\x1f\x8b", "packed"), (b"BZh", "packed"),
    (b"\xfd7zXZ\x00", "packed"), (b"BM", "image"),
    (b"\xdb\xa5-\x00", "doc"), (b"\t\x00\x04\x00", "xls"), (b"\t\x02\x06\x00", "xls"), (b"\t\x04\x06\x00", "xls"),
    (b"MZ", "program"), (b"\x7fELF", "program"), (b"\xcf\xfa\xed\xfe", "program"), (b"\xca\xfe\xba\xbe", "program"),
)  # fmt: skip
_SUFFIX_KINDS = {
    ".eml": "mail", ".mht": "mail", ".mhtml": "mail", ".msg": "mail", ".dxf": "drawing", ".dwg": "drawing",
    ".dgn": "drawing", ".dwf": "drawing", ".ifc": "drawing", ".rvt": "drawing", ".skp": "drawing", ".pln": "drawing",
    ".js": "program", ".css": "program", ".svg": "image", ".doc": "doc", ".rtf": "rtf", ".odt": "odt", ".pptx": "pptx",
    ".ppt": "pptx", ".odp": "pptx",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """What is known of a file before it is read.

    ``text`` is the beginning of a text file in lower case, without white space before it; ``package`` names what a
    ZIP or OLE2 container holds (``archive`` for a plain ZIP, ``broken`` when its table of contents cannot be read).
    """

    suffix: str
    head: bytes
    is_text: bool
    text: str
    package: str
    ends_as_zip: bool


def take_sample(path: Path, head: bytes) -> Sample:
    """Look at a file whose first ``HEAD_BYTES`` are ``head``; raises nothing but ``OSError``."""
    suffix = path.suffix.lower()
    package = ""
    if head.startswith((b"PK\x03\x04", _EOCD)):
        package = _zip_package(path)
    elif head.startswith(_OLE_MAGIC):
        package = _ole_package(path, suffix)
    text = None if package else _as_text(head, suffix)
    start = (text or "").lstrip("\ufeff \t\r\n\x0c").lower()
    return Sample(suffix, head, text is not None, start, package, _ends_as_zip(path))


# --- the readable formats -----------------------------------------------------------------------


def is_pdf(sample: Sample) -> bool:
    """A PDF header within the first 1,024 bytes; a mail header may stand before it, but prose about PDF may not."""
    if sample.package:
        return False
    before, mark, _ = sample.head[:_PDF_WITHIN].partition(b"%PDF-")
    return bool(mark) and (sample.suffix not in TEXT_SUFFIXES or not before.strip(b"\xef\xbb\xbf \r\n"))


def is_docx(sample: Sample) -> bool:
    """A Word package, by its content types or its main part."""
    return sample.package == "docx"


def is_sheet(sample: Sample) -> bool:
    """A workbook: OOXML, binary OOXML, OpenDocument or the old Excel format."""
    return sample.package == "sheet"


def is_html(sample: Sample) -> bool:
    """HTML by its first element, or by its name when it is text without a clear beginning."""
    root = root_name(sample.text)
    if root in _HTML_TAGS or root == "!doctype html":
        return True
    if root.startswith("!doctype") or sample.text.startswith("<?xml"):
        return False
    return sample.is_text and sample.suffix in _HTML_SUFFIXES


def is_xml(sample: Sample) -> bool:
    """XML that is not HTML; whether it is a notice is for the notice reader to say."""
    return sample.text.startswith("<?xml") or (
        sample.text.startswith("<") and (sample.suffix == ".xml" or root_name(sample.text).startswith("!doctype"))
    )


def is_plain(sample: Sample) -> bool:
    """Any other text."""
    return sample.is_text


# --- the formats that are known but not read ----------------------------------------------------


def unread_kind(sample: Sample) -> str:
    """Name the known type of a file that no reader takes (``rtf``, ``image``, ``drawing`` …), or return ''."""
    if sample.package:
        return sample.package
    head = sample.head
    for magic, kind in _TEXT_MAGIC:
        if head.startswith(magic):
            return kind
    return _text_kind(sample) if sample.is_text else _binary_kind(head)


def _binary_kind(head: bytes) -> str:
    for magic, kind in _BINARY_MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"AC10") and head[4:6].isdigit():
        return "drawing"
    if head[4:8] == b"ftyp":
        return "image" if head[8:11] in (b"hei", b"mif", b"avi") else "video"
    if head.startswith(b"RIFF"):
        return "image" if head[8:12] == b"WEBP" else "video"
    return "packed" if head[257:262] == b"ustar" else ""


def _text_kind(sample: Sample) -> str:
    if "<?mso-application" in sample.text and root_name(sample.text) in ("worddocument", "workbook", "package"):
        return "doc"
    if root_name(sample.text) == "svg":
        return "image"
    if sample.text.startswith("mime-version:"):
        return "mail"
    by_name = _SUFFIX_KINDS.get(sample.suffix, "")
    return by_name if by_name in ("mail", "drawing", "program", "image") else ""


def kind_by_suffix(suffix: str) -> str:
    """Return the unread type that this suffix promises, or ''."""
    return _SUFFIX_KINDS.get(suffix, "")


def root_name(text: str) -> str:
    """Return the name of the first element of lower-case markup without its prefix, ``!doctype NAME``, or ''."""
    at = 0
    for opening, closing in (("<?", "?>"), ("<!--", "-->")) * 8:
        at += len(text[at:]) - len(text[at:].lstrip())
        if text.startswith(opening, at):
            end = text.find(closing, at + len(opening))
            if end < 0:
                return ""
            at = end + len(closing)
    rest = text[at : at + 200].lstrip()
    if rest.startswith("<!doctype"):
        return "!doctype " + " ".join(rest[9:].replace(">", " ").split()[:1])
    if not rest.startswith("<") or rest.startswith(("<?", "<!")):
        return ""
    name = rest[1:].replace(">", " ").replace("/", " ").split()[:1]
    return name[0].rpartition(":")[2] if name else ""


# --- text or not --------------------------------------------------------------------------------


def _as_text(head: bytes, suffix: str) -> str | None:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return head.decode(encoding, "ignore")
    if len(head) >= 4:
        even, odd = head[0::2], head[1::2]
        if odd.count(0) > 0.4 * len(odd) and not even.count(0):
            return head.decode("utf-16-le", "ignore")
        if even.count(0) > 0.4 * len(even) and not odd.count(0):
            return head.decode("utf-16-be", "ignore")
    return head.decode("latin-1") if _looks_like_text(head, suffix) else None


_CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32), 127])


def _looks_like_text(head: bytes, suffix: str) -> bool:
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls <= 0.02 * len(head):
        return True
    printable = sum(32 <= byte < 127 or byte in (9, 10, 13) for byte in head)
    return suffix in TEXT_SUFFIXES and controls <= 0.1 * len(head) and printable >= 0.7 * len(head)


# --- containers ---------------------------------------------------------------------------------


def zip_kind(archive: zipfile.ZipFile) -> str:
    """Return what an opened ZIP holds: ``docx``, ``sheet``, ``pptx`` …, or ``archive`` for a plain one."""
    # Some programs write lower-case names and backslashes; Office opens those files all the same.
    names = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
    if "[content_types].xml" in names:
        types = _part(archive, names["[content_types].xml"]).lower()
        for wanted, kind in _CONTENT_TYPES:
            if wanted in types:
                return kind
    for name, kind in _PART_NAMES:
        if name in names:
            return kind
    if "mimetype" in names:
        declared = _part(archive, names["mimetype"])
        if declared.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
            return "sheet"
        if declared.startswith(b"application/vnd.oasis.opendocument.text"):
            return "odt"
        return "pptx" if declared.startswith(b"application/vnd.oasis.opendocument.presentation") else "other"
    return "archive"


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as part:
            return part.read(_MAX_CONTENT_TYPES)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        return b""


def _zip_package(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            return zip_kind(archive)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, ValueError, struct.error):
        return "broken"


def _ends_as_zip(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _EOCD_BYTES - 0xFFFF))
        tail = file.read()
    at = tail.rfind(_EOCD)
    if at < 0 or at + _EOCD_BYTES > len(tail):
        return False
    comment = int.from_bytes(tail[at + 20 : at + 22], "little")
    return at + _EOCD_BYTES + comment == len(tail)


def _ole_package(path: Path, suffix: str) -> str:
    try:
        streams = ole_streams(path)
    except (struct.error, IndexError, ValueError):
        streams = set()
    for name, kind in _OLE_STREAMS:
        if name in streams:
            return kind
    if any(name.startswith("__substg1.0_") for name in streams):
        return "mail"
    if suffix in (".docx", ".docm", ".xlsx", ".xlsm", ".pptx"):
        return "encrypted"
    return {".doc": "doc", ".xls": "sheet"}.get(suffix, "other")


def ole_streams(path: Path) -> set[str]:
    """Return the names at the top level of an OLE2 container; an embedded workbook in a letter is not among them."""
    with path.open("rb") as file:
        header = file.read(512)
        size = 1 << min(int.from_bytes(header[30:32], "little"), 16)
        (sector,) = struct.unpack_from("<I", header, 48)
        fat_sectors = [n for n in struct.unpack_from("<109I", header, 76) if n < _NO_SECTOR]

        def read(number: int) -> bytes:
            file.seek((number + 1) * size)
            return file.read(size)

        entries: list[bytes] = []
        for _ in range(_MAX_DIRECTORY_SECTORS):
            if sector >= _NO_SECTOR:
                break
            data = read(sector)
            entries += [data[at : at + 128] for at in range(0, len(data) - 127, 128)]
            place, index = divmod(sector, size // 4)
            if place >= len(fat_sectors):
                break
            (sector,) = struct.unpack_from("<I", read(fat_sectors[place]), index * 4)
    return _children_of_root(entries)


def _children_of_root(entries: list[bytes]) -> set[str]:
    names: set[str] = set()
    seen: set[int] = set()
    waiting = [struct.unpack_from("<I", entries[0], 76)[0]] if entries else []
    while waiting:
        number = waiting.pop()
        if number >= len(entries) or number in seen:
            continue
        seen.add(number)
        entry = entries[number]
        length = min(int.from_bytes(entry[64:66], "little"), 64)
        names.add(entry[: max(0, length - 2)].decode("utf-16-le", "ignore"))
        waiting += struct.unpack_from("<II", entry, 68)
    return names
