from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

import cirkular_krav
from cirkular_krav.discovery import Found, find_files
from cirkular_krav.errors import CirkularKravError, ProblemCode
from cirkular_krav.guard import SECONDS_PER_PAGE, Guard, _Clock, read_documents
from cirkular_krav.memory_limit import ResidentWatch
from cirkular_krav.models import Document, Problem
from cirkular_krav.readers.pieces import Limits

SOURCE = str(Path(list(cirkular_krav.__path__)[0]).parent)
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")

# A worker whose reader does what the document says, so that a small file can hang, fall or flood.
OBEDIENT = r"""
import os, sys, time
sys.path[:0] = {paths!r}
with open({log!r}, "a") as log:
    print(os.getpid(), file=log)
from cirkular_krav.models import PdfPlace, Problem
from cirkular_krav.readers.pieces import Extent, Piece
from cirkular_krav.worker import main
import cirkular_krav.readers.assemble
armed = []

def read(path, limits):
    if armed:
        os.abort()
    page = 1
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, rest = line.partition(" ")
        if word == "page":
            page = int(rest)
        elif word == "pages":
            yield Extent(pages=int(rest))
        elif word == "hang":
            while True:
                time.sleep(0.05)
        elif word == "spin":
            while True:
                pass
        elif word == "abort":
            os.abort()
        elif word == "exit":
            os._exit(int(rest))
        elif word == "raise":
            raise LookupError(rest)
        elif word == "grow":
            kept = [bytearray(32_000_000) for _ in range(100)]
        elif word == "odd":
            yield Problem(code="warn-text", place="blad \ud800", values={{"name": "a\ud800\x1b\n" + "b" * 5000}})
        elif word == "print":
            print(rest); os.write(1, rest.encode()); os.system("echo " + rest)
        elif word == "arm":
            armed.append(1)
        elif word == "variable":
            yield Piece("paragraph", "v" + repr(os.environ.get(rest)), PdfPlace(page=page))
        elif word == "connect":
            import socket
            socket.create_connection(("127.0.0.1", 9), timeout=1)
        elif word == "spawn":
            import subprocess
            process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            with open(rest, "w") as file:
                file.write(str(process.pid))
        elif word == "eat":
            yield Piece("paragraph", "v" + repr(sys.stdin.read()), PdfPlace(page=page))
        elif word == "many":
            for number in range(int(rest)):
                yield Piece("paragraph", "stycke " + str(number), PdfPlace(page=page))
        else:
            yield Piece("paragraph", line, PdfPlace(page=page))

sys.exit(main(read, {memory}))
"""
RAW = """
import os, sys, time
out = sys.stdout.buffer
def say(text):
    out.write(text); out.flush()
say(b'{"ready": true}\\n')
for line in sys.stdin.buffer:
"""


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """The file in which every obedient worker writes its process id."""
    return tmp_path / "started.log"


def obedient(tmp_path: Path, memory: int = 1 << 30) -> list[str]:
    script = tmp_path / "obedient.py"
    paths = [SOURCE, *(path for path in sys.path if path)]
    script.write_text(OBEDIENT.format(paths=paths, log=str(tmp_path / "started.log"), memory=memory), encoding="utf-8")
    return [sys.executable, str(script)]


def raw(tmp_path: Path, body: str) -> list[str]:
    script = tmp_path / "raw.py"
    script.write_text(RAW + textwrap.indent(textwrap.dedent(body), "    "), encoding="utf-8")
    return [sys.executable, str(script)]


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks]


def codes(document: Document) -> list[str]:
    return [problem.code for problem in document.problems]


def pids(log: Path) -> list[int]:
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in ("Z", "X")


def wait_until_gone(numbers: list[int]) -> list[int]:
    """Return those that have not gone after a patient wait."""
    for _ in range(400):
        numbers = [number for number in numbers if is_alive(number)]
        if not numbers:
            break
        time.sleep(0.025)
    return numbers


# --- one document -------------------------------------------------------------------------------


def test_a_text_file_is_read_by_the_real_worker(tmp_path: Path) -> None:
    path = write(tmp_path, "krav.txt", "Leverantören ska återta möblerna.\n")
    with Guard() as guard:
        document = guard.read_document(path, "bilagor/krav.txt")
    assert document.path == "bilagor/krav.txt"
    assert document.status == "read"
    assert document.format == "plain"
    assert texts(document) == ["Leverantören ska återta möblerna."]
    assert document.characters == len("Leverantören ska återta möblerna.")


def test_a_hanging_reader_is_stopped_and_the_pages_before_it_are_kept(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "pages 3\nett\npage 2\ntvå\npage 3\nhang\n")
    with Guard(command=obedient(tmp_path)) as guard:
        document = guard.read_document(path, "a.txt", seconds=2.0)
    assert document.status == "partial"
    assert codes(document) == [ProblemCode.TIME_LIMIT]
    assert document.pages == 3
    assert "ett" in texts(document)


@pytest.mark.parametrize("word", ["hang", "spin"])
def test_a_reader_that_hangs_before_it_has_read_anything_is_refused(tmp_path: Path, word: str) -> None:
    path = write(tmp_path, "a.txt", word)
    with Guard(command=obedient(tmp_path)) as guard:
        document = guard.read_document(path, "a.txt", seconds=0.5)
    assert (document.status, codes(document)) == ("refused", ["time-limit"])
    assert document.problems[0].path == "a.txt"


@pytest.mark.parametrize("fall", ["abort", "exit 0", "exit 3"])
def test_a_reader_that_falls_is_refused_and_the_next_document_is_fine(tmp_path: Path, fall: str) -> None:
    bad, good = write(tmp_path, "a.txt", fall), write(tmp_path, "b.txt", "hel")
    with Guard(command=obedient(tmp_path)) as guard:
        first = guard.read_document(bad, "a.txt")
        second = guard.read_document(good, "b.txt")
    assert (first.status, codes(first)) == ("refused", ["reader-crashed"])
    assert (second.status, texts(second)) == ("read", ["hel"])


def test_what_was_read_before_a_fall_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "ett\npage 2\ntvå\npage 3\nabort")
    with Guard(command=obedient(tmp_path)) as guard:
        document = guard.read_document(path, "a.txt")
    assert (document.status, codes(document)) == ("partial", ["reader-crashed"])
    assert texts(document) == ["ett"]  # page 2 was not known to be complete


def test_an_unexpected_exception_is_told_by_its_class_and_never_by_its_text(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "raise hemlighet ur dokumentet")
    with Guard(command=obedient(tmp_path)) as guard:
        document = guard.read_document(path, "a.txt")
    assert document.problems == (Problem(code="reader-crashed", path="a.txt", values={"exception": "LookupError"}),)
    assert "hemlighet" not in document.model_dump_json()


@ON_LINUX
def test_a_reader_that_takes_too_much_memory_is_told_so(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "ett\ngrow\n")
    with Guard(command=obedient(tmp_path, 600_000_000), memory_bytes=600_000_000) as guard:
        document = guard.read_document(path, "a.txt")
        after = guard.read_document(write(tmp_path, "b.txt", "hel"), "b.txt")
    assert (document.status, codes(document), texts(document)) == ("partial", ["memory-limit"], ["ett"])
    assert after.status == "read"


@ON_LINUX
def test_a_child_killed_after_it_has_grown_ran_out_of_memory(tmp_path: Path) -> None:
    import resource

    # Larger than this process has ever been: Linux counts the parent's peak towards the child's.
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 + 80_000_000
    path = write(tmp_path, "a.txt", "x")
    with Guard(
        command=raw(tmp_path, f"kept = b'x' * {grown}\nos.kill(os.getpid(), 9)\n"), memory_bytes=grown + 100_000_000
    ) as guard:
        assert codes(guard.read_document(path, "a.txt")) == ["memory-limit"]
    with Guard(command=raw(tmp_path, "os.kill(os.getpid(), 9)\n"), memory_bytes=1_000_000) as guard:
        assert codes(guard.read_document(path, "a.txt")) == ["reader-crashed"]


@ON_LINUX
def test_a_library_that_aborts_for_want_of_memory_is_understood(tmp_path: Path) -> None:
    command = raw(tmp_path, "os.write(2, b'memory allocation of 17179869184 bytes failed')\nos.abort()\n")
    with Guard(command=command) as guard:
        document = guard.read_document(write(tmp_path, "a.txt", "x"), "a.txt")
    assert codes(document) == ["memory-limit"]
    assert "17179869184" not in document.model_dump_json()


@pytest.mark.skipif(not Path("/bin/ps").exists(), reason="needs ps")
def test_the_watch_used_on_macos_ends_a_child_that_grows() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; kept = b'x' * 90_000_000; time.sleep(600)"])

    class Grown:
        pid = process.pid

        def handle(self) -> int:
            return 0

        def kill(self) -> None:
            process.kill()

    watch = ResidentWatch(Grown(), 60_000_000)
    assert process.wait(timeout=60) == -signal.SIGKILL
    watch.close()
    assert watch.exceeded


def test_a_document_with_only_a_warning_and_no_text_says_why_it_is_empty(tmp_path: Path) -> None:
    path = write(tmp_path, "a.pdf", " \n")
    with Guard() as guard:
        document = guard.read_document(path, "a.pdf")
    assert (document.status, codes(document)) == ("nothing", ["warn-type", "no-text"])


def test_a_problem_with_a_strange_name_in_it_reaches_us_in_printable_form(tmp_path: Path) -> None:
    with Guard(command=obedient(tmp_path)) as guard:
        document = guard.read_document(write(tmp_path, "a.txt", "odd\nett"), "a.txt")
    assert (document.status, texts(document)) == ("read", ["ett"])
    [problem] = document.problems
    assert problem.place == "blad"
    assert str(problem.values["name"]).isprintable()
    assert len(str(problem.values["name"])) <= 200


def test_what_a_library_prints_does_not_mix_with_the_answer(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", 'ett\nprint {"block": 1}\ntvå\neat all input')
    with Guard(command=obedient(tmp_path)) as guard:
        document = guard.read_document(path, "a.txt")
        again = guard.read_document(path, "a.txt")
    assert document.status == "read"
    assert texts(document) == ["ett", "två", "v''"]
    assert again == document


@pytest.mark.parametrize(
    "body",
    [
        "say(b'no json at all\\n')\ntime.sleep(600)",
        'say(b\'{"block": {"id": 1}}\\n\')\ntime.sleep(600)',
        "say(b'{}\\n')\ntime.sleep(600)",
        'say(b\'{"problem": {"code": "\\\\ud800"}}\\n\')\ntime.sleep(600)',
        'while True: say(b\'{"problem": {"code": "page-failed"}}\\n\')',
        "say(b'x' * 70_000_000)\ntime.sleep(600)",
        "os.close(1)\ntime.sleep(600)",
    ],
    ids=["not-json", "not-a-block", "empty", "surrogate", "endless-problems", "endless-line", "closed-pipe"],
)
def test_a_child_that_sends_rubbish_is_ended_and_its_document_refused(tmp_path: Path, body: str) -> None:
    path = write(tmp_path, "a.txt", "x")
    with Guard(command=raw(tmp_path, body)) as guard:
        document = guard.read_document(path, "a.txt", seconds=60.0)
    assert document.status == "refused"
    assert codes(document)[-1] == "reader-crashed"


def test_a_child_that_never_pauses_is_stopped_by_the_clock(tmp_path: Path) -> None:
    command = raw(tmp_path, 'while True: say(b\'{"extent": {"pages": 1}}\\n\' * 1000)')
    with Guard(command=command) as guard:
        document = guard.read_document(write(tmp_path, "a.txt", "x"), "a.txt", seconds=0.3)
    assert codes(document) == ["time-limit"]


def test_more_blocks_than_the_limit_are_cut_and_said_to_be(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "many 500")
    with Guard(command=obedient(tmp_path)) as guard:
        document = guard.read_document(path, "a.txt", Limits(max_blocks=20))
        after = guard.read_document(write(tmp_path, "b.txt", "hel"), "b.txt")
    assert (document.status, codes(document)) == ("partial", ["too-long"])
    assert texts(document) == [f"stycke {number}" for number in range(20)]
    assert texts(after) == ["hel"]


def test_pages_give_more_time_once_and_never_more_than_the_page_limit() -> None:
    clock = _Clock(100.0, 60.0, Limits(max_pages=10))
    clock.extend(None)
    assert clock.deadline == 100.0
    clock.extend(10**12)
    clock.extend(10**12)
    assert clock.deadline == pytest.approx(100.0 + 10 * SECONDS_PER_PAGE)


def test_a_child_harmed_by_one_document_is_not_used_to_blame_the_next(tmp_path: Path, started: Path) -> None:
    poison, good = write(tmp_path, "a.txt", "arm"), write(tmp_path, "b.txt", "hel")
    with Guard(command=obedient(tmp_path)) as guard:
        guard.read_document(poison, "a.txt")
        document = guard.read_document(good, "b.txt")
    assert (document.status, texts(document)) == ("read", ["hel"])
    assert len(set(pids(started))) == len(pids(started))


def test_a_child_that_met_something_unexpected_is_replaced(tmp_path: Path, started: Path) -> None:
    with Guard(command=obedient(tmp_path)) as guard:
        guard.read_document(write(tmp_path, "a.txt", "raise x"), "a.txt")
        guard.read_document(write(tmp_path, "b.txt", "hel"), "b.txt")
        guard.read_document(write(tmp_path, "c.txt", "hel"), "c.txt")
        assert guard.started == 2


@ON_LINUX
def test_a_child_that_dies_between_documents_costs_nothing(tmp_path: Path, started: Path) -> None:
    path = write(tmp_path, "a.txt", "hel")
    with Guard(command=obedient(tmp_path)) as guard:
        guard.read_document(path, "a.txt")
        os.kill(pids(started)[0], signal.SIGKILL)
        assert wait_until_gone(pids(started)) == []
        assert guard.read_document(path, "a.txt").status == "read"


def test_no_variable_of_the_environment_reaches_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CMAP_PATH", "/somewhere")
    with Guard(command=obedient(tmp_path)) as guard:
        document = guard.read_document(write(tmp_path, "a.txt", "variable CMAP_PATH"), "a.txt")
    assert texts(document) == ["vNone"]


def test_a_reader_cannot_connect_to_anything(tmp_path: Path) -> None:
    with Guard(command=obedient(tmp_path)) as guard:
        document = guard.read_document(write(tmp_path, "a.txt", "connect"), "a.txt")
    assert document.problems[0].values == {"exception": "PermissionError"}


@ON_LINUX
def test_what_a_hanging_reader_has_started_dies_with_it(tmp_path: Path) -> None:
    note = tmp_path / "grandchild"
    path = write(tmp_path, "a.txt", f"spawn {note}\nhang")
    with Guard(command=obedient(tmp_path)) as guard:
        guard.read_document(path, "a.txt", seconds=3.0)
    assert wait_until_gone([int(note.read_text())]) == []


def test_a_worker_that_cannot_start_is_an_error_and_not_a_refused_document(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "x")
    for command in ([sys.executable, "-c", "raise SystemExit(1)"], [str(tmp_path / "nowhere")]):
        with Guard(command=command) as guard, pytest.raises(CirkularKravError, match="starta"):
            guard.read_document(path, "a.txt")


def test_a_pipe_in_the_place_of_a_document_is_not_waited_for(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names here")
    os.mkfifo(tmp_path / "a.pdf")
    with Guard(command=obedient(tmp_path)) as guard:
        document = guard.read_document(tmp_path / "a.pdf", "a.pdf")
        assert guard.started == 0
    assert (document.status, codes(document)) == ("skipped", ["not-a-file"])


@pytest.mark.parametrize("name", ["tom.pdf", "finns-inte.pdf"])
def test_an_empty_or_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, "tom.pdf", "")
    with Guard() as guard:
        document = guard.read_document(tmp_path / name, name)
    assert document.status == "refused"
    assert codes(document) == [{"tom.pdf": "empty-file", "finns-inte.pdf": "permission"}[name]]


@pytest.mark.skipif(sys.platform != "linux", reason="names of bytes that are no text")
def test_a_file_whose_name_is_no_text_is_read_and_named_in_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"kr\xe5v\n.txt")
    (tmp_path / name).write_text("hel", encoding="utf-8")
    [document] = read_documents(find_files(tmp_path, limits=Limits()))
    assert document.path == "kr\\xe5v\n.txt"
    assert texts(document) == ["hel"]
    json.dumps(document.model_dump(), ensure_ascii=False).encode()


# --- many documents -----------------------------------------------------------------------------


def mixed_folder(folder: Path) -> list[Found]:
    faults = {3: "abort", 7: "raise x", 11: "exit 1", 13: "page 2\nabort", 17: "arm"}
    for number in range(24):
        write(folder, f"{number:02}.txt", faults.get(number, f"dokument {number}"))
    (folder / "länk.txt").symlink_to(folder / "00.txt")
    write(folder, ".~lock.a.docx#", "x")
    return find_files(folder, limits=Limits())


def test_the_result_does_not_depend_on_workers_or_neighbours(tmp_path: Path) -> None:
    files = mixed_folder(tmp_path / "in")
    command = obedient(tmp_path)
    alone = list(read_documents(files, workers=1, command=command))
    together = list(read_documents(files, workers=4, command=command))
    assert together == alone
    assert [document.path for document in alone] == [item.relative_path for item in files]
    shuffled = random.Random(1).sample(files, len(files))
    by_path = {document.path: document for document in read_documents(shuffled, workers=2, command=command)}
    assert by_path == {document.path: document for document in alone}


def test_every_file_found_gets_exactly_one_document(tmp_path: Path) -> None:
    files = mixed_folder(tmp_path / "in")
    documents = list(read_documents(files, workers=2, command=obedient(tmp_path)))
    names = sorted(path.name for path in (tmp_path / "in").iterdir())
    assert sorted(document.path for document in documents) == names
    status = {document.path: document.status for document in documents}
    assert status["länk.txt"] == status[".~lock.a.docx#"] == "skipped"
    assert status["03.txt"] == "refused"
    assert status["17.txt"] == "nothing"
    for document in documents:
        assert bool(document.blocks) == (document.status in ("read", "partial"))


@pytest.mark.parametrize("workers", [1, 3])
def test_progress_counts_every_document_once(tmp_path: Path, workers: int) -> None:
    files = mixed_folder(tmp_path / "in")
    seen: list[tuple[int, int, str]] = []
    command = obedient(tmp_path)
    list(read_documents(files, workers=workers, command=command, progress=lambda *step: seen.append(step)))
    assert [(done, total) for done, total, _ in seen] == [(number + 1, len(files)) for number in range(len(files))]
    assert {path for _, _, path in seen} == {item.relative_path for item in files}


def test_one_file_starts_one_child_and_none_starts_none(tmp_path: Path, started: Path) -> None:
    command = obedient(tmp_path)
    skipped = Found("länk", tmp_path / "x", Problem(code="link"))
    assert [d.status for d in read_documents([skipped, skipped], workers=8, command=command)] == ["skipped", "skipped"]
    assert pids(started) == []
    one = Found("a.txt", write(tmp_path, "a.txt", "hel"))
    assert [d.status for d in read_documents([skipped, one], workers=8, command=command)] == ["skipped", "read"]
    assert len(pids(started)) == 1


def test_a_worker_that_cannot_start_stops_the_batch_with_the_error(tmp_path: Path) -> None:
    files = [Found(name, write(tmp_path, name, "x")) for name in ("a", "b", "c")]
    with pytest.raises(CirkularKravError, match="starta"):
        list(read_documents(files, workers=2, command=[str(tmp_path / "nowhere")]))


@ON_LINUX
def test_children_end_when_the_iterator_is_let_go(tmp_path: Path, started: Path) -> None:
    write(tmp_path, "in/0.txt", "hel")
    for number in range(1, 5):
        write(tmp_path, f"in/{number}.txt", "hang")
    documents = read_documents(find_files(tmp_path / "in", limits=Limits()), workers=3, command=obedient(tmp_path))
    assert next(documents).path == "0.txt"
    documents.close()  # type: ignore[attr-defined]
    assert wait_until_gone(pids(started)) == []


PARENT = """
import sys
sys.path[:0] = {paths!r}
from pathlib import Path
from cirkular_krav.discovery import find_files
from cirkular_krav.guard import read_documents
from cirkular_krav.readers.pieces import Limits
for document in read_documents(find_files(Path({folder!r}), limits=Limits()), workers={workers}, command={command!r}):
    print(document.path, flush=True)
"""


@ON_LINUX
@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_child_outlives_a_parent_that_is_killed(tmp_path: Path, started: Path, how: int, workers: int) -> None:
    write(tmp_path, "in/0.txt", "hel")
    for number in range(1, 6):
        write(tmp_path, f"in/{number}.txt", "hang")
    paths = [SOURCE, *(path for path in sys.path if path)]
    script = write(
        tmp_path, "parent.py",
        PARENT.format(paths=paths, folder=str(tmp_path / "in"), workers=workers, command=obedient(tmp_path)),
    )  # fmt: skip
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert parent.stdout is not None
    with parent.stdout:
        assert parent.stdout.readline() == b"0.txt\n"
        for _ in range(400):
            if len(pids(started)) >= workers:
                break
            time.sleep(0.025)
        parent.send_signal(how)
        parent.wait(timeout=60)
    assert len(pids(started)) >= workers
    assert wait_until_gone(pids(started)) == []
