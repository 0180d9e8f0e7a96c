"""The catalogue: ours is sound, its examples hold, and every fault is a sentence with file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from builders import CRITERIA
from cirkular_krav.applicability import applicable_criteria, categories_of_cpv
from cirkular_krav.catalogue import criteria_folder, find_entry, load_catalogue
from cirkular_krav.catalogue_check import check_catalogue
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import CatalogueError, UsageError
from cirkular_krav.models import Procurement


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(CRITERIA)


def test_every_example_of_every_criterion_holds(catalogue: Catalogue) -> None:
    assert check_catalogue(catalogue) == []


def test_a_furniture_procurement_has_the_applicable_criteria_of_the_test_vector(catalogue: Catalogue) -> None:
    applicable = applicable_criteria(Procurement(id="p", categories=("MOB",), cpv=("39130000",)), catalogue)
    replaced = {"GEN-01", "GEN-04", "GEN-05", "GEN-07", "GEN-09", "GEN-10", "GEN-21"}
    generic = {f"GEN-{i:02d}" for i in range(1, 22)} - replaced
    assert {c.id for c in applicable} == generic | {f"MOB-0{i}" for i in range(1, 8)}
    assert sum(c.importance for c in applicable) == 45


def test_services_with_few_goods_have_only_the_criteria_that_make_sense_for_them(catalogue: Catalogue) -> None:
    applicable = applicable_criteria(Procurement(id="p", categories=("TJA",)), catalogue)
    assert {c.id for c in applicable if c.id.startswith("GEN")} == {"GEN-02", "GEN-03", "GEN-16", "GEN-19", "GEN-20"}


@pytest.mark.parametrize(
    ("cpv", "category"),
    [
        ("39130000-2", "MOB"),
        ("30213000", "IT"),
        ("90910000-9", "STD"),
        ("45262640", "BYG"),
        ("79530000", "TJA"),
        ("90511000", "AVF"),
    ],
)
def test_the_longest_cpv_prefix_decides_the_category(cpv: str, category: str, catalogue: Catalogue) -> None:
    assert categories_of_cpv([cpv], catalogue) == (category,)


def test_the_fingerprint_changes_when_a_word_of_the_vocabulary_does(tmp_path: Path, catalogue: Catalogue) -> None:
    copy = tmp_path / "criteria"
    shutil.copytree(CRITERIA, copy)
    assert load_catalogue(copy).fingerprint == catalogue.fingerprint
    vocabulary = copy / "languages" / "sv.yaml"
    vocabulary.write_text(vocabulary.read_text(encoding="utf-8").replace("möbl", "mobl"), encoding="utf-8")
    assert load_catalogue(copy).fingerprint != catalogue.fingerprint


def faulty(tmp_path: Path, old: str, new: str) -> tuple[str, ...]:
    copy = tmp_path / "criteria"
    shutil.copytree(CRITERIA, copy)
    path = next(copy.glob("mob/MOB-01-*.yaml"))
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(copy)
    return caught.value.faults


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("importance: 3", "importance: 7", "ska vara ett av"),
        ("importance: 3", "importanse: 3", "Menade du ”importance”"),
        ("id: MOB-01", "id: MOB-02", "Filnamnet ska börja med"),
        ("lifecycle: stable", "lifecycle: retired", "replaced_by"),
        ("schema_version: 1", "schema_version: 1\nschema_version: 1", "två gånger"),
        ("revision: 1", "revision: 2026-01-01", "citattecken"),
        ("specialises: [GEN-01", "specialises: [GEN-99", "finns i katalogen"),
    ],
)
def test_a_fault_in_a_criterion_is_told_with_file_line_and_what_to_do(
    tmp_path: Path, old: str, new: str, part: str
) -> None:
    faults = " ".join(faulty(tmp_path, old, new))
    assert "mob/MOB-01" in faults
    assert ", rad " in faults
    assert part in faults or "inte finns i katalogen" in faults


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    copy = tmp_path / "criteria"
    shutil.copytree(CRITERIA, copy)
    for pattern in ("mob/MOB-01-*.yaml", "it/IT-01-*.yaml"):
        path = next(copy.glob(pattern))
        path.write_text(path.read_text(encoding="utf-8").replace("importance: 3", "importance: 9"), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(copy)
    assert {fault.split(",")[0].split("/")[0] for fault in caught.value.faults} == {"mob", "it"}


def test_an_unknown_concept_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    copy = tmp_path / "criteria"
    shutil.copytree(CRITERIA, copy)
    path = next(copy.glob("obstacles/HIN-01-*.yaml"))
    path.write_text(path.read_text(encoding="utf-8").replace("new_only", "new_onli"), encoding="utf-8")
    with pytest.raises(CatalogueError, match="Menade du ”new_only”"):
        load_catalogue(copy)


def test_own_criteria_are_added_without_touching_ours(tmp_path: Path, catalogue: Catalogue) -> None:
    own = tmp_path / "egna" / "mob"
    own.mkdir(parents=True)
    source = next(CRITERIA.glob("mob/MOB-01-*.yaml"))
    text = source.read_text(encoding="utf-8").replace("importance: 3", "importance: 1")
    (own / source.name).write_text(text, encoding="utf-8")
    loaded = load_catalogue(CRITERIA, extra=tmp_path / "egna")
    assert loaded.by_id["MOB-01"].importance == 1
    assert catalogue.by_id["MOB-01"].importance == 3
    assert loaded.fingerprint != catalogue.fingerprint


def test_a_missing_catalogue_is_a_sentence_that_says_where_it_was_sought(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=str(tmp_path.name)):
        criteria_folder(tmp_path)


def test_an_unknown_criterion_is_told_with_those_that_look_like_it(catalogue: Catalogue) -> None:
    with pytest.raises(UsageError, match="MOB-01"):
        find_entry(catalogue, "MOB-1")
