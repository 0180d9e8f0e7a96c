"""A document cannot hurt the batch: every one is read in a child process with a clock and a memory limit (design D7).

One warm child serves many documents. It is replaced when it dies, hangs, runs short of memory or meets something it
did not expect, so that no document is read in a process that another one has harmed; and a document is only blamed
for a death in a child that had read nothing before it.
"""

from __future__ import annotations

import hashlib
import os
import queue
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType

from cirkular_krav.child import Child, ChildGoneError, ClockError, GarbageError, Message, worker_command
from cirkular_krav.discovery import Found
from cirkular_krav.errors import CirkularKravError, ProblemCode
from cirkular_krav.ledger import status_of
from cirkular_krav.memory_limit import MEMORY_BYTES
from cirkular_krav.models import Block, Document, DocumentFormat, LedgerStatus, Notice, Problem
from cirkular_krav.readers.pieces import Limits

SECONDS = 60.0
SECONDS_PER_PAGE = 0.15
_START_SECONDS = 60.0
_START_ATTEMPTS = 3
_MAX_PROBLEMS = 20_000
_AHEAD_PER_WORKER = 16


@dataclass(slots=True)
class _Reading:
    """What has arrived of one document so far, and how the conversation ended."""

    format: DocumentFormat = "unknown"
    blocks: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    pages: int | None = None
    notice: Notice | None = None
    status: LedgerStatus | None = None
    keep_child: bool = False

    def add(self, code: ProblemCode, **values: str | int) -> None:
        self.problems.append(Problem(code=code, values=values))


class Guard:
    """Reads documents one at a time in a warm child. Use it as a context manager, from one thread.

    ``command`` replaces the worker in tests; ``memory_bytes`` bounds each child.
    """

    def __init__(self, *, command: Sequence[str] | None = None, memory_bytes: int = MEMORY_BYTES) -> None:
        self._memory_bytes = memory_bytes
        self._command = list(command) if command else worker_command(memory_bytes)
        self._child: Child | None = None
        self._stopped = False
        self.started = 0

    def __enter__(self) -> Guard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def stop(self) -> None:
        """End the child from another thread; what is being read comes to nothing and no new child is started."""
        self._stopped = True
        child = self._child
        if child is not None:
            child.kill()

    def read_document(
        self, path: Path, shown_path: str, limits: Limits | None = None, *, seconds: float = SECONDS
    ) -> Document:
        """Return the document, whatever it holds; its problems say what could not be read.

        ``seconds`` is the time for one document, and 0.15 s more per page once the number of pages is known; what was
        read before the time was up is kept (``partial``, ``time-limit``). Raises ``CirkularKravError`` only when no
        child can be started at all.
        """
        limits = limits or Limits()
        try:
            sha256 = _sha256_of(path, limits)
        except _UnfitError as error:
            return _unread(shown_path, error.problem)
        job: dict[str, object] = {"path": _path_for_child(path), "limits": asdict(limits)}
        try:
            reading = self._read(job, limits, seconds)
        except BaseException:
            self.close()  # the conversation was cut: the child must not answer the next question with this document
            raise
        return _document(reading, shown_path, sha256)

    def _read(self, job: dict[str, object], limits: Limits, seconds: float) -> _Reading:
        deadline = 0.0
        while True:
            child = self._ready_child()
            fresh = child.documents == 0
            deadline = deadline or time.monotonic() + seconds
            reading = _Reading()
            suspect = self._converse(child, job, limits, reading, _Clock(deadline, seconds, limits))
            if not reading.keep_child:
                self.close()
            if fresh or not suspect or self._stopped:
                return reading

    def _ready_child(self) -> Child:
        for _ in range(_START_ATTEMPTS):
            if self._stopped:
                break
            if self._child is not None:
                return self._child
            try:
                self._child = Child(self._command, self._memory_bytes)
                self.started += 1
                if self._stopped:  # between our look and our start
                    break
                if self._child.answer(time.monotonic() + _START_SECONDS).ready:
                    return self._child
            except (ChildGoneError, ClockError, GarbageError, OSError):
                pass
            self.close()
        self.close()
        raise CirkularKravError(
            "Det gick inte att starta den process som läser dokumenten. "
            "Kör `python -m cirkular_krav.worker` för att se vad som är fel."
        )

    def _converse(self, child: Child, job: dict[str, object], limits: Limits, reading: _Reading, clock: _Clock) -> bool:
        """Fill ``reading`` with the child's answer; return whether the fault may be another document's."""
        try:
            child.ask(job)
            while reading.status is None:
                self._take(child.answer(clock.deadline), limits, reading, clock)
            return any(problem.code == ProblemCode.MEMORY_LIMIT for problem in reading.problems)
        except ClockError:
            reading.add(ProblemCode.TIME_LIMIT, seconds=clock.allowed)
            return False
        except ChildGoneError:
            memory = child.ran_out_of_memory()
            reading.add(ProblemCode.MEMORY_LIMIT if memory else ProblemCode.READER_CRASHED)
        except GarbageError:
            reading.add(ProblemCode.READER_CRASHED)
        return True

    def _take(self, message: Message, limits: Limits, reading: _Reading, clock: _Clock) -> None:
        if message.block is not None:
            reading.blocks.append(message.block)
            if len(reading.blocks) > limits.max_blocks:
                reading.blocks.pop()
                reading.add(ProblemCode.TOO_LONG, blocks=limits.max_blocks)
                reading.status = "partial"
        elif message.problem is not None:
            reading.problems.append(message.problem)
            if len(reading.problems) > _MAX_PROBLEMS:
                raise GarbageError
        elif message.extent is not None:
            reading.pages = message.extent.pages if message.extent.pages is not None else reading.pages
            clock.extend(reading.pages)
        elif message.notice is not None:
            reading.notice = message.notice
        elif message.format is not None:
            reading.format = message.format
        elif message.end is not None:
            reading.format, reading.status = message.end.format, message.end.status
            reading.keep_child = not message.end.retire
        else:
            raise GarbageError


@dataclass(slots=True)
class _Clock:
    """The time one document may take, on the monotonic clock; pages give more, but never more than the page limit."""

    deadline: float
    allowed_seconds: float
    limits: Limits
    extended: bool = False

    @property
    def allowed(self) -> int:
        return round(self.allowed_seconds)

    def extend(self, pages: int | None) -> None:
        if pages and pages > 0 and not self.extended:
            more = SECONDS_PER_PAGE * min(pages, self.limits.max_pages)
            self.deadline += more
            self.allowed_seconds += more
            self.extended = True


def _document(reading: _Reading, shown_path: str, sha256: str) -> Document:
    has_content = bool(reading.blocks) or reading.notice is not None
    problems = tuple(problem.model_copy(update={"path": shown_path}) for problem in reading.problems)
    status = reading.status or status_of(problems, has_content)
    blocks = tuple(reading.blocks) if status in ("read", "partial") else ()
    return Document(
        path=shown_path, sha256=sha256, format=reading.format, status=status, pages=reading.pages,
        characters=sum(len(block.text) for block in blocks), problems=problems, blocks=blocks,
        notice=reading.notice if status in ("read", "partial") else None,
    )  # fmt: skip


def _unread(shown_path: str, problem: Problem) -> Document:
    problem = problem.model_copy(update={"path": shown_path})
    return Document(
        path=shown_path, sha256="", format="unknown", status=status_of([problem], False), problems=(problem,)
    )


class _UnfitError(Exception):
    def __init__(self, code: ProblemCode, **values: str | int) -> None:
        self.problem = Problem(code=code, values=values)
        super().__init__(code.value)


def _sha256_of(path: Path, limits: Limits) -> str:
    """Hash a regular file; a pipe or device that has taken its place since it was found is never waited for."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise _UnfitError(ProblemCode.NOT_A_FILE)
            if facts.st_size > limits.max_file_bytes:
                raise _UnfitError(ProblemCode.TOO_BIG, bytes=facts.st_size, limit=limits.max_file_bytes)
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _UnfitError(ProblemCode.PERMISSION, reason=type(error).__name__) from None


def _path_for_child(path: Path) -> str:
    # The child runs in UTF-8 mode whatever the locale here: hand over the bytes of the name, not our reading of them.
    absolute = path.absolute()
    return str(absolute) if sys.platform == "win32" else os.fsencode(absolute).decode("utf-8", "surrogateescape")


# --- many documents -----------------------------------------------------------------------------

Progress = Callable[[int, int, str], None]


def read_documents(
    files: Sequence[Found],
    limits: Limits | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    *,
    seconds: float = SECONDS,
    memory_bytes: int = MEMORY_BYTES,
    command: Sequence[str] | None = None,
    guard: Guard | None = None,
) -> Iterator[Document]:
    """Yield one document for every file found, in the order of ``files`` whatever the workers do.

    ``workers`` children at most, by default as many as there are processors, and never more than files to read.
    ``progress(done, total, path)`` is called in the caller's thread as documents are finished. Children end with the
    iterator, also when it is interrupted or let go. With ``guard`` its warm child reads them all, and lives on.
    """
    limits = limits or Limits()
    to_read = sum(item.problem is None for item in files)
    workers = max(1, min(workers or processors(), to_read))
    batch = _Batch(files, limits, seconds, memory_bytes, command)
    if guard is not None:
        yield from batch.alone(guard, progress)
    elif workers == 1:
        with batch.guard() as own:
            yield from batch.alone(own, progress)
    else:
        yield from batch.together(workers, progress)


def processors() -> int:
    """Return how many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(slots=True)
class _Batch:
    files: Sequence[Found]
    limits: Limits
    seconds: float
    memory_bytes: int
    command: Sequence[str] | None
    _next: Iterator[tuple[int, Found]] = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _done: queue.SimpleQueue[tuple[int, Document | BaseException]] = field(default_factory=queue.SimpleQueue)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def guard(self) -> Guard:
        """Return a guard of this batch's own."""
        return Guard(command=self.command, memory_bytes=self.memory_bytes)

    def alone(self, guard: Guard, progress: Progress | None) -> Iterator[Document]:
        """Read in the caller's thread, with one child and only if there is something to read."""
        for number, item in enumerate(self.files, 1):
            document = self._one(guard, item)
            if progress:
                progress(number, len(self.files), document.path)
            yield document

    def together(self, workers: int, progress: Progress | None) -> Iterator[Document]:
        """Read with several children; results wait until it is their turn, and only so many run ahead."""
        self._next = iter(enumerate(self.files))
        ahead = threading.Semaphore(workers * _AHEAD_PER_WORKER)
        guards = [self.guard() for _ in range(workers)]
        threads = [threading.Thread(target=self._work, args=(guard, ahead), daemon=True) for guard in guards]
        try:
            for thread in threads:
                thread.start()
            waiting: dict[int, Document] = {}
            turn = 0
            for done in range(1, len(self.files) + 1):
                number, result = self._result()
                if isinstance(result, BaseException):
                    raise result
                waiting[number] = result
                if progress:
                    progress(done, len(self.files), result.path)
                while turn in waiting:
                    ahead.release()
                    yield waiting.pop(turn)
                    turn += 1
        finally:
            self._stopping.set()
            for guard in guards:
                guard.stop()
                ahead.release()
            for thread in threads:
                if thread.ident is not None:
                    thread.join(timeout=10.0)

    def _result(self) -> tuple[int, Document | BaseException]:
        while True:
            try:
                return self._done.get(timeout=0.5)  # a wait without end cannot be interrupted on Windows
            except queue.Empty:
                continue

    def _work(self, guard: Guard, ahead: threading.Semaphore) -> None:
        number = -1
        try:
            with guard:
                while True:
                    ahead.acquire()
                    with self._lock:
                        number, item = next(self._next, (-1, None))
                    if item is None or self._stopping.is_set():
                        return
                    self._done.put((number, self._one(guard, item)))
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
            self._done.put((number, error))

    def _one(self, guard: Guard, item: Found) -> Document:
        if item.problem is not None:
            return _unread(item.relative_path, item.problem)
        return guard.read_document(item.path, item.relative_path, self.limits, seconds=self.seconds)
