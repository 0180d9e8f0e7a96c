"""The tables of a store, as the steps that lead from one version to the next; an old file takes those it lacks.

A step is never changed once a store has been made with it: what is new is a new step at the end.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable
from typing import Any

# "CKRV", so that a SQLite file of another program is told from ours.
APPLICATION_ID = 0x434B5256

_FIRST = """
CREATE TABLE catalogue (fingerprint TEXT PRIMARY KEY, version TEXT NOT NULL, snapshot BLOB NOT NULL);
CREATE TABLE procurement (
  source TEXT PRIMARY KEY, id TEXT NOT NULL, reading TEXT NOT NULL, ruler TEXT NOT NULL, unread INTEGER NOT NULL,
  assessment BLOB NOT NULL
);
CREATE TABLE document (
  source TEXT NOT NULL REFERENCES procurement ON DELETE CASCADE, position INTEGER NOT NULL, path TEXT NOT NULL,
  sha256 TEXT NOT NULL, blocks BLOB NOT NULL, PRIMARY KEY (source, position)
);
"""

# Trigrams find a word inside a compound ("möbler" in "kontorsmöbler"), which Swedish needs and whole words do not give.
_FULL_TEXT = """
CREATE TABLE requirement (
  key INTEGER PRIMARY KEY, source TEXT NOT NULL REFERENCES procurement ON DELETE CASCADE, position INTEGER NOT NULL,
  id TEXT NOT NULL, document TEXT NOT NULL, place TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX requirement_source ON requirement (source);
CREATE VIRTUAL TABLE requirement_text USING fts5 (text, content='requirement', content_rowid='key', tokenize='trigram');
CREATE TRIGGER requirement_added AFTER INSERT ON requirement BEGIN
  INSERT INTO requirement_text (rowid, text) VALUES (new.key, new.text);
END;
CREATE TRIGGER requirement_gone AFTER DELETE ON requirement BEGIN
  INSERT INTO requirement_text (requirement_text, rowid, text) VALUES ('delete', old.key, old.text);
END;
"""

# With a trigger the index is written out once for every row; a source at a time it costs a third.
_NO_TRIGGERS = """
DROP TRIGGER requirement_added;
DROP TRIGGER requirement_gone;
"""

_place = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode

INSERT_REQUIREMENT = "INSERT INTO requirement (source, position, id, document, place, text) VALUES (?, ?, ?, ?, ?, ?)"
INDEX_SOURCE = "INSERT INTO requirement_text (rowid, text) SELECT key, text FROM requirement WHERE source = ?"
UNINDEX_SOURCE = (
    "INSERT INTO requirement_text (requirement_text, rowid, text) SELECT 'delete', key, text FROM requirement "
    "WHERE source = ?"
)


def requirement_rows(
    requirements: Iterable[tuple[str, str, dict[str, Any], str]],
) -> list[tuple[int, str, str, str, str]]:
    """Return the rows of the full-text table: position, id, document, place as JSON, and text of each requirement."""
    return [(n, key, path, _place(place), text) for n, (key, path, place, text) in enumerate(requirements)]


def _first(connection: sqlite3.Connection) -> None:
    _run(connection, _FIRST)


def _full_text(connection: sqlite3.Connection) -> None:
    _run(connection, _FULL_TEXT)
    for source, packed in connection.execute("SELECT source, assessment FROM procurement ORDER BY source").fetchall():
        found = json.loads(zlib.decompress(packed))["requirements"]
        rows = requirement_rows((r["id"], r["document"], r["location"], r["raw_text"]) for r in found)
        connection.executemany(INSERT_REQUIREMENT, [(source, *row) for row in rows])


def _without_triggers(connection: sqlite3.Connection) -> None:
    _run(connection, _NO_TRIGGERS)


def _run(connection: sqlite3.Connection, script: str) -> None:
    """Run statements one by one: ``executescript`` would commit halfway."""
    statement = ""
    for line in script.strip().splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (_first, _full_text, _without_triggers)
STORE_VERSION = len(STEPS)


def migrate(connection: sqlite3.Connection, *, up_to: int = STORE_VERSION) -> None:
    """Take the steps the file lacks, all or none of them; ``connection`` is in autocommit mode."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version >= up_to:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in STEPS[version:up_to]:
            step(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {up_to}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
