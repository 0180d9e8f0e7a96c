"""The catalogue: ours is sound, its examples hold, and every fault is a sentence with file and line."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import openpyxl
import pytest

from builders import CRITERIA
from cirkular_krav.applicability import applicable_criteria, categories_of_cpv, relevance
from cirkular_krav.catalogue import COMPILED, compile_to_json, criteria_folder, find_entry, load_catalogue
from cirkular_krav.catalogue_check import check_catalogue, judgements
from cirkular_krav.catalogue_diff import diff_catalogues
from cirkular_krav.catalogue_new import new_criterion
from cirkular_krav.catalogue_search import search, select
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import CatalogueError, UsageError
from cirkular_krav.models import Procurement
from cirkular_krav.reports.catalogue_export import catalogue_page, catalogue_workbook


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


def test_the_compiled_copy_is_the_same_catalogue_and_is_passed_over_when_a_file_has_changed(tmp_path: Path) -> None:
    copy = tmp_path / "criteria"
    shutil.copytree(CRITERIA, copy)
    catalogue = load_catalogue(copy, examples=False)
    compiled = copy / COMPILED
    compiled.write_text(compile_to_json(load_catalogue(copy)), encoding="utf-8")
    assert load_catalogue(copy, examples=False) == catalogue
    changed = compiled.read_text(encoding="utf-8").replace(catalogue.criteria[0].title_sv, "Ändrad titel")
    compiled.write_text(changed, encoding="utf-8")
    assert load_catalogue(copy, examples=False).criteria[0].title_sv == "Ändrad titel"
    vocabulary = copy / "languages" / "sv.yaml"
    vocabulary.write_text(vocabulary.read_text(encoding="utf-8") + "\n# ny rad\n", encoding="utf-8")
    assert load_catalogue(copy, examples=False).criteria[0].title_sv == catalogue.criteria[0].title_sv


def test_a_catalogue_without_examples_is_the_same_in_everything_else(catalogue: Catalogue) -> None:
    bare = load_catalogue(examples=False)
    assert not any(entry.examples.match for entry in (*bare.criteria, *bare.obstacles))
    strip = [c.model_copy(update={"examples": bare.criteria[0].examples}) for c in catalogue.criteria]
    assert tuple(strip) == bare.criteria
    assert bare.fingerprint == catalogue.fingerprint


@pytest.mark.parametrize(
    ("name", "part"),
    [("egna/EGN-01-x.yml", ".yaml"), ("EGN-01-x.yaml", "undermapp"), ("languages/fi.yaml", "languages/sv.yaml")],
)
def test_an_own_file_that_would_not_be_read_is_told_instead_of_passed_over(
    tmp_path: Path, name: str, part: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("id: EGN-01\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=f"läses inte.*{part}"):
        load_catalogue(extra=tmp_path)


# The main CPV codes of the 155 procurements that the nine organisations advertised in 2021 (national statistics, CC0):
# buyers often stop at the division.
DIVISIONS = (
    "03", "09", "16", "18", "19", "22", "24", "30", "31", "33", "34", "37", "39", "42", "44", "45", "50", "55", "60", "63",
    "66", "70", "71", "72", "77", "79", "90", "92", "98",
)  # fmt: skip


@pytest.mark.parametrize("division", DIVISIONS)
def test_every_division_that_our_organisations_buy_from_has_a_category_and_its_applicable_list(
    division: str, catalogue: Catalogue
) -> None:
    code = f"{division}000000"
    categories = categories_of_cpv([code], catalogue)
    assert categories
    applicable = applicable_criteria(Procurement(id="p", categories=categories, cpv=(code,)), catalogue)
    fewest = catalogue.scoring.limits["fewest_applicable"].value
    assert len(applicable) >= fewest or relevance(categories, catalogue) == "none"


def test_every_judgement_is_listed_so_that_an_expert_can_review_exactly_those(catalogue: Catalogue) -> None:
    listed = {
        tuple(line.split(": ")[0].split(" ")[:1]) + (line.split(": ")[1].split(" ")[0],)
        for line in judgements(catalogue)
    }
    wanted = {
        (c.id, level.id)
        for c in catalogue.criteria
        if c.lifecycle == "stable"
        for level in c.levels
        if level.basis == "judgement"
    }
    assert listed == wanted


def test_a_new_criterion_is_a_template_that_fails_until_it_is_filled_in(tmp_path: Path, catalogue: Catalogue) -> None:
    path = new_criterion("MOB-98", "test", tmp_path, catalogue)
    loaded = load_catalogue(CRITERIA, extra=tmp_path)
    assert any(fault.startswith("MOB-98: mallen är inte ifylld") for fault in check_catalogue(loaded))
    assert loaded.by_id["MOB-98"].lifecycle == "draft"
    with pytest.raises(UsageError, match="filnamn"):
        new_criterion("MOB-97", "Begagnade möbler", tmp_path, catalogue)
    with pytest.raises(UsageError, match="skrivs inte över"):
        new_criterion("MOB-98", "test", tmp_path, catalogue)
    with pytest.raises(UsageError, match="finns redan"):
        new_criterion("MOB-01", "test", tmp_path, catalogue)
    assert path.read_text(encoding="utf-8").startswith("# Sex steg")


def test_what_differs_between_two_catalogues_is_told_in_words(tmp_path: Path, catalogue: Catalogue) -> None:
    copy = tmp_path / "criteria"
    shutil.copytree(CRITERIA, copy)
    assert diff_catalogues(catalogue, load_catalogue(copy)) == []
    path = next(copy.glob("mob/MOB-01-*.yaml"))
    path.write_text(path.read_text(encoding="utf-8").replace("importance: 3", "importance: 2"), encoding="utf-8")
    next(copy.glob("mob/MOB-05-*.yaml")).unlink()
    scoring = copy / "scoring.yaml"
    scoring.write_text(
        scoring.read_text(encoding="utf-8").replace("coverage_points: {value: 40", "coverage_points: {value: 50"),
        encoding="utf-8",
    )
    lines = "\n".join(diff_catalogues(catalogue, load_catalogue(copy)))
    assert "Ändrat: MOB-01" in lines
    assert "vikt" in lines
    assert "Höj revision" in lines
    assert "Borttaget: MOB-05" in lines
    assert "coverage_points 40 → 50" in lines


@pytest.mark.parametrize(
    ("words", "first"),
    [("reservdelar till möbler", "MOB-03"), ("resevdelar til möbler", "MOB-03"), ("mob-06", "MOB-06")],
)
def test_a_criterion_is_found_by_its_words_even_misspelt(words: str, first: str, catalogue: Catalogue) -> None:
    assert search(catalogue, words)[0].id == first


def test_criteria_are_selected_by_what_they_are(catalogue: Catalogue) -> None:
    chosen = {c.id for c in select(catalogue, category="mob", strategy="R4", goal="C")}
    assert list(select(catalogue, category="möbler")) == list(select(catalogue, category="MOB"))
    assert {"MOB-02", "MOB-03", "GEN-06"} <= chosen
    assert "MOB-01" not in chosen


def test_the_exported_workbook_holds_every_criterion_and_no_formula(catalogue: Catalogue) -> None:
    content = catalogue_workbook(catalogue)
    assert content == catalogue_workbook(catalogue)
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    assert workbook.sheetnames == ["Kriterier", "Nivåer", "Formuleringar", "Hinder", "Exempel"]
    page = workbook["Kriterier"]
    assert {row[0].value for row in page.iter_rows(min_row=2)} == set(catalogue.by_id)
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref
    assert not [c for sheet in workbook for row in sheet.iter_rows() for c in row if c.data_type == "f"]


def test_the_exported_page_is_self_contained_and_holds_every_entry(catalogue: Catalogue) -> None:
    page = catalogue_page(catalogue)
    assert all(f'id="{entry_id}"' in page for entry_id in (*catalogue.by_id, *catalogue.obstacles_by_id))
    assert "<script" not in page
    assert "http://" not in page.replace("http-equiv", "")
    assert '<html lang="sv">' in page


def test_text_in_the_catalogue_cannot_become_markup(catalogue: Catalogue) -> None:
    hostile = catalogue.criteria[0].model_copy(update={"title_sv": "<script>alert(1)</script>"})
    page = catalogue_page(catalogue.model_copy(update={"criteria": (hostile, *catalogue.criteria[1:])}))
    assert "<script" not in page


def test_an_example_that_no_document_would_yield_as_a_requirement_is_a_fault(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    source = next((CRITERIA / "mob").glob("MOB-05-*.yaml"))
    told = "Stolarna i dag tål 100 000 varv enligt Martindale."
    text = source.read_text(encoding="utf-8")
    first = catalogue.by_id["MOB-05"].examples.match[0].text
    (tmp_path / "mob").mkdir()
    (tmp_path / "mob" / source.name).write_text(text.replace(first, told), encoding="utf-8")
    faults = check_catalogue(load_catalogue(CRITERIA, extra=tmp_path))
    assert any(told in fault and "träffar inget" in fault for fault in faults)


@pytest.mark.parametrize(
    ("file", "old", "new", "part"),
    [
        ("scoring.yaml", "coverage_share: {value: 0.35", "coverage_share: {value: 0", "får inte vara 0"),
        ("scoring.yaml", "coverage_share: {value: 0.35", "coverage_share: {value: 35", "mellan 0 och 1"),
        ("scoring.yaml", "coverage_share: {value: 0.35", 'coverage_share: {value: "nan"', "mellan 0 och 100"),
        ("scoring.yaml", "one_goal_factor:", "one_goal:", "Lägg till one_goal_factor. Ta bort one_goal"),
        ("scoring.yaml", "at_least: 60", "at_least: 90", "stigande ordning"),
        ("languages/sv.yaml", "phrases: [", 'phrases: ["", ', "tom"),
    ],
)
def test_a_constant_or_a_word_that_would_break_the_score_is_told_with_its_file(
    tmp_path: Path, file: str, old: str, new: str, part: str
) -> None:
    copy = tmp_path / "criteria"
    shutil.copytree(CRITERIA, copy)
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=f"{file}, rad \\d+: .*{part}"):
        load_catalogue(copy)


def test_a_criterion_cannot_specialise_itself_nor_a_category_name_an_unknown_concept(tmp_path: Path) -> None:
    copy = tmp_path / "criteria"
    shutil.copytree(CRITERIA, copy)
    first = next((copy / "mob").glob("MOB-03-*.yaml"))
    first.write_text(
        first.read_text(encoding="utf-8").replace("specialises: [", "specialises: [MOB-03, "), encoding="utf-8"
    )
    categories = (
        (copy / "categories.yaml").read_text(encoding="utf-8").replace("concept: furniture", "concept: furnitures", 1)
    )
    (copy / "categories.yaml").write_text(categories, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(copy)
    assert "nämner kriteriet självt" in str(caught.value)
    assert "categories.yaml, rad 1: " in str(caught.value)
