"""Which files are documents: every file found gets exactly one row, and nothing odd is ever opened.

Links are not followed, pipes and devices not opened, and a procurement's labels, facts and goals are not documents.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cirkular_krav.archive import holds_documents, unpack_zip
from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.models import Problem
from cirkular_krav.readers.pieces import Limits

DOCUMENTS_FOLDER = "documents"
# At the top of a procurement's folder; see the design, D10 and D13.
NOT_DOCUMENTS = frozenset(
    {"procurement.yaml", "procurement.yml", "expected", "styrdokument", "decisions", "decisions.jsonl"}
)
_TEMPORARY_NAMES = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "__macosx"})
_OUTPUT_SUFFIXES = (".json", ".jsonl", ".html", ".htm")
_OUTPUT_HEAD_BYTES = 4_096
_OUTPUT_MARKS = (
    (b'"schema_version"', b'"catalogue_fingerprint"'),
    (b'"schema_version"', b'"assessment"'),
    (b'"fingerprint"', b'"criteria"', b'"asks_for"'),
    (b'name="generator"', b"cirkular-krav"),
)
_DOCUMENT_SUFFIX = re.compile(r"\.(pdf|docx?|docm|xlsx?|xlsm|ods|html?|xml|txt)$", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHOWN_AS_IS = frozenset({"L", "M", "N", "P", "S"})


@dataclass(frozen=True, slots=True)
class Found:
    """One file (or folder that could not be entered): its path as text, where it lies, and why it is not read.

    ``relative_path`` uses ``/`` and holds no unpaired surrogates; print it with ``shown``.
    """

    relative_path: str
    path: Path
    problem: Problem | None = None


def shown(name: str) -> str:
    """Return a name in one printable line: control, invisible and direction-changing characters are escaped."""
    return "".join(ch if ch == " " or unicodedata.category(ch)[0] in _SHOWN_AS_IS else _escape(ch) for ch in name)


def as_text(name: str) -> str:
    """Return a file name as text that any output can hold: bytes that are no text become ``\\xNN``."""
    return _SURROGATE.sub(lambda hit: _escape(hit.group()), name)


def _escape(ch: str) -> str:
    code = ord(ch)
    if 0xDC80 <= code <= 0xDCFF:  # how Python carries a byte that is not text
        return f"\\x{code - 0xDC00:02x}"
    return ch.encode("unicode_escape").decode("ascii")


@dataclass(frozen=True, slots=True)
class Opened:
    """A procurement while it is open: the folder that may hold ``procurement.yaml`` (none for a single file)."""

    folder: Path | None
    files: list[Found]


@contextmanager
def open_files(
    source: Path, limits: Limits, *, exclude: Iterable[Path] = (), scratch: Path | None = None
) -> Iterator[Opened]:
    """Give the files of a procurement – a folder, a ZIP of one, or a single file – while the context lasts.

    Plain ZIP files inside are opened one level deep: their members stand in the list as ``arkiv.zip/sub/fil.pdf``
    and lie in temporary folders (in ``scratch`` or the system's) that are removed at the end. A ZIP inside such a
    ZIP is refused as ``unsupported`` when it is read.
    """
    with ExitStack() as stack:
        folder, files = _top(source, limits, tuple(exclude), scratch, stack)
        expanded: list[Found] = []
        for item in files:
            if item.problem is None and _is_plain_zip(item.path, limits):
                expanded += _members(item, limits, scratch, stack)
            else:
                expanded.append(item)
        yield Opened(folder, sorted(expanded, key=_order))


def _top(
    source: Path, limits: Limits, exclude: tuple[Path, ...], scratch: Path | None, stack: ExitStack
) -> tuple[Path | None, list[Found]]:
    if source.is_dir():
        return source, find_files(source, limits=limits, exclude=exclude)
    judged = _judge(source, as_text(source.name), source.lstat(), limits, frozenset())
    if judged.problem is not None or not _is_plain_zip(source, limits):
        return None, [judged]
    try:
        unpacked = stack.enter_context(unpack_zip(source, limits, scratch))
    except ReadingError as error:
        return None, [Found(judged.relative_path, source, Problem(code=error.code, values=error.values))]
    folder, inside = _only_folder(unpacked.folder)
    files = find_files(folder, limits=limits, exclude=exclude)
    documents = f"{inside}{DOCUMENTS_FOLDER}/" if has_documents_folder(folder) else inside
    for name, problem in unpacked.left_out:
        below = name.removeprefix(documents)
        labels = documents == inside and below.split("/")[0] in NOT_DOCUMENTS
        if name.startswith(documents) and not labels:
            files.append(Found(below, source, problem))
    return folder, files or [Found(judged.relative_path, source, Problem(code=ProblemCode.NO_TEXT))]


def _only_folder(folder: Path) -> tuple[Path, str]:
    """Step into the one folder that a ZIP often wraps everything in; documents/ itself is not such a wrapping."""
    entries = [entry for entry in folder.iterdir() if not _odd_name(entry.name)]
    if len(entries) == 1 and entries[0].is_dir() and entries[0].name != DOCUMENTS_FOLDER:
        return entries[0], f"{entries[0].name}/"
    return folder, ""


def _is_plain_zip(path: Path, limits: Limits) -> bool:
    return path.suffix.lower() == ".zip" and path.is_file() and not holds_documents(path, limits)


def _members(archive: Found, limits: Limits, scratch: Path | None, stack: ExitStack) -> list[Found]:
    """Return the members of an archive, or the archive itself with the problem that keeps it shut."""
    try:
        unpacked = stack.enter_context(unpack_zip(archive.path, limits, scratch))
    except ReadingError as error:
        return [Found(archive.relative_path, archive.path, Problem(code=error.code, values=error.values))]
    files = find_files(unpacked.folder, limits=limits, as_procurement=False)
    files += [Found(name, archive.path, problem) for name, problem in unpacked.left_out]
    if not files:
        return [Found(archive.relative_path, archive.path, Problem(code=ProblemCode.NO_TEXT))]
    return [Found(f"{archive.relative_path}/{item.relative_path}", item.path, item.problem) for item in files]


def has_documents_folder(folder: Path) -> bool:
    """Tell whether only ``documents/`` of this folder is read."""
    documents = folder / DOCUMENTS_FOLDER
    return documents.is_dir() and not documents.is_symlink()


def find_files(
    folder: Path, *, limits: Limits, exclude: Iterable[Path] = (), as_procurement: bool = True
) -> list[Found]:
    """Return every file under a folder, once, ordered by its NFC name whatever the file system's own order.

    ``as_procurement``: a folder ``documents/`` is read alone, so that labels never leak into what is measured, and
    what ``NOT_DOCUMENTS`` names at the top is left out without a row. Paths are relative to the folder that is read.
    What lies in ``exclude`` (files or folders of output) is skipped as ``own-output``.
    """
    only_documents = as_procurement and has_documents_folder(folder)
    root = Path(os.path.realpath(folder / DOCUMENTS_FOLDER if only_documents else folder))
    left_out = NOT_DOCUMENTS if as_procurement and not only_documents else frozenset()
    excluded = frozenset(os.path.realpath(path) for path in exclude)
    return sorted(_walk(root, limits, excluded, left_out), key=_order)


def _order(found: Found) -> tuple[str, str]:
    return unicodedata.normalize("NFC", found.relative_path), found.relative_path


def _walk(root: Path, limits: Limits, excluded: frozenset[str], left_out: frozenset[str]) -> Iterator[Found]:
    waiting: list[tuple[Path, str]] = [(root, "")]
    while waiting:
        folder, prefix = waiting.pop()
        try:
            with os.scandir(folder) as listing:
                entries = list(listing)
        except OSError as error:
            yield Found(prefix or ".", folder, _os_problem(error))
            continue
        if not entries and prefix and _DOCUMENT_SUFFIX.search(folder.name):
            yield Found(prefix, folder, Problem(code=ProblemCode.NOT_A_FILE))
        for entry in entries:
            if not prefix and entry.name in left_out:
                continue
            name = prefix + as_text(entry.name)
            path = folder / entry.name
            try:
                facts = entry.stat(follow_symlinks=False)
            except OSError as error:
                yield Found(name, path, _os_problem(error))
                continue
            if stat.S_ISDIR(facts.st_mode) and not _is_junction(facts) and not _odd_name(entry.name):
                if str(path) in excluded:
                    yield Found(f"{name}/", path, Problem(code=ProblemCode.OWN_OUTPUT))
                else:
                    waiting.append((path, f"{name}/"))
            else:
                yield _judge(path, name, facts, limits, excluded)


def _judge(path: Path, name: str, facts: os.stat_result, limits: Limits, excluded: frozenset[str]) -> Found:
    """Decide by name and ``stat`` alone whether a file is to be read; only possible own output is looked into."""
    mode = facts.st_mode
    values: dict[str, str | int] = {}
    code: ProblemCode | None = None
    if stat.S_ISLNK(mode) or _is_junction(facts):
        code = ProblemCode.LINK
    elif _odd_name(path.name):
        code = ProblemCode.TEMPORARY
        name += "/" if stat.S_ISDIR(mode) else ""
    elif not stat.S_ISREG(mode):
        code = ProblemCode.NOT_A_FILE
    elif str(path) in excluded:
        code = ProblemCode.OWN_OUTPUT
    elif facts.st_size > limits.max_file_bytes:
        code, values = ProblemCode.TOO_BIG, {"bytes": facts.st_size, "limit": limits.max_file_bytes}
    else:
        return _look_at(path, name)
    return Found(name, path, Problem(code=code, values=values))


def _look_at(path: Path, name: str) -> Found:
    try:
        if not os.access(path, os.R_OK):
            return Found(name, path, Problem(code=ProblemCode.PERMISSION))
        if path.suffix.lower() in _OUTPUT_SUFFIXES and _is_own_output(path):
            return Found(name, path, Problem(code=ProblemCode.OWN_OUTPUT))
    except OSError as error:
        return Found(name, path, _os_problem(error))
    return Found(name, path)


def _is_own_output(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(_OUTPUT_HEAD_BYTES)
    return any(all(mark in head for mark in marks) for marks in _OUTPUT_MARKS)


def _odd_name(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in _TEMPORARY_NAMES


def _is_junction(facts: os.stat_result) -> bool:
    # Only mount points: the placeholders of a cloud drive are reparse points too, and are real files.
    if sys.platform != "win32":
        return False
    return facts.st_reparse_tag == stat.IO_REPARSE_TAG_MOUNT_POINT


def _os_problem(error: OSError) -> Problem:
    if error.errno == errno.ENAMETOOLONG:
        return Problem(code=ProblemCode.PATH_TOO_LONG)
    return Problem(code=ProblemCode.PERMISSION, values={"reason": type(error).__name__})
