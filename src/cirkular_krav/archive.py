"""Unpacking a ZIP into a temporary folder under safe names, within limits of number, size and ratio."""

from __future__ import annotations

import re
import shutil
import stat
import struct
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.models import Problem
from cirkular_krav.readers.pieces import Limits
from cirkular_krav.readers.sniff import zip_kind

_EOCD = struct.Struct("<4s4H2LH")
_EOCD_MARK = b"PK\x05\x06"
_ZIP64_LOCATOR = struct.Struct("<4sLQL")
_ZIP64_EOCD = struct.Struct("<4sQ2H2L4Q")
_BYTES_PER_ENTRY = 512  # of the table of contents, on average; far above what real names need
_RATIO_FROM_BYTES = 1_000_000
_CHUNK = 1 << 20
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\ud800-\udfff]')
_DRIVE = re.compile(r"^[A-Za-z]:")
_DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_MAX_NAME_BYTES = 180
_MAX_DEPTH = 16  # with names of this length the whole stays under what systems allow
_READ_ERRORS = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The folder with what could be unpacked, and the members that could not, each with its problem."""

    folder: Path
    left_out: tuple[tuple[str, Problem], ...]


@contextmanager
def unpack_zip(path: Path, limits: Limits, scratch: Path | None = None) -> Iterator[Unpacked]:
    """Unpack a ZIP into a temporary folder that only this user may enter and that is removed at the end.

    No member can land outside: ``..``, absolute paths, drive letters and control characters are taken out of names;
    members that would then collide get a number. Links are not made. Raises ``ReadingError`` (``zip-damaged``,
    ``zip-entries``) when the archive as a whole cannot be trusted; a single member's fault is told in ``left_out``.
    """
    folder = Path(tempfile.mkdtemp(prefix="cirkular-krav-", dir=scratch))
    try:
        with _opened(path, limits) as archive:
            left_out = tuple(_unpack(archive, folder, path.stat().st_size, limits))
        yield Unpacked(folder, left_out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def holds_documents(path: Path, limits: Limits) -> bool:
    """Tell whether a ``.zip`` is in truth a document (a DOCX with the wrong suffix) and not an archive of files."""
    try:
        with _opened(path, limits) as archive:
            return zip_kind(archive) != "archive"
    except ReadingError:
        return False


@contextmanager
def _opened(path: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    try:
        _check_table_of_contents(path, limits)
        archive = zipfile.ZipFile(path)
    except (*_READ_ERRORS, struct.error):
        raise ReadingError(ProblemCode.ZIP_DAMAGED) from None
    except OSError as error:
        raise ReadingError(ProblemCode.PERMISSION, reason=type(error).__name__) from None
    with archive:
        yield archive


def _check_table_of_contents(path: Path, limits: Limits) -> None:
    """Refuse a table of contents that is too large, before a library builds a list of it."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        start = max(0, size - _EOCD.size - 0xFFFF - _ZIP64_LOCATOR.size)
        file.seek(start)
        tail = file.read()
        at = tail.rfind(_EOCD_MARK)
        if at < 0 or at + _EOCD.size > len(tail):
            raise zipfile.BadZipFile
        entries, table_bytes = _EOCD.unpack_from(tail, at)[4:6]
        if at >= _ZIP64_LOCATOR.size and tail[at - _ZIP64_LOCATOR.size :].startswith(b"PK\x06\x07"):
            file.seek(_ZIP64_LOCATOR.unpack_from(tail, at - _ZIP64_LOCATOR.size)[2])
            entries, table_bytes = _ZIP64_EOCD.unpack(file.read(_ZIP64_EOCD.size))[7:9]
    if entries > limits.max_zip_entries or table_bytes > limits.max_zip_entries * _BYTES_PER_ENTRY:
        raise ReadingError(ProblemCode.ZIP_ENTRIES, entries=entries, limit=limits.max_zip_entries)


def _unpack(
    archive: zipfile.ZipFile, folder: Path, archive_bytes: int, limits: Limits
) -> Iterator[tuple[str, Problem]]:
    # Documents that are already compressed do not shrink in a ZIP, so a big archive may hold more than a small one.
    room = limits.max_unpacked_bytes + 2 * archive_bytes
    taken: set[str] = set()
    for number, member in enumerate(archive.infolist()):
        if number >= limits.max_zip_entries:
            raise ReadingError(ProblemCode.ZIP_ENTRIES, entries=len(archive.infolist()), limit=limits.max_zip_entries)
        if member.orig_filename.endswith(("/", "\\")):
            continue
        parts = _unique(safe_parts(member_name(member)), taken)
        name = "/".join(parts)
        problem = _refusal(member, room, limits)
        if problem is None:
            room -= member.file_size
            problem = _extract(archive, member, folder.joinpath(*parts))
        if problem is not None:
            yield name, problem


def _refusal(member: zipfile.ZipInfo, room: int, limits: Limits) -> Problem | None:
    if stat.S_ISLNK(member.external_attr >> 16):
        return Problem(code=ProblemCode.LINK)
    if member.flag_bits & _ENCRYPTED_FLAG:
        return Problem(code=ProblemCode.ENCRYPTED)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return Problem(code=ProblemCode.UNSUPPORTED, values={"kind": "packed"})
    if member.file_size > _RATIO_FROM_BYTES and member.file_size > limits.max_ratio * max(member.compress_size, 1):
        return Problem(code=ProblemCode.ZIP_BOMB, values={"bytes": member.file_size})
    if member.file_size > min(room, limits.max_file_bytes):
        return Problem(code=ProblemCode.TOO_BIG, values={"bytes": member.file_size, "limit": max(room, 0)})
    return None


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> Problem | None:
    """Write one member; the library stops at the size the table promises and checks the sum."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with archive.open(member) as source, target.open("xb") as out:
            while chunk := source.read(_CHUNK):
                out.write(chunk)
    except _READ_ERRORS:
        target.unlink(missing_ok=True)
        return Problem(code=ProblemCode.ZIP_DAMAGED)
    return None


def member_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name as its maker meant it: UTF-8 when flagged or when it is, else the DOS code page."""
    if member.flag_bits & _UTF8_FLAG:
        return member.orig_filename
    raw = member.orig_filename.encode("cp437", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return member.orig_filename


def safe_parts(name: str) -> tuple[str, ...]:
    """Return the folders and file of a member's name, such that they lie inside any folder on any system."""
    parts = [_safe_part(part) for part in name.replace("\\", "/").split("/")]
    kept = [part for part in parts if part and part not in (".", "..")]
    return tuple(kept[-_MAX_DEPTH:]) or ("namnlös",)


def _safe_part(part: str) -> str:
    if part.strip() in ("", ".", ".."):
        return ""
    part = _UNSAFE.sub("_", _DRIVE.sub("", unicodedata.normalize("NFC", part))).strip().rstrip(". ")
    part = f"_{part}" if _DEVICES.match(part) else part
    if len(part.encode()) > _MAX_NAME_BYTES:
        suffix = Path(part).suffix[:20]
        part = part.encode()[: _MAX_NAME_BYTES - len(suffix.encode())].decode("utf-8", "ignore") + suffix
    return part


def _unique(parts: tuple[str, ...], taken: set[str]) -> tuple[str, ...]:
    """Number a name that is taken as a file or folder, also on systems that do not tell capital letters apart."""
    *folders, name = parts
    prefix = ""
    for index, part in enumerate(folders):
        while f"{prefix}{part}".casefold() in taken:
            part += "_"
        folders[index] = part
        prefix += f"{part}/"
    stem, suffix = Path(name).stem, Path(name).suffix
    candidate, number = name, 2
    while f"{prefix}{candidate}".casefold() in taken or f"{prefix}{candidate}/".casefold() in taken:
        candidate, number = f"{stem} ({number}){suffix}", number + 1
    taken.add(f"{prefix}{candidate}".casefold())
    for depth in range(1, len(folders) + 1):
        taken.add("/".join(folders[:depth]).casefold() + "/")
    return (*folders, candidate)
