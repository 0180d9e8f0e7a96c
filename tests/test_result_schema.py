"""Results of earlier versions are read for as long as the follow-up lasts, wherever they are kept."""

from __future__ import annotations

import json
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from builders import ROOT
from cirkular_krav import result_schema
from cirkular_krav.catalogue import load_catalogue
from cirkular_krav.errors import UsageError
from cirkular_krav.models import SCHEMA_VERSION, Assessment
from cirkular_krav.pipeline import assess, assess_again
from cirkular_krav.results import read_results, write_results
from cirkular_krav.sealing import seal, verify_seal
from cirkular_krav.store import Store, open_store, pack, unpack

# What the first version of the program wrote of three demands in krav.md: never written anew.
FIRST = Path(__file__).parent / "files" / "resultat-schema-1.jsonl"


@pytest.fixture(scope="module")
def assessment() -> Assessment:
    return assess(ROOT / "corpus" / "procurements" / "tolktjanster-gransmark")


def test_what_the_first_version_wrote_is_read_and_can_be_scored_again() -> None:
    (one,) = read_results(FIRST)
    assert [r.text[:6] for r in one.requirements] == ["Minst ", "Reserv", "Levere"]
    assert [c.obstacle_id for c in one.conflicts] == ["HIN-01"]
    again = assess_again(one, load_catalogue())
    assert again.requirements == one.requirements
    assert again.schema_version == SCHEMA_VERSION
    assert {m.criterion_id for m in one.matches} <= {m.criterion_id for m in again.matches}


def test_there_is_one_step_from_every_version_to_the_next() -> None:
    assert sorted(result_schema.STEPS) == list(range(1, SCHEMA_VERSION))


# --- a step from an invented version 0, in which requirements were called krav and blocks had rubriker ---------------


def _from_0(data: dict[str, Any]) -> dict[str, Any]:
    for document in data["procurement"]["documents"]:
        for block in document.get("blocks", []):
            block["heading_path"] = block.pop("rubriker")
    return {("requirements" if name == "krav" else name): value for name, value in data.items()}


def _as_0(text: str, *, blocks: bool = True) -> dict[str, Any]:
    data = json.loads(text)
    for document in data["procurement"]["documents"] if blocks else ():
        document["blocks"] = [_block_as_0(block) for block in document["blocks"]]
    return {
        "schema_version": 0,
        **{("krav" if k == "requirements" else k): v for k, v in data.items() if k[:6] != "schema"},
    }


def _block_as_0(block: dict[str, Any]) -> dict[str, Any]:
    return {("rubriker" if name == "heading_path" else name): value for name, value in block.items()}


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(result_schema.STEPS, 0, _from_0)


@pytest.mark.usefixtures("step")
@pytest.mark.parametrize(("name", "indent"), [("r.json", 2), ("r.jsonl", None)])
def test_a_file_of_an_older_version_is_read_as_this_version_would_have_written_it(
    tmp_path: Path, assessment: Assessment, name: str, indent: int | None
) -> None:
    old = json.dumps(_as_0(assessment.model_dump_json()), ensure_ascii=False, indent=indent)
    (tmp_path / name).write_text(old + "\n", encoding="utf-8")
    assert read_results(tmp_path / name) == (assessment,)
    write_results(read_results(tmp_path / name), tmp_path / "ny.json")
    assert read_results(tmp_path / "ny.json") == (assessment,)


@pytest.mark.usefixtures("step")
@pytest.mark.parametrize("blocks", [True, False])
def test_an_older_assessment_in_a_store_is_read_with_its_blocks_and_without(
    tmp_path: Path, assessment: Assessment, blocks: bool
) -> None:
    path = tmp_path / "l.sqlite"
    with open_store(path, write=True) as store:
        store.put(pack("a", "r", assessment))
        wanted = unpack(*store.packed("a")) if blocks else unpack(store.packed("a")[0])
        _make_old(store, path)
    assert read_results(path, blocks=blocks) == (wanted,)


def _make_old(store: Store, path: Path) -> None:
    whole, texts = store.packed("a")
    old = json.dumps(_as_0(zlib.decompress(whole).decode(), blocks=False)).encode()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE procurement SET assessment = ?", (zlib.compress(old),))
        for n, text in enumerate(texts):
            blocks = [_block_as_0(block) for block in json.loads(zlib.decompress(text))]
            packed = zlib.compress(json.dumps(blocks).encode())
            connection.execute("UPDATE document SET blocks = ? WHERE position = ?", (packed, n))


def test_a_sealed_file_is_verified_whatever_version_its_assessments_are_of(
    tmp_path: Path, assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "l.sqlite"
    with open_store(path, write=True) as store:
        store.put_catalogue(load_catalogue())
        store.put(pack("a", "r", assessment))
    seal(path, tmp_path / "f.zip", originals="arkivet")
    asked: list[bytes] = []
    read = result_schema.read_assessment
    monkeypatch.setattr("cirkular_krav.sealing.read_assessment", lambda text: asked.append(text) or read(text))
    assert verify_seal(tmp_path / "f.zip").holds
    assert len(asked) == 1


# --- what cannot be read ----------------------------------------------------------------------------


def test_a_result_of_a_newer_version_says_what_to_install(tmp_path: Path, assessment: Assessment) -> None:
    text = assessment.model_copy(update={"schema_version": 99}).model_dump_json()
    (tmp_path / "r.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"r\.jsonl.*nyare version.*schemaversion 99"):
        read_results(tmp_path / "r.jsonl")


def test_a_version_without_a_step_is_no_result(tmp_path: Path, assessment: Assessment) -> None:
    text = assessment.model_copy(update={"schema_version": 0}).model_dump_json()
    (tmp_path / "r.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="ingen resultatfil"):
        read_results(tmp_path / "r.jsonl")
