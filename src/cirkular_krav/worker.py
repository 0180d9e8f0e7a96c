"""The child that reads documents: one JSON line per job on standard input, JSON lines back on standard output.

A job is ``{"path": …, "limits": {…}}``. The answer is ``{"format": …}``, then ``{"block": …}``, ``{"problem": …}``,
``{"extent": …}`` and ``{"notice": …}`` as they come, and last ``{"end": {"status": …, "format": …, "retire": …}}``.
Before the first job stands ``{"ready": true}``. The child knows no other document than the one it reads, writes
nothing else, opens no socket and ends when its input ends.
"""

from __future__ import annotations

import gc
import io
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.ledger import status_of
from cirkular_krav.memory_limit import EXIT_MEMORY, MEMORY_BYTES, limit_self, own_address_space
from cirkular_krav.models import Block, Notice, PdfPlace, Problem
from cirkular_krav.readers import detect_file, read_events
from cirkular_krav.readers.assemble import assemble
from cirkular_krav.readers.pieces import Events, Extent, Limits
from cirkular_krav.text import clean, cut

_BLOCKS_PER_FLUSH = 64
_BUFFER_BYTES = 64 * 1024
_VALUE_LENGTH = 200
_FORBIDDEN_EVENTS = ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname")

ReadEvents = Callable[[Path, Limits], Events]


class Sender:
    """Writes messages so that what was read before a kill has left the process: page by page, or every 64 blocks."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._waiting = 0
        self._page = 0

    def block(self, block: Block) -> None:
        """Send a block; the pages before it are on their way when it is the first of a new one."""
        page = block.place.page if isinstance(block.place, PdfPlace) else 0
        if page != self._page or self._waiting >= _BLOCKS_PER_FLUSH:
            self.flush()
            self._page = page
        self._out.write(b'{"block":' + block.model_dump_json().encode() + b"}\n")
        self._waiting += 1

    def message(self, kind: str, value: object) -> None:
        """Send anything else at once."""
        self._out.write(json.dumps({kind: value}).encode() + b"\n")
        self.flush()

    def flush(self) -> None:
        """Push out what waits."""
        self._out.flush()
        self._waiting = 0


def serve(job: dict[str, Any], send: Sender, read: ReadEvents | None = None) -> bool:
    """Read one document and send what it holds; return whether this process should take another one.

    Whatever goes wrong becomes a problem of the document. Only the class of an unexpected exception is sent, since
    its message may quote the document.
    """
    problems: list[Problem] = []
    has_content, raised, healthy, name = False, "", True, "unknown"
    path, limits = Path(job["path"]), Limits(**job["limits"])

    def report(problem: Problem) -> None:
        problem = _presentable(problem)
        problems.append(problem)
        send.message("problem", problem.model_dump())

    try:
        if read is None:
            detected = detect_file(path)
            name = detected.format
            send.message("format", name)
            events = read_events(path, limits, detected)
        else:
            events = read(path, limits)
        for item in assemble(events):
            if isinstance(item, Block):
                send.block(item)
                has_content = True
            elif isinstance(item, Problem):
                report(item)
            elif isinstance(item, Extent):
                send.message("extent", {"pages": item.pages, "characters": item.characters})
            elif isinstance(item, Notice):
                send.message("notice", item.model_dump())
                has_content = True
    except ReadingError as error:
        raised = error.status
        report(Problem(code=error.code, place=error.place, values=error.values))
    except MemoryError:
        healthy = False
        gc.collect()
        report(Problem(code=ProblemCode.MEMORY_LIMIT))
    except BaseException as error:  # noqa: BLE001 - a Rust panic in a library is no Exception
        healthy = False
        report(Problem(code=ProblemCode.READER_CRASHED, values={"exception": type(error).__name__}))
    if not has_content and all(problem.code.startswith("warn-") for problem in problems):
        report(Problem(code=ProblemCode.NO_TEXT))
    healthy = healthy and own_address_space() < job.get("memory", MEMORY_BYTES) // 2
    status = status_of(problems, has_content, raised)
    send.message("end", {"status": status, "format": name, "retire": not healthy})
    return healthy


def _presentable(problem: Problem) -> Problem:
    """Return the problem with values that every output can hold; the name of a sheet may be anything."""
    values = {
        name: cut(clean(value), _VALUE_LENGTH) if isinstance(value, str) else value
        for name, value in problem.values.items()
    }
    return Problem(code=problem.code, place=cut(clean(problem.place), _VALUE_LENGTH), values=values)


def main(read: ReadEvents | None = None, memory_bytes: int = MEMORY_BYTES) -> int:
    """Serve jobs until input ends; ``read`` stands in for the readers in tests. Returns the exit code."""
    jobs, out = _take_pipes()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides, and ends this process
    sys.addaudithook(_refuse_network)
    limit_self(memory_bytes)
    send = Sender(out)
    send.message("ready", True)
    for line in jobs:
        job = json.loads(line)
        job["memory"] = memory_bytes
        try:
            healthy = serve(job, send, read)
        except MemoryError:
            os._exit(EXIT_MEMORY)
        if not healthy:
            break
    return 0


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the two pipes for ourselves: what a library prints goes to standard error, and it has no input to eat."""
    jobs = os.fdopen(os.dup(0), "rb")
    out = io.BufferedWriter(io.FileIO(os.dup(1), "wb"), _BUFFER_BYTES)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return jobs, out


def _refuse_network(event: str, _arguments: object) -> None:
    if event in _FORBIDDEN_EVENTS:
        raise PermissionError("no network in a reader")


if __name__ == "__main__":
    sys.exit(main(memory_bytes=int(sys.argv[1]) if len(sys.argv) > 1 else MEMORY_BYTES))
