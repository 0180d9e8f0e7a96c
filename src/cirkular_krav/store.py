"""The store: one SQLite file with every assessment, the blocks it was read from and the catalogue it was scored with.

It is written procurement by procurement, each whole or not at all, so that a run that is stopped – however it is
stopped – has lost nothing that it finished. Reading never changes the file.
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from cirkular_krav.catalogue import compile_to_json
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import CannotWriteError, OutputInUseError, UsageError
from cirkular_krav.models import Assessment, Block, Place, Versions
from cirkular_krav.result_schema import NewerSchemaError, is_of_this_version, read_assessment
from cirkular_krav.store_schema import (
    APPLICATION_ID,
    INDEX_SOURCE,
    INSERT_REQUIREMENT,
    STORE_VERSION,
    UNINDEX_SOURCE,
    migrate,
    requirement_rows,
)
from cirkular_krav.writing import hold

STORE_SUFFIX = ".sqlite"
_LEVEL = 3
_SHORTEST = 3
_BUSY_SECONDS = 30.0
_NO_BLOCKS = {"procurement": {"documents": {"__all__": {"blocks"}}}}


@dataclass(frozen=True, slots=True)
class Key:
    """What a stored assessment was made from: the files as they were read, and the ruler (catalogue and scoring)."""

    reading: str
    ruler: str
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Packed:
    """One assessment as it lies in the store: ``documents`` are path, SHA-256 and blocks; the rest is compressed JSON."""

    source: str
    id: str
    key: Key
    fingerprint: str
    assessment: bytes
    documents: tuple[tuple[str, str, bytes], ...]
    requirements: tuple[tuple[int, str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One requirement that a search found, and where it stands."""

    text: str
    requirement_id: str
    procurement: str
    title: str
    buyer: str
    document: str
    place: Place


def ruler_of(versions: Versions) -> str:
    """Return what an assessment was scored with, as one text."""
    return f"{versions.catalogue_fingerprint}/{versions.scoring}"


def pack(source: str, reading: str, assessment: Assessment) -> Packed:
    """Return an assessment in the form the store keeps: compressed, with the blocks apart."""
    text = assessment.model_dump_json(exclude=_NO_BLOCKS)
    return Packed(
        source=source,
        id=assessment.procurement.id,
        key=Key(reading, ruler_of(assessment.versions), unread_of(assessment)),
        fingerprint=assessment.versions.catalogue_fingerprint,
        assessment=zlib.compress(text.encode(), _LEVEL),
        documents=tuple(
            (d.path, d.sha256, zlib.compress(_blocks().dump_json(d.blocks), _LEVEL))
            for d in assessment.procurement.documents
        ),
        requirements=tuple(
            requirement_rows((r.id, r.document, r.location.model_dump(), r.raw_text) for r in assessment.requirements)
        ),
    )


def unpack(assessment: bytes, blocks: Iterable[bytes] = ()) -> Assessment:
    """Return the assessment of a packed one; without ``blocks`` its documents have none."""
    whole = zlib.decompress(assessment)
    texts = tuple(blocks)
    if not is_of_this_version(whole):
        return _unpack_old(whole, texts)
    found = Assessment.model_validate_json(whole)
    if not texts:
        return found
    documents = tuple(
        document.model_copy(update={"blocks": _blocks().validate_json(zlib.decompress(text))})
        for document, text in zip(found.procurement.documents, texts, strict=True)
    )
    procurement = found.procurement.model_copy(update={"documents": documents})
    return found.model_copy(update={"procurement": procurement})


def _unpack_old(whole: bytes, texts: Sequence[bytes]) -> Assessment:
    """Put an older assessment together first, since a step to a newer schema may concern its blocks."""
    data = json.loads(whole)
    for document, text in zip(data["procurement"]["documents"] if texts else (), texts, strict=True):
        document["blocks"] = json.loads(zlib.decompress(text))
    return read_assessment(json.dumps(data).encode())


def unread_of(assessment: Assessment) -> int:
    """Return how many documents were not wholly read."""
    return sum(row.status in ("partial", "refused", "nothing") for row in assessment.ledger)


@lru_cache(maxsize=1)
def _blocks() -> TypeAdapter[tuple[Block, ...]]:
    return TypeAdapter(tuple[Block, ...])


class Store:
    """An open store; get one with ``open_store``. Sources are paths below the folder that was assessed, with ``/``."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    def keys(self) -> dict[str, Key]:
        """Return what every stored procurement was made from, by source in order."""
        rows = self._connection.execute("SELECT source, reading, ruler, unread FROM procurement ORDER BY source")
        return {source: Key(reading, ruler, unread) for source, reading, ruler, unread in rows}

    def put(self, packed: Packed) -> None:
        """Keep an assessment in place of what the source had before: it is safe on disk when this returns."""
        with self._transaction():
            self._delete(packed.source)
            self._connection.execute(
                "INSERT INTO procurement (source, id, reading, ruler, unread, assessment) VALUES (?, ?, ?, ?, ?, ?)",
                (packed.source, packed.id, packed.key.reading, packed.key.ruler, packed.key.unread, packed.assessment),
            )
            self._connection.executemany(
                "INSERT INTO document (source, position, path, sha256, blocks) VALUES (?, ?, ?, ?, ?)",
                [(packed.source, n, *document) for n, document in enumerate(packed.documents)],
            )
            self._connection.executemany(INSERT_REQUIREMENT, [(packed.source, *row) for row in packed.requirements])
            self._connection.execute(INDEX_SOURCE, (packed.source,))

    def put_catalogue(self, catalogue: Catalogue) -> None:
        """Keep a snapshot of a catalogue, so that an old period can be scored again with the ruler of its day (D11)."""
        with self._transaction():
            self._connection.execute(
                "INSERT OR IGNORE INTO catalogue (fingerprint, version, snapshot) VALUES (?, ?, ?)",
                (catalogue.fingerprint, catalogue.version, zlib.compress(compile_to_json(catalogue).encode(), 9)),
            )

    def forget(self, sources: Iterable[str]) -> None:
        """Take procurements out of the store."""
        with self._transaction():
            for source in sources:
                self._delete(source)

    def _delete(self, source: str) -> None:
        self._connection.execute(UNINDEX_SOURCE, (source,))
        self._connection.execute("DELETE FROM procurement WHERE source = ?", (source,))

    def packed(self, source: str) -> tuple[bytes, tuple[bytes, ...]]:
        """Return the compressed assessment and blocks of a source, for ``unpack``."""
        row = self._connection.execute("SELECT assessment FROM procurement WHERE source = ?", (source,)).fetchone()
        blocks = self._connection.execute("SELECT blocks FROM document WHERE source = ? ORDER BY position", (source,))
        return row[0], tuple(text for (text,) in blocks)

    def assessments(self, sources: Iterable[str] | None = None, *, blocks: bool = True) -> Iterator[Assessment]:
        """Yield the stored assessments in order of source, one in memory at a time.

        Without ``blocks`` the documents are as they were except for their text, which is most of the weight.
        """
        for source in self.keys() if sources is None else sorted(sources):
            assessment, texts = self.packed(source)
            yield unpack(assessment, texts if blocks else ())

    def catalogues(self) -> dict[str, Catalogue]:
        """Return the catalogues that were scored with, by fingerprint."""
        rows = self._connection.execute("SELECT fingerprint, snapshot FROM catalogue ORDER BY version, fingerprint")
        return {fingerprint: Catalogue.model_validate_json(zlib.decompress(snapshot)) for fingerprint, snapshot in rows}

    def find(self, text: str, *, most: int = 50) -> tuple[Finding, ...]:
        """Return requirements that hold all the words of a text, also inside compounds; the best first.

        Raises ``UsageError`` when no word has three letters.
        """
        words = [word.strip('",.;:()') for word in text.split()]
        words = [word.replace('"', '""') for word in words if len(word) >= _SHORTEST]
        if not words:
            raise UsageError(f"Sök på minst ett ord med {_SHORTEST} bokstäver eller fler.")
        rows = self._connection.execute(
            "SELECT r.source, r.id, r.document, r.place, r.text FROM requirement_text t "
            "JOIN requirement r ON r.key = t.rowid WHERE requirement_text MATCH ? "
            "ORDER BY bm25(requirement_text), r.source, r.position LIMIT ?",
            (" ".join(f'"{word}"' for word in words), most),
        ).fetchall()
        procurements = {s: unpack(self.packed(s)[0]).procurement for s in sorted({row[0] for row in rows})}
        place: TypeAdapter[Place] = TypeAdapter(Place)
        return tuple(
            Finding(quote, rid, procurements[s].id, procurements[s].title, procurements[s].buyer, document,
                    place.validate_json(where))
            for s, rid, document, where, quote in rows
        )  # fmt: skip

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise


def is_store(path: Path) -> bool:
    """Tell whether a path is meant as a store, by its suffix."""
    return path.suffix.lower() == STORE_SUFFIX


def files_of(path: Path) -> tuple[Path, ...]:
    """Return the store and what SQLite keeps beside it while it is written."""
    return path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


@contextmanager
def open_store(path: Path | str, *, write: bool = False) -> Iterator[Store]:
    """Open a store: to read one that is there, or with ``write`` to make or continue it, alone.

    An old version is brought up to date: in the file when writing, in memory when only reading. Raises ``UsageError``
    for what is no store, ``OutputInUseError`` when another run writes it and ``CannotWriteError``.
    """
    path = Path(path)
    if not is_store(path):
        raise UsageError(f"Ett lager är en fil med ändelsen {STORE_SUFFIX}, inte {path.name}.")
    if not write and not path.is_file():
        raise UsageError(f"Lagret {path} finns inte. Gör det med cirkular-krav assess MAPP --store {path.name}.")
    try:
        with _writing(path) if write else _reading(path) as connection:
            yield Store(path, connection)
    except sqlite3.Error as error:
        raise _told(path, error) from None
    except NewerSchemaError as error:
        raise UsageError(f"{path}: {error}") from None
    except ValidationError:
        raise UsageError(
            f"{path} håller resultat som inte går att läsa. Gör om lagret med cirkular-krav assess, eller läs det med den "
            "version som skrev det."
        ) from None


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    with hold(path):
        _create(path)
        connection = sqlite3.connect(path, isolation_level=None, timeout=_BUSY_SECONDS)
        try:
            _check(path, connection, new=True)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA recursive_triggers = ON")
            migrate(connection)
            yield connection
            # A finished store is one plain file, which also a read-only medium or a shared drive can open.
            with suppress(sqlite3.Error):
                connection.execute("PRAGMA journal_mode = DELETE")
        finally:
            connection.close()


def _create(path: Path) -> None:
    """Make the file, if it is new, readable for its owner alone: tender documents may be secret."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError:
        raise CannotWriteError(
            f"Lagret kan inte skrivas till {path}. Kontrollera att mappen finns och att du får skriva där."
        ) from None


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    connection = _connect_read_only(path)
    try:
        version = _check(path, connection, new=False)
        if version < STORE_VERSION:
            memory = sqlite3.connect(":memory:", isolation_level=None)
            connection.backup(memory)
            connection.close()
            connection = memory
            migrate(connection)
        yield connection
    finally:
        connection.close()


def _connect_read_only(path: Path) -> sqlite3.Connection:
    """Open for reading; a file that was left with a journal on a read-only medium is read as it stands."""
    address = path.resolve().as_uri()
    for mode in ("mode=ro", "mode=ro&immutable=1"):
        connection = sqlite3.connect(f"{address}?{mode}", uri=True, isolation_level=None, timeout=_BUSY_SECONDS)
        try:
            connection.execute("PRAGMA user_version").fetchone()
            return connection
        except sqlite3.Error as error:
            connection.close()
            if mode != "mode=ro" or not isinstance(error, sqlite3.OperationalError):
                raise
    raise AssertionError("unreachable")


def _check(path: Path, connection: sqlite3.Connection, *, new: bool) -> int:
    """Return the version of the file; raises ``UsageError`` when it is no store, or a newer one."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    mark = int(connection.execute("PRAGMA application_id").fetchone()[0])
    empty = not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    if version > STORE_VERSION and mark == APPLICATION_ID:
        raise UsageError(
            f"Lagret {path} är gjort av en nyare version av cirkular-krav (lager {version}; den här läser till och med "
            f"{STORE_VERSION}). Installera den nyare versionen."
        )
    if mark != APPLICATION_ID and not (new and empty):
        raise UsageError(f"{path} är inget lager från cirkular-krav. Filen är orörd; välj ett annat namn.")
    return version


def _told(path: Path, error: sqlite3.Error) -> Exception:
    """Return SQLite's error as a sentence with the right exit code."""
    text = str(error).lower()
    if "locked" in text or "busy" in text:
        return OutputInUseError(f"Ett annat program håller lagret {path} låst. Stäng det och kör igen.")
    if "not a database" in text or "malformed" in text or "corrupt" in text:
        return UsageError(f"{path} är inget lager från cirkular-krav, eller är skadat. Filen är orörd.")
    if "tokenizer" in text or "fts5" in text:
        return UsageError(
            f"Lagret behöver SQLite 3.34 eller nyare; här finns {sqlite3.sqlite_version}. Uppdatera Python."
        )
    if "unable to open" in text:
        return UsageError(f"Lagret {path} går inte att öppna. Kontrollera sökvägen och rättigheterna.")
    why = "disken är full" if "full" in text else "skrivrätt saknas" if "readonly" in text else "systemet sade nej"
    return CannotWriteError(f"Lagret kunde inte skrivas till {path}: {why}. Det som redan var sparat finns kvar.")
