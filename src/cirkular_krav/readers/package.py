"""Opening ZIP packages (DOCX, XLSX, ODS, archives) that may be damaged, ambiguous or bombs.

Only what is asked for is inflated, so a bomb among the pictures does not stop the text. The central directory is
checked first and then not trusted: every part is inflated to its natural end under a limit, and must then have the
size and the checksum that the directory claimed.
"""

from __future__ import annotations

import copy
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO
from urllib.parse import unquote

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.readers.pieces import Limits
from cirkular_krav.readers.xmlsafe import attribute, local_name, parse_xml

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
# A million empty paragraphs shrink 1,000 times and are still only 6 MB: below this size the ratio says nothing.
_RATIO_FLOOR = 25_000_000
_CHUNK = 1 << 20
# A directory entry takes 46 bytes and its name; 1 kB each is more than any honest package holds.
_DIRECTORY_BYTES_PER_ENTRY = 1_024


@dataclass(frozen=True, slots=True)
class Relationship:
    """One line of a ``.rels`` part: the last word of its type, and the part it leads to inside the package."""

    id: str
    kind: str
    target: str


class Package:
    """An opened package; read parts by name, in any case of letters. Close it, or use it with ``with``."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self._unpacked = 0
        self._file: BinaryIO = path.open("rb")
        try:
            _check_directory(self._file, limits)
            self._zip = _open_zip(self._file)
            infos = self._zip.infolist()
            self._is_office = any(info.filename.lower() == "[content_types].xml" for info in infos)
            self._parts = self._index(infos)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._zip.close()
        self._file.close()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all files in the package, in their order, with ``/`` between folders."""
        return tuple(name for name, _ in self._parts.values())

    def has(self, name: str) -> bool:
        """Tell whether the package holds this part."""
        return self._key(name) in self._parts

    def size(self, name: str) -> int:
        """Return what the directory says of the unpacked size of a part, in bytes; it is checked when it is read."""
        return self._parts[self._key(name)][1].file_size

    def read(self, name: str) -> bytes:
        """Return the bytes of a part.

        Raises ``ReadingError``: ``OFFICE_DAMAGED`` (not there), ``ZIP_BOMB``, ``TOO_BIG`` or ``ZIP_DAMAGED``.
        """
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a part in pieces of at most 1 MB; raises as ``read``, at the latest after the last."""
        if not self.has(name):
            raise ReadingError(ProblemCode.OFFICE_DAMAGED, place=name)
        known, info = self._parts[self._key(name)]
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ReadingError(ProblemCode.UNSUPPORTED, place=known)
        self._check_size(known, info, info.file_size)
        size = 0
        for chunk in self._inflate(known, info):
            size += len(chunk)
            self._check_size(known, info, size)
            yield chunk
        if size != info.file_size:
            raise ReadingError(ProblemCode.ZIP_DAMAGED, place=known)
        self._unpacked += size

    def relationships(self, part: str) -> tuple[Relationship, ...]:
        """Return the internal relationships of a part (``""`` for the package); what lies outside is left out."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(rels):
            return ()
        root = parse_xml(self.read(rels), self._limits, place=rels, damaged=ProblemCode.OFFICE_DAMAGED)
        found = []
        for element in root:
            target = attribute(element, "Target")
            if local_name(element) != "Relationship" or not target or attribute(element, "TargetMode") == "External":
                continue
            kind = (attribute(element, "Type") or "").rpartition("/")[2]
            found.append(Relationship(attribute(element, "Id") or "", kind, self._resolve(folder, target)))
        return tuple(found)

    def _resolve(self, folder: str, target: str) -> str:
        target = target.replace("\\", "/").partition("#")[0]
        if target.startswith("/"):
            name = target.lstrip("/")
        else:
            name = posixpath.normpath(posixpath.join(folder, target))
        return name if self.has(name) else unquote(name)

    def _index(self, infos: list[zipfile.ZipInfo]) -> dict[str, tuple[str, zipfile.ZipInfo]]:
        """Index by name; two parts of one name and different content are refused: readers disagree which counts."""
        if len(infos) > self._limits.max_zip_entries:
            raise ReadingError(ProblemCode.ZIP_ENTRIES, entries=len(infos))
        parts: dict[str, tuple[str, zipfile.ZipInfo]] = {}
        for info in infos:
            if info.is_dir():
                continue
            if info.flag_bits & 0x1:
                raise ReadingError(ProblemCode.ENCRYPTED)
            name = _plain(info.filename)
            _, other = parts.setdefault(self._key(name), (name, info))
            if (other.CRC, other.file_size) != (info.CRC, info.file_size):
                raise ReadingError(ProblemCode.ZIP_AMBIGUOUS, place=name)
        return parts

    def _key(self, name: str) -> str:
        """Part names of Office packages are the same in any case of letters; those of other archives are not."""
        return _plain(name).lower() if self._is_office else _plain(name)

    def _check_size(self, name: str, info: zipfile.ZipInfo, size: int) -> None:
        if size > _RATIO_FLOOR and size > self._limits.max_ratio * max(info.compress_size, 1):
            raise ReadingError(ProblemCode.ZIP_BOMB, place=name)
        if size > self._limits.max_part_bytes or self._unpacked + size > self._limits.max_unpacked_bytes:
            raise ReadingError(ProblemCode.TOO_BIG, place=name, bytes=size)

    def _inflate(self, name: str, info: zipfile.ZipInfo) -> Iterator[bytes]:
        unbounded = copy.copy(info)
        # zipfile stops at the size the directory claims; a claim this large makes it go to the stream's own end.
        unbounded.file_size = 1 << 62
        try:
            with self._zip.open(unbounded) as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, ValueError, NotImplementedError):
            raise ReadingError(ProblemCode.ZIP_DAMAGED, place=name) from None
        except RuntimeError:  # zipfile's word for a part that wants a password
            raise ReadingError(ProblemCode.ENCRYPTED, place=name) from None


def open_package(path: Path, limits: Limits) -> Package:
    """Open a ZIP package after looking at what the file really is.

    Raises ``ReadingError``: ``EMPTY_FILE``, ``TOO_BIG``, ``ENCRYPTED``, ``OLD_FORMAT``, ``WRONG_TYPE``,
    ``ZIP_DAMAGED``, ``ZIP_ENTRIES`` or ``ZIP_AMBIGUOUS``.
    """
    head = read_head(path, limits)
    if head.startswith(OLE_MAGIC):
        raise_for_ole(path)
    if not head.startswith(_ZIP_MAGICS) and not zipfile.is_zipfile(path):
        raise ReadingError(ProblemCode.WRONG_TYPE)
    return Package(path, limits)


def read_head(path: Path, limits: Limits) -> bytes:
    """Return the first 8 bytes; raises ``EMPTY_FILE``, ``TOO_BIG`` (judged before opening) or ``PERMISSION``."""
    size = path.stat().st_size
    if size == 0:
        raise ReadingError(ProblemCode.EMPTY_FILE)
    if size > limits.max_file_bytes:
        raise ReadingError(ProblemCode.TOO_BIG, bytes=size)
    try:
        with path.open("rb") as file:
            return file.read(8)
    except PermissionError:
        raise ReadingError(ProblemCode.PERMISSION) from None


def office_part(package: Package) -> str:
    """Return the name of the main part (``word/document.xml``, ``xl/workbook.xml``), or "" when this is no OOXML."""
    if not package.has("[Content_Types].xml"):
        return ""
    for relationship in package.relationships(""):
        if relationship.kind == "officeDocument" and package.has(relationship.target):
            return relationship.target
    for usual in ("word/document.xml", "xl/workbook.xml", "xl/workbook.bin"):
        if package.has(usual):
            return usual
    return ""


# --- the old binary container (OLE2), in which Excel 97 and encrypted Office files lie --------------------------

_FREE_SECTOR = 0xFFFFFFFA
# In this order: an encrypted file is nothing else, and a mail may carry a Word document inside it.
_OLE_KINDS = (
    ("EncryptedPackage", "encrypted"),
    ("EncryptionInfo", "encrypted"),
    ("__properties_version1.0", "msg"),
    ("__nameid_version1.0", "msg"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "xls"),
    ("Book", "xls"),
)


def raise_for_ole(path: Path) -> None:
    """Raise what an OLE2 file means to a reader of modern Office: ``ENCRYPTED`` or ``OLD_FORMAT`` with its kind."""
    kind = ole_kind(path)
    if kind == "encrypted":
        raise ReadingError(ProblemCode.ENCRYPTED)
    raise ReadingError(ProblemCode.OLD_FORMAT, kind=kind)


def ole_kind(path: Path) -> str:
    """Return what an OLE2 file is: ``encrypted``, ``doc``, ``ppt``, ``msg``, ``xls`` or ``other``.

    Judged by the streams at the root, since a document may embed another; by any name in the file when its
    directory is damaged.
    """
    with path.open("rb") as file:
        data = file.read(100_000_000)
    names = _root_streams(data)
    for name, kind in _OLE_KINDS:
        if name.lower() in names if names else name.encode("utf-16-le") in data:
            return kind
    return "other"


def _root_streams(data: bytes) -> set[str]:
    """Return the names directly under the root of an OLE2 directory in lower case; the empty set when it is damaged."""
    try:
        entries = _ole_entries(data)
        seen: set[int] = set()
        waiting = [entries[0][3]]
        names = set()
        while waiting:
            number = waiting.pop()
            if number in seen or not 0 < number < len(entries):
                continue
            seen.add(number)
            name, left, right, _ = entries[number]
            names.add(name.lower())
            waiting += [left, right]
        return names
    except (struct.error, IndexError):
        return set()


def _ole_entries(data: bytes) -> list[tuple[str, int, int, int]]:
    size = 1 << min(struct.unpack_from("<H", data, 30)[0], 16)
    fat_sectors = [n for n in struct.unpack_from("<109I", data, 76) if n < _FREE_SECTOR]
    table: list[int] = []
    for number in fat_sectors:
        table += struct.unpack_from(f"<{size // 4}I", data, (number + 1) * size)
    entries = []
    sector = struct.unpack_from("<I", data, 48)[0]
    visited: set[int] = set()
    while sector < _FREE_SECTOR and sector not in visited and len(visited) < 1_000:
        visited.add(sector)
        for start in range((sector + 1) * size, (sector + 2) * size, 128):
            length, left, right, child = struct.unpack_from("<H2xIII", data, start + 64)
            name = data[start : start + max(min(length, 64) - 2, 0)].decode("utf-16-le", errors="replace")
            entries.append((name, left, right, child))
        sector = table[sector]
    return entries


# --- the ZIP directory ------------------------------------------------------------------------------------------


def _check_directory(file: BinaryIO, limits: Limits) -> None:
    """Refuse a directory with too many entries before it is built in memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        raise ReadingError(ProblemCode.ZIP_DAMAGED)
    entries, directory_bytes = struct.unpack_from("<H", tail, end + 10)[0], struct.unpack_from("<I", tail, end + 12)[0]
    wide = tail.rfind(b"PK\x06\x06", 0, end)
    if wide >= 0 and len(tail) >= wide + 56 and 0xFFFF in (entries, directory_bytes >> 16):
        entries, directory_bytes = struct.unpack_from("<QQ", tail, wide + 32)
    if entries > limits.max_zip_entries or directory_bytes > limits.max_zip_entries * _DIRECTORY_BYTES_PER_ENTRY:
        raise ReadingError(ProblemCode.ZIP_ENTRIES, entries=entries)


def _open_zip(file: BinaryIO) -> zipfile.ZipFile:
    file.seek(0)
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, NotImplementedError, EOFError):
        raise ReadingError(ProblemCode.ZIP_DAMAGED) from None


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/")
