"""Which folders are procurements, and that the way they are delivered changes nothing."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from builders import ROOT
from cirkular_krav.errors import NothingToDoError, UsageError
from cirkular_krav.pipeline import assess, find_procurements

DOCUMENTS = ROOT / "corpus" / "procurements" / "kontorsstolar-ornsjo" / "documents"


def put(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("Stolarna ska hålla.", encoding="utf-8")


def names(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in find_procurements(root)]


def test_a_folder_sorted_in_parts_is_one_procurement(tmp_path: Path) -> None:
    for part in ("Krav", "Avtal och villkor", "Bilagor"):
        put(tmp_path / part / "a.txt")
    assert names(tmp_path) == ["."]


def test_a_folder_of_marked_folders_is_many_even_with_loose_files_beside_them(tmp_path: Path) -> None:
    put(tmp_path / "a" / "documents" / "krav.txt")
    put(tmp_path / "b" / "krav.txt")
    (tmp_path / "b" / "procurement.yaml").write_text('title: "B"\n', encoding="utf-8")
    put(tmp_path / "anteckningar.txt")
    assert names(tmp_path) == ["a", "b"]


def test_a_tree_of_unmarked_folders_is_one_procurement_a_folder(tmp_path: Path) -> None:
    put(tmp_path / "2025" / "stolar" / "a.txt")
    put(tmp_path / "2025" / "bord" / "a.txt")
    assert names(tmp_path) == ["2025/bord", "2025/stolar"]


def test_a_zip_of_the_documents_gives_the_same_requirements_as_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "stolar"
    shutil.copytree(DOCUMENTS, folder)
    archive = tmp_path / "stolar.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(folder.iterdir()):
            packed.write(path, path.name)
    one, other = assess(folder), assess(archive)
    assert one.requirements == other.requirements
    assert one.matches == other.matches
    assert one.score == other.score


def test_documents_without_a_single_requirement_are_incomplete_material_and_no_zero(tmp_path: Path) -> None:
    (tmp_path / "pris.txt").write_text("Tack för visat intresse. Välkommen till oss.", encoding="utf-8")
    assert assess(tmp_path).score.status == "incomplete"


def test_what_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="finns inte"):
        assess(tmp_path / "saknas")
    with pytest.raises(NothingToDoError, match="PDF"):
        assess(tmp_path)


def test_folders_that_are_all_named_as_agreements_are_as_many_procurements(tmp_path: Path) -> None:
    put(tmp_path / "Ramavtal möbler 2025" / "a.txt")
    put(tmp_path / "Ramavtal livsmedel 2025" / "a.txt")
    (tmp_path / "desktop.ini").write_text("", encoding="utf-8")
    assert names(tmp_path) == ["Ramavtal livsmedel 2025", "Ramavtal möbler 2025"]


def test_a_zip_has_the_same_id_as_the_folder_it_was_packed_from(tmp_path: Path) -> None:
    put(tmp_path / "stolar" / "a.txt")
    with zipfile.ZipFile(tmp_path / "STOLAR.ZIP", "w") as packed:
        packed.write(tmp_path / "stolar" / "a.txt", "a.txt")
    assert assess(tmp_path / "STOLAR.ZIP").procurement.id == "STOLAR"


def test_folders_called_upphandling_are_as_many_procurements(tmp_path: Path) -> None:
    put(tmp_path / "Upphandling 2025-1" / "a.txt")
    put(tmp_path / "Upphandling 2025-2" / "a.txt")
    assert names(tmp_path) == ["Upphandling 2025-1", "Upphandling 2025-2"]
    put(tmp_path / "en" / "Upphandlingsdokument" / "a.txt")
    put(tmp_path / "en" / "Handlingar" / "a.txt")
    assert "en" in names(tmp_path)
