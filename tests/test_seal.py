"""A sealed baseline: nothing missing, nothing changed unnoticed, and the same numbers again from the same text."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from builders import ROOT
from cirkular_krav import scoring
from cirkular_krav.batch import update_store
from cirkular_krav.errors import NothingToDoError, UsageError
from cirkular_krav.sealing import CONTENTS, seal, verify_seal
from cirkular_krav.store import open_store

NAMES = ("livsmedel-storalva", "tolktjanster-gransmark")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seal")
    for name in NAMES:
        shutil.copytree(ROOT / "corpus" / "procurements" / name, folder / "root" / name)
    update_store(folder / "root", folder / "l.sqlite")
    shutil.rmtree(folder / "root")  # the seal must do without the documents
    return folder / "l.sqlite"


@pytest.fixture
def sealed(store: Path, tmp_path: Path) -> Path:
    decisions = tmp_path / "beslut.jsonl"
    decisions.write_text('{"verdict": "accept"}\n', encoding="utf-8")
    seal(store, tmp_path / "b.zip", originals="Påhittat arkiv, dnr 1", decisions=[decisions])
    return tmp_path / "b.zip"


def changed(path: Path, name: str, change: Any) -> Path:
    """Write the ZIP again with one part changed (``None`` leaves it out), its own checksums right."""
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    new = change(parts.pop(name, b""))
    if new is not None:
        parts[name] = new
    out = path.with_name("andrad.zip")
    with zipfile.ZipFile(out, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return out


def test_an_untouched_seal_holds_and_gives_the_same_bytes_again(store: Path, sealed: Path, tmp_path: Path) -> None:
    check = verify_seal(sealed)
    assert (check.holds, check.procurements, check.originals) == (True, 2, "Påhittat arkiv, dnr 1")
    fingerprint = seal(
        store, tmp_path / "c.zip", originals="Påhittat arkiv, dnr 1", decisions=[tmp_path / "beslut.jsonl"]
    )
    assert fingerprint == check.fingerprint
    assert (tmp_path / "c.zip").read_bytes() == sealed.read_bytes()


def test_a_seal_holds_all_that_the_numbers_rest_on(store: Path, sealed: Path) -> None:
    with zipfile.ZipFile(sealed) as archive:
        contents = json.loads(archive.read(CONTENTS))
        lines = [json.loads(line) for line in archive.read("bedomningar.jsonl").splitlines()]
        originals = [json.loads(line) for line in archive.read("originalens-hashar.jsonl").splitlines()]
        assert archive.read("beslut/beslut.jsonl") == b'{"verdict": "accept"}\n'
        fingerprint = lines[0]["versions"]["catalogue_fingerprint"]
        assert json.loads(archive.read(f"kataloger/{fingerprint}.json"))["scoring"]["revision"]
    assert all(d["blocks"] for line in lines for d in line["procurement"]["documents"] if d["status"] == "read")
    with open_store(store) as opened:
        rows = [(a.procurement.id, r.path, r.sha256) for a in opened.assessments() for r in a.ledger]
    assert [(o["procurement"], o["path"], o["sha256"]) for o in originals] == rows
    assert "pypdfium2" in contents["libraries"]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("bedomningar.jsonl", lambda old: old.replace(b'"value"', b'"valve"', 1)),
        ("originalens-hashar.jsonl", lambda _: None),
        ("beslut/beslut.jsonl", lambda old: old + b" "),
        ("tillagd.txt", lambda _: b"x"),
    ],
)
def test_a_part_that_was_changed_taken_out_or_added_is_named(sealed: Path, name: str, change: Any) -> None:
    check = verify_seal(changed(sealed, name, change))
    assert (check.holds, check.damaged) == (False, (name,))


def test_a_seal_that_was_made_anew_over_a_change_has_another_fingerprint(sealed: Path) -> None:
    """Whoever changes the list of contents too is found out by the registered fingerprint."""
    other = changed(sealed, CONTENTS, lambda old: old.replace(b"dnr 1", b"dnr 2"))
    assert verify_seal(other).fingerprint != verify_seal(sealed).fingerprint


def test_a_program_that_scores_otherwise_is_found_out(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring.sub_scores, "coverage", lambda *_: 1.0)
    check = verify_seal(sealed)
    assert not check.holds
    assert (check.rescored, check.reread) == (("livsmedel-storalva",), ())


def test_a_program_that_finds_other_requirements_is_found_out(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cirkular_krav.sealing.find_requirements", lambda _: ())
    assert verify_seal(sealed).reread == NAMES


def test_what_cannot_be_sealed_or_checked_is_a_sentence(store: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--originals"):
        seal(store, tmp_path / "b.zip", originals=" ")
    with pytest.raises(UsageError, match=r"\.zip"):
        seal(store, tmp_path / "b.tar", originals="arkiv")
    with open_store(tmp_path / "tomt.sqlite", write=True):
        pass
    with pytest.raises(NothingToDoError, match="tomt"):
        seal(tmp_path / "tomt.sqlite", tmp_path / "b.zip", originals="arkiv")
    assert not (tmp_path / "b.zip").exists()
    (tmp_path / "x.zip").write_bytes(b"PK")
    with pytest.raises(UsageError, match="ingen förseglad"):
        verify_seal(tmp_path / "x.zip")


def test_the_command_seals_and_verifies_with_exit_codes(store: Path, sealed: Path, tmp_path: Path) -> None:
    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cirkular_krav", "seal", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")

    done = run(store, "--out", tmp_path / "d.zip", "--originals", "arkiv")
    assert (done.returncode, done.stderr) == (0, "")
    checked = run(tmp_path / "d.zip", "--verify")
    assert checked.returncode == 0
    assert done.stdout.split("Fingeravtryck: ")[1][:64] == checked.stdout.split("Fingeravtryck: ")[1][:64]
    assert run(changed(sealed, "tillagd.txt", lambda _: b"x"), "--verify").returncode == 1
