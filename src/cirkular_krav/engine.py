"""Runs one function over many jobs at the same time: in processes of its own, or on a Dask cluster that is there.

It knows nothing of what the jobs are. A job that takes its process down costs only itself, and a process whose parent
is gone ends by itself.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from itertools import count, islice
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import urlsplit

from cirkular_krav.errors import CirkularKravError, UsageError

J = TypeVar("J")
S = TypeVar("S")
R = TypeVar("R")

# What a job does: it gets the job and what all jobs share. Both, the function and the answer must be picklable.
Work = Callable[[J, S], R]
_BOOT = "import sys,json;sys.path[:]=json.loads(sys.argv[1]);from cirkular_krav.engine import serve;serve()"
_LENGTH_BYTES = 8
# So many jobs lie ready on a cluster for each of its threads; more would only fill its memory.
_AHEAD = 2
_CONNECT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Crash:
    """A job that ended without an answer: the exception's name, or empty when its process died.

    ``sentence`` is for the user, when the exception was one of ours.
    """

    exception: str = ""
    sentence: str = ""


def run(
    work: Work[J, S, R], jobs: Sequence[J], shared: S, *, workers: int, engine: str = ""
) -> Generator[tuple[J, R | Crash], None, None]:
    """Yield each job with its answer, as they are finished, in no fixed order.

    ``engine``: empty for ``workers`` processes on this machine, else the address of a Dask scheduler
    (``dask://host:port``). Raises ``UsageError`` for an address that leads nowhere.
    """
    if engine:
        yield from _on_dask(work, jobs, shared, engine)
    else:
        yield from _on_lanes(work, jobs, shared, max(1, min(workers, len(jobs))))


# --- processes on this machine ------------------------------------------------------------------


class _Lane:
    """One process that takes a job at a time. Only ``stop`` may be called from another thread than the owner's."""

    def __init__(self, start: bytes) -> None:
        self._start = start
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def ask(self, job: object) -> Any:
        """Return the answer to a job, or the ``Crash`` it ended in; the next job then gets a new process."""
        process = self._process or self._begin()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            _send(process.stdin, pickle.dumps(job))
            crashed, answer = pickle.loads(_receive(process.stdout))
        except (OSError, EOFError):
            self.close()
            return Crash()
        return Crash(*answer) if crashed else answer

    def _begin(self) -> subprocess.Popen[bytes]:
        paths = [str(Path(__file__).resolve().parents[1]), *(str(Path(p).absolute()) for p in sys.path if p)]
        command = [sys.executable, "-X", "utf8", "-c", _BOOT, json.dumps(list(dict.fromkeys(paths)))]
        self._process = process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self._stopped:  # between the caller's look and our start
            process.kill()
        assert process.stdin is not None
        with suppress(OSError):  # a process that died at once is seen when it is asked
            _send(process.stdin, self._start)
        return process

    def stop(self) -> None:
        """End the process from another thread; what it was doing comes to nothing."""
        self._stopped = True
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the process and wait for it; its reading child ends when its pipe does."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.wait()


def _on_lanes(work: Work[J, S, R], jobs: Sequence[J], shared: S, workers: int) -> Iterator[tuple[J, R | Crash]]:
    start = pickle.dumps((work, shared))
    waiting: queue.SimpleQueue[J] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)
    # Answers wait for the caller only a few at a time, so that memory does not grow with a slow disk.
    done: queue.Queue[tuple[J, Any]] = queue.Queue(maxsize=workers * _AHEAD)
    stopping = threading.Event()
    lanes = [_Lane(start) for _ in range(workers)]
    threads = [threading.Thread(target=_drive, args=(lane, waiting, done, stopping), daemon=True) for lane in lanes]
    try:
        for thread in threads:
            thread.start()
        for _ in jobs:
            job, answer = _next(done)
            if isinstance(answer, BaseException):
                raise answer
            yield job, answer
    finally:
        stopping.set()
        for lane in lanes:
            lane.stop()
        while any(thread.is_alive() for thread in threads):
            with suppress(queue.Empty):
                done.get(timeout=0.05)


def _drive(
    lane: _Lane, waiting: queue.SimpleQueue[J], done: queue.Queue[tuple[J, Any]], stopping: threading.Event
) -> None:
    job: Any = None
    try:
        while not stopping.is_set():
            job = waiting.get_nowait()
            done.put((job, lane.ask(job)))
    except queue.Empty:
        pass
    except BaseException as error:  # noqa: BLE001 - raised in the caller's thread
        done.put((job, error))
    finally:
        lane.close()


def _next(done: queue.Queue[tuple[J, Any]]) -> tuple[J, Any]:
    while True:
        try:
            return done.get(timeout=0.5)  # a wait without end cannot be interrupted on Windows
        except queue.Empty:
            continue


def serve() -> None:
    """Answer jobs on standard input until it ends: the life of a lane."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides, and ends this process
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand among the answers
    with suppress(EOFError, OSError):
        work, shared = pickle.loads(_receive(jobs))
        # Jobs make many small values and few circles: looking for those seldom saves about a tenth of the time.
        gc.set_threshold(50_000, 20, 50)
        for number in count():
            job = pickle.loads(_receive(jobs))
            _send(answers, pickle.dumps(_answer(work, job, shared)))
            if number == 0:  # what the first job has loaded stays
                gc.collect()
                gc.freeze()
    with suppress(OSError):
        answers.close()


def _answer(work: Callable[[Any, Any], Any], job: object, shared: object) -> tuple[bool, Any]:
    try:
        return False, work(job, shared)
    except CirkularKravError as error:
        return True, (type(error).__name__, str(error))
    except Exception as error:  # noqa: BLE001 - one job's fault is its own; its message may quote a document
        return True, (type(error).__name__, "")


def _send(pipe: IO[bytes], content: bytes) -> None:
    pipe.write(len(content).to_bytes(_LENGTH_BYTES, "big"))
    pipe.write(content)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    head = pipe.read(_LENGTH_BYTES)
    if len(head) < _LENGTH_BYTES:
        raise EOFError
    content = pipe.read(int.from_bytes(head, "big"))
    if len(content) < int.from_bytes(head, "big"):
        raise EOFError
    return content


# --- a cluster that is there --------------------------------------------------------------------


def _on_dask(work: Work[J, S, R], jobs: Sequence[J], shared: S, engine: str) -> Iterator[tuple[J, R | Crash]]:
    """Hand out jobs to a cluster a few at a time; the results cross the network, so only to one the user named."""
    distributed = _distributed()
    with _client(distributed, engine) as client:
        threads = _threads(client, engine)
        (everywhere,) = client.scatter([shared], broadcast=True)  # a list, or a dict would be taken apart
        waiting = iter(jobs)
        asked: dict[Any, J] = {}
        finished = distributed.as_completed(loop=client.loop)

        def ask() -> None:
            for job in islice(waiting, 1):
                future = client.submit(_answer, work, job, everywhere, pure=False)
                asked[future] = job
                finished.add(future)

        for _ in range(threads * _AHEAD):
            ask()
        for future in finished:
            job = asked.pop(future)
            ask()
            yield job, _answer_of(future)


def _answer_of(future: Any) -> Any:
    if future.status != "finished":  # KilledWorker: its worker died each time it was tried
        return Crash(type(future.exception()).__name__)
    crashed, answer = future.result()
    return Crash(*answer) if crashed else answer


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise UsageError(
            "För --engine behövs tillvalet dask. Installera det med: pip install 'cirkular-krav[dask]'"
        ) from None
    return distributed


def _client(distributed: Any, engine: str) -> Any:
    address = urlsplit(engine)
    try:
        port = address.port
    except ValueError:
        port = None
    if address.scheme != "dask" or not address.hostname or not port:
        raise UsageError(f"{engine} är ingen adress till ett Dask-kluster. Skriv den som dask://värd:port.")
    try:
        return distributed.Client(f"tcp://{address.hostname}:{port}", timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError):
        raise UsageError(
            f"Ingen svarar på {engine}. Starta klustret (dask scheduler och dask worker) eller kontrollera adressen."
        ) from None


def _threads(client: Any, engine: str) -> int:
    """Return how many jobs the cluster does at a time; raises ``UsageError`` when its workers cannot do ours."""
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    if not workers:
        raise UsageError(f"Klustret {engine} har inga arbetare. Starta dem med dask worker.")
    try:
        found = set(client.run(_library).values())
    except ImportError:
        found = {""}
    if found != {_library()}:
        raise UsageError(
            f"Arbetarna på {engine} har inte cirkular-krav {_library()} installerat. Samma version måste finnas där, annars "
            "kan resultaten skilja sig åt."
        )
    return sum(worker["nthreads"] for worker in workers)


def _library() -> str:
    return metadata.version("cirkular-krav")
