"""The store: the same result however a run went, nothing read twice, old files readable, one writer at a time."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from builders import CRITERIA, ROOT
from cirkular_krav import engine
from cirkular_krav.batch import StoreUpdate, update_store
from cirkular_krav.catalogue import load_catalogue
from cirkular_krav.errors import CannotWriteError, NothingToDoError, OutputInUseError, UsageError
from cirkular_krav.pipeline import assess, assess_many
from cirkular_krav.reports.store import update_text
from cirkular_krav.results import read_results
from cirkular_krav.store import open_store, pack
from cirkular_krav.store_schema import STORE_VERSION, migrate
from odd_jobs import odd_job

OLD = Path(__file__).parent / "files" / "lager-version-1.sqlite"
NAMES = ("it-konsulter-fjallmark", "livsmedel-storalva", "tolktjanster-gransmark")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in NAMES:
        shutil.copytree(ROOT / "corpus" / "procurements" / name, tmp_path / "root" / name)
    return tmp_path / "root"


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was handed to the workers, whatever the run says of itself."""
    handed: list[Any] = []
    run = engine.run

    def recording(work: Any, jobs: Sequence[Any], *arguments: Any, **more: Any) -> Iterator[Any]:
        handed.extend(jobs)
        return run(work, jobs, *arguments, **more)

    monkeypatch.setattr(engine, "run", recording)
    return handed


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "cirkular_krav", *map(str, arguments)]


# --- the same as without a store ----------------------------------------------------------------


def test_what_lies_in_the_store_is_what_assess_many_gives(root: Path, tmp_path: Path) -> None:
    done = update_store(root, tmp_path / "l.sqlite", workers=2)
    assert done.read == NAMES
    assert read_results(tmp_path / "l.sqlite") == tuple(assess_many(root))
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["l.sqlite"]


def test_without_blocks_only_the_text_of_the_documents_is_missing(root: Path, tmp_path: Path) -> None:
    update_store(root, tmp_path / "l.sqlite")
    light, whole = (read_results(tmp_path / "l.sqlite", blocks=blocks) for blocks in (False, True))
    for one, other in zip(light, whole, strict=True):
        assert one.model_copy(update={"procurement": other.procurement}) == other
        assert all(not document.blocks for document in one.procurement.documents)
        assert any(document.blocks for document in other.procurement.documents)


# --- what is unchanged is not read again --------------------------------------------------------


def test_nothing_is_read_again_when_nothing_has_changed(root: Path, tmp_path: Path, jobs: list[Any]) -> None:
    update_store(root, tmp_path / "l.sqlite")
    jobs.clear()
    for path in root.rglob("*.pdf"):
        path.touch()  # another time, the same content
    done = update_store(root, tmp_path / "l.sqlite")
    assert (done.unchanged, done.read, jobs) == (NAMES, (), [])


@pytest.mark.parametrize("change", ["content", "new file", "facts", "gone file"])
def test_only_the_procurement_that_has_changed_is_read_again(
    root: Path, tmp_path: Path, jobs: list[Any], change: str
) -> None:
    update_store(root, tmp_path / "l.sqlite")
    folder = root / NAMES[1]
    if change == "content":
        (folder / "documents" / "03-fragor-och-svar.txt").write_text("Maten ska vara ekologisk.", encoding="utf-8")
    elif change == "new file":
        (folder / "documents" / "04.txt").write_text("Lådorna ska återanvändas.", encoding="utf-8")
    elif change == "facts":
        with (folder / "procurement.yaml").open("a", encoding="utf-8") as file:
            file.write('parent_agreement: "A-1"\n')
    else:
        (folder / "documents" / "03-fragor-och-svar.txt").unlink()
    jobs.clear()
    done = update_store(root, tmp_path / "l.sqlite")
    assert [job.source for job in jobs] == [NAMES[1]] == list(done.read)
    assert read_results(tmp_path / "l.sqlite") == tuple(assess_many(root))


def test_other_limits_are_another_reading(root: Path, tmp_path: Path) -> None:
    from cirkular_krav.readers.pieces import Limits

    update_store(root, tmp_path / "l.sqlite")
    done = update_store(root, tmp_path / "l.sqlite", limits=Limits(max_pages=1))
    assert done.read == NAMES
    assert done.unread > 0


def test_another_catalogue_scores_again_from_the_store_without_reading(root: Path, tmp_path: Path) -> None:
    update_store(root, tmp_path / "l.sqlite")
    other = tmp_path / "criteria"
    shutil.copytree(CRITERIA, other)
    scoring = other / "scoring.yaml"
    text = scoring.read_text(encoding="utf-8")
    scoring.write_text(
        text.replace("fewest_applicable: {value: 8,", "fewest_applicable: {value: 99,"), encoding="utf-8"
    )
    assert scoring.read_text(encoding="utf-8") != text
    catalogue = load_catalogue(other)
    done = update_store(root, tmp_path / "l.sqlite", catalogue)
    assert (done.rescored, done.read) == (NAMES, ())
    assert read_results(tmp_path / "l.sqlite") == tuple(assess_many(root, catalogue))
    with open_store(tmp_path / "l.sqlite") as store:
        assert set(store.catalogues()) == {catalogue.fingerprint, load_catalogue().fingerprint}


def test_what_has_left_the_folder_stays_until_it_is_pruned(root: Path, tmp_path: Path) -> None:
    update_store(root, tmp_path / "l.sqlite")
    shutil.rmtree(root / NAMES[0])
    assert update_store(root, tmp_path / "l.sqlite").gone == NAMES[:1]
    assert len(read_results(tmp_path / "l.sqlite")) == 3
    assert update_store(root, tmp_path / "l.sqlite", prune=True).gone == NAMES[:1]
    with open_store(tmp_path / "l.sqlite") as store:
        assert tuple(store.keys()) == NAMES[1:]
        assert not any(found.procurement == NAMES[0] for found in store.find("konsult"))


def test_a_folder_without_documents_is_named_and_costs_nothing(root: Path, tmp_path: Path) -> None:
    (root / "tom").mkdir()
    (root / "tom" / "procurement.yaml").write_text('title: "Tom"\n', encoding="utf-8")
    assert update_store(root, tmp_path / "l.sqlite").empty == ("tom",)
    with pytest.raises(NothingToDoError, match="inga dokument"):
        update_store(root / "tom", tmp_path / "m.sqlite")


def test_a_store_inside_the_folder_is_not_read_as_a_document(tmp_path: Path) -> None:
    for name in ("stolar", "bord"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "krav.txt").write_text("Varan ska hålla.", encoding="utf-8")
    assert update_store(tmp_path, tmp_path / "l.sqlite").read == ("bord", "stolar")
    assert update_store(tmp_path, tmp_path / "l.sqlite").unchanged == ("bord", "stolar")


# --- a run that is stopped ----------------------------------------------------------------------


def stored(path: Path) -> set[str]:
    try:
        with open_store(path) as store:
            return set(store.keys())
    except (UsageError, OutputInUseError):  # not made yet
        return set()


def children_of(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_a_run_that_is_stopped_is_finished_by_the_next_and_nothing_is_read_twice(
    tmp_path: Path, jobs: list[Any], how: str
) -> None:
    root, path = tmp_path / "root", tmp_path / "l.sqlite"
    for number in range(12):
        shutil.copytree(ROOT / "corpus" / "procurements" / NAMES[number % 3], root / f"{number:02}")
    process = subprocess.Popen(command("assess", root, "--store", path, "--workers", 2), stdout=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while len(stored(path)) < 3:
        assert process.poll() is None, "the run was over before it could be stopped"
        assert time.monotonic() < end
        time.sleep(0.01)
    lanes = children_of(process.pid)
    getattr(process, how)()
    process.wait()
    if how == "terminate" and sys.platform != "win32":
        assert process.returncode == 143
    before = stored(path)
    assert 3 <= len(before) < 12
    while any(Path(f"/proc/{lane}").exists() for lane in lanes):  # nobody reads on without a parent
        assert time.monotonic() < end
        time.sleep(0.05)
    done = update_store(root, path, workers=2)
    assert {job.source for job in jobs} == {f"{n:02}" for n in range(12)} - before
    assert set(done.unchanged) == before
    assert read_results(path) == tuple(assess_many(root))


def test_two_runs_never_write_the_same_store(root: Path, tmp_path: Path) -> None:
    with open_store(tmp_path / "l.sqlite", write=True):
        done = subprocess.run(
            command("assess", root, "--store", tmp_path / "l.sqlite"), capture_output=True, text=True, encoding="utf-8"
        )
    assert done.returncode == 75
    assert "l.sqlite" in done.stderr


def test_a_procurement_that_takes_its_worker_down_costs_only_itself() -> None:
    shared = os.getpid()
    answers = dict(engine.run(odd_job, [1, 2, 3, 4, 5], shared, workers=2))
    assert answers == {
        1: 10,
        2: engine.Crash(),
        3: 30,
        4: engine.Crash("ValueError"),
        5: engine.Crash("UsageError", "Nej."),
    }


# --- old, new and foreign files -----------------------------------------------------------------


def test_an_old_store_is_read_as_it_is_and_brought_up_to_date_when_written(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "gammalt.sqlite"
    shutil.copy(OLD, path)
    before = path.read_bytes()
    (one,) = read_results(path)
    assert one.procurement.title == "Tolktjänster på plats, på telefon och på distans"
    with open_store(path) as store:
        assert [found.text for found in store.find("platstolkning")] == [
            "Distanstolkning via bild ska väljas före platstolkning när det är lämpligt, för att minska resor."
        ]
    assert path.read_bytes() == before
    with open_store(path, write=True):
        pass
    assert version_of(path) == STORE_VERSION
    assert read_results(path) == (one,)


def test_a_step_that_fails_leaves_the_old_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "gammalt.sqlite"
    shutil.copy(OLD, path)

    def broken(_: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("cirkular_krav.store_schema.requirement_rows", broken)
    with pytest.raises(CannotWriteError, match="disken är full"), open_store(path, write=True):
        pass
    assert version_of(path) == 1


def version_of(path: Path) -> int:
    connection = sqlite3.connect(path)
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    connection.close()
    return version


def test_a_store_of_a_newer_version_is_left_alone_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with open_store(path, write=True):
        pass
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    for write in (False, True):
        with pytest.raises(UsageError, match="nyare version"), open_store(path, write=write):
            pass


def test_another_programs_database_is_never_touched(tmp_path: Path) -> None:
    path = tmp_path / "annat.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE mitt (a)")
    connection.close()
    before = path.read_bytes()
    for write in (False, True):
        with pytest.raises(UsageError, match="inget lager"), open_store(path, write=write):
            pass
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"inte SQLite", b"SQLite format 3\0" + b"\xff" * 5000])
def test_something_else_than_a_store_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "l.sqlite"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="inget lager"):
        read_results(path)


def test_a_store_that_is_not_there_or_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="finns inte"):
        read_results(tmp_path / "l.sqlite")
    with pytest.raises(CannotWriteError, match="mappen finns"), open_store(tmp_path / "x" / "l.sqlite", write=True):
        pass
    with pytest.raises(UsageError, match=r"\.sqlite"), open_store(tmp_path / "l.db", write=True):
        pass


def test_folders_that_wait_for_their_documents_are_told_of_without_filling_the_screen(tmp_path: Path) -> None:
    update = StoreUpdate(empty=tuple(f"köpare/upphandling-{n:02}" for n in range(60)))
    with open_store(tmp_path / "l.sqlite", write=True):
        pass
    text = update_text(update, tmp_path / "l.sqlite", load_catalogue())
    assert text.count("har inga dokument och räknas inte") == 10
    assert "och 50 till har inga dokument" in text


# --- full text ----------------------------------------------------------------------------------


def test_a_search_finds_a_word_inside_a_compound_and_tells_the_place(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    update_store(ROOT / "corpus" / "procurements" / "mobler-norrsjo", path)
    with open_store(path) as store:
        found = store.find("stolar")
    assert {one.procurement for one in found} == {"mobler-norrsjo"}
    assert any("konferensstolar" in one.text and " stolar" not in one.text for one in found)


def test_what_is_taken_out_or_written_again_is_found_no_more_and_once(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    packed = pack("a", "r", assess(ROOT / "corpus" / "procurements" / "tolktjanster-gransmark"))
    with open_store(path, write=True) as store:
        for source in ("a", "b", "a"):
            store.put(replace(packed, source=source))
        once = store.find("platstolkning", most=1_000)
        store.forget(["b"])
        assert 0 < 2 * len(store.find("platstolkning", most=1_000)) == len(once)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO requirement_text (requirement_text, rank) VALUES ('integrity-check', 1)")


@pytest.mark.parametrize("text", ['"', "a OR b", "NEAR(", "möbler*", "text:x", "-- ; DROP TABLE requirement"])
def test_a_search_text_is_never_read_as_a_query_language(tmp_path: Path, text: str) -> None:
    path = tmp_path / "l.sqlite"
    with open_store(path, write=True) as store:
        store.put(pack("a", "r", assess(ROOT / "corpus" / "procurements" / "tolktjanster-gransmark")))
    with open_store(path) as store:
        try:
            found = store.find(text)
        except UsageError:  # no word of three letters
            found = ()
        assert found == ()
        assert store.find("tolk")


def test_find_prints_requirement_procurement_and_place(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    update_store(ROOT / "corpus" / "procurements" / "mobler-norrsjo", path)
    done = subprocess.run(command("find", path, "Martindale"), capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0
    assert "100 000 varv" in done.stdout
    assert "02-kravspecifikation.docx, avsnitt 2.2, stycke 101" in done.stdout
    assert "Möbler och inredning" in done.stdout


def make_old_store() -> None:
    """Write ``files/lager-version-1.sqlite`` as version 1 wrote it; only for a new file of that age."""
    OLD.parent.mkdir(exist_ok=True)
    connection = sqlite3.connect(OLD, isolation_level=None)
    migrate(connection, up_to=1)
    packed = pack("tolktjanster-gransmark", "", assess(ROOT / "corpus" / "procurements" / "tolktjanster-gransmark"))
    connection.execute(
        "INSERT INTO procurement VALUES (?, ?, ?, ?, ?, ?)",
        (packed.source, packed.id, packed.key.reading, packed.key.ruler, packed.key.unread, packed.assessment),
    )
    connection.executemany(
        "INSERT INTO document VALUES (?, ?, ?, ?, ?)",
        [(packed.source, n, *document) for n, document in enumerate(packed.documents)],
    )
    connection.close()
