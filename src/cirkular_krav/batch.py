"""A tree of procurements into a store: what is unchanged is not read again, what is stopped is gone on with.

An assessment rests on a *reading* (the files by content, the facts, the limits, the library's version) and a *ruler*
(catalogue and scoring policy). Another ruler scores again what was read; only another reading opens the documents.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from cirkular_krav import engine as engines
from cirkular_krav.catalogue import compile_to_json, load_catalogue
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.discovery import Found, find_files
from cirkular_krav.errors import NothingToDoError
from cirkular_krav.facts import FACTS_FILE
from cirkular_krav.guard import Guard, processors
from cirkular_krav.models import SCHEMA_VERSION, Versions
from cirkular_krav.pipeline import (
    Progress,
    assess,
    assess_again,
    find_procurements,
    source_name,
    versions,
    without_zip,
)
from cirkular_krav.readers.pieces import Limits
from cirkular_krav.store import Packed, Store, files_of, open_store, pack, ruler_of, unpack


@dataclass(frozen=True, slots=True)
class StoreUpdate:
    """What a run did to a store, by source: a path below the folder, in order.

    ``gone``: in the store but no longer in the folder. ``empty``: without documents. ``failed``: not assessed, with
    the reason. ``unread``: documents that could not be wholly read, in all that the folder holds.
    """

    read: tuple[str, ...] = ()
    rescored: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    unread: int = 0


@dataclass(frozen=True, slots=True)
class _Job:
    """One procurement to assess: from its folder, or from what the store has of it."""

    source: str
    path: Path
    reading: str
    limits: Limits
    exclude: tuple[Path, ...]
    children: int = 1
    stored: tuple[bytes, tuple[bytes, ...]] | None = None


def update_store(
    root: Path | str,
    store: Path | str,
    catalogue: Catalogue | None = None,
    *,
    limits: Limits | None = None,
    workers: int | None = None,
    engine: str = "",
    again: bool = False,
    prune: bool = False,
    progress: Progress | None = None,
) -> StoreUpdate:
    """Assess every procurement under a folder into a store and return what was done.

    What the store already has of the same files, catalogue and versions is left as it is, so a run that was stopped
    is finished by starting it again. ``engine``: a Dask scheduler (``dask://host:port``) instead of ``workers``
    processes here. ``again`` reads everything anew; ``prune`` takes out what is no longer in the folder. Raises
    ``NothingToDoError``, ``UsageError``, ``OutputInUseError`` and ``CannotWriteError``.
    """
    root, store = Path(root), Path(store)
    catalogue = catalogue or load_catalogue()
    sources = {source_name(source, root): source for source in find_procurements(root)}
    with open_store(store, write=True) as opened:
        run = _Run(opened, catalogue, limits or Limits(), files_of(store))
        jobs = run.plan(sources, again=again)
        if not jobs and not run.unchanged:
            raise NothingToDoError(f"I {root} finns inga dokument. Lägg varje upphandlings filer i en egen mapp.")
        run.work(jobs, workers or processors(), engine, progress)
        return run.finish(sources, prune=prune)


@dataclass(slots=True)
class _Run:
    store: Store
    catalogue: Catalogue
    limits: Limits
    exclude: tuple[Path, ...]
    unchanged: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    rescored: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)

    def plan(self, sources: dict[str, Path], *, again: bool) -> list[_Job]:
        """Return what is to be done, the largest first so that no worker is left alone with it at the end."""
        stamped = versions(self.catalogue)
        ruler, keys = ruler_of(stamped), self.store.keys()
        with ThreadPoolExecutor(max_workers=processors()) as threads:  # hashing lets go of the interpreter
            readings = list(threads.map(lambda one: _reading(one, sources[one], self, stamped), sources))
        jobs: list[tuple[int, _Job]] = []
        for (source, path), (reading, size) in zip(sources.items(), readings, strict=True):
            key = None if again else keys.get(source)
            job = _Job(source, path, reading, self.limits, self.exclude)
            if not reading:
                self.empty.append(source)
            elif key is None or key.reading != reading:
                jobs.append((size, job))
            elif key.ruler != ruler:
                jobs.append((0, replace(job, stored=self.store.packed(source))))
            else:
                self.unchanged.append(source)
        return [job for _, job in sorted(jobs, key=lambda item: (-item[0], item[1].source))]

    def work(self, jobs: Sequence[_Job], workers: int, engine: str, progress: Progress | None) -> None:
        """Do the jobs and keep each answer as it comes."""
        if not jobs:
            return
        self.store.put_catalogue(self.catalogue)
        jobs = [replace(job, children=max(1, workers // len(jobs))) for job in jobs]
        shared = compile_to_json(self.catalogue)
        with closing(engines.run(assess_job, jobs, shared, workers=workers, engine=engine)) as answers:
            for done, (job, answer) in enumerate(answers, start=1):
                self._take(job, answer)
                if progress:
                    progress(done, len(jobs), job.source)

    def _take(self, job: _Job, answer: Packed | engines.Crash | None) -> None:
        if isinstance(answer, engines.Crash):
            self.failed.append((job.source, answer.sentence or answer.exception))
        elif answer is None:
            self.empty.append(job.source)
        else:
            self.store.put(answer)
            (self.rescored if job.stored else self.read).append(job.source)

    def finish(self, sources: dict[str, Path], *, prune: bool) -> StoreUpdate:
        """Say what was done, and take out what is no longer there if that was asked for."""
        keys = self.store.keys()
        gone = tuple(source for source in keys if source not in sources or source in self.empty)
        if prune:
            self.store.forget(gone)
        return StoreUpdate(
            read=tuple(sorted(self.read)), rescored=tuple(sorted(self.rescored)), unchanged=tuple(self.unchanged),
            empty=tuple(sorted(self.empty)), gone=gone, failed=tuple(sorted(self.failed)),
            unread=sum(key.unread for source, key in keys.items() if source not in gone),
        )  # fmt: skip


# --- what a procurement was read from -----------------------------------------------------------


def _reading(source: str, path: Path, run: _Run, stamped: Versions) -> tuple[str, int]:
    """Return a fingerprint of all that a reading depends on – empty without files – and how many bytes it is."""
    size = 0
    files: list[tuple[str, str]] = []
    for item in _files(path, run.limits, run.exclude):
        digest, length = ("", 0) if item.problem else _digest(item.path)
        files.append((item.relative_path, digest or (item.problem.code if item.problem else "permission")))
        size += length
    facts = path / FACTS_FILE
    what = {
        "schema": SCHEMA_VERSION,
        "library": stamped.library,
        "limits": asdict(run.limits),
        "source": source,
        "files": files,
        "facts": _digest(facts)[0] if facts.is_file() else "",
    }
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest() if files else "", size


def _files(path: Path, limits: Limits, exclude: Iterable[Path]) -> list[Found]:
    return find_files(path, limits=limits, exclude=exclude) if path.is_dir() else [Found(path.name, path)]


def _digest(path: Path) -> tuple[str, int]:
    """Return a regular file's SHA-256 and length; an empty text for what cannot be read now."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    with suppress(OSError), os.fdopen(os.open(path, flags), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size
    return "", 0


# --- in a worker --------------------------------------------------------------------------------

_OWN = threading.local()


def assess_job(job: _Job, catalogue_json: str) -> Packed | None:
    """Assess one procurement, wherever this runs; none when it holds no documents."""
    catalogue = _catalogue(catalogue_json)
    if job.stored:
        return pack(job.source, job.reading, assess_again(unpack(*job.stored), catalogue))
    guard = _warm_guard() if job.children == 1 else None
    try:
        assessment = assess(
            job.path, catalogue, limits=job.limits, workers=job.children, exclude=job.exclude, guard=guard,
            procurement_id=without_zip(job.source),
        )  # fmt: skip
    except NothingToDoError:
        return None
    return pack(job.source, job.reading, assessment)


def _warm_guard() -> Guard:
    if not hasattr(_OWN, "guard"):
        _OWN.guard = Guard()
    guard: Guard = _OWN.guard
    return guard


@lru_cache(maxsize=2)
def _catalogue(text: str) -> Catalogue:
    return Catalogue.model_validate_json(text)
