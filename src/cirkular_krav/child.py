"""The parent's end of one worker process: start it, ask, listen against the clock, and end it for certain."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from cirkular_krav.memory_limit import EXIT_MEMORY, MEMORY_BYTES, NoWatch, Watch, watch
from cirkular_krav.models import Block, DocumentFormat, Frozen, LedgerStatus, Notice, Problem

_CHUNK_BYTES = 64 * 1024
_CHUNKS_AHEAD = 64
_MAX_LINE_BYTES = 64 * 1024 * 1024
_MAX_ANSWER_BYTES = 512 * 1024 * 1024
_POLL_SECONDS = 0.005
_WAIT_SECONDS = 0.5  # how long Ctrl-C may have to wait on Windows
_REAP_SECONDS = 5.0
_LAST_WORDS_BYTES = 4_096
# What native libraries say on standard error before they abort for want of memory.
_OUT_OF_MEMORY = (b"memory allocation of", b"bad_alloc", b"out of memory", b"Out of memory")
# The environment is not handed on: a variable must not change what is read. These are what systems need to run at all.
_ENVIRONMENT = ("PATH", "SYSTEMROOT", "WINDIR", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH", "TESSDATA_PREFIX")
_BOOT = (
    "import sys,json;sys.path[:]=json.loads(sys.argv[1]);"
    "from cirkular_krav.worker import main;sys.exit(main(memory_bytes=int(sys.argv[2])))"
)

_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
_PEAK_MARGIN_BYTES = 8 << 20


def _own_peak() -> int:
    """Return the most memory this process has held, 0 where that is not told."""
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT


class ExtentMessage(Frozen):
    """How much there is, as the child tells it."""

    pages: int | None = None
    characters: int | None = None


class EndMessage(Frozen):
    """The last word on a document; ``retire`` when the child should not read another one."""

    status: LedgerStatus
    format: DocumentFormat
    retire: bool = False


class Message(Frozen):
    """One line from the child: exactly one field is set."""

    ready: bool = False
    format: DocumentFormat | None = None
    block: Block | None = None
    problem: Problem | None = None
    extent: ExtentMessage | None = None
    notice: Notice | None = None
    end: EndMessage | None = None


class ChildGoneError(Exception):
    """The child has closed its end of the pipe."""


class ClockError(Exception):
    """The time is up."""


class GarbageError(Exception):
    """The child sent something that is no message, or more than a document can hold."""


def worker_command(memory_bytes: int = MEMORY_BYTES) -> list[str]:
    """Return the command of the child: this Python, isolated from the environment, with this process's import path.

    The same as ``python -m cirkular_krav.worker``, but found wherever this package was found: in ``src``, in an
    editable install or in a wheel. The current folder is left out, since it may be full of a stranger's files.
    """
    package = str(Path(__file__).resolve().parents[1])
    paths = [package, *(str(Path(path).absolute()) for path in sys.path if path)]
    return [sys.executable, "-I", "-X", "utf8", "-c", _BOOT, json.dumps(list(dict.fromkeys(paths))), str(memory_bytes)]


class Child:
    """A worker process with its pipe. Only ``kill`` may be called from another thread than the owner's.

    Raises ``OSError`` when the process cannot be started.
    """

    def __init__(self, command: Sequence[str], memory_bytes: int) -> None:
        self.documents = 0
        self.peak_bytes = 0
        self._parent_bytes = _own_peak()
        self.pid = 0
        self._memory_bytes = memory_bytes
        self._buffer = bytearray()
        self._searched = 0
        self._received = 0
        self._lock = threading.Lock()
        self._code: int | None = None
        self._killed = False
        self._last_words = b""
        self._watch: Watch = NoWatch()
        self._chunks: queue.Queue[bytes] = queue.Queue(_CHUNKS_AHEAD)
        self._process: subprocess.Popen[bytes] | None = None
        self._error: OSError | None = None
        self._started = threading.Event()
        self._listener = threading.Thread(target=self._start_and_listen, args=(list(command),), daemon=True)
        try:
            self._listener.start()
            self._started.wait()
            if self._error is not None:
                raise self._error
            self._watch = watch(self, memory_bytes)
        except BaseException:
            self.close()
            raise

    def ask(self, job: dict[str, object]) -> None:
        """Send a job; raises ``ChildGoneError`` when nobody listens."""
        self._received = 0
        self.documents += 1
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(job).encode("ascii") + b"\n")
        except OSError:
            raise ChildGoneError from None

    def answer(self, deadline: float) -> Message:
        """Return the next message before ``deadline`` (monotonic seconds).

        Raises ``ClockError``, ``ChildGoneError`` or ``GarbageError``.
        """
        try:
            return Message.model_validate_json(self._line(deadline))
        except ValidationError:
            raise GarbageError from None

    def _line(self, deadline: float) -> bytes:
        while (end := self._buffer.find(b"\n", self._searched)) < 0:
            self._searched = len(self._buffer)
            if self._searched > _MAX_LINE_BYTES or self._received > _MAX_ANSWER_BYTES:
                raise GarbageError
            chunk = self._chunk(deadline)
            if not chunk:
                raise ChildGoneError
            self._buffer += chunk
            self._received += len(chunk)
        if time.monotonic() > deadline:  # a child that never pauses must be stopped too
            raise ClockError
        line = bytes(memoryview(self._buffer)[:end])
        del self._buffer[: end + 1]
        self._searched = 0
        return line

    def _chunk(self, deadline: float) -> bytes:
        while True:
            left = deadline - time.monotonic()
            try:
                return self._chunks.get(timeout=min(max(left, 0.0), _WAIT_SECONDS))
            except queue.Empty:
                if left <= 0:
                    raise ClockError from None

    def _start_and_listen(self, command: list[str]) -> None:
        """Start the process and pass on what it says.

        In one thread that lives as long as the child, since Linux ends a child with the thread that started it.
        """
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        try:
            # A group of its own: Ctrl-C reaches only the parent, and a kill reaches what the child has started.
            self._process = process = subprocess.Popen(
                command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                creationflags=flags, process_group=None if sys.platform == "win32" else 0,
            )  # fmt: skip
            self.pid = process.pid
        except OSError as error:
            self._error = error
            return
        finally:
            self._started.set()
        overhearing = threading.Thread(target=self._overhear, args=(process,), daemon=True)
        overhearing.start()
        assert process.stdout is not None
        chunk = b"-"
        while chunk:
            try:
                chunk = process.stdout.read(_CHUNK_BYTES) or b""
            except OSError:
                chunk = b""
            self._chunks.put(chunk)
        overhearing.join()

    def _overhear(self, process: subprocess.Popen[bytes]) -> None:
        """Keep the end of standard error, where a document may be quoted: it is searched, never stored or shown."""
        assert process.stderr is not None
        chunk = b"-"
        while chunk:
            try:
                chunk = process.stderr.read(_CHUNK_BYTES) or b""
            except OSError:
                chunk = b""
            self._last_words = (self._last_words + chunk)[-_LAST_WORDS_BYTES:]

    def handle(self) -> int:
        """Return the system's handle of the process (Windows)."""
        return int(getattr(self._process, "_handle", 0))

    def kill(self) -> None:
        """End the child and what it started; safe to call at any time from any thread."""
        with self._lock:
            if self._process is None or self._code is not None:
                return
            self._killed = True
            if sys.platform == "win32":
                self._process.kill()
                return
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except OSError:  # it has not got its own group yet
                with contextlib.suppress(OSError):
                    os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """End the child, wait for it, and let go of the pipe."""
        self._started.wait()
        self.kill()
        self._reap(0.0)
        self._watch.close()
        end = time.monotonic() + _REAP_SECONDS
        while self._listener.is_alive() and time.monotonic() < end:
            with contextlib.suppress(queue.Empty):
                self._chunks.get(timeout=_POLL_SECONDS)
        if self._process is not None and not self._listener.is_alive():
            for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
                if pipe is not None:
                    pipe.close()

    def ran_out_of_memory(self) -> bool:
        """Tell whether a child that has gone died for its memory: it said so, or fell when it had grown."""
        self._reap(1.0)
        if self._watch.exceeded or self._code == EXIT_MEMORY:
            return True
        self._listener.join(_WAIT_SECONDS)  # what was written just before the end is still on its way
        if any(words in self._last_words for words in _OUT_OF_MEMORY):
            return True
        # Linux counts what the parent held at the start towards the child's peak; only growth beyond that is its own.
        grown = self.peak_bytes > max(self._memory_bytes // 2, self._parent_bytes + _PEAK_MARGIN_BYTES)
        return not self._killed and (self._code or 0) < 0 and grown

    def _reap(self, patience: float) -> None:
        """Wait for the child's end; one that only closed its pipe is killed after ``patience`` seconds."""
        end = time.monotonic() + patience
        for wait in (patience, _REAP_SECONDS):
            end = time.monotonic() + wait
            while not self._try_reap():
                if time.monotonic() > end:
                    break
                time.sleep(_POLL_SECONDS)
            else:
                return
            self.kill()

    def _try_reap(self) -> bool:
        with self._lock:
            if self._process is None or self._code is not None:
                return True
            if sys.platform == "win32":
                self._code = self._process.poll()
                return self._code is not None
            try:
                pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            except ChildProcessError:  # somebody else has waited for it
                self._code = self._process.returncode = -signal.SIGKILL
                return True
            if pid:
                self._code = self._process.returncode = os.waitstatus_to_exitcode(status)
                self.peak_bytes = usage.ru_maxrss * _RSS_UNIT
            return pid != 0
